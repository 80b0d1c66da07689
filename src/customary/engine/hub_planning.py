"""Pages of a run whose target is the hub: read, compared and planned inside the page's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from customary.engine.corridor import Course, Expected, plan_record, replan, troubles
from customary.engine.planning import Place, Planned, Work, lookups_lack, met_once, numbered, write_planned
from customary.mapping.spec import FieldMapping
from customary.model.outcome import Outcome
from customary.model.source import Page, Record
from customary.stages.apply import apply
from customary.stages.match import Candidate
from customary.stages.normalize import native_hash
from customary.store import links
from customary.store.customers import Known
from customary.store.hub import HubTarget


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


def hub_target(connection: Connection, work: Work, fold: Callable[[str], str]) -> HubTarget:
    """Stand for the hub's business unit as this run's target, inside a transaction."""
    return HubTarget(connection, work.unit, work.run, work.between, fold)


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
    strange = [record.key for folded, record in moved if folded not in known or not known[folded].version]
    candidates: dict[str, list[Candidate]] = {}
    if strange:
        for candidate in target.candidates(strange):
            candidates.setdefault(fold(candidate.code), []).append(candidate)
    identities = [*linked.values(), *(item.identity for items in candidates.values() for item in items)]
    names = [row.field for row in mapping.rows]
    held = target.held(identities, names) if identities else {}
    gone = [identity for identity in linked.values() if identity not in held]
    deleted = target.deleted(gone) if gone else frozenset()
    return Expected(linked=linked, held=held, deleted=deleted, candidates=candidates)
