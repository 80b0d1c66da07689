"""Writing many rows at once: the driver's executemany on SQLite, COPY on PostgreSQL.

SQLAlchemy's own executemany is eight to ten times slower on PostgreSQL; one file keeps both ways together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

Rows = Sequence[Sequence[Any]]


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows, whose values stand in the order of ``columns``."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table.name, columns, rows)
    else:
        names, marks = _quoted(columns), ", ".join("?" * len(columns))
        _many(connection, f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


def upsert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows, or put the values into the row with the same primary key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key.columns]
    others = [name for name in columns if name not in keys]
    names = _quoted(columns)
    settings = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    ending = f"ON CONFLICT ({_quoted(keys)}) DO UPDATE SET {settings}"
    if connection.dialect.name == "postgresql":
        staging = _stage(connection, table, columns, rows)
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {staging} {ending}"  # our names
        )
    else:
        marks = ", ".join("?" * len(columns))
        _many(connection, f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {ending}", rows)


def update(
    connection: Connection, table: Table, columns: Sequence[str], keys: Sequence[str], rows: Rows
) -> None:
    """Set ``columns`` of the rows found by ``keys``; a row has the columns' values, then the keys'."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        staging = _stage(connection, table, [*columns, *keys], rows)
        settings = ", ".join(f'"{name}" = {staging}."{name}"' for name in columns)
        where = " AND ".join(f'{table.name}."{name}" = {staging}."{name}"' for name in keys)
        connection.exec_driver_sql(
            f"UPDATE {table.name} SET {settings} FROM {staging} WHERE {where}"
        )  # our names
    else:
        settings = ", ".join(f'"{name}" = ?' for name in columns)
        where = " AND ".join(f'"{name}" = ?' for name in keys)
        _many(connection, f"UPDATE {table.name} SET {settings} WHERE {where}", rows)  # our names


def _many(connection: Connection, statement: str, rows: Rows) -> None:
    with _driver(connection) as cursor:
        cursor.executemany(statement, rows)


def _copy(connection: Connection, name: str, columns: Sequence[str], rows: Rows) -> None:
    with (
        _driver(connection) as cursor,
        cursor.copy(f"COPY {name} ({_quoted(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


@contextmanager
def _driver(connection: Connection) -> Iterator[Any]:
    """Give the driver's own cursor; what it refuses is raised as SQLAlchemy raises it, without the rows."""
    base = connection.dialect.loaded_dbapi.Error
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except base as error:
        told = DBAPIError.instance(None, None, error, base, hide_parameters=True, dialect=connection.dialect)
        raise told from error
    finally:
        cursor.close()


def _stage(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> str:
    """Copy rows into a temporary table with the columns' own types, and tell its name."""
    name = f"staging_{table.name}"
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE IF NOT EXISTS {name} ON COMMIT DELETE ROWS AS"
        f" SELECT * FROM {table.name} WITH NO DATA"  # our names
    )
    connection.exec_driver_sql(f"DELETE FROM {name}")  # our names
    _copy(connection, name, columns, rows)
    return name


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
