"""Cross-references and baselines: what links a customer to the systems that know it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, or_, select

from customary.model.change import Change
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


def link(connection: Connection, system: str, folded: Sequence[tuple[str, Change]]) -> None:
    """Enter changes' keys into the cross-reference; a key or identity that is linked already is an error."""
    rows = [(system, fold, change.key, change.identity) for fold, change in folded]
    bulk.insert(connection, cross_reference, ("system", "folded", "key", "identity"), rows)


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
    )
    found: dict[str, bool] = {}
    for fold, identity in connection.execute(query).all():
        for concerned in {wanted.get(fold), identity} & identities:
            found[concerned] = wanted.get(fold) == identity and found.get(concerned, True)
    return found


def write_baselines(connection: Connection, source: str, target: str, changes: Sequence[Change]) -> None:
    """Write the baselines that the changes carry, at the version that the target has after them."""
    rows = [
        (
            change.identity,
            source,
            target,
            change.baseline.source_hash,
            change.baseline.fingerprint,
            change.baseline.target_version,
            _encode(change.baseline.source).decode(),
            _encode(change.baseline.target).decode() if change.baseline.target else "{}",
        )
        for change in changes
        if change.baseline is not None
    ]
    bulk.upsert(connection, baseline, _BASELINE, rows)


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
        members = select(customer_class.c.identity)
        if classes:
            members = members.where(customer_class.c.name.in_(classes))
        query = query.where(cross_reference.c.identity.in_(members))
    return [(folded, key) for folded, key in connection.execute(query).all()]


def class_names(connection: Connection) -> list[str]:
    """Give the names of all customer classes that have a member, sorted."""
    query = select(customer_class.c.name).distinct().order_by(customer_class.c.name)
    return list(connection.execute(query).scalars())
