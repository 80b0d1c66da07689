"""The first half of a run: all customers in scope are read and planned, page by page, a page a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from customary.connectors.contract import Source, TellsMoved
from customary.engine.corridor import same_key, unmapped
from customary.engine.segments import Listed, Listing, Moved, Segment, count
from customary.errors import ConfigError, ListingRefused, Unreachable
from customary.mapping.spec import FieldMapping
from customary.model.change import Cycle
from customary.model.outcome import Level, Message
from customary.model.source import Everything, Keys, Page, Record
from customary.stages.read import read, read_moved
from customary.store import journal, runs, seen, statistics
from customary.store.database import commit_without_waiting, reading, writing, writing_again


class Work(Struct, frozen=True, kw_only=True):
    """What one process needs to carry one run on."""

    run: int
    epoch: int
    between: tuple[str, str]
    """Names of source and target."""
    unit: str
    """Business unit of the hub that the customers belong to: the target, where that is the hub."""
    at_once: bool
    """Whether each page is applied with its plan: only into a business unit with no customers at all."""
    remember: bool
    """Whether baselines of unchanged customers may be brought up to date (not in a dry run)."""
    deletes: bool
    """Whether what the source has no more is deleted from the target."""
    page: int
    """Customers asked for at once by key."""
    patience: Callable[[Unreachable, int], None]
    watch: Callable[[], None]
    """Called between pages; raises when the run is to stop."""
    wait: Callable[[float], None]
    """Waits so many seconds; raises when the run is to stop."""


Looked = TypeVar("Looked")


class Pages(Protocol[Looked]):
    """How the pages of a run are planned; it depends on what the target is."""

    def look(self, connection: Connection, page: Page) -> Looked:
        """Ask the target what planning the page needs; outside any transaction, for it may be slow."""

    def plan(self, connection: Connection, page: Page, place: Place, looked: Looked, /) -> None:
        """Plan a page inside the caller's transaction, and write its checkpoint."""


def plan_pages(
    connection: Connection, work: Work, source: Source, parts: Sequence[Segment], pages: Pages[Looked]
) -> None:
    """Plan what is not planned yet of a run's segments, from its last checkpoint on."""
    at, cursor = 0, None
    with writing(connection):
        seen.open_seen(connection)
        for done in runs.pages(connection, work.run):
            seen.remember(connection, done.number, [(source.fold(key), key) for key in done.keys])
        last = runs.last_page(connection, work.run)
    number, looked = 0, False
    if last is not None:
        number = last.number + 1
        at, cursor = (last.segment + 1, None) if last.last else (last.segment, last.cursor)
    for position, part in enumerate(parts[at:], at):
        for page, after, ended in _pages(connection, work, source, parts[position:], cursor):
            work.watch()
            only_known = isinstance(part, Listing | Moved) and part.only_known
            place = Place(number, position, only_known, after, ended)
            there = pages.look(connection, page)
            for attempt in writing_again(connection):
                with attempt:
                    commit_without_waiting(connection)
                    runs.guard(connection, work.run, work.epoch)
                    pages.plan(connection, page, place, there)
            if not looked:
                with writing(connection):
                    looked = statistics.gather_missing(connection)
            number += 1
        cursor = None


def _pages(
    connection: Connection, work: Work, source: Source, parts: Sequence[Segment], after: str | None
) -> Iterator[tuple[Page, str | None, bool]]:
    """Give the pages of the first segment, the cursor behind each, and whether it is the segment's last."""
    part = parts[0]
    if isinstance(part, Listing):
        yield from _listing(connection, work, source, parts, after)
        return
    if isinstance(part, Moved):
        if not isinstance(source, TellsMoved):
            raise ConfigError(f"{source.name} cannot tell what changed")
        for page in read_moved(source, part.since, after, work.patience):
            yield page, page.cursor, page.cursor is None
        return
    behind = after or ""
    while True:
        with reading(connection):
            keys = part.give(connection, behind, work.page)
            known = seen.met(connection, [folded for folded, _ in keys])
        if not keys:
            return
        behind = keys[-1][0]
        wanted = tuple(key for folded, key in keys if folded not in known)
        if wanted:
            found = list(read(source, Keys(wanted), None, work.patience))
            yield _joined(found), behind, False  # only an empty list of keys tells that it is the end


