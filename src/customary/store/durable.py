"""Where DBOS keeps its own state: beside the hub on SQLite, in the hub's database on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError

from customary.errors import StoreError
from customary.store.database import Store

CONNECTIONS = 5
"""The most connections that DBOS's threads keep open."""


@contextmanager
def durable_place(store: Store, data: Path) -> Iterator[str | Engine]:
    """Give the address of the SQLite file, or an open PostgreSQL engine that is closed at the end.

    Raises ``StoreError`` when the file cannot be used.
    """
    if store.is_sqlite:
        file = data / "engine.db"
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")  # DBOS's own choice is fifteen times slower
        except sqlite3.Error as error:
            raise StoreError(f"{file} cannot be used: {error}") from error
        yield f"sqlite:///{file.as_posix()}"
        return
    engine = create_engine(
        store.engine.url, pool_size=CONNECTIONS, max_overflow=CONNECTIONS, pool_pre_ping=True
    )
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def preparing_tables() -> Iterator[None]:
    """Turn a refusal of the database, while DBOS makes its tables or looks at them, into a ``StoreError``."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the engine's own tables cannot be used: {error.orig}") from error
