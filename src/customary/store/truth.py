"""The cross-reference as Zynk's truth table: which record of one system is which record of another.

A row here is two links of one identity: the *external id* by which a system ``scope`` knows the customer, and
the *internal id*, the key by which ``system`` knows it. ``between`` is always (scope, system). So a customer
has one external id in each scope, and an external id one customer, whoever writes at the same time: the
cross-reference is unique both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, tuple_

from customary.store.clock import aware
from customary.store.query import any_of
from customary.store.tables import baseline, cross_reference, customer

Between = tuple[str, str]
"""The scope, whose ids are the external ones, and the system, whose keys are the internal ones."""

MOST_FOLDED: Final = 500
"""The most characters of an external id that are compared as they are; PostgreSQL indexes no more than 2,704
bytes."""

_DIGITS = 8
_external = cross_reference.alias("external")
_internal = cross_reference.alias("internal")


class Truth(Struct, frozen=True, kw_only=True):
    """One row of the truth table."""

    scope: str
    external_id: str
    system: str
    internal_id: str
    identity: str
    record_id: str = ""
    """Another id by which the system knows the customer; ``""``: not known."""
    type: str = ""
    """The class of the record, as it came; ``""``: it did not come from elsewhere."""
    hash: str = ""
    """A whole number that changes when the external record does; ``""``: not known."""
    created: datetime
    modified: datetime


class Linked(Struct, frozen=True, kw_only=True):
    """What is linked already of external and internal ids: by folded id, and by identity."""

    external: dict[str, str]
    """Folded external id -> identity."""
    internal: dict[str, str]
    """Folded internal id -> identity."""
    external_of: dict[str, str]
    """Identity -> external id."""
    internal_of: dict[str, str]
    """Identity -> internal id."""


class Link(Struct, frozen=True, kw_only=True):
    """One link to be entered: a system's key of an identity."""

    system: str
    folded: str
    key: str
    identity: str
    type: str = ""
    hash: str = ""
    created: datetime
    modified: datetime


def fold_external(external_id: str) -> str:
    """Bring an external id into the form that is compared: as it is, a very long one by its digest."""
    if len(external_id) <= MOST_FOLDED:
        return external_id
    digest = blake2b(external_id.encode(), digest_size=16).hexdigest()
    return f"{external_id[:MOST_FOLDED]}#{digest}"


def external_ids(connection: Connection, between: Between, folded: Sequence[str]) -> dict[str, str]:
    """Give the external ids of these folded internal ids, those that are known."""
    query = (
        select(_internal.c.folded, _external.c.key)
        .join(_external, _external.c.identity == _internal.c.identity)
        .where(
            _external.c.system == between[0],
            _internal.c.system == between[1],
            any_of(_internal.c.folded, folded),
        )
    )
    return {row[0]: row[1] for row in connection.execute(query).all()}


