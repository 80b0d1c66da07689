"""What PostgreSQL knows of the hub's tables, by which it plans look-ups. SQLite plans them well without."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

_LOOKED_UP: Final = ("cross_reference", "customer", "baseline")
"""The tables that each page is looked up in."""

_MISSING = text(
    "SELECT EXISTS (SELECT 1 FROM baseline) AS filled, EXISTS (SELECT 1 FROM pg_stats"
    " WHERE schemaname = current_schema() AND tablename = 'baseline') AS known"
)


def gather_missing(connection: Connection) -> bool:
    """Have PostgreSQL look at the hub's tables if they hold customers and it never did; tell if it has now.

    Its own daemon comes by a minute later at best. Until then it takes the tables for small ones, and reads
    them from end to end for each page. Looked at once, it reckons with their present sizes.
    """
    if connection.dialect.name != "postgresql":
        return True
    filled, known = connection.execute(_MISSING).one()
    if filled and not known:
        for table in _LOOKED_UP:
            connection.exec_driver_sql(f"ANALYZE {table}")
    return bool(filled)
