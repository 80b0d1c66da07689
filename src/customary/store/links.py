"""Cross-references and baselines: what links a customer to the systems that know it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Exists, Select, exists, or_, select

from customary.errors import ConfigError
from customary.model.change import Action, Change
from customary.store import bulk
from customary.store.query import any_of
from customary.store.tables import baseline, cross_reference, customer, customer_class

_BASELINE = (
    "identity",
    "source",
    "target",
    "source_hash",
    "fingerprint",
    "target_version",
    "source_values",
    "target_values",
)
_encode = msgspec.json.Encoder().encode

_SOME = 1000
"""So many keys tell whether the keys of a system are compared as they were."""


def link(connection: Connection, system: str, folded: Sequence[tuple[str, Change]]) -> None:
    """Enter changes' keys into the cross-reference; a key or identity that is linked already is an error.

    A key that belonged to a customer that was deleted is no error: whoever stands in its place, under the
    same code, takes over all the keys by which systems knew it.
    """
    before = _of_deleted(
        connection, system, [fold for fold, change in folded if change.action is Action.UPDATE]
    )
    for fold, change in folded:
        if fold in before:
            take_over(connection, before[fold], change.identity)
    rows = [(system, fold, change.key, change.identity) for fold, change in folded if fold not in before]
    bulk.insert(connection, cross_reference, ("system", "folded", "key", "identity"), rows)


def _of_deleted(connection: Connection, system: str, folded: Sequence[str]) -> dict[str, str]:
    """Give those of the keys whose customer the hub does not have any more: folded key -> its identity."""
    if not folded:
        return {}
    query = select(cross_reference.c.folded, cross_reference.c.identity).where(
        cross_reference.c.system == system, any_of(cross_reference.c.folded, folded), ~_has_customer()
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def take_over(connection: Connection, deleted: str, identity: str) -> None:
    """Move a deleted customer's keys to another; of systems that know that one already, they are dropped."""
    own = select(cross_reference.c.system).where(cross_reference.c.identity == identity)
    theirs = cross_reference.c.identity == deleted
    free = theirs & cross_reference.c.system.not_in(own)
    connection.execute(cross_reference.update().where(free).values(identity=identity))
    connection.execute(cross_reference.delete().where(theirs))


def _has_customer() -> Exists:
    return exists().where(customer.c.identity == cross_reference.c.identity)


def refold(connection: Connection, system: str, fold: Callable[[str], str]) -> None:
    """Bring the folded keys of a system up to date, where its keys are compared in another way than before.

    Whether they are is told by some of its keys, those that zeros stand before among them. Raises
    ``ConfigError`` naming two keys that were linked to different customers and compare as the same now.
    """
    columns = (cross_reference.c.folded, cross_reference.c.key, cross_reference.c.identity)
    query = select(*columns).where(cross_reference.c.system == system).order_by(cross_reference.c.folded)
    alike = cross_reference.c.folded == cross_reference.c.key
    some = [*connection.execute(query.where(alike).limit(_SOME)).all()]
    some += connection.execute(query.where(~alike).limit(_SOME)).all()
    if all(fold(key) == folded for folded, key, _ in some):
        return
    keys: dict[str, tuple[str, str]] = {}
    for _, key, identity in connection.execute(query).all():
        other, _ = keys.setdefault(fold(key), (key, identity))
        if other != key:
            raise ConfigError(
                f"{other} and {key} are two customers here, and compare as the same key of {system} now:"
                " compare its keys as before (zero_padded)"
            )
    rows = [(folded, identity, system) for folded, (_, identity) in keys.items()]
    bulk.update(connection, cross_reference, ("folded",), ("identity", "system"), rows)


