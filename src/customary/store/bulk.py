"""Writing many rows at once: the driver's executemany on SQLite, COPY and JSON on PostgreSQL.

SQLAlchemy's own executemany is eight to ten times slower on PostgreSQL; one file keeps both ways together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from customary.errors import StoreError

Rows = Sequence[Sequence[Any]]

_GIVEN = "json_populate_recordset(NULL::{}, %s) AS given"
"""Rows as one parameter, in the types of a table's columns: one statement, where a table to copy them into
first takes three more."""


_TOGETHER = 50
"""Rows of one statement on SQLite, which takes up to 32,766 values in one."""


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert rows, whose values stand in the order of ``columns``.

    Raises ``StoreError`` when the database took another number of rows than it was given.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        taken = _copy(connection, table.name, columns, rows)
    else:
        taken = add(connection, f"INSERT INTO {table.name} ({_quoted(columns)})", rows)
    if taken != len(rows):
        raise StoreError(f"the database took {taken} of {len(rows)} rows of {table.name}")


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
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_GIVEN.format(table.name)} {ending}",
            (_json(columns, rows),),
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
        settings = ", ".join(f'"{name}" = given."{name}"' for name in columns)
        where = " AND ".join(f'{table.name}."{name}" = given."{name}"' for name in keys)
        connection.exec_driver_sql(
            f"UPDATE {table.name} SET {settings} FROM {_GIVEN.format(table.name)} WHERE {where}",
            (_json([*columns, *keys], rows),),
        )
    else:
        settings = ", ".join(f'"{name}" = ?' for name in columns)
        where = " AND ".join(f'"{name}" = ?' for name in keys)
        _many(connection, f"UPDATE {table.name} SET {settings} WHERE {where}", rows)  # our names


def add(connection: Connection, insert: str, rows: Rows) -> int:
    """Carry an ``INSERT`` out on SQLite for all rows; gives how many it wrote.

    Many rows a statement: that takes less of the processor than a statement for each.
    """
    marks = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) - len(rows) % _TOGETHER
    several = f"{insert} VALUES {', '.join([marks] * _TOGETHER)}"
    written = 0
    with _driver(connection) as cursor:
        for start in range(0, whole, _TOGETHER):
            part = rows[start : start + _TOGETHER]
            written += cursor.execute(several, list(chain.from_iterable(part))).rowcount
        if whole < len(rows):
            written += cursor.executemany(f"{insert} VALUES {marks}", rows[whole:]).rowcount
    return written


def _many(connection: Connection, statement: str, rows: Rows) -> int:
    """Execute a statement for each row; gives how many rows were written."""
    with _driver(connection) as cursor:
        return int(cursor.executemany(statement, rows).rowcount)


def _copy(connection: Connection, name: str, columns: Sequence[str], rows: Rows) -> int:
    """Copy rows into a table; gives how many were written."""
    with _driver(connection) as cursor:
        with cursor.copy(f"COPY {name} ({_quoted(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)


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


def _json(columns: Sequence[str], rows: Rows) -> str:
    return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
