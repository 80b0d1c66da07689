"""Pages of a run whose target is another system: both sides are read, compared, and planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import uuid_utils
from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from customary.engine.corridor import Decision, rejected, troubles
from customary.engine.far import Far, Found, NoKey
from customary.engine.far_deleting import not_deleted, plan_gone
from customary.engine.far_match import Belongs, Sought, belong, seek, with_key
from customary.engine.planning import Place, Planned, Work, lookups_lack, met_once, numbered, write_planned
from customary.mapping.spec import FieldMapping
from customary.model.change import Action, Baseline, Change, Cycle, Held
from customary.model.fields import Fields
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import HUB
from customary.model.source import Native, Page, Record
from customary.stages.merge import merge, merge_new, next_baseline
from customary.stages.normalize import native_hash, normalize
from customary.store import customers, links, remote, runs, seen
from customary.store.database import reading
from customary.store.remote import Links


class Course(Struct, frozen=True, kw_only=True):
    """What stays the same through a run to a remote target."""

    mapping: FieldMapping
    """The source's; its owners decide."""
    far: Far
    source: str
    fingerprint: str


_GOAL = "\x1f"
"""What a key of the target begins with among the keys that a run has met."""


class Looked(Struct, frozen=True):
    """A page's records and what is to be done to each, found out before the page's transaction."""

    cycles: Mapping[str, Cycle]
    """Folded key of the source -> its cycle, which has no number yet."""
    known: frozenset[str]
    """Folded keys of the customers that the target is known to have."""
    identities: Mapping[str, str]
    """Folded keys of the source that came without a record -> identity that the cross-reference gives."""
    strangers: Mapping[str, Record]
    """Folded key of the source -> the target's record, where the cross-reference does not name it yet."""
    goals: Mapping[str, str]
    """Folded key of the source -> folded key of the target, where it is known to whom the record belongs."""
    lacks: frozenset[str]
    """Customer fields that have a value in the source and no place in the target."""
    gone: Mapping[str, Cycle]
    """Folded key of the source, which has no such customer -> the cycle in which it goes from the target."""


