"""The last look at a batch just before it is sent: what moved since the plan is planned again, or refused."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from customary.connectors.contract import Sending
from customary.engine.far import Found
from customary.engine.far_deleting import look_again
from customary.engine.far_planning import Course, decide
from customary.model.change import Action, Baseline, Change, Cycle, Held
from customary.model.fields import Fields
from customary.model.outcome import Level, Message, Outcome
from customary.store.remote import Links


class Ready(Struct, frozen=True):
    """A cycle that passed its last look, and what is to be sent for it; nothing, where it is only linked."""

    cycle: Cycle
    change: Change
    sending: Sending | None


class Look:
    """What the target and the hub tell of a batch just before it is sent."""

    def __init__(
        self,
        course: Course,
        there: Mapping[str, Found],
        unreadable: Mapping[str, str],
        known: Links,
        bases: Mapping[str, Baseline],
    ) -> None:
        self._course = course
        self._there = there
        self._unreadable = unreadable
        self._known = known
        self._bases = bases
        self._taken: set[str] = set()

    def once_more(self, cycle: Cycle, change: Change) -> Ready | Cycle:
        """Give what is to be sent for a planned cycle, or how it ended without being sent."""
        far = self._course.far
        key = far.target.fold(change.code)
        if key in self._unreadable:
            return _refused(cycle, self._unreadable[key], Outcome.FAILED)
        if problem := self._linked_otherwise(change, key):
            return _refused(cycle, f"{problem} by now: run it again")
        self._taken.add(key)
        found = self._there.get(key)
        if change.action is Action.DELETE:
            ended = look_again(cycle, change, found, far)
            held = found.record.native if found else {}
            return ended or Ready(cycle, change, Sending(action=change.action, key=change.code, held=held))
        if change.action is Action.CREATE:
            if found:
                text = (
                    f"{far.target.name} has a customer {change.code} by now, so {change.key} was not created"
                )
                return _refused(cycle, f"{text}: run it again")
            native = far.outgoing.texts(change.fields)
            return Ready(cycle, change, Sending(action=change.action, key=change.code, native=native))
        if found is None:
            return _refused(cycle, f"{far.target.name} has no customer {change.code} any more: run it again")
        if found.version != change.target_version:
            return self._planned_again(cycle, change, found)
        return self._updating(cycle, change, found)

    def _linked_otherwise(self, change: Change, key: str) -> str:
        if key in self._taken:
            return f"another customer of this run is {change.code}"
        if self._known.owner(key) not in ("", change.identity):
            return f"{change.code} is linked to another customer"
        folded = self._course.mapping.fold(change.key)
        if change.links and self._known.of_source.get(folded, change.identity) != change.identity:
            return f"{change.key} is linked to another customer"
        return ""

    def _planned_again(self, cycle: Cycle, change: Change, found: Found) -> Ready | Cycle:
        """Plan a customer again upon what the target holds by now."""
        old = change.baseline
        incoming: Fields = old.source if old else {}
        base = self._bases.get(change.identity)
        held = Held(change.identity, found.record.key, found.version, found.fields, base)
        decided = decide(incoming, held, found.record.native, change.code, self._course)
        if decided.rejected:
            return replace(cycle, change=None, outcome=Outcome.REJECTED, messages=(*decided.messages, _MOVED))
        if not decided.changes and not change.links:
            return replace(cycle, change=None, outcome=Outcome.SKIPPED, messages=(_MOVED,))
        source, target = decided.baseline
        again = replace(
            change,
            action=self._course.far.action(decided.changes),
            fields=decided.changes,
            target_version=found.version,
            baseline=old and replace(old, source=source, target=target),
        )
        noted = replace(cycle, messages=(*decided.messages, _MOVED))
        return self._updating(noted, again, found)

    def _updating(self, cycle: Cycle, change: Change, found: Found) -> Ready:
        if not change.fields:
            return Ready(cycle, change, None)
        native = self._course.far.outgoing.texts(change.fields)
        record = found.record
        return Ready(
            cycle,
            change,
            Sending(action=change.action, key=record.key, native=native, held=record.native),
        )


_MOVED = Message(
    level=Level.INFORMATION, text="the customer changed there after this was planned, so it was planned again"
)


def _refused(cycle: Cycle, text: str, outcome: Outcome = Outcome.REJECTED) -> Cycle:
    note = Message(level=Level.ERROR, text=text)
    return replace(cycle, change=None, outcome=outcome, messages=(note,))
