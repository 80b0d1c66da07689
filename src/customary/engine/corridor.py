"""The pure middle of a run: a page of records and what the hub knows of them give cycles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import uuid_utils
from msgspec import Struct
from msgspec.structs import replace

from customary.mapping.spec import FieldMapping
from customary.model.change import Action, Baseline, Change, Creation, Cycle, FieldChanges, Held
from customary.model.fields import Fields, FieldTable
from customary.model.outcome import Level, Message, Outcome
from customary.model.source import Page, Record
from customary.stages.diff import diff
from customary.stages.match import Ambiguous, Candidate, Linked, Referenced, match
from customary.stages.merge import merge, merge_new, next_baseline
from customary.stages.normalize import native_hash, normalize
from customary.stages.project import project


class Course(Struct, frozen=True, kw_only=True):
    """What stays the same through a run: how its records become changes."""

    mapping: FieldMapping
    holds: FieldTable
    source: str


class Decision(Struct, frozen=True, gc=False):
    """What is to be done to one customer, before it is numbered."""

    changes: FieldChanges
    baseline: tuple[Fields, Fields]
    """The source's side and the target's, once the changes are applied."""
    messages: tuple[Message, ...]
    rejected: bool = False


class Expected(Struct, frozen=True, kw_only=True):
    """What the hub knows about the records of a page, read at once for all of them."""

    linked: Mapping[str, str] = {}
    """Folded key -> identity that the cross-reference gives, also of a customer that was deleted."""
    held: Mapping[str, Held] = {}
    """Identity -> the customer as the hub holds it."""
    deleted: frozenset[str] = frozenset()
    """Identities of customers that were deleted from the hub."""
    candidates: Mapping[str, Sequence[Candidate]] = {}
    """Folded key -> customers of the hub whose code may be it."""


def decide(incoming: Fields, held: Held | None, course: Course) -> Decision:
    """Merge, project and diff one customer; ``held`` is ``None`` when the target does not have it."""
    baseline = held.baseline if held else None
    existing: Fields = held.fields if held else {}
    if held is None:
        merged = merge_new(incoming, course.mapping)
    else:
        merged = merge(incoming, baseline, existing, course.mapping)
    projected = project(merged.desired, course.holds)
    if projected.reasons:
        return Decision((), ({}, {}), (*merged.messages, *projected.reasons), rejected=True)
    if held is None:
        changes: FieldChanges = Creation(projected.fields, merged.rules)
        final = projected.fields
    else:
        changes = diff(projected.fields, existing, merged.rules)
        final = {**existing, **projected.fields}
    return Decision(changes, next_baseline(merged, incoming, final, baseline), merged.messages)


def plan_record(record: Record, folded: str, expected: Expected, course: Course) -> Cycle:
    """Take one record through normalize, match, merge, project and diff; its cycle has no number yet."""
    mapping = course.mapping
    known = expected.linked.get(folded)
    normalized = normalize(record.native, mapping)
    notes = normalized.messages
    if normalized.rejected:
        return rejected(record.key, notes, known)
    linked = known if known in expected.held else None
    found = match(record.key, linked, expected.candidates.get(folded, ()), mapping.fold)
    if isinstance(found, Ambiguous):
        return rejected(record.key, (*notes, Message(level=Level.ERROR, text=found.reason)), None)
    identity = found.identity if isinstance(found, Linked | Referenced) else known or str(uuid_utils.uuid7())
    held = expected.held.get(identity)
    decision = decide(normalized.fields, held, course)
    notes = (*notes, *decision.messages)
    code = held.code if held else str(normalized.fields["code"])
    if decision.rejected:
        return rejected(code, notes, identity if held else None)
    source, target = decision.baseline
    action = Action.UPDATE if held else Action.CREATE
    version = held.version if held else 0
    if held and known != identity:
        notes = (*notes, Message(level=Level.INFORMATION, text=f"linked to {record.key} of {course.source}"))
    elif held is None and known in expected.deleted:
        text = (
            f"this customer was deleted here, and {course.source} still has {record.key}, so it is created"
            " again: delete it there too, or close it here instead"
        )
        notes = (*notes, Message(level=Level.WARNING, text=text))
    change = Change(
        identity=identity,
        key=record.key,
        code=code,
        action=action,
        fields=decision.changes,
        target_version=version,
        baseline=Baseline(
            native_hash(record.native, mapping.natives),
            mapping.fingerprint,
            source,
            target,
            version + 1 if decision.changes else version,
        ),
        links=known != identity,
    )
    outcome = action.outcome if decision.changes or change.links or not held else Outcome.UNCHANGED
    return Cycle(number=0, customer=code, outcome=outcome, change=change, messages=notes)


def replan(change: Change, held: Held, course: Course) -> Cycle | None:
    """Plan a change again upon what the target holds by now; ``None`` when nothing is left to do."""
    old = change.baseline
    if old is None:
        return None
    decision = decide(old.source, held, course)
    if decision.rejected or not (decision.changes or change.links):
        return None
    source, target = decision.baseline
    again = replace(
        change,
        fields=decision.changes,
        target_version=held.version,
        baseline=replace(
            old,
            source=source,
            target=target,
            target_version=held.version + 1 if decision.changes else held.version,
        ),
    )
    return Cycle(
        number=0,
        customer=held.code,
        outcome=change.action.outcome,
        change=again,
        messages=decision.messages,
    )


def troubles(page: Page, identities: Mapping[str, str | None]) -> list[Cycle]:
    """Give the cycles of a page's customers that the source does not have, or that cannot be read.

    ``identities`` has the keys to look at, each with the identity that the hub knows it by, if any.
    """
    missing = [
        rejected(
            key,
            (
                Message(
                    level=Level.ERROR,
                    text=f"the source has no customer {key}: nothing was changed here."
                    " Correct the number, or close the customer here if it is really gone"
                    + ("; several numbers are separated by commas" if " " in key else ""),
                ),
            ),
            identities[key],
        )
        for key in page.missing
        if key in identities
    ]
    unreadable = [
        Cycle(
            number=0,
            customer=trouble.key,
            outcome=Outcome.FAILED,
            identity=identities[trouble.key],
            messages=(Message(level=Level.ERROR, text=trouble.reason),),
        )
        for trouble in page.unreadable
        if trouble.key in identities
    ]
    return missing + unreadable


def same_key(key: str, other: str) -> Cycle:
    """Reject a record whose key compares equal to another record's, though it is written otherwise."""
    text = (
        f"the source has {key} and {other}, which compare as the same key: a person must tell whether"
        " they are one customer (setting zero_padded = false of the system keeps them apart)"
    )
    return rejected(key, (Message(level=Level.ERROR, text=text),), None)


def unmapped(page: Page, mapping: FieldMapping, source: str) -> set[str]:
    """Give what the look-up tables lack for a page's records, to be told once a run."""
    found: set[str] = set()
    for row in mapping.looked_up:
        table = mapping.lookups.get(row.lookup, {})
        codes: set[str] = {
            record.native[row.native] for record in page.records if row.native in record.native
        }
        found |= {
            f"'{code}' is not in the table '{row.lookup}' of {source}: {row.field} is blank for it"
            for code in codes - table.keys()
        }
    return found


def rejected(customer: str, notes: tuple[Message, ...], identity: str | None) -> Cycle:
    """Give the cycle of a customer that our rules refuse; ``notes`` say why."""
    return Cycle(number=0, customer=customer, outcome=Outcome.REJECTED, messages=notes, identity=identity)