class FarPages:
    """Plans the pages of one run to a remote target."""

    def __init__(self, work: Work, course: Course) -> None:
        """Plan for ``work``."""
        self._work = work
        self._far = course.far
        self._course = course

    def look(self, connection: Connection, page: Page) -> Looked:
        """Read the target's side of a page and plan its customers. Raises as ``Source.read`` does."""
        mapping, far = self._course.mapping, self._far
        items = [seek(record, mapping) for record in page.records]
        sought = {item.folded: item for item in items}
        lacking = [mapping.fold(key) for key in page.missing]
        lacking += [mapping.fold(trouble.key) for trouble in page.unreadable]
        known = self._links(connection, sought, lacking)
        cycles = self._name(sought, known)
        keys = far.keys_of([item.id for item in sought.values() if item.id])
        known = self._links(connection, sought, lacking, [*keys.values(), *self._gone_keys(page)])
        belongs = {folded: belong(item, known, keys, far) for folded, item in sought.items()}
        leaving = self._leaving(page, known)
        codes = {item.key for item in belongs.values()} | {
            known.keys[each].target for each in leaving.values()
        }
        there, unreadable = far.find(codes - {""})
        with reading(connection):
            identities = [item.identity for item in belongs.values() if item.identity]
            bases = customers.read_baselines(connection, [*identities, *leaving.values()], self._work.between)
        strangers: dict[str, Record] = {}
        for folded, item in sought.items():
            its = belongs[folded]
            key = far.target.fold(its.key)
            found = there.get(key)
            if its.problem:
                cycles[folded] = refused(item, its.problem)
            elif key in unreadable:
                cycles[folded] = refused(item, unreadable[key], Outcome.FAILED)
            else:
                cycles[folded] = plan_one(item, its, found, bases.get(its.identity), self._course)
            if found and not known.owner(key):
                strangers[folded] = found.record
        gone = {
            mapping.fold(key): plan_gone(key, identity, known.keys[identity].target, (there, unreadable), far)
            for key, identity in leaving.items()
            if identity in bases
        }
        return Looked(
            cycles,
            frozenset(folded for folded, item in belongs.items() if item.there),
            {folded: known.of_source[folded] for folded in lacking if folded in known.of_source},
            strangers,
            {folded: far.target.fold(its.key) for folded, its in belongs.items() if not its.problem},
            frozenset(name for item in items for name in far.outgoing.lacks(item.normalized.fields)),
            gone,
        )

    def _name(self, sought: dict[str, Sought], known: Links) -> dict[str, Cycle]:
        """Give a key to those that come without any name; refuses, and takes out, whom none is made for."""
        cycles: dict[str, Cycle] = {}
        for folded, item in list(sought.items()):
            try:
                sought[folded] = with_key(item, known, self._far)
            except NoKey as reason:
                cycles[folded] = refused(sought.pop(folded), str(reason))
        return cycles

    def _gone_keys(self, page: Page) -> Sequence[str]:
        """Give the target's keys among those that the source lacks: the hub names whom it has no more so."""
        return page.missing if self._work.deletes and self._course.source == HUB else ()

    def _leaving(self, page: Page, known: Links) -> dict[str, str]:
        """Give the keys that the source has no customer for and the target may have: key -> identity."""
        if not self._work.deletes:
            return {}
        linked, fold = known.of_source, self._course.mapping.fold
        if self._course.source == HUB:
            linked, fold = known.of_target, self._far.target.fold
        found = {key: linked.get(fold(key)) for key in page.missing}
        return {key: each for key, each in found.items() if each and known.keys[each].target}

    def _claim(
        self,
        connection: Connection,
        records: Sequence[tuple[str, Record]],
        page: int,
        goals: Mapping[str, str],
    ) -> dict[str, Cycle]:
        """Reject records that belong to a customer of the target which an earlier record of the run is."""
        claims = [(f"{_GOAL}{goals[folded]}", record) for folded, record in records if folded in goals]
        first = seen.remember(connection, page, [(goal, record.key) for goal, record in claims])
        found: dict[str, Cycle] = {}
        for goal, record in claims:
            other = first.setdefault(goal, record.key)
            if other != record.key:
                text = f"{other} is the same customer of {self._far.target.name}: only one of them can be it"
                note = Message(level=Level.ERROR, text=text)
                found[self._course.mapping.fold(record.key)] = rejected(record.key, (note,), None)
        return found

    def _links(
        self,
        connection: Connection,
        sought: Mapping[str, Sought],
        lacking: Sequence[str],
        keys: Iterable[str] = (),
    ) -> Links:
        """Find what the cross-reference says of records, and of further ``keys`` of the target."""
        fold = self._far.target.fold
        items = sought.values()
        by = (
            [*sought, *lacking],
            [fold(key) for key in (*(item.key for item in items), *keys) if key],
            [item.record.identity for item in items if item.record.identity],
        )
        with reading(connection):
            return remote.find_links(connection, self._work.between, by)

    def plan(self, connection: Connection, page: Page, place: Place, looked: Looked) -> None:
        """Write the plan of a page, and its checkpoint, inside the caller's transaction."""
        work, mapping = self._work, self._course.mapping
        met = met_once(connection, page, place.number, mapping.fold)
        wanted = looked.known if place.only_known else looked.cycles.keys() | looked.identities.keys()
        records = [(folded, record) for folded, record in met.records if folded in wanted]
        others = self._claim(connection, records, place.number, looked.goals)
        planned = [others.get(folded) or looked.cycles[folded] for folded, _ in records]
        missing = {key: looked.identities.get(mapping.fold(key)) for key in met.lacking}
        if place.only_known:
            missing = {key: identity for key, identity in missing.items() if identity}
        notes = [*page.notices, *met.notes, *lookups_lack(page, mapping, work.between[0])]
        leaving = {
            key: looked.gone[folded] for key in missing if (folded := mapping.fold(key)) in looked.gone
        }
        if leaving and not runs.lists_gone(connection, work.run):
            notes.append(not_deleted(self._course.source, self._far.target.name))
            leaving = {}
        missing = {key: identity for key, identity in missing.items() if key not in leaving}
        planned += leaving.values()
        quiet = [cycle for cycle in planned if cycle.outcome is Outcome.UNCHANGED]
        stored = [cycle for cycle in planned if cycle.outcome is not Outcome.UNCHANGED]
        stored = numbered([*stored, *met.doubles, *troubles(page, missing)], place.number)
        if work.remember:
            self._remember(connection, quiet, looked.strangers)
        notes += [no_place(name, self._far.target.name) for name in sorted(looked.lacks)]
        write_planned(connection, work, page, place, Planned(stored, quiet, notes, len(quiet)))

    def _remember(
        self, connection: Connection, quiet: Sequence[Cycle], strangers: Mapping[str, Record]
    ) -> None:
        """Keep what was seen of customers that nothing is to be done to; forget those that neither has."""
        between, fold = self._work.between, self._course.mapping.fold
        changes = [cycle.change for cycle in quiet if cycle.change]
        links.write_baselines(connection, *between, changes)
        for change in changes:
            if stranger := strangers.get(fold(change.key)):
                self._far.link(connection, stranger, change.identity)
        for cycle in quiet:
            if cycle.identity:
                remote.forget(connection, between, cycle.identity)