def linked_by_now(
    connection: Connection, system: str, folded: Sequence[tuple[str, Change]]
) -> dict[str, bool]:
    """Of changes that are to link, tell whose customer or key is linked already: whether to each other."""
    if not folded:
        return {}
    wanted = {fold: change.identity for fold, change in folded}
    identities = set(wanted.values())
    query = select(cross_reference.c.folded, cross_reference.c.identity).where(
        cross_reference.c.system == system,
        or_(
            any_of(cross_reference.c.folded, list(wanted)),
            any_of(cross_reference.c.identity, list(identities)),
        ),
        _has_customer(),
    )
    found: dict[str, bool] = {}
    for fold, identity in connection.execute(query).all():
        for concerned in {wanted.get(fold), identity} & identities:
            found[concerned] = wanted.get(fold) == identity and found.get(concerned, True)
    return found


def write_baselines(connection: Connection, source: str, target: str, changes: Sequence[Change]) -> None:
    """Write the baselines that the changes carry, at the version that the target has after them."""
    first: list[tuple[Any, ...]] = []
    later: list[tuple[Any, ...]] = []
    for change in changes:
        if (base := change.baseline) is None:
            continue
        # A customer that is created and linked has an identity made for it just now, and so no baseline.
        rows = first if change.links and change.action is Action.CREATE else later
        rows.append(
            (
                change.identity,
                source,
                target,
                base.source_hash,
                base.fingerprint,
                base.target_version,
                _encode(base.source).decode(),
                _encode(base.target).decode() if base.target else "{}",
            )
        )
    bulk.insert(connection, baseline, _BASELINE, first)
    bulk.upsert(connection, baseline, _BASELINE, later)


def keys_of(connection: Connection, identity: str) -> dict[str, str]:
    """Tell by which key each system knows a customer."""
    query = select(cross_reference.c.system, cross_reference.c.key).where(
        cross_reference.c.identity == identity
    )
    return {row.system: row.key for row in connection.execute(query)}


def known_keys(
    connection: Connection, system: str, after: str, limit: int, classes: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """Give up to ``limit`` (folded, key) of the hub's customers that the system knows, behind ``after``.

    ``classes`` narrows them to members of any of these; an empty sequence to members of any class at all.
    """
    query = (
        select(cross_reference.c.folded, cross_reference.c.key)
        .join(customer, customer.c.identity == cross_reference.c.identity)
        .where(cross_reference.c.system == system, cross_reference.c.folded > after)
        .order_by(cross_reference.c.folded)
        .limit(limit)
    )
    if classes is not None:
        query = query.where(cross_reference.c.identity.in_(_members(classes)))
    return [(folded, key) for folded, key in connection.execute(query).all()]


def unit_keys(
    connection: Connection,
    of: tuple[str, str | None],
    after: str,
    limit: int,
    classes: Sequence[str] | None = None,
) -> list[tuple[str, str]]:
    """Give up to ``limit`` codes of a business unit's customers behind ``after``, each twice, as keys are.

    ``of`` is the unit and, where only customers that a system knows are wanted, that system; ``classes`` as
    in ``known_keys``.
    """
    unit, system = of
    query = (
        select(customer.c.code)
        .where(customer.c.business_unit == unit, customer.c.code > after)
        .order_by(customer.c.code)
        .limit(limit)
    )
    if system is not None:
        linked = select(cross_reference.c.identity).where(cross_reference.c.system == system)
        query = query.where(customer.c.identity.in_(linked))
    if classes is not None:
        query = query.where(customer.c.identity.in_(_members(classes)))
    return [(code, code) for code in connection.execute(query).scalars()]


def _members(classes: Sequence[str]) -> Select[tuple[str]]:
    """The identities that are in one of these classes, in any where there are none."""
    members = select(customer_class.c.identity)
    return members.where(customer_class.c.name.in_(classes)) if classes else members


def class_names(connection: Connection) -> list[str]:
    """Give the names of all customer classes that have a member, sorted."""
    query = select(customer_class.c.name).distinct().order_by(customer_class.c.name)
    return list(connection.execute(query).scalars())
