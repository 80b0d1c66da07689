"""The first half of a run: all customers in scope are read and planned, page by page, a page a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from customary.connectors.contract import Source, TellsMoved
from customary.engine.corridor import (
    Course,
    Expected,
    plan_record,
    replan,
    same_key,
    troubles,
    unmapped,
)
from customary.engine.segments import Listing, Moved, Segment
from customary.errors import ConfigError, ListingRefused, Unreachable
from customary.mapping.spec import FieldMapping
from customary.model.change import Cycle
from customary.model.outcome import Level, Message, Outcome
from customary.model.source import Everything, Keys, Page, Record
from customary.stages.apply import apply
from customary.stages.match import Candidate
from customary.stages.normalize import native_hash
from customary.stages.read import read, read_moved
from customary.store import customers, journal, links, runs, seen, statistics
from customary.store.customers import Known
from customary.store.database import commit_without_waiting, reading, writing, writing_again
from customary.store.hub import HubTarget


class Work(Struct, frozen=True, kw_only=True):
    """What one process needs to carry one run on."""

    run: int
    epoch: int
    between: tuple[str, str]
    """Names of source and target."""
    unit: str
    """Business unit of the hub that is the target; ``""`` where the target is another system."""
    at_once: bool
    """Whether each page is applied with its plan: only into a business unit with no customers at all."""
    remember: bool
    """Whether baselines of unchanged customers may be brought up to date (not in a dry run)."""
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
        for page, after, ended in _pages(connection, work, source, part, cursor):
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
    connection: Connection, work: Work, source: Source, part: Segment, after: str | None
) -> Iterator[tuple[Page, str | None, bool]]:
    """Give the pages of a segment, the cursor behind each, and whether it is the segment's last."""
    if isinstance(part, Listing):
        yield from _listing(connection, work, source, part, after)
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
    connection: Connection, work: Work, source: Source, part: Listing, after: str | None
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
            known = customers.count_known(connection, source.name)
        if not known:
            raise
        new = "" if part.only_known else ", and new ones are not found"
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


class HubPages:
    """Plans pages whose target is the hub, which is read inside the page's transaction."""

    def __init__(self, work: Work, course: Course) -> None:
        """Plan for ``work``."""
        self._work = work
        self._course = course

    def look(self, connection: Connection, page: Page) -> None:
        """Ask nothing: what the hub has is read when the page is planned."""

    def plan(self, connection: Connection, page: Page, place: Place, _: None, /) -> None:
        """Plan a page inside the caller's transaction, and write its checkpoint."""
        work, course = self._work, self._course
        fold = course.mapping.fold
        met = met_once(connection, page, place.number, fold)
        records, lacking, doubles = met.records, met.lacking, met.doubles
        target = hub_target(connection, work, fold)
        unplanned = [*lacking, *(cycle.customer for cycle in doubles)]
        known = target.known([folded for folded, _ in records] + [fold(key) for key in unplanned])
        if place.only_known:
            in_hub = {folded for folded, found in known.items() if found.version}
            records = [(folded, record) for folded, record in records if folded in in_hub]
            lacking = [key for key in lacking if fold(key) in in_hub]
            doubles = [cycle for cycle in doubles if fold(cycle.customer) in in_hub]
        identities = {key: known[fold(key)].identity if fold(key) in known else None for key in lacking}
        moved = [
            (folded, record) for folded, record in records if not _stands(record, known.get(folded), course)
        ]
        expected = _expect(target, course.mapping, moved, known)
        planned = [plan_record(record, folded, expected, course) for folded, record in moved]
        quiet = [cycle for cycle in planned if cycle.outcome is Outcome.UNCHANGED]
        stored = [cycle for cycle in planned if cycle.outcome is not Outcome.UNCHANGED]
        stored = numbered([*stored, *doubles, *troubles(page, identities)], place.number)
        if work.at_once:
            stored = apply(stored, target, lambda change, held: replan(change, held, course))
        elif work.remember:
            links.write_baselines(
                connection, *work.between, [cycle.change for cycle in quiet if cycle.change]
            )
        notes = [*page.notices, *met.notes, *lookups_lack(page, course.mapping, course.source)]
        unchanged = len(records) - len(moved) + len(quiet)
        write_planned(connection, work, page, place, Planned(stored, quiet, notes, unchanged))


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


def hub_target(connection: Connection, work: Work, fold: Callable[[str], str]) -> HubTarget:
    """Stand for the hub's business unit as this run's target, inside a transaction."""
    return HubTarget(connection, work.unit, work.run, work.between, fold)


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


def _stands(record: Record, known: Known | None, course: Course) -> bool:
    """Whether neither source, target nor mapping moved since the last apply."""
    return (
        known is not None
        and known.fingerprint == course.mapping.fingerprint
        and known.version == known.target_version
        and known.source_hash == native_hash(record.native, course.mapping.natives)
    )


def _expect(
    target: HubTarget, mapping: FieldMapping, moved: Sequence[tuple[str, Record]], known: Mapping[str, Known]
) -> Expected:
    """Read what the target has of the records that moved, all at once."""
    fold = mapping.fold
    linked = {folded: known[folded].identity for folded, _ in moved if folded in known}
    strange = [record.key for folded, record in moved if folded not in known]
    candidates: dict[str, list[Candidate]] = {}
    if strange:
        for candidate in target.candidates(strange):
            candidates.setdefault(fold(candidate.code), []).append(candidate)
    identities = [*linked.values(), *(item.identity for items in candidates.values() for item in items)]
    names = [row.field for row in mapping.rows]
    held = target.held(identities, names) if identities else {}
    return Expected(linked=linked, held=held, candidates=candidates)


def numbered(cycles: Sequence[Cycle], page: int) -> list[Cycle]:
    """Give a page's cycles their places in the run."""
    return [
        replace(cycle, number=page * journal.CYCLES_PER_PAGE + place) for place, cycle in enumerate(cycles)
    ]
