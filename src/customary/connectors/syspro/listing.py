"""All customers, page by page: COMFND with ``Customer GT`` the last key, until an empty page comes.

COMFND has no paging of its own (facts/syspro.md 7.3, guess), so this file is careful about what it believes:
the enumeration is complete only after an empty page, with keys strictly moving and none repeated. A short
page is not the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from customary.connectors.syspro.codec import BLANKS, KEY, KeyListing, Listing
from customary.connectors.syspro.lookup import Lookup
from customary.connectors.syspro.table import CustomerTable
from customary.errors import ListingRefused, Rejected, Unreachable, Unreadable
from customary.model.source import Page
from customary.protocols.enet import Expression

Rows = TypeVar("Rows", Listing, KeyListing)


class Enumeration:
    """One reading of all customers, from behind the key ``after``."""

    def __init__(self, table: CustomerTable, lookup: Lookup, rows: int, after: str | None) -> None:
        self._table = table
        self._lookup = lookup
        self._rows = rows
        self._cursor = after
        self._seen = {after}
        self._previous: frozenset[str] = frozenset()
        self._number = after.strip(BLANKS) if after and _is_number(after.strip(BLANKS)) else ""
        self._doubt = ""

    def pages(self) -> Iterator[Page]:
        """Give the pages; the last one is empty, and says whether the enumeration was complete.

        Raises ``Unreachable``, ``NotPermitted`` and ``ListingRefused``.
        """
        while True:
            listing = self._next()
            cursor = self._checked(listing)
            if cursor is None:
                break
            if isinstance(listing, Listing):
                yield self._whole(listing, cursor)
            else:
                yield from self._by_key(listing)
            if cursor in self._seen:
                self._doubt = "the same page came again"
                break
            self._seen.add(cursor)
            self._cursor = cursor
        if self._doubt:
            self._lookup.notice(f"the enumeration of customers is not complete: {self._doubt}")
        yield Page(records=(), notices=self._lookup.take_notices(), complete=not self._doubt)

    def _next(self) -> Listing | KeyListing:
        where = () if self._cursor is None else (Expression(KEY, "GT", self._cursor),)
        if self._lookup.grouped:
            try:
                return self._twice(lambda: self._table.find(where, self._rows))
            except Unreadable as fault:
                self._lookup.notice(f"a page of customers: {fault.reason}; it is read by its keys instead")
            except Unreachable as fault:
                self._lookup.go_smaller(fault, "a page of customers")
            except Rejected as fault:
                self._lookup.grouped = False
                self._lookup.notice(f"{fault.reason}; customers are read one at a time, which is slower")
        try:
            return self._twice(lambda: self._table.find_keys(where, self._rows))
        except Unreadable as fault:
            raise Unreachable(fault.system, f"the list of customers: {fault.reason}") from None
        except Rejected as fault:
            raise ListingRefused(fault.system, fault.reason) from None

    def _twice(self, ask: Callable[[], Rows]) -> Rows:
        try:
            return ask()
        except (Unreadable, Rejected):
            return ask()

    def _checked(self, listing: Listing | KeyListing) -> str | None:
        """Give the cursor behind a listing; ``None`` behind the empty one."""
        cursor = listing.cursor
        if cursor is None and listing.nameless:
            raise ListingRefused(self._table.system, "the operator is not shown the customers' numbers")
        if listing.nameless:
            self._doubt = "it has customers without a number"
        if cursor is None and not listing.says_empty and self._cursor is None:
            # An error text or a bare answer is believed behind customers, but not in place of them all.
            self._doubt = "SYSPRO gave no customers, and did not say that there are none"
        return cursor

    def _whole(self, listing: Listing, cursor: str) -> Page:
        records = listing.records
        fresh = self._fresh([record.key for record in records])
        if len(fresh) != len(records):
            records = [records[at] for at in fresh]
        return Page(records=records, notices=self._lookup.take_notices(), cursor=cursor)

    def _by_key(self, listing: KeyListing) -> Iterator[Page]:
        raw = listing.keys
        keys = [key.strip(BLANKS) for key in raw]
        fresh = self._fresh(keys)
        size = self._lookup.size
        for start in range(0, len(fresh), size):
            part = fresh[start : start + size]
            yield self._lookup.look_up([keys[at] for at in part], raw[part[-1]])

    def _fresh(self, keys: Sequence[str]) -> Sequence[int]:
        """Give the places of the keys that neither this page nor the one before had already."""
        now = frozenset(keys)
        fresh: Sequence[int] = range(len(keys))
        if len(now) != len(keys) or not now.isdisjoint(self._previous):
            self._doubt = "customers were listed twice"
            first = {key: at for at, key in reversed(list(enumerate(keys)))}
            fresh = sorted(at for key, at in first.items() if key not in self._previous)
        self._previous = now
        # Letters are ordered as the server's collation has it, but digits are in order in every one.
        numbers = [self._number, *(key for key in keys if _is_number(key))]
        if numbers != sorted(numbers):
            self._doubt = "customers are not listed in the order of their numbers"
        self._number = numbers[-1]
        return fresh


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit()
