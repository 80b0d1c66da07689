"""Stage 3: which customer of the target a record belongs to: this one, a new one, or a person decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct


class Linked(Struct, frozen=True):
    """The cross-reference names the customer."""

    identity: str


class Referenced(Struct, frozen=True):
    """A customer of the target has this reference and is not linked to the source yet."""

    identity: str


class New(Struct, frozen=True):
    """No customer of the target is it."""


class Ambiguous(Struct, frozen=True):
    """A person must decide."""

    reason: str


Match = Linked | Referenced | New | Ambiguous


class Candidate(Struct, frozen=True, gc=False):
    """A customer of the target whose code may be the record's reference."""

    identity: str
    code: str
    linked_to: str = ""
    """The key of the source that it is linked to already; ``""`` if none."""


def match(key: str, linked: str | None, candidates: Sequence[Candidate], fold: Callable[[str], str]) -> Match:
    """Find the customer of a record by its key, then by its reference. Never a guess.

    ``linked`` is the identity that the cross-reference gives for the key, if any; ``candidates`` are the
    target's customers whose code may be this key.
    """
    if linked is not None:
        return Linked(linked)
    same = [candidate for candidate in candidates if fold(candidate.code) == fold(key)]
    exact = [candidate for candidate in same if candidate.code == key] or same
    if not exact:
        return New()
    if len(exact) > 1:
        codes = ", ".join(candidate.code for candidate in exact)
        return Ambiguous(f"customer {key} may be any of {codes}: link it with 'customary crossref link'")
    (only,) = exact
    if only.linked_to:
        return Ambiguous(
            f"customer {only.code} is linked to {only.linked_to} already, so {key} cannot be it as well:"
            " unlink one with 'customary crossref unlink'"
        )
    return Referenced(only.identity)
