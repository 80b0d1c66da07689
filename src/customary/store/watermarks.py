"""Watermarks: up to which moment something was done with a system, for one purpose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from customary.store.clock import aware
from customary.store.tables import watermark


def read(connection: Connection, system: str, purpose: str) -> datetime | None:
    """Give the watermark in UTC; ``None`` where there is none yet."""
    query = select(watermark.c.moment).where(watermark.c.system == system, watermark.c.purpose == purpose)
    moment = connection.execute(query).scalar_one_or_none()
    return None if moment is None else aware(moment)


def advance(connection: Connection, system: str, purpose: str, moment: datetime) -> None:
    """Move the watermark on to an aware moment in UTC; it never moves back."""
    before = read(connection, system, purpose)
    if before is None:
        connection.execute(watermark.insert().values(system=system, purpose=purpose, moment=moment))
    elif before < moment:
        of_it = (watermark.c.system == system, watermark.c.purpose == purpose, watermark.c.moment < moment)
        connection.execute(watermark.update().where(*of_it).values(moment=moment))
