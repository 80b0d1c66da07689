"""Stage 8: a plan gives outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from customary.connectors.contract import Written
from customary.model.change import Action, Change, Cycle, Held
from customary.model.outcome import Level, Message, Outcome


class Existing(Struct, frozen=True):
    """What stands in the way of, or under, a page of changes just before it is applied."""

    held: Mapping[str, Held]
    """Identity -> the customer as the target holds it now."""
    taken: frozenset[str]
    """Codes of the planned creates that some other customer has by now."""
    linked: Mapping[str, bool] = {}
    """Identity of a customer that was to be linked to a key, where either is linked by now -> whether to each
    other."""


class Writable(Protocol):
    """What applying needs of a target."""

    def existing(self, changes: Sequence[Change]) -> Existing:
        """Look at what the changes meet, and keep others from changing it until it is done."""

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Carry changes out; one ``Written`` per change, in order."""


Replan = Callable[[Change, Held], Cycle | None]
"""Plan a change again upon what the target holds now; ``None`` when nothing is left to do."""


def apply(cycles: Sequence[Cycle], target: Writable, replan: Replan) -> list[Cycle]:
    """Carry planned cycles out, and give them with their outcomes, in order.

    A change whose target moved since the plan is planned again, that one customer only; a create whose code
    is taken by now, or twice among these, is rejected.
    """
    existing = target.existing([cycle.change for cycle in cycles if cycle.change])
    taken = set(existing.taken)
    ready: list[Cycle] = []
    for cycle in cycles:
        ready.append(_checked(cycle, existing, taken, replan))
        if (change := ready[-1].change) and change.action is Action.CREATE:
            taken.add(change.code)
    written = target.write([cycle.change for cycle in ready if cycle.change])
    return [_ended(cycle, next(written)) if cycle.change else cycle for cycle in ready]


def _checked(cycle: Cycle, existing: Existing, taken: set[str], replan: Replan) -> Cycle:
    change = cycle.change
    if change is None:
        return cycle
    held = existing.held.get(change.identity)
    if change.action is Action.CREATE:
        if change.code in taken or held is not None:
            text = f"another customer has the code {change.code} by now, so {change.key} was not created"
            return _refused(cycle, f"{text}: run it again")
        return cycle
    if held is None:
        return _refused(cycle, "the customer was deleted here after this was planned: run it again")
    linked = existing.linked.get(change.identity)
    if linked is False:
        return _refused(cycle, "the customer or its key was linked to another one by now: run it again")
    if held.version == change.target_version and linked is None:
        return cycle
    again = replan(msgspec.structs.replace(change, links=False) if linked else change, held)
    if again is None:
        return msgspec.structs.replace(cycle, change=None, outcome=Outcome.SKIPPED, messages=(_MOVED,))
    return msgspec.structs.replace(again, number=cycle.number, messages=(*again.messages, _MOVED))


_MOVED = Message(
    level=Level.INFORMATION, text="the customer changed here after this was planned, so it was planned again"
)


def _refused(cycle: Cycle, text: str) -> Cycle:
    return msgspec.structs.replace(
        cycle, change=None, outcome=Outcome.REJECTED, messages=(Message(level=Level.ERROR, text=text),)
    )


def _ended(cycle: Cycle, written: Written) -> Cycle:
    if written.outcome is cycle.outcome and not written.messages:
        return cycle
    return msgspec.structs.replace(
        cycle, outcome=written.outcome, messages=(*cycle.messages, *written.messages)
    )
