"""What the hub keeps about customers that a run writes to another system: links, baselines, what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Update, and_, exists, func, or_, select

from customary.model.change import Cycle
from customary.model.outcome import Outcome
from customary.model.run import HUB
from customary.store import journal, links
from customary.store.clock import aware, present
from customary.store.query import any_of
from customary.store.tables import baseline, cross_reference, customer, cycle


class Link(Struct, frozen=True):
    """By which keys the two systems of a run know one customer; ``""`` where one does not."""

    source: str = ""
    target: str = ""


NOT_LINKED = Link()


class Links(Struct, frozen=True):
    """What the cross-reference says about some customers."""

    of_source: dict[str, str]
    """Folded key of the source -> identity."""
    of_target: dict[str, str]
    """Folded key of the target -> identity."""
    keys: dict[str, Link]
    """Identity -> keys."""
    vacant: frozenset[str] = frozenset()
    """Where the hub is the source: identities of customers that it has not, or has no more."""

    def owner(self, folded: str) -> str:
        """Give the identity that a folded key of the target belongs to; ``""`` where it is free.

        A key whose customer the hub does not have is free for one that it has.
        """
        identity = self.of_target.get(folded, "")
        return "" if identity in self.vacant else identity


def find_links(
    connection: Connection, between: tuple[str, str], by: tuple[Sequence[str], Sequence[str], Sequence[str]]
) -> Links:
    """Find the customers with these folded keys of the source, folded keys of the target, and identities."""
    source, target = between
    in_source, in_target, identities = by
    query = select(cross_reference.c.identity).where(
        or_(
            and_(cross_reference.c.system == source, any_of(cross_reference.c.folded, in_source)),
            and_(cross_reference.c.system == target, any_of(cross_reference.c.folded, in_target)),
        )
    )
    wanted = [*identities, *connection.execute(query).scalars()]
    rows = connection.execute(
        select(cross_reference).where(
            cross_reference.c.system.in_(between), any_of(cross_reference.c.identity, wanted)
        )
    ).mappings()
    found = Links({}, {}, {})
    for row in rows:
        known = found.keys.get(row["identity"], NOT_LINKED)
        if row["system"] == source:
            found.of_source[row["folded"]] = row["identity"]
            found.keys[row["identity"]] = Link(row["key"], known.target)
        else:
            found.of_target[row["folded"]] = row["identity"]
            found.keys[row["identity"]] = Link(known.source, row["key"])
    if source != HUB:
        return found
    held = select(customer.c.identity).where(any_of(customer.c.identity, list(found.keys)))
    return replace(found, vacant=frozenset(found.keys).difference(connection.execute(held).scalars()))


def link(connection: Connection, system: str, keys: tuple[str, str, str], identity: str) -> bool:
    """Note by which folded key, key and id of its own a system knows a customer, as far as it is news.

    Tells whether it is so: the key may be another customer's, and the customer may have another key. The key
    of a customer that the hub does not have goes over to one that it has.
    """
    folded, key, record_id = keys
    query = select(cross_reference.c.folded, cross_reference.c.identity, cross_reference.c.record_id).where(
        cross_reference.c.system == system,
        or_(cross_reference.c.identity == identity, cross_reference.c.folded == folded),
    )
    rows = connection.execute(query).all()
    if not rows:
        values = {
            "system": system,
            "folded": folded,
            "key": key,
            "record_id": record_id,
            "identity": identity,
        }
        connection.execute(cross_reference.insert().values(values))
        return True
    if any((row.folded, row.identity) != (folded, identity) for row in rows):
        if (
            len(rows) > 1
            or rows[0].identity == identity
            or not _yields(connection, rows[0].identity, identity)
        ):
            return False
        links.take_over(connection, rows[0].identity, identity)
    if record_id and rows[0].record_id != record_id:
        connection.execute(
            cross_reference.update()
            .where(cross_reference.c.system == system, cross_reference.c.folded == folded)
            .values(record_id=record_id, modified=present(connection))
        )
    return True


def _yields(connection: Connection, owner: str, identity: str) -> bool:
    """Whether the hub has the second of two customers, and not the first."""
    query = select(customer.c.identity).where(customer.c.identity.in_((owner, identity)))
    return list(connection.execute(query).scalars()) == [identity]


def forget(connection: Connection, between: tuple[str, str], identity: str) -> None:
    """Note that the target has a customer no more: its key there, and what was last written to it."""
    source, target = between
    connection.execute(
        cross_reference.delete().where(
            cross_reference.c.system == target, cross_reference.c.identity == identity
        )
    )
    connection.execute(
        baseline.delete().where(
            baseline.c.source == source, baseline.c.target == target, baseline.c.identity == identity
        )
    )


def unlink_from_hub(connection: Connection, unit: str, code: str, target: str) -> str | None:
    """Forget that the target has the customer of the hub's unit with this code; gives the target's key of it.

    Where the unit has no such customer any more, the target's key is meant. ``None``: nobody is linked so.
    """
    held = customer.c.identity == cross_reference.c.identity
    there = exists().where(held, customer.c.business_unit == unit, customer.c.code == code)
    gone = (cross_reference.c.key == code) & ~exists().where(held)
    query = select(cross_reference.c.identity, cross_reference.c.key).where(
        cross_reference.c.system == target, or_(there, gone)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    forget(connection, (HUB, target), found.identity)
    return str(found.key)


def count_linked(connection: Connection, system: str) -> int:
    """Count the customers that are known to be a system's."""
    query = select(func.count()).select_from(cross_reference).where(cross_reference.c.system == system)
    return int(connection.execute(query).scalar_one())


