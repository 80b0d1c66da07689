"""Business units: the partitions of the hub."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from customary.store.database import Store
from customary.store.tables import business_unit


def ensure(store: Store, units: Mapping[str, bool]) -> None:
    """Make the business units that are missing; ``units`` tells of each whether it is financials only."""
    with store.read() as connection:
        known = {row.code: bool(row.financials_only) for row in connection.execute(select(business_unit))}
    if all(known.get(code) == flag for code, flag in units.items()):
        return
    with store.write() as connection:
        for code, flag in units.items():
            if code not in known:
                connection.execute(business_unit.insert().values(code=code, financials_only=int(flag)))
            elif known[code] != flag:
                changed = business_unit.update().where(business_unit.c.code == code)
                connection.execute(changed.values(financials_only=int(flag)))