def page(
    connection: Connection, system: str, scope: str | None, after: tuple[str, str], limit: int
) -> list[tuple[tuple[str, str], Truth]]:
    """Give the next rows of a system's truth table, in one scope or in all, each with its place.

    Rows are in the order of their places, behind ``after``; ``("", "")`` is before all of them.
    """
    place = tuple_(_external.c.system, _external.c.folded)
    query = (
        select(
            _external.c.system.label("scope"),
            _external.c.folded,
            _external.c.key.label("external_id"),
            _internal.c.key.label("internal_id"),
            _internal.c.record_id,
            _external.c.identity,
            _external.c.type,
            _external.c.hash,
            _external.c.created,
            func.coalesce(_external.c.modified, _external.c.created).label("modified"),
            baseline.c.source_hash,
        )
        .join(_internal, _internal.c.identity == _external.c.identity)
        .outerjoin(baseline, _baseline_of(_external.c.identity, _external.c.system, _internal.c.system))
        .where(_internal.c.system == system, _external.c.system != system, place > tuple_(*after))
        .order_by(_external.c.system, _external.c.folded)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(_external.c.system == scope)
    return [
        (
            (row.scope, row.folded),
            Truth(
                scope=row.scope,
                external_id=row.external_id,
                system=system,
                internal_id=row.internal_id,
                identity=row.identity,
                record_id=row.record_id,
                type=row.type,
                hash=_number(row.source_hash) if row.source_hash else row.hash,
                created=aware(row.created),
                modified=aware(row.modified),
            ),
        )
        for row in connection.execute(query).all()
    ]


def linked(
    connection: Connection, between: Between, external: Sequence[str], internal: Sequence[str]
) -> Linked:
    """Tell which customers these folded ids are linked to, and what else these customers are linked to."""
    scope, system = between
    columns = (cross_reference.c.system, cross_reference.c.folded, cross_reference.c.identity)
    of_ids = or_(
        and_(cross_reference.c.system == scope, any_of(cross_reference.c.folded, external)),
        and_(cross_reference.c.system == system, any_of(cross_reference.c.folded, internal)),
    )
    by_id: dict[str, dict[str, str]] = {scope: {}, system: {}}
    for row in connection.execute(select(*columns).where(of_ids)).all():
        by_id[row.system][row.folded] = row.identity
    identities = sorted({*by_id[scope].values(), *by_id[system].values()})
    of_them = and_(cross_reference.c.system.in_(between), any_of(cross_reference.c.identity, identities))
    names = (cross_reference.c.system, cross_reference.c.identity, cross_reference.c.key)
    by_identity: dict[str, dict[str, str]] = {scope: {}, system: {}}
    for row in connection.execute(select(*names).where(of_them)).all():
        by_identity[row.system][row.identity] = row.key
    return Linked(
        external=by_id[scope],
        internal=by_id[system],
        external_of=by_identity[scope],
        internal_of=by_identity[system],
    )


def enter(connection: Connection, links: Sequence[Link]) -> None:
    """Enter links; a key or an identity that is linked already makes the transaction a ``Conflict``."""
    if links:
        ordered = sorted(links, key=lambda link: (link.system, link.folded))
        rows = [{name: getattr(link, name) for name in Link.__struct_fields__} for link in ordered]
        connection.execute(cross_reference.insert(), rows)


def rename(connection: Connection, link: Link) -> None:
    """Put another key in the place of that by which a system knows an identity."""
    of_it = (cross_reference.c.identity == link.identity, cross_reference.c.system == link.system)
    values = {name: getattr(link, name) for name in ("folded", "key", "type", "hash", "created", "modified")}
    connection.execute(cross_reference.update().where(*of_it).values(values))


def unlink(connection: Connection, between: Between, external: str) -> str | None:
    """Take away the link of a folded external id, with its baseline; gives the internal id it was linked to.

    ``None`` when the external id is linked to none of the system. The link of the internal id goes too where
    nothing else knows the customer: neither the hub nor a third system.
    """
    scope, system = between
    found = linked(connection, between, [external], [])
    identity = found.external.get(external)
    if identity is None or identity not in found.internal_of:
        return None
    of_it = cross_reference.c.identity == identity
    connection.execute(delete(cross_reference).where(of_it, cross_reference.c.system == scope))
    connection.execute(delete(baseline).where(_baseline_of(identity, scope, system)))
    others = select(cross_reference.c.system).where(of_it, cross_reference.c.system != system)
    in_hub = select(customer.c.identity).where(customer.c.identity == identity)
    if not connection.execute(others.limit(1)).all() and not connection.execute(in_hub).all():
        connection.execute(delete(cross_reference).where(of_it, cross_reference.c.system == system))
    return found.internal_of[identity]


def _baseline_of(
    identity: ColumnElement[str] | str, scope: ColumnElement[str] | str, system: ColumnElement[str] | str
) -> ColumnElement[bool]:
    return and_(baseline.c.identity == identity, baseline.c.source == scope, baseline.c.target == system)


def _number(digest: str) -> str:
    """Make a hash as Zynk's table has it, a whole number, of our own."""
    return str(int(digest[:_DIGITS], 16)) if set(digest[:_DIGITS]) <= set("0123456789abcdef") else ""
