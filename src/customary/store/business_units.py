"""Business units: the partitions of the hub."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from customary.store.database import Store, writing_again
from customary.store.folding import fold, folded
from customary.store.tables import business_unit


def ensure(store: Store, units: Mapping[str, bool]) -> None:
    """Make the business units that are missing; ``units`` tells of each whether it is financials only.

    Several processes may do so at once. Raises ``StoreError``.
    """
    with store.read() as connection:
        if not _lacking(connection, units):
            return
    with store.connection() as connection:
        for attempt in writing_again(connection):
            with attempt:
                # Looked for again: another process may have made them meanwhile.
                for code, is_new in _lacking(connection, units).items():
                    flag = {"financials_only": int(units[code])}
                    if is_new:
                        connection.execute(business_unit.insert().values(code=code, **flag))
                    else:
                        changed = business_unit.update().where(business_unit.c.code == code)
                        connection.execute(changed.values(flag))


def _lacking(connection: Connection, units: Mapping[str, bool]) -> dict[str, bool]:
    """The units that are not as they should be, each with whether there is none of its code."""
    known = {row.code: bool(row.financials_only) for row in connection.execute(select(business_unit))}
    return {code: code not in known for code, flag in units.items() if known.get(code) != flag}


def find(connection: Connection, code: str, *, lock: bool = False) -> tuple[str, bool] | None:
    """Find a business unit by its code in any spelling: the code as configured, and whether financials only.

    ``lock`` keeps others who ask for it from writing in the unit until the commit; ``None``: there is none.
    """
    query = select(business_unit.c.code, business_unit.c.financials_only).where(
        folded(business_unit.c.code) == fold(code)
    )
    row = connection.execute(query.with_for_update(key_share=True) if lock else query).first()
    return None if row is None else (row[0], bool(row[1]))
