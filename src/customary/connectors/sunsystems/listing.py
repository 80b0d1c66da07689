"""Customers page by page: all of them in the order of their keys, or listed ones.

Query has no documented order, and no way to go on where an answer ended (facts/sunsystems.md 6). So reading
everything first asks for all keys, then for the customers of so many keys at a time. The list of keys is
known to be complete when nothing stands behind its greatest key: what an answer that was cut short lacked
comes then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from customary.connectors.sunsystems.api import SunsystemsApi
from customary.connectors.sunsystems.codec import (
    ONLY_KEYS,
    behind,
    folded,
    key_of,
    native_of,
    selection,
    these,
)
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import KEY, MOST_KEY
from customary.errors import ListingRefused, Rejected, Unreachable, Unreadable
from customary.model.outcome import Level, Message
from customary.model.source import Page, Trouble
from customary.model.source import Record as Customer
from customary.protocols.ssc_filter import Condition
from customary.protocols.ssc_record import Record

T = TypeVar("T")

FEW: Final = 3
"""Up to so many customers that an answer lacks are asked for singly, until groups are known to be whole."""

_NOT_PROVEN = "SunSystems refuses a Query for the customers behind the last one, so it may not be the last"


class Groups:
    """Whether this system is known to answer a Query for several keys with all of them."""

    proven: bool = False


class Reading:
    """One reading of customers."""

    def __init__(
        self, api: SunsystemsApi, fields: Sequence[str], config: SunsystemsConfig, groups: Groups
    ) -> None:
        self._api = api
        self._fields = tuple(dict.fromkeys((KEY, *fields)))
        self._selected = selection(self._fields, config.without)
        self._page = config.page
        self._groups = groups

    def everything(self, after: str | None) -> Iterator[Page]:
        """Give all customers from behind the key ``after``; the last page is empty.

        Raises ``Unreachable``, ``NotPermitted`` and ``ListingRefused``.
        """
        try:
            keys, proven = self.keys()
            rest = [key for fold, key in sorted(keys.items()) if after is None or fold > folded(after)]
            for start in range(0, len(rest), self._page):
                group = rest[start : start + self._page]
                rows, unreadable = self._rows(group, existing=True)
                records = [self._customer(rows[folded(key)]) for key in group if folded(key) in rows]
                yield Page(records=records, unreadable=tuple(unreadable), cursor=group[-1])
        except Rejected as fault:
            raise ListingRefused(fault.system, fault.reason) from None
        except Unreadable as fault:
            raise Unreachable(fault.system, fault.reason) from None
        notices = () if proven else (Message(level=Level.WARNING, text=_NOT_PROVEN),)
        yield Page(records=(), notices=notices, complete=proven)

    def called(self, keys: Sequence[str]) -> Iterator[Page]:
        """Give the customers of these keys, each once. No page is complete, because nothing was enumerated.

        Raises ``Unreachable`` and ``NotPermitted``.
        """
        once: dict[str, str] = {}
        for key in keys:
            once.setdefault(folded(key), key)
        wanted = list(once.values())
        start = 0
        while True:
            group = wanted[start : start + self._page]
            start += len(group)
            last = start >= len(wanted)
            yield self._found(group, None if last else group[-1])
            if last:
                return

    def keys(self) -> tuple[dict[str, str], bool]:
        """Give all keys, folded form -> as written, and whether it is proven that these are all.

        Raises ``Unreachable``, ``NotPermitted``, ``Rejected`` and ``Unreadable``.
        """
        keys = self._listed(None)
        while keys:
            try:
                more = self._listed(behind(keys[max(keys)]))
            except Rejected:
                return keys, False
            fresh = more.keys() - keys.keys()
            if not fresh:
                break
            keys |= {fold: more[fold] for fold in fresh}
        return keys, True

    def _listed(self, condition: Condition | None) -> dict[str, str]:
        keys: dict[str, str] = {}
        for record in self._api.query(ONLY_KEYS, condition):
            self._take(keys, record, key_of(record))
        return keys

    def _found(self, keys: Sequence[str], cursor: str | None) -> Page:
        unreadable = [Trouble(key, problem) for key in keys if (problem := _unsendable(key))]
        bad = {trouble.key for trouble in unreadable}
        group = [key for key in keys if key not in bad]
        try:
            rows, troubles = self._rows(group, existing=False)
        except Unreadable as fault:
            raise Unreachable(fault.system, fault.reason) from None
        bad |= {trouble.key for trouble in troubles}
        return Page(
            records=[self._customer(rows[folded(key)]) for key in group if folded(key) in rows],
            missing=tuple(key for key in group if folded(key) not in rows and key not in bad),
            unreadable=(*unreadable, *troubles),
            cursor=cursor,
        )

    def _rows(self, keys: Sequence[str], *, existing: bool) -> tuple[dict[str, Record], list[Trouble]]:
        """Give the records of a group, and those that cannot be read; what is in neither is not there.

        ``existing``: the keys were listed just now.
        """
        if not keys:
            return {}, []
        try:
            rows = self._asked(keys)
        except (Rejected, Unreadable):
            return self._singly(keys)  # which tells whose fault it is
        if len(rows) > 1:
            self._groups.proven = True
        lacking = [key for key in keys if folded(key) not in rows]
        if not lacking or len(keys) == 1 or self._groups.proven:
            return rows, []
        if not existing and len(lacking) > FEW:
            lacking = self._there(lacking)
        more, troubles = self._singly(lacking)
        return rows | more, troubles

    def _there(self, lacking: Sequence[str]) -> list[str]:
        """Give those of the keys that the system has, by its list of keys; and see whether groups are whole.

        They are when a Query for these keys that stand between two that there are gives those two.
        """
        try:
            keys, _ = self.keys()
        except (Rejected, Unreadable):
            return list(lacking)
        if len(keys) > 1:
            first, last = min(keys), max(keys)
            asked = [keys[first], *(key for key in lacking if folded(key) not in keys), keys[last]]
            self._groups.proven = {first, last} <= self._asked(asked).keys()
        return [key for key in lacking if folded(key) in keys]

    def _singly(self, keys: Sequence[str]) -> tuple[dict[str, Record], list[Trouble]]:
        rows: dict[str, Record] = {}
        troubles: list[Trouble] = []
        for key in keys:
            try:
                rows |= self._asked([key])
            except (Rejected, Unreadable) as fault:
                troubles.append(Trouble(key, fault.reason))
        return rows, troubles

    def _asked(self, keys: Sequence[str]) -> dict[str, Record]:
        wanted = {folded(key) for key in keys}
        rows: dict[str, Record] = {}
        for record in self._api.query(self._selected, these(keys)):
            key = key_of(record)
            if folded(key) not in wanted:
                raise Unreachable(
                    self._api.system, "a Query gave customers that it did not ask for: reading was stopped"
                )
            self._take(rows, record, record)
        return rows

    def _take(self, taken: dict[str, T], record: Record, what: T) -> None:
        fold = folded(key_of(record))
        if not fold:
            raise Unreadable(self._api.system, f"a Query gave a customer without {KEY}")
        if fold in taken:
            raise Unreachable(self._api.system, "a Query gave the same customer twice: reading was stopped")
        taken[fold] = what

    def _customer(self, record: Record) -> Customer:
        return Customer(key_of(record), native_of(record, self._fields))


def _unsendable(key: str) -> str:
    """Say why a key cannot be asked for; ``""`` when it can."""
    if not key.strip() or len(key.strip()) > MOST_KEY or not key.isprintable():
        return f"no {KEY} is blank, has control characters or is longer than {MOST_KEY} characters"
    return ""
