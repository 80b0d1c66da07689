"""Customers page by page: all of them by id, or listed ones by their references.

All are read with ``id gt`` the last one's, ordered by id, so that nothing moves between two pages when a
customer is created or deleted meanwhile. A page whose ids do not move on stops the reading with an error:
Zynk once downloaded the same country codes for ever (facts/sage200.md 1, documented).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from customary.connectors.sage200.api import Sage200Api, moved_since
from customary.connectors.sage200.codec import (
    CONTACT_ID,
    ID,
    JOINED,
    KEY,
    MADE,
    WrongShape,
    expansion,
    flat,
    identified,
)
from customary.connectors.sage200.lookups import Codes
from customary.errors import ListingRefused, NotPermitted, Rejected, Unreachable, Unreadable
from customary.model.outcome import Level, Message
from customary.model.source import Page, Record, Trouble

GROUP: Final = 1500
"""Most characters of a filter that names references, percent-encoded, so that an address stays short."""

_LONGEST = 100


def folded(key: str) -> str:
    """Bring a reference into the form that is compared: no blanks around, no case (16, documented)."""
    return key.strip().casefold()


class Reading:
    """One reading of customers: what it asks for, and what it has said already."""

    def __init__(self, api: Sage200Api, codes: Codes, fields: Sequence[str], page: int) -> None:
        self._api = api
        self._codes = codes
        self._fields = tuple(dict.fromkeys((KEY, ID, *fields, *_beside(fields))))
        self._joined = tuple((name, *JOINED[name]) for name in self._fields if name in JOINED)
        self._made = tuple((name, MADE[name]) for name in self._fields if name in MADE)
        self._expand = expansion(self._fields)
        self._page = page
        self._closed: set[str] = set()
        self._said: set[str] = set()
        self._notices: list[Message] = []

    def everything(self, after: str | None, since: datetime | None = None) -> Iterator[Page]:
        """Give all customers from behind the id ``after``; the last page is empty, and complete.

        ``since``: only those that moved after it; then no page is complete.
        Raises ``Unreachable``, ``NotPermitted`` and ``ListingRefused``.
        """
        narrowed = moved_since(since) if since else ""
        for rows in rows_behind(self._api, after, self._page, self._expand, narrowed):
            yield self._paged(rows, str(rows[-1][ID]))
        yield Page(records=(), notices=self._take_notices(), complete=since is None)

    def called(self, keys: Sequence[str]) -> Iterator[Page]:
        """Give the customers of these references, each once; unknown ones are asked for twice.

        No page is complete, because nothing was enumerated. Raises ``Unreachable`` and ``NotPermitted``.
        """
        once: dict[str, str] = {}
        for key in keys:
            once.setdefault(folded(key), key)
        wanted = list(once.values())
        start = 0
        while True:
            chunk = wanted[start : start + self._page]
            start += len(chunk)
            last = start >= len(wanted)
            yield self._found(chunk, None if last else chunk[-1])
            if last:
                return

    def record(self, row: dict[str, Any]) -> Record | None:
        """Give the customer of a write's answer; ``None`` where the answer does not tell it whole.

        Raises ``Unreachable`` and ``NotPermitted`` while a table of codes is read.
        """
        parts = self._expand.split(",") if self._expand else []
        if not str(row.get(KEY) or "").strip() or ID not in row or any(part not in row for part in parts):
            return None
        return self._record(row)

    def _found(self, keys: Sequence[str], cursor: str | None) -> Page:
        rows, refused = self._grouped([key for key in keys if not _unsendable(key)])
        ordered: list[dict[str, Any]] = []
        missing: list[str] = []
        unreadable: list[Trouble] = []
        for key in keys:
            one: dict[str, Any] | Trouble | None = rows.get(folded(key))
            if one is None and (key in refused or _unsendable(key)):
                one = self._single(key)
            match one:
                case None:
                    missing.append(key)
                case Trouble():
                    unreadable.append(one)
                case _:
                    ordered.append(one)
        page = self._paged(ordered, cursor)
        return Page(
            records=page.records,
            missing=tuple(missing),
            unreadable=(*unreadable, *page.unreadable),
            notices=page.notices,
            cursor=cursor,
        )

    def _grouped(self, keys: Sequence[str]) -> tuple[dict[str, dict[str, Any]], set[str]]:
        """Ask for many at once: gives the found by folded reference, and the keys of groups that failed.

        What is not there is asked for again, in capitals: whether Sage looks at the case is not known (19).
        """
        rows: dict[str, dict[str, Any]] = {}
        refused: set[str] = set()
        for form in (str.strip, lambda key: key.strip().upper()):
            for group in _groups([key for key in keys if folded(key) not in rows and key not in refused]):
                found = self._asked([form(key) for key in group])
                refused |= set(group) if found is None else set()
                rows |= {folded(str(row.get(KEY) or "")): row for row in found or ()}
        return rows, refused

    def _asked(self, references: Sequence[str]) -> list[dict[str, Any]] | None:
        try:
            return self._api.customers_called(references, self._expand)
        except (Rejected, Unreadable):
            return None  # each of them is asked for singly, which tells whose fault it is

    def _single(self, key: str) -> dict[str, Any] | Trouble | None:
        if problem := _unsendable(key):
            return Trouble(key, problem)
        # Whether Sage compares references without case is not known (19), so both ways are tried.
        for form in dict.fromkeys((key.strip(), key.strip().upper())):
            try:
                rows = self._api.customers_called([form], self._expand)
            except (Rejected, Unreadable) as fault:
                return Trouble(key, fault.reason)
            for row in rows:
                if folded(str(row.get(KEY) or "")) == folded(key):
                    return row
        return None

    def _paged(self, rows: Sequence[dict[str, Any]], cursor: str | None) -> Page:
        records: list[Record] = []
        unreadable: list[Trouble] = []
        for row in rows:
            if (record := self._record(row)).key:
                records.append(record)
            else:
                unreadable.append(Trouble(f"id {row.get(ID)}", "Sage sent no reference"))
        return Page(
            records=records, unreadable=tuple(unreadable), notices=self._take_notices(), cursor=cursor
        )

    def _record(self, row: dict[str, Any]) -> Record:
        native = self._native(row)
        return Record(native.get(KEY, "").strip(), native, native.get(ID, ""))

    def _native(self, row: dict[str, Any]) -> dict[str, str]:
        whole = flat(row)
        for name, field, table in self._joined:
            id_ = whole.get(field)
            code = self._code(table, id_) if id_ is not None else None
            if code is not None:
                whole[name] = code
        for name, make in self._made:
            made = make(whole)
            if made is not None:
                whole[name] = made
        return {name: whole[name] for name in self._fields if name in whole}

    def _code(self, table: str, id_: str) -> str | None:
        if table in self._closed:
            return None
        try:
            code = self._codes.code(table, id_)
        except (Rejected, Unreadable) as fault:
            raise broken(self._api, fault) from None
        except NotPermitted as fault:
            self._closed.add(table)
            self._notice(f"{fault.reason}; what depends on it is left alone")
            return None
        if code is None:
            self._notice(f"{table} has no id {id_}, which customers refer to; their code is left alone")
        return code

    def _notice(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._notices.append(Message(level=Level.WARNING, text=text))

    def _take_notices(self) -> tuple[Message, ...]:
        notices, self._notices = tuple(self._notices), []
        return notices


def rows_behind(
    api: Sage200Api, after: str | None, page: int, expand: str, narrowed: str
) -> Iterator[list[dict[str, Any]]]:
    """Give all customers from behind the id ``after`` that pass the filter, ``page`` of them at once.

    It ends with a page without customers, which is not given; no other is empty. Raises ``Unreachable``, also
    where a page repeats, ``NotPermitted``, and ``ListingRefused``.
    """
    last = int(after) if after else 0
    while True:
        try:
            rows = api.customers_behind(last, page, expand, narrowed)
            ids = [identified(row) for row in rows]
        except Rejected as fault:
            raise ListingRefused(fault.system, fault.reason) from None
        except (Unreadable, WrongShape) as fault:
            raise broken(api, fault) from None
        if not rows:
            return
        if ids != sorted(set(ids)) or ids[0] <= last or len(ids) > page:
            text = "a page of customers came again, or out of order: reading was stopped"
            raise Unreachable(api.system, text)
        last = ids[-1]
        yield rows


def broken(api: Sage200Api, fault: Exception) -> Unreachable:
    """Give the error of a reading of which an answer cannot be used: it may be read again."""
    text = fault.reason if isinstance(fault, Rejected | Unreadable) else str(fault)
    return Unreachable(api.system, f"the list of customers: {text}")


def _groups(keys: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for key in keys:
        cost = len(quote(f" or reference eq '{key.strip()}'", safe=""))
        if group and size + cost > GROUP:
            yield group
            group, size = [], 0
        group.append(key)
        size += cost
    if group:
        yield group


def _beside(fields: Sequence[str]) -> Sequence[str]:
    """Give what is read besides: writing a contact needs its id."""
    return (CONTACT_ID,) if any(name.startswith("contact.") for name in fields) else ()


def _unsendable(key: str) -> str:
    """Say why a reference cannot be asked for; ``""`` when it can."""
    if not key.strip() or len(key) > _LONGEST or not key.isprintable():
        return f"no reference is blank, has control characters or is longer than {_LONGEST} characters"
    return ""