def _listing(
    connection: Connection, work: Work, source: Source, parts: Sequence[Segment], after: str | None
) -> Iterator[tuple[Page, str | None, bool]]:
    """Give the pages of everything; where lists are refused, the known customers that follow are all."""
    try:
        for page in read(source, Everything(), after, work.patience):
            ended = page.cursor is None
            if ended and not page.complete and not page.notices:
                page = replace(page, notices=(_INCOMPLETE,))
            yield page, page.cursor, ended
    except ListingRefused as refused:
        with reading(connection):
            known = any(count(connection, part) for part in parts[1:] if isinstance(part, Listed))
        if not known:
            raise
        only_known = isinstance(parts[0], Listing) and parts[0].only_known
        new = "" if only_known else ", and new ones are not found"
        text = f"{refused}. The known customers are read one at a time instead{new}"
        yield Page(records=(), notices=(Message(level=Level.WARNING, text=text),)), None, True


_INCOMPLETE = Message(
    level=Level.WARNING, text="the enumeration of the source's customers is not complete: some may be missing"
)


def _joined(pages: Sequence[Page]) -> Page:
    return Page(
        records=[record for page in pages for record in page.records],
        missing=tuple(key for page in pages for key in page.missing),
        unreadable=tuple(trouble for page in pages for trouble in page.unreadable),
        notices=tuple(note for page in pages for note in page.notices),
    )


class Place(Struct, frozen=True):
    """Where a page stands in its run."""

    number: int
    segment: int
    only_known: bool
    cursor: str | None
    ended: bool


class Planned(Struct, frozen=True):
    """What became of a page's customers."""

    stored: Sequence[Cycle]
    quiet: Sequence[Cycle]
    """Unchanged, and looked at field by field."""
    notes: Sequence[Message]
    unchanged: int
    """All the unchanged."""


def write_planned(connection: Connection, work: Work, page: Page, place: Place, planned: Planned) -> None:
    """Write a page's cycles, messages and checkpoint."""
    digest = journal.write_cycles(connection, work.run, work.epoch, planned.stored, planned=not work.at_once)
    told = [replace(note, customer=cycle.customer) for cycle in planned.quiet for note in cycle.messages]
    told += [note for note in planned.notes if note.customer]
    journal.write_messages(connection, work.run, told)
    journal.write_once(connection, work.run, [note for note in planned.notes if not note.customer])
    runs.write_page(
        connection,
        work.run,
        runs.PageRow(
            number=place.number,
            segment=place.segment,
            cursor=place.cursor,
            last=place.ended,
            complete=page.complete,
            keys=(*(record.key for record in page.records), *_lacking(page)),
            records=len(page.records),
            unchanged=planned.unchanged,
            digest=digest,
            applied=work.at_once or not any(cycle.change for cycle in planned.stored),
        ),
    )


def lookups_lack(page: Page, mapping: FieldMapping, source: str) -> list[Message]:
    """Warn of what the look-up tables lack for a page's records."""
    return [Message(level=Level.WARNING, text=text) for text in sorted(unmapped(page, mapping, source))]


class Met(Struct, frozen=True):
    """What a run meets for the first time on a page."""

    records: Sequence[tuple[str, Record]]
    """Folded key and record."""
    lacking: Sequence[str]
    """Keys that have no record."""
    doubles: Sequence[Cycle]
    """Rejections of other keys that compare equal: a person must decide whether the two are one customer."""
    notes: Sequence[Message]


def met_once(connection: Connection, page: Page, number: int, fold: Callable[[str], str]) -> Met:
    """Keep what is met for the first time; the same key again is dropped with a notice."""
    keys = [(fold(record.key), record.key) for record in page.records]
    before = seen.remember(connection, number, keys)
    first: list[tuple[str, Record]] = []
    doubles: list[Cycle] = []
    notes: list[Message] = []
    for (form, _), record in zip(keys, page.records, strict=True):
        other = before.get(form)
        if other is None:
            first.append((form, record))
            before[form] = record.key
        elif other == record.key:
            text = "the source gave some customers more than once; each was looked at once"
            notes.append(Message(level=Level.WARNING, text=text))
        else:
            doubles.append(same_key(record.key, other))
    return Met(first, _lacking_once(connection, page, number, fold), doubles, notes)


def _lacking(page: Page) -> tuple[str, ...]:
    """The keys of a page that have no record: missing in the source, or not to be read."""
    return (*page.missing, *(trouble.key for trouble in page.unreadable))


def _lacking_once(connection: Connection, page: Page, number: int, fold: Callable[[str], str]) -> list[str]:
    """Keep the keys without a record that are met for the first time."""
    lacking = _lacking(page)
    given = {fold(record.key) for record in page.records} if lacking else set()
    keys = {form: key for key in lacking if (form := fold(key)) not in given}
    before = seen.remember(connection, number, list(keys.items()))
    return [key for form, key in keys.items() if form not in before]


def numbered(cycles: Sequence[Cycle], page: int) -> list[Cycle]:
    """Give a page's cycles their places in the run."""
    return [
        replace(cycle, number=page * journal.CYCLES_PER_PAGE + place) for place, cycle in enumerate(cycles)
    ]
