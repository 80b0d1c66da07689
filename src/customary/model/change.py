"""Changes: a field's before and after, and all that a run means to do to one customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import UNSET, Struct

from customary.model.fields import Fields, Maybe, Value, shown
from customary.model.outcome import Message, Outcome

SOURCE_OWNS = "owner = source"
"""The rule of a change whose field the source owns; the journal leaves it out, being the usual one."""


class FieldChange(Struct, frozen=True, omit_defaults=True, gc=False):
    """One field's before and after, and the rule by which it changes."""

    field: str
    before: Maybe = UNSET
    after: Maybe = UNSET
    rule: str = SOURCE_OWNS


class Creation(Struct, frozen=True, omit_defaults=True, gc=False):
    """The changes of a customer that is created: each of its fields from absent to a value.

    They are made one by one only where somebody looks at them: a first load has twenty of them a customer,
    and plans and writes them as they stand here.
    """

    after: Fields
    rules: Mapping[str, str] = {}
    """Field -> the rule by which it is written, where it is not that the source owns it."""

    def __iter__(self) -> Iterator[FieldChange]:
        for name, value in self.after.items():
            yield FieldChange(name, UNSET, value, self.rules.get(name, SOURCE_OWNS))

    def __len__(self) -> int:
        return len(self.after)


FieldChanges = tuple[FieldChange, ...] | Creation
"""All that changes on one customer, in the order of the mapping."""


class Action(StrEnum):
    """What a change does to the target's customer."""

    CREATE = "create"
    UPDATE = "update"
    STATUS = "status"
    DELETE = "delete"

    @property
    def outcome(self) -> Outcome:
        """The outcome of a cycle in which this succeeded."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Action.CREATE: Outcome.CREATED,
    Action.UPDATE: Outcome.UPDATED,
    Action.STATUS: Outcome.STATUS_CHANGED,
    Action.DELETE: Outcome.DELETED,
}


WHOLE = {Action.CREATE: "after", Action.DELETE: "before"}
"""Of changes that are about a whole customer: the side on which its fields stand."""


def changes_line(action: str, changes: Sequence[Mapping[str, Value]]) -> str:
    """Say in a line what changed; of a customer that is created or deleted its fields but the blank ones.

    ``changes`` are field changes as the journal shows them.
    """
    if (side := WHOLE.get(Action(action)) if action else None) is not None:
        return ", ".join(
            f"{change['field']} {shown(change[side])}" for change in changes if change.get(side, "") != ""
        )
    return ", ".join(_change_line(change) for change in changes)


def _change_line(change: Mapping[str, Value]) -> str:
    before, after = (shown(change.get(name, UNSET)) for name in ("before", "after"))
    return f"{change['field']} {before} -> {after}"


class Baseline(Struct, frozen=True, omit_defaults=True, gc=False):
    """Both sides after the last apply: the third side of a merge, and what tells that nothing moved."""

    source_hash: str
    """Digest of the source's native fields that the mapping reads."""
    fingerprint: str
    """Digest of mapping, owners and look-ups in force."""
    source: Fields
    """The source's canonical values."""
    target: Fields = {}
    """The target's values where they differ from the source's; see ``target_values``."""
    target_version: int = 0

    def target_value(self, field: str) -> Maybe:
        """What the target held of this field after the last apply."""
        return self.target.get(field, self.source.get(field, UNSET))


class Held(Struct, frozen=True, gc=False):
    """A customer as the target holds it, with its baseline towards one source."""

    identity: str
    code: str
    version: int
    fields: Fields
    baseline: Baseline | None


class Change(Struct, frozen=True, kw_only=True, gc=False):
    """All that a run means to do to one customer of the target."""

    identity: str
    key: str
    """The key by which the source knows the customer, as the source writes it."""
    code: str
    """The customer's code in the target."""
    action: Action
    fields: FieldChanges
    target_version: int = 0
    """The version of the target's customer that this was planned against; 0 for a create."""
    baseline: Baseline | None = None
    """What the baseline becomes once this is applied."""
    links: bool = False
    """Whether applying also links ``key`` to the identity in the cross-reference."""


class Cycle(Struct, frozen=True, kw_only=True, gc=False):
    """What one run did, or is about to do, to one customer."""

    number: int
    """Position in the run; stable when a page is done again."""
    customer: str
    """The code, or the source's key where the hub does not know the customer."""
    outcome: Outcome
    """How it ended; in a plan, how it will end if it succeeds."""
    identity: str | None = None
    """The customer's identity, where it is known; a change has its own."""
    key: str = ""
    """The key by which the source knows the customer, where ``customer`` is not it; a change has its own."""
    change: Change | None = None
    messages: tuple[Message, ...] = ()
