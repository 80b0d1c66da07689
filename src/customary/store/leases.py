"""Leases: who may be logged on as an operator of a system, and the session's sealed token."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Update, and_, select
from sqlalchemy.exc import IntegrityError

from customary.store.clock import aware, present
from customary.store.tables import lease

Place = tuple[str, str]
"""The configured system's name and the operator's account."""


class LeaseRow(Struct, frozen=True, kw_only=True):
    """A lease as the hub has it."""

    holder: str
    """What the holder wrote about itself; ``""`` when nobody holds it."""
    purpose: str
    sealed: bytes | None
    """The sealed token of a session that was not ended; ``None`` if there is none."""
    seen: datetime
    """When the holder was last heard of, in UTC."""


def read(connection: Connection, place: Place) -> LeaseRow | None:
    """Read a lease, or ``None`` when nobody has held it yet."""
    row = connection.execute(select(lease).where(_at(place))).mappings().one_or_none()
    if row is None:
        return None
    return LeaseRow(
        holder=row["holder"],
        purpose=row["purpose"],
        sealed=row["sealed"],
        seen=aware(row["seen"]),
    )


def take(connection: Connection, place: Place, was: LeaseRow | None, holder: str, purpose: str) -> bool:
    """Take a lease from whoever ``was`` its holder; tells whether nobody else was faster.

    The sealed token stays as it is.
    """
    values = {"holder": holder, "purpose": purpose, "seen": present(connection)}
    if was is not None:
        query = lease.update().where(_at(place), lease.c.holder == was.holder).values(values)
        return connection.execute(query).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(lease.insert().values(system=place[0], account=place[1], **values))
    except IntegrityError:
        return False
    return True


def keep(connection: Connection, place: Place, holder: str, sealed: bytes | None) -> bool:
    """Keep the session's sealed token (``None``: no session); tells whether the lease is still held."""
    query = _held(place, holder).values(sealed=sealed, seen=present(connection))
    return connection.execute(query).rowcount == 1


def see(connection: Connection, place: Place, holder: str) -> bool:
    """Note that the holder is alive; tells whether it still holds the lease."""
    return connection.execute(_held(place, holder).values(seen=present(connection))).rowcount == 1


def release(connection: Connection, place: Place, holder: str) -> None:
    """Give a lease back, unless somebody else has it by now; the sealed token stays as it is."""
    connection.execute(_held(place, holder).values(holder="", purpose=""))


def _at(place: Place) -> ColumnElement[bool]:
    return and_(lease.c.system == place[0], lease.c.account == place[1])


def _held(place: Place, holder: str) -> Update:
    return lease.update().where(_at(place), lease.c.holder == holder)
