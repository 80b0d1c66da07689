"""The keys that a run has met, in a temporary table: exact, and flat in memory however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Integer, String, column, select, table

from customary.store import bulk
from customary.store.query import any_of, array

_SEEN = table("seen", column("folded", String), column("key", String), column("page", Integer))


def open_seen(connection: Connection) -> None:
    """Make the table for this connection, empty."""
    once = (
        " WITHOUT ROWID" if connection.dialect.name == "sqlite" else ""
    )  # the key is stored once, not twice
    connection.exec_driver_sql("DROP TABLE IF EXISTS seen")
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE seen"
        f" (folded TEXT PRIMARY KEY, key TEXT NOT NULL, page INTEGER NOT NULL){once}"
    )


def met(connection: Connection, folded: Sequence[str]) -> dict[str, str]:
    """Tell which of these keys were met before: folded form -> the key as it was met."""
    query = select(_SEEN.c.folded, _SEEN.c.key).where(any_of(_SEEN.c.folded, folded))
    return {row[0]: row[1] for row in connection.execute(query).all()}


def remember(connection: Connection, page: int, keys: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Note (folded, key) of a page; gives those that were met on another page, as ``met`` does.

    A form that was noted already keeps its first key.
    """
    if not keys or _insert(connection, page, keys) == len(keys):
        return {}
    query = select(_SEEN.c.folded, _SEEN.c.key).where(
        any_of(_SEEN.c.folded, [folded for folded, _ in keys]), _SEEN.c.page != page
    )
    return {row[0]: row[1] for row in connection.execute(query).all()}


def _insert(connection: Connection, page: int, keys: Sequence[tuple[str, str]]) -> int:
    """Note the keys that are new; gives how many."""
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql(
            "INSERT INTO seen (page, folded, key) SELECT %s, * FROM unnest(%s::text[], %s::text[])"
            " ON CONFLICT DO NOTHING",
            (page, array([folded for folded, _ in keys]), array([key for _, key in keys])),
        ).rowcount
    rows = [(folded, key, page) for folded, key in keys]
    return bulk.add(connection, "INSERT OR IGNORE INTO seen (folded, key, page)", rows)