def no_place(field: str, target: str) -> Message:
    """Say that a field does not go over."""
    return Message(level=Level.INFORMATION, field=field, text=f"{field} has no place in {target}")


def plan_one(
    sought: Sought, belongs: Belongs, found: Found | None, baseline: Baseline | None, course: Course
) -> Cycle:
    """Take one record through merge, outgoing, fit and diff; its cycle has no number yet."""
    record, normalized, far = sought.record, sought.normalized, course.far
    identity = belongs.identity or str(uuid_utils.uuid7())
    source_hash = native_hash(record.native, course.mapping.natives)
    if found is None and belongs.there:
        return refused(
            sought,
            f"{far.target.name} has no customer {belongs.key} any more, which {record.key} is linked to:"
            f" to have it created again, unlink it first: {unlinking(course, record.key)}",
        )
    if found and baseline and stands(baseline, source_hash, found.version, course):
        return Cycle(number=0, customer=belongs.key, outcome=Outcome.UNCHANGED)
    held = Held(identity, found.record.key, found.version, found.fields, baseline) if found else None
    decided = decide(normalized.fields, held, found.record.native if found else {}, belongs.key, course)
    notes = tuple(dict.fromkeys((*normalized.messages, *decided.messages)))
    if normalized.rejected or decided.rejected:
        refusal = rejected(belongs.key if found else record.key, notes, belongs.identity or None)
        return replace(refusal, key=record.key)
    links = record.lasting and not record.identity and not belongs.linked
    if found and links:
        notes = (*notes, Message(level=Level.INFORMATION, text=f"linked to {record.key} of {course.source}"))
    action, version = (far.action(decided.changes), found.version) if found else (Action.CREATE, 0)
    change = Change(
        identity=identity,
        key=record.key,
        code=belongs.key,
        action=action,
        fields=decided.changes,
        target_version=version,
        baseline=Baseline(source_hash, course.fingerprint, *decided.baseline, version),
        links=links,
    )
    quiet = found is not None and not decided.changes and not links
    outcome = Outcome.UNCHANGED if quiet else action.outcome
    return Cycle(number=0, customer=belongs.key, outcome=outcome, change=change, messages=notes)


def unlinking(course: Course, key: str) -> str:
    """Give the command that takes a customer's link away."""
    return f"customary crossref unlink --system {course.far.target.name} --scope {course.source} '{key}'"


def stands(baseline: Baseline, source_hash: str, version: int, course: Course) -> bool:
    """Whether neither source, target nor mappings moved since the last apply."""
    return (
        baseline.source_hash == source_hash
        and baseline.fingerprint == course.fingerprint
        and baseline.target_version == version
    )


def refused(sought: Sought, reason: str, outcome: Outcome = Outcome.REJECTED) -> Cycle:
    """Give the cycle of a record that nothing is planned for."""
    notes = (*sought.normalized.messages, Message(level=Level.ERROR, text=reason))
    return Cycle(number=0, customer=sought.record.key, outcome=outcome, messages=notes)


def _agreeing(fields: Fields, held: Held | None) -> Fields:
    """Give the fields that the target has as they are wanted: fitting may compare others with them."""
    if held is None:
        return {}
    return {name: value for name, value in fields.items() if held.fields.get(name, UNSET) == value}


def decide(incoming: Fields, held: Held | None, native: Native, key: str, course: Course) -> Decision:
    """Merge the two sides of a customer, and find what must change in the target's own words.

    ``native`` is the target's record, empty where there is none yet; ``key`` is the key that it has there.
    """
    far, outgoing = course.far, course.far.outgoing
    taken = dict(outgoing.takes({**incoming, "code": key}))
    if held is None:
        merged = merge_new(taken, course.mapping)
    else:
        taken.pop("code", None)  # the target's own key never changes, whatever the source calls the customer
        merged = merge(taken, held.baseline, held.fields, course.mapping)
    action = Action.UPDATE if held else Action.CREATE
    desired = {**_agreeing(taken, held), **merged.desired}
    fit = far.fit(action, outgoing.native(desired), native)
    notes = (*merged.messages, *fit.messages)
    if any(note.level is Level.ERROR for note in fit.messages):
        return Decision((), ({}, {}), notes, rejected=True)
    changes = outgoing.changes(fit.native, native, merged.rules)
    final = normalize({**native, **fit.native}, far.mapping).fields if changes or not held else held.fields
    baseline = next_baseline(merged, taken, final, held.baseline if held else None)
    return Decision(changes, baseline, notes)
