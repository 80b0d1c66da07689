"""Faults on demand, the same for every sandbox: which call goes wrong, how, from which time on and how often.

They come from Python, from a TOML file or over a sandbox's control path. The kinds of ``TRANSPORT`` spoil a
finished reply and are carried out here; every sandbox adds kinds of its own.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from customary.sandboxes.server import Cut, Reply


class Kind(Struct, frozen=True):
    """A kind of fault."""

    meaning: str
    calls: tuple[str, ...] = ()
    """The calls that it can strike; none: any."""


TRANSPORT: Final = {
    "slow": Kind("the answer comes after `seconds`"),
    "drop_before": Kind("the connection is closed, nothing was done"),
    "drop_after": Kind("what was asked is done, then the connection is closed without an answer"),
    "drop_half": Kind("the connection is closed after half of the body"),
    "truncated": Kind("the body ends half-way, and the HTTP answer says that it is whole"),
    "garbage": Kind("the body is not in the protocol's format (`text` replaces it)"),
    "html": Kind("the body is a web page (with `status`, else 200)"),
    "http_500": Kind("HTTP 500 (or `status`)"),
}
"""The kinds of fault that any sandbox knows, and what each does."""

_PAGE = b"<!DOCTYPE html>\n<html><head><title>Service Unavailable</title></head><body>Try later.<br></html>\n"


class FaultError(ValueError):
    """A fault or a fault file that cannot be used; lists every mistake with its place."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that goes wrong. A condition left blank matches every call."""

    kind: str
    call: str = ""
    """Only this call, such as ``Query/Fetch``; upper and lower case are one."""
    object: str = ""
    """Only this business object, resource or method, such as ``COMFND``."""
    customer: str = ""
    """Only calls about this customer, or whose answer holds it."""
    nth: int = 1
    """The first matching call that it strikes, counted from when the fault was set."""
    times: int = 1
    """How many matching calls it strikes from then on; 0: all."""
    seconds: float = 1.0
    """How long ``slow`` waits."""
    status: int = 0
    """HTTP status of ``html`` and ``http_500``; 0: the kind's own."""
    text: str = ""
    """Replaces the text that the kind would answer."""


class Faults:
    """The faults that are set, and how often each was met. Safe for threads.

    ``fold`` brings a customer's key into the form by which the sandbox compares keys.
    """

    def __init__(
        self, kinds: Mapping[str, Kind], faults: Iterable[Fault] = (), fold: Callable[[str], str] = str
    ) -> None:
        self._kinds = kinds
        self._fold = fold
        self._guard = threading.Lock()
        self._set: list[_Counted] = []
        self.add(*faults)

    def add(self, *faults: Fault) -> None:
        """Set more faults, or none and raise ``FaultError`` when one of them cannot be used."""
        if problems := [p for n, fault in enumerate(faults) for p in _problems(fault, n, self._kinds)]:
            raise FaultError(problems)
        with self._guard:
            self._set.extend(
                _Counted(fault, self._kinds[fault.kind], self._fold(fault.customer)) for fault in faults
            )

    def clear(self) -> None:
        """Take all faults away."""
        with self._guard:
            self._set.clear()

    def strike(self, call: str, business_object: str, customers: Collection[str]) -> tuple[Fault, ...]:
        """Give the faults that strike this call, and count it for all that match it.

        ``customers``: the folded keys that the call is about.
        """
        with self._guard:
            matching = [c for c in self._set if c.matches(call, business_object, customers)]
            return tuple(counted.fault for counted in matching if counted.struck())

    def listing(self) -> list[tuple[Fault, int]]:
        """Give the faults that are set, each with how many calls matched it so far."""
        with self._guard:
            return [(counted.fault, counted.met) for counted in self._set]


