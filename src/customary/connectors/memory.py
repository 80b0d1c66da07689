"""A system that has its customers in memory: for tests, and for trying what a run does with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from enum import Enum, auto
from itertools import cycle

from msgspec import Struct

from customary.connectors.contract import Probe, Report, Sending, Verdict, Written
from customary.errors import ConnectorError, ListingRefused
from customary.mapping.spec import exactly
from customary.model.change import Action
from customary.model.fields import FieldTable
from customary.model.outcome import Level, Message, Outcome
from customary.model.source import Everything, Native, Page, Record, Scope, Trouble


def _nothing(_: int) -> None:
    """Let a page pass."""


class Manner(Struct, frozen=True, kw_only=True):
    """How a memory source behaves where it is not at its best."""

    sizes: tuple[int, ...] = (1000,)
    """How many customers the pages hold, one after the other and over again."""
    listing: tuple[str, ...] | None = None
    """The keys that reading everything gives, in this order; they may repeat. ``None``: all, sorted."""
    complete: bool = True
    """Whether reading everything comes to an end that proves it to be complete."""
    refused: str = ""
    """Why reading everything is refused; ``""``: it is not."""
    hidden: frozenset[str] = frozenset()
    """Native fields that are not sent."""
    unreadable: Mapping[str, str] = {}
    """Keys of customers that cannot be read, and why."""
    before: Callable[[int], None] = _nothing
    """Called before each page with its number, counted from 1 as long as the source lives; may raise."""


WELL = Manner()
"""As a source should behave."""


class MemorySource:
    """A ``Source`` (``connectors.contract``) over a dictionary, which its owner may change between pages."""

    def __init__(
        self,
        name: str,
        customers: Mapping[str, Native],
        manner: Manner = WELL,
        *,
        fold: Callable[[str], str] = exactly,
        bulk: bool = True,
    ) -> None:
        """Stand for system ``name`` that has ``customers``: key as it is written -> native fields."""
        self.name = name
        self.bulk = bulk
        self.fold = fold
        self.closed = 0
        """How often it was closed."""
        self._customers = customers
        self._manner = manner
        self._pages = 0

    def check(self) -> Report:
        """Tell how many customers there are, or why they cannot be read."""
        try:
            self._manner.before(0)
        except ConnectorError as error:
            return Report(self.name, (Probe("there", Verdict.FAILED, str(error)),))
        return Report(self.name, (Probe("there", Verdict.OK, f"{len(self._customers)} customers"),))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages; a cursor is how many customers of the listing were given. Raises as it is told to."""
        if isinstance(scope, Everything):
            if self._manner.refused:
                raise ListingRefused(self.name, self._manner.refused)
            yield from self._listed(int(after or 0))
            return
        wanted = list({self.fold(key): key for key in reversed(scope.keys)}.values())[::-1]
        for start, part in self._parts(wanted, 0):
            self._turn()
            yield self._page(part, None if start + len(part) == len(wanted) else part[-1])
        if not wanted:
            yield Page(records=())

    def close(self) -> None:
        """Count it."""
        self.closed += 1

    def _listed(self, start: int) -> Iterator[Page]:
        listing = self._manner.listing
        keys = sorted(self._customers) if listing is None else list(listing)
        for at, part in self._parts(keys, start):
            self._turn()
            yield self._page(part, str(at + len(part)))
        self._turn()
        yield Page(records=(), complete=self._manner.complete)

    def _parts(self, keys: Sequence[str], start: int) -> Iterator[tuple[int, Sequence[str]]]:
        for size in cycle(self._manner.sizes):
            part = keys[start : start + size]
            if not part:
                return
            yield start, part
            start += size

    def _turn(self) -> None:
        self._pages += 1
        self._manner.before(self._pages)

    def _page(self, keys: Sequence[str], cursor: str | None) -> Page:
        folded = {self.fold(key): key for key in self._customers}
        records: list[Record] = []
        missing: list[str] = []
        unreadable: list[Trouble] = []
        for asked in keys:
            key = asked if asked in self._customers else folded.get(self.fold(asked))
            if key is None:
                missing.append(asked)
            elif key in self._manner.unreadable:
                unreadable.append(Trouble(key, self._manner.unreadable[key]))
            else:
                native = self._customers[key]
                shown = {name: text for name, text in native.items() if name not in self._manner.hidden}
                records.append(Record(key, shown))
        return Page(records=records, missing=tuple(missing), unreadable=tuple(unreadable), cursor=cursor)


class Answer(Enum):
    """What a memory target does with a customer that it is sent."""

    TELLS = auto()
    """Writes it, and gives its record."""
    WRITES = auto()
    """Writes it, and says no more."""
    REFUSES = auto()
    WRITES_SILENTLY = auto()
    """Writes it, and no answer comes."""
    LOSES = auto()
    """Does not write it, and no answer comes."""


def _always(_: Sending) -> Answer:
    return Answer.TELLS


class MemoryTarget(MemorySource):
    """A ``Target`` (``connectors.contract``) over a dictionary, which it writes to."""

    longest = 0.0

    def __init__(
        self,
        name: str,
        customers: MutableMapping[str, Native],
        holds: FieldTable,
        answer: Callable[[Sending], Answer] = _always,
        *,
        batch: int = 10,
        fold: Callable[[str], str] = exactly,
        status: str = "",
    ) -> None:
        """Stand for system ``name``; ``answer`` tells what it does with what it is sent, and may raise."""
        super().__init__(name, customers, fold=fold)
        self.status = status
        self.holds = holds
        self.batch = batch
        self.sent: list[Sending] = []
        """All that was sent, in order."""
        self._written = customers
        self._answer = answer

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Carry changes out, one after the other."""
        for sending in sendings:
            answer = self._answer(sending)
            self.sent.append(sending)
            yield self._done(sending, answer)

    def all_keys(self) -> Iterator[str]:
        """Give every key."""
        yield from list(self._written)

    def _done(self, sending: Sending, answer: Answer) -> Written:
        if answer is Answer.REFUSES:
            return Written(Outcome.FAILED, messages=(Message(level=Level.ERROR, text="not today"),))
        if answer is Answer.LOSES:
            return Written(Outcome.UNKNOWN)
        if sending.action is Action.DELETE:
            del self._written[sending.key]
            return Written(Outcome.UNKNOWN if answer is Answer.WRITES_SILENTLY else Outcome.DELETED)
        held = self._written.get(sending.key, {})
        self._written[sending.key] = {**held, **sending.native}
        if answer is Answer.WRITES_SILENTLY:
            return Written(Outcome.UNKNOWN)
        record = Record(sending.key, self._written[sending.key])
        return Written(sending.action.outcome, record if answer is Answer.TELLS else None)
