"""Stage 7: changes and limits give a plan with a fingerprint, or a refusal that says which limit and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from msgspec import Struct

from customary.model.change import Action
from customary.model.limits import Limits

_WORDS = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.STATUS: "given another status",
    Action.DELETE: "deleted",
}


class Plan(Struct, frozen=True):
    """A plan that may be applied."""

    fingerprint: str
    """Digest over all its changes: an approval is of this plan and no other."""


class Refusal(Struct, frozen=True):
    """A plan that would pass a limit: nothing of it may be applied."""

    action: Action
    text: str


def plan(digests: Iterable[str], actions: Mapping[Action, int], known: int, limits: Limits) -> Plan | Refusal:
    """Hold the sums over a whole run against its limits.

    ``digests`` are those of the pages' changes, in order; ``known`` is how many customers the target knew for
    this operation when the run began.
    """
    for action, count in actions.items():
        allowed = limits.allowed(action, known)
        if count > allowed:
            return Refusal(
                action,
                f"{count} customers would be {_WORDS[action]}, and the limit '{action}' ({limits.of(action)})"
                f" allows {allowed} when {known} are known: nothing was written",
            )
    return Plan(blake2b("\n".join(digests).encode(), digest_size=16).hexdigest())


def page_digest(told: bytes) -> str:
    """Digest of one page's planned changes."""
    return blake2b(told, digest_size=16).hexdigest()
