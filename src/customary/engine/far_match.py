"""Which customer of a remote target a record belongs to: by id, by cross-reference, by key; never a guess."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from customary.engine.far import Far, NoKey
from customary.mapping.spec import FieldMapping
from customary.model.source import Named, Record
from customary.stages.normalize import Normalized, normalize
from customary.store.remote import NOT_LINKED, Links

NOBODY = Named()


class Sought(Struct, frozen=True, kw_only=True, gc=False):
    """A record in the customer's words, and by what names the target may know the customer."""

    record: Record
    folded: str
    """The source's key, in the form that it compares."""
    normalized: Normalized
    id: str = ""
    """The target's own id, as the source tells it."""
    key: str = ""
    """The target's key, as the source tells it; ``""`` where it does not."""


class Belongs(Struct, frozen=True, kw_only=True, gc=False):
    """The customer that a record belongs to."""

    identity: str = ""
    """``""`` for a customer that is not known yet."""
    key: str = ""
    """The key in the target, that it has or is to have."""
    linked: bool = False
    """Whether the cross-reference names it for the source's key."""
    there: bool = False
    """Whether the target must have it, being linked or told of by its own id."""
    problem: str = ""
    """Why a person must decide."""


def seek(record: Record, mapping: FieldMapping) -> Sought:
    """Read a record and tell by which names the target may know it: its ``code`` where it says no other."""
    normalized = normalize(record.native, mapping)
    named = record.target or NOBODY
    key = named.key or (str(normalized.fields.get("code", "")) if record.target is None else "")
    return Sought(record=record, folded=mapping.fold(record.key), normalized=normalized, id=named.id, key=key)


def belong(sought: Sought, links: Links, keys: Mapping[str, str], far: Far) -> Belongs:
    """Find the customer by the target's id, then by cross-reference, then by key.

    ``keys`` has the target's keys of the ids that it knows. What contradicts itself is left to a person.
    """
    record, fold = sought.record, far.target.fold
    identity = record.identity or links.of_source.get(sought.folded, "")
    linked_to = links.keys.get(identity, NOT_LINKED).target
    key = sought.key
    if sought.id:
        given = keys.get(sought.id, "")
        if not given:
            return _problem(
                f"{far.target.name} has no customer with the id {sought.id}: correct it, or leave it out"
            )
        if key and fold(key) != fold(given):
            return _problem(
                f"the customer with the id {sought.id} is {given} in {far.target.name}, and the record says"
                f" {key}: one of the two is wrong"
            )
        key = given
    if linked_to and key and fold(key) != fold(linked_to):
        return _problem(
            f"customer {record.key} is linked to {linked_to} of {far.target.name}, and the record says {key}:"
            " correct it, or unlink it with 'customary crossref unlink'"
        )
    key = linked_to or key
    owner = links.owner(fold(key)) if key else ""
    if owner and identity and owner != identity:
        return _problem(_taken(record, key, links, owner))
    other = links.keys.get(owner, NOT_LINKED).source
    if owner and record.lasting and other and links.of_source.get(sought.folded) != owner:
        return _problem(_taken(record, key, links, owner))
    return Belongs(
        identity=owner or identity,
        key=key,
        linked=sought.folded in links.of_source,
        there=bool(sought.id or linked_to),
    )


def with_key(sought: Sought, links: Links, far: Far) -> Sought:
    """Give a record that comes without any name in the target the key that is made for it.

    Raises ``NoKey`` saying why none can be made.
    """
    record = sought.record
    identity = record.identity or links.of_source.get(sought.folded, "")
    if sought.key or sought.id or links.keys.get(identity, NOT_LINKED).target:
        return sought
    if far.makes_keys is None:
        raise NoKey(
            f"nothing tells which customer of {far.target.name} this is, and no key is made for new ones:"
            " give its reference, or set how references are generated"
        )
    return replace(sought, key=far.makes_keys.key_for(record.key, record.native))


def _taken(record: Record, key: str, links: Links, owner: str) -> str:
    other = links.keys[owner].source or "another customer"
    return (
        f"customer {key} is linked to {other} already, so {record.key} cannot be it as well:"
        " unlink one with 'customary crossref unlink'"
    )


def _problem(text: str) -> Belongs:
    return Belongs(problem=text)