class _Counted:
    def __init__(self, fault: Fault, kind: Kind, customer: str) -> None:
        self.fault = fault
        self._calls = kind.calls
        self._customer = customer
        self.met = 0

    def matches(self, call: str, business_object: str, customers: Collection[str]) -> bool:
        fault = self.fault
        return (
            (not self._calls or call in self._calls)
            and (not fault.call or fault.call.lower() == call.lower())
            and (not fault.object or fault.object.upper() == business_object.upper())
            and (not self._customer or self._customer in customers)
        )

    def struck(self) -> bool:
        self.met += 1
        since = self.met - self.fault.nth
        return since >= 0 and (self.fault.times == 0 or since < self.fault.times)


def spoil(reply: Reply, fault: Fault) -> Reply:
    """Do to a finished reply what a fault of ``TRANSPORT`` says; other kinds leave it as it is."""
    change: dict[str, Any] = {}
    match fault.kind:
        case "slow":
            change = {"seconds": fault.seconds}
        case "drop_before" | "drop_after":
            change = {"cut": Cut.NOTHING}
        case "drop_half":
            change = {"cut": Cut.HALF}
        case "truncated":
            change = {"body": reply.body[: len(reply.body) // 2]}
        case "garbage":
            change = {"body": fault.text.encode() or b"The service is being restarted."}
        case "html":
            change = {"body": fault.text.encode() or _PAGE, "status": fault.status or 200}
            change["content_type"] = "text/html"
        case "http_500":
            change = {"body": fault.text.encode(), "status": fault.status or 500, "content_type": "text/html"}
    return msgspec.structs.replace(reply, **change)


_Settings = TypeVar("_Settings")


class Rehearsal(Struct, frozen=True):
    """What a fault file says."""

    faults: tuple[Fault, ...] = ()
    settings: dict[str, Any] = {}
    """The file's ``[settings]``, not yet looked at."""

    def settings_as(self, kind: type[_Settings]) -> _Settings:
        """Make a sandbox's settings of them. Raises ``FaultError`` naming what is wrong."""
        try:
            return msgspec.convert(self.settings, kind)
        except msgspec.ValidationError as error:
            raise FaultError([f"settings: {error}"]) from None


def read_rehearsal(path: Path, kinds: Collection[str]) -> Rehearsal:
    """Read a fault file: a ``[[fault]]`` for each, and ``[settings]`` of the sandbox.

    Raises ``FaultError`` with every mistake, ``OSError`` when the file cannot be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FaultError([f"{path.name}: {error}"]) from None
    problems = [f"{name}: not known here, only [[fault]] and [settings]" for name in content.keys() - _TABLES]
    entries, settings = content.get("fault", []), content.get("settings", {})
    if not isinstance(entries, list) or not isinstance(settings, dict):
        raise FaultError([f"{path.name}: faults are written as [[fault]], settings as [settings]"])
    faults = []
    for number, entry in enumerate(entries):
        try:
            fault = msgspec.convert(entry, Fault)
        except msgspec.ValidationError as error:
            problems.append(f"fault[{number}]: {error}")
            continue
        problems += _problems(fault, number, kinds)
        faults.append(fault)
    if problems:
        raise FaultError(f"{path.name}: {problem}" for problem in problems)
    return Rehearsal(tuple(faults), settings)


_TABLES = {"fault", "settings"}
_LONGEST = 86_400


def _problems(fault: Fault, number: int, kinds: Collection[str]) -> list[str]:
    problems = []
    if fault.kind not in kinds:
        problems.append(f"fault[{number}].kind: {fault.kind!r} is none of {', '.join(sorted(kinds))}")
    if fault.nth < 1:
        problems.append(f"fault[{number}].nth: counts from 1")
    if fault.times < 0:
        problems.append(f"fault[{number}].times: 0 (always) or more")
    if not 0 <= fault.seconds <= _LONGEST:
        problems.append(f"fault[{number}].seconds: from 0 to {_LONGEST}")
    if fault.status and not 200 <= fault.status <= 599:
        problems.append(f"fault[{number}].status: an HTTP status from 200 to 599")
    return problems