def linked_keys(
    connection: Connection, between: tuple[str, str], after: str, limit: int
) -> list[tuple[str, str]]:
    """Give up to ``limit`` (folded, key) of the source's customers that both know, behind ``after``."""
    other = cross_reference.alias()
    query = (
        select(cross_reference.c.folded, cross_reference.c.key)
        .join(other, (other.c.identity == cross_reference.c.identity) & (other.c.system == between[1]))
        .where(cross_reference.c.system == between[0], cross_reference.c.folded > after)
        .order_by(cross_reference.c.folded)
        .limit(limit)
    )
    return [(folded, key) for folded, key in connection.execute(query).all()]


def gone_keys(
    connection: Connection, target: str, unit: str, after: str, limit: int
) -> list[tuple[str, str]]:
    """Give up to ``limit`` (folded, key) of the target's customers that the hub's unit has no more.

    They were written there from the hub, or compared with it; and no other customer has their code by now.
    """
    its = select(baseline.c.identity).where(baseline.c.source == HUB, baseline.c.target == target)
    held = customer.c.identity == cross_reference.c.identity
    again = (customer.c.business_unit == unit) & (customer.c.code == cross_reference.c.key)
    query = (
        select(cross_reference.c.folded, cross_reference.c.key)
        .where(
            cross_reference.c.system == target,
            cross_reference.c.folded > after,
            cross_reference.c.identity.in_(its),
            ~exists().where(or_(held, again)),
        )
        .order_by(cross_reference.c.folded)
        .limit(limit)
    )
    return [(folded, key) for folded, key in connection.execute(query).all()]


def start(connection: Connection, run_id: int, epoch: int, numbers: Sequence[int]) -> None:
    """Note that these cycles are about to be sent; committed before the first byte goes out."""
    connection.execute(_these(run_id, numbers).values(started=present(connection), epoch=epoch))


def take_back(connection: Connection, run_id: int, numbers: Sequence[int]) -> None:
    """Note that these cycles were not sent after all."""
    connection.execute(_these(run_id, numbers).values(started=None))


def _these(run_id: int, numbers: Sequence[int]) -> Update:
    return cycle.update().where(cycle.c.run_id == run_id, cycle.c.number.in_(numbers))


def in_doubt(connection: Connection, run_id: int) -> list[tuple[Cycle, datetime]]:
    """Give the cycles that were sent and of which no outcome is known, each with the moment it began."""
    query = (
        select(cycle)
        .where(
            cycle.c.run_id == run_id,
            cycle.c.started.is_not(None),
            or_(cycle.c.outcome.is_(None), cycle.c.outcome == Outcome.UNKNOWN.value),
        )
        .order_by(cycle.c.number)
    )
    rows = connection.execute(query).mappings().all()
    return [(journal.planned(row), aware(row["started"])) for row in rows]
