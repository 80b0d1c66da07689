"""What the SunSystems sandbox knows: counts, faults, and vouchers that have expired."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from customary.sandboxes.faults import TRANSPORT, Fault, Faults, Kind
from customary.sandboxes.sunsystems.settings import Settings

_EXECUTE: Final = ("Execute",)

KINDS: Final = TRANSPORT | {
    "empty_voucher": Kind("an empty voucher, as to wrong credentials", ("Authenticate",)),
    "voucher_expired": Kind("the voucher is good for nothing from now on, and the call says so"),
    "soap_fault": Kind("a fault (`text`) instead of an answer; nothing was done"),
    "batch_refused": Kind("the payload is refused as a whole, with a fault; nothing was done", _EXECUTE),
    "record_refused": Kind(
        "the record of `customer`, else the first, fails with a message (`text`); the others are carried out",
        _EXECUTE,
    ),
    "record_aborted": Kind(
        "likewise, the message as SASI words it: Abort(), with number, cause (`text`) and element inside",
        _EXECUTE,
    ),
    "record_warned": Kind("a warning (`text`) rides on the record, which succeeds", _EXECUTE),
    "old_messages": Kind("the answer is in the old format, its messages at the end", _EXECUTE),
}
"""The kinds of fault of this sandbox, and what each does."""


class Counts(Struct, frozen=True):
    """What happened since the start."""

    calls: dict[str, int]
    """By operation, with component and method if any: ``Authenticate``, ``Execute Customer/Query``."""
    records: int
    """Records that payloads held."""

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())


class State:
    """What a sandbox holds. Everything in it is safe for threads."""

    def __init__(self, settings: Settings, faults: Iterable[Fault] = ()) -> None:
        self.settings = settings
        self.faults = Faults(KINDS, faults, fold)
        self._guard = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._records = 0
        self._given: set[str] = set()
        self._expired: set[str] = set()

    def count(self, call: str, asked: str, records: int) -> None:
        """Count a call and its records; ``asked`` is component and method, if any."""
        with self._guard:
            self._calls[f"{call} {asked}".rstrip()] += 1
            self._records += records

    def counts(self) -> Counts:
        """Tell what happened since the start."""
        with self._guard:
            return Counts(dict(self._calls), self._records)

    def meet(self, voucher: str) -> bool:
        """Take note of a voucher that is used; tells whether it has expired here."""
        with self._guard:
            self._given.add(voucher)
            return voucher in self._expired

    def expire(self, *vouchers: str) -> int:
        """Let these vouchers, else all that were used until now, expire; tells how many."""
        with self._guard:
            ended = set(vouchers or self._given) - self._expired
            self._expired |= ended
            return len(ended)


def fold(code: str) -> str:
    """Give the form by which codes are compared: without case."""
    return code.lower()
