"""The moment that processes on several machines agree on."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from customary.store.tables import MOMENT


def present(connection: Connection) -> datetime:
    """Give the present moment in UTC: the server's on PostgreSQL, this machine's on SQLite."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.now(type_=MOMENT))).scalar_one()
    return moment.astimezone(UTC)


def aware(moment: datetime) -> datetime:
    """Give a stored moment its time zone back, which SQLite does not keep."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
