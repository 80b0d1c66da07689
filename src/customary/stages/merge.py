"""Stage 4: incoming, baseline, hub and owners give the value of each field, and each conflict."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET, Struct

from customary.mapping.spec import Blank, Compare, FieldMapping, Owner, Row, When
from customary.model.change import Baseline
from customary.model.fields import Fields, Maybe, Value, shown, state
from customary.model.outcome import Level, Message

INITIAL_LOAD = "initial load only"
SET_BACK = "owner = source, set back"
MOVED = "no owner, the source moved"


class Merged(Struct, frozen=True, gc=False):
    """What the target should hold."""

    desired: Fields
    """Only the fields that the source has a say in."""
    rules: dict[str, str]
    """Field -> the rule that decided, where it is not that the source owns it."""
    messages: tuple[Message, ...] = ()
    """Conflicts and differences that are only told."""
    open: frozenset[str] = frozenset()
    """Fields whose conflict is left to a person: their baseline stays as it was."""


def merge_new(incoming: Fields, mapping: FieldMapping) -> Merged:
    """Give the fields of a customer that the target does not have: every row is written."""
    initial = {row.field: INITIAL_LOAD for row in mapping.initial if row.field in incoming}
    return Merged(incoming, initial)


def merge(incoming: Fields, baseline: Baseline | None, existing: Fields, mapping: FieldMapping) -> Merged:
    """Decide every field of a customer that the target has.

    ``baseline`` is ``None`` when the customer is linked to the source for the first time.
    A field that the source did not send is left alone.
    """
    desired: dict[str, Value] = {}
    rules: dict[str, str] = {}
    messages: list[Message] = []
    undecided: set[str] = set()
    for row in mapping.rows:
        field = row.field
        new = incoming.get(field, UNSET)
        old = existing.get(field, UNSET)
        if new is UNSET or same(row, new, old, mapping.fold):
            continue
        if new == "" and row.blank is Blank.KEEP:
            continue
        if row.when is When.CREATE:
            if baseline is None and old in (UNSET, ""):
                desired[field], rules[field] = new, INITIAL_LOAD
            else:
                messages.append(_told(row, new, old))
        elif row.owner is Owner.SOURCE:
            desired[field] = new
            if baseline is not None and _changed_here(old, base := baseline.target_value(field)):
                rules[field] = SET_BACK
                messages.append(_set_back(row, new, old, base))
        elif row.owner is Owner.TARGET:
            messages.append(_told(row, new, old))
        elif _source_moved_alone(field, new, old, baseline):
            desired[field], rules[field] = new, MOVED
        elif baseline is None or new != state(baseline.source, field):
            undecided.add(field)
            messages.append(_both_moved(row, new, old))
    return Merged(desired, rules, tuple(messages), frozenset(undecided))


def same(row: Row, one: Value, other: Maybe, fold: Callable[[str], str]) -> bool:
    """Whether two states of the row's field count as the same."""
    if one == other:
        return True
    return (
        row.compare is Compare.KEY
        and isinstance(one, str)
        and isinstance(other, str)
        and fold(one) == fold(other)
    )


def next_baseline(
    merged: Merged, incoming: Fields, final: Fields, previous: Baseline | None
) -> tuple[Fields, Fields]:
    """Give both sides after the apply: the source's values, and the target's where they differ.

    ``final`` is what the target holds then. What the source did not send this time stays as it was known.
    """
    known: Fields = previous.source if previous else {}
    if merged.open and previous:
        # both sides of an open conflict stay, or the next run would see only the source move, and take it
        held = {name: previous.target_value(name) for name in merged.open}
        final = {**final, **{name: value for name, value in held.items() if value is not UNSET}}
    if merged.open:
        incoming = {name: value for name, value in incoming.items() if name not in merged.open}
    source = {**known, **incoming}
    if source == final:  # so for every customer that is created, and there it saves looking at each field
        return source, {}
    target = {name: final[name] for name, value in source.items() if name in final and final[name] != value}
    return source, target


def _source_moved_alone(field: str, new: Value, old: Maybe, baseline: Baseline | None) -> bool:
    if baseline is None:
        return old in (UNSET, "")
    return baseline.target_value(field) == old and state(baseline.source, field) != new


def _changed_here(old: Maybe, base: Maybe) -> bool:
    """Whether the target moved; a blank field that the source never had a say in is nobody's change."""
    return old is not UNSET and old != base and not (base is UNSET and old == "")


def _told(row: Row, new: Value, old: Maybe) -> Message:
    why = "only written on the initial load" if row.when is When.CREATE else "the target owns it"
    return Message(
        level=Level.INFORMATION,
        field=row.field,
        text=f"{row.field} is {shown(new)} in the source and {shown(old)} here, and stays: {why}",
    )


def _set_back(row: Row, new: Value, old: Maybe, base: Maybe) -> Message:
    return Message(
        level=Level.WARNING,
        field=row.field,
        text=f"{row.field} was changed here from {shown(base)} to {shown(old)}, but the source owns it:"
        f" set to {shown(new)}",
    )


def _both_moved(row: Row, new: Value, old: Maybe) -> Message:
    return Message(
        level=Level.WARNING,
        field=row.field,
        text=f"{row.field} is {shown(new)} in the source and {shown(old)} here, and nobody owns it:"
        " left alone, a person decides",
    )
