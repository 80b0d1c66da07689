"""A file of Zynk's customer XML as a source of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from customary.connectors.contract import Lease, Probe, Report, Verdict
from customary.connectors.zynk.client import Stamp, ZynkFile
from customary.connectors.zynk.codec import (
    Names,
    Understood,
    chosen,
    folded,
    names_of,
    numbered,
    repeated,
    understand,
)
from customary.connectors.zynk.config import ZynkConfig
from customary.connectors.zynk.repeats import Repeats, repeats
from customary.errors import ConnectorError
from customary.model.source import Keys, Page, Scope
from customary.protocols.zynk_read import CustomerRecord
from customary.protocols.zynk_upload import UploadRules


class Known(Struct, frozen=True):
    """What was found out about a file when it was read through."""

    stamp: Stamp
    repeats: Repeats
    number: int
    """How many records it has."""


class ZynkSource:
    """The customers of one file, in the native fields of Sage 200; who is not in it is not missing.

    A customer's key is its external id; without one ``reference:…``, else ``id:…``, else ``name:…``.
    """

    bulk = True
    only_some: Literal[True] = True

    def __init__(self, name: str, config: ZynkConfig, fields: Sequence[str], _lease: Lease) -> None:
        """Make the source; nothing is read. ``fields`` are the native fields to give; nobody logs on."""
        self.name = name
        self._file = ZynkFile(name, config.path)
        self._rules = UploadRules(ignore_empty=config.ignore_empty)
        self._page = config.page
        self._fields = frozenset(fields)
        self._known: Known | None = None

    def check(self) -> Report:
        """Read the file through: whether it is one, and how many records cannot be taken."""
        try:
            known = self._read_through()
        except ConnectorError as fault:
            return Report(self.name, (Probe("file", Verdict.FAILED, fault.reason),))
        probes = [Probe("file", Verdict.OK, f"{known.number} customers")]
        wrong = sum(each.trouble is not None for _, each in self.understood())
        if wrong:
            probes.append(Probe("records", Verdict.WARNING, f"{wrong} cannot be taken"))
        return Report(self.name, tuple(probes))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of customers in the file's order; the cursor is the number of the last record.

        A record that cannot be taken, or that says it is an earlier one, is unreadable, with all reasons.
        Raises ``Unreachable``, ``NotPermitted``, and ``Unreadable`` for a file that is not whole.
        """
        if isinstance(scope, Keys):
            yield from self._listed(scope.keys)
            return
        behind = int(after or 0)
        for page, last in _paged((each for each in self.understood() if each[0].number > behind), self._page):
            yield self._page_of(page, str(last))
        yield Page(records=(), complete=True)

    def understood(self) -> Iterator[tuple[CustomerRecord, Understood]]:
        """Give every record of the file as it stands there, with its key and what it says."""
        known = self._read_through()
        for record in self._file.records():
            earlier = known.repeats.get(record.number)
            if earlier:
                yield record, repeated(record, numbered(record.number), *earlier)
            else:
                key = names_of(record).key(record.number)
                yield record, understand(record, key, self._rules)
        self._file.unchanged(known.stamp)

    def fold(self, key: str) -> str:
        """Bring a key into the form that is compared: references and names without case."""
        return folded(key)

    def close(self) -> None:
        """Nothing is open. Never raises."""

    def _listed(self, keys: Sequence[str]) -> Iterator[Page]:
        wanted = {folded(key): key for key in reversed(keys)}
        met: set[str] = set()

        def asked() -> Iterator[tuple[CustomerRecord, Understood]]:
            for record, each in self.understood() if wanted else ():
                form = folded(each.key)
                if form in wanted:
                    met.add(form)
                    yield record, each

        for page, last in _paged(asked(), self._page):
            yield self._page_of(page, str(last))
        yield Page(records=(), missing=tuple(key for form, key in wanted.items() if form not in met))

    def _page_of(self, page: Sequence[Understood], cursor: str) -> Page:
        return Page(
            records=[
                replace(each.record, native=chosen(each.record.native, self._fields))
                for each in page
                if each.record
            ],
            unreadable=tuple(each.trouble for each in page if each.trouble),
            notices=tuple(notice for each in page for notice in each.notices),
            cursor=cursor,
        )

    def _read_through(self) -> Known:
        """Read the whole file once before anything is given, so that a broken one changes nothing."""
        stamp = self._file.stamp()
        if self._known is None or self._known.stamp != stamp:
            number = 0

            def names() -> Iterator[Names]:
                nonlocal number
                for record in self._file.records():
                    number = record.number
                    yield names_of(record)

            found = repeats(names())
            self._file.unchanged(stamp)
            self._known = Known(stamp, found, number)
        return self._known


def _paged(
    records: Iterator[tuple[CustomerRecord, Understood]], size: int
) -> Iterator[tuple[list[Understood], int]]:
    page: list[Understood] = []
    last = 0
    for record, each in records:
        page.append(each)
        last = record.number
        if len(page) == size:
            yield page, last
            page = []
    if page:
        yield page, last
