"""The keys that a run has met, in a temporary table: exact, and flat in memory however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, String, column, select, table

from customary.store.query import any_of

_SEEN = table("seen", column("folded", String), column("key", String))


def open_seen(connection: Connection) -> None:
    """Make the table for this connection, empty."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS seen")
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE seen (folded VARCHAR(120) PRIMARY KEY, key VARCHAR(120) NOT NULL)"
    )


def met(connection: Connection, folded: Sequence[str]) -> dict[str, str]:
    """Tell which of these keys were met before: folded form -> the key as it was met."""
    query = select(_SEEN.c.folded, _SEEN.c.key).where(any_of(_SEEN.c.folded, folded))
    return {row[0]: row[1] for row in connection.execute(query)}


def remember(connection: Connection, keys: Sequence[tuple[str, str]]) -> None:
    """Note (folded, key) of a page."""
    if not keys:
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "INSERT INTO seen SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            ([folded for folded, _ in keys], [key for _, key in keys]),
        )
    else:
        cursor = connection.connection.cursor()
        cursor.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", keys)
        cursor.close()
