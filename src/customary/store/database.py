"""Opening the hub's database, its transactions, and bringing its schema up to date."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from customary.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0009"
"""The newest step of the migrations."""


_DEADLOCK = "40P01"
"""PostgreSQL's SQLSTATE of a transaction that was ended because two waited for each other."""

_BUSY = 60
"""Seconds that a SQLite hub is waited for while others write."""
ATTEMPTS = 3
"""How often a transaction that meets a conflict is tried."""


class Conflict(StoreError):
    """Somebody else wrote the same at the same moment; nothing of this transaction was written."""


class Store:
    """The hub's database. Made by ``open_store``; functions of the other files take its connections."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; on SQLite it takes the write lock at once, so it never deadlocks.

        Raises ``StoreError`` when the database does not answer or cannot do its work.
        """
        with _answering(), self.engine.connect() as connection, writing(connection):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, from one snapshot. Raises ``StoreError`` as ``write`` does."""
        with _answering(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for several transactions, ``writing`` and ``reading``. Raises ``StoreError``."""
        with _answering(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def writing(connection: Connection) -> Iterator[Connection]:
    """One writing transaction on a connection that lives longer.

    Raises ``Conflict`` when another transaction got in between, and ``StoreError`` when the database failed.
    """
    with _answering():
        connection.info["immediate"] = True
        try:
            with connection.begin():
                yield connection
        finally:
            connection.info["immediate"] = False


@contextmanager
def durably(connection: Connection) -> Iterator[None]:
    """Let no commit on this connection be lost, not even by a power failure, as long as this lasts.

    What is written to other systems must be known to have been sent, whatever happens.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.connection.cursor().execute("PRAGMA synchronous=FULL")
    try:
        yield
    finally:
        connection.connection.cursor().execute("PRAGMA synchronous=NORMAL")


def commit_without_waiting(connection: Connection) -> None:
    """Let this transaction's commit return before PostgreSQL has it on its disk, as SQLite's always does.

    Only for what is done again when a power failure takes it: a run's pages, before the commit that ends the
    run, which waits for all that came before it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """One reading transaction on a connection that lives longer. Raises ``StoreError``."""
    with _answering(), connection.begin():
        yield


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of a transaction that is undone alone when it fails. Raises ``Conflict`` and ``StoreError``."""
    with _answering(), connection.begin_nested():
        yield


def writing_again(connection: Connection) -> Iterator[AbstractContextManager[None]]:
    """Give a writing transaction to try, and another after each ``Conflict``, up to ``ATTEMPTS`` in all."""
    done = False

    @contextmanager
    def attempt(number: int) -> Iterator[None]:
        nonlocal done
        try:
            with writing(connection):
                yield
            done = True
        except Conflict:
            if number == ATTEMPTS:
                raise

    for number in range(1, ATTEMPTS + 1):
        yield attempt(number)
        if done:
            return


@contextmanager
def _answering() -> Iterator[None]:
    """Turn a database that does not answer, or cannot do its work, into a ``StoreError``."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(f"the hub was changed by somebody else at the same moment: {error.orig}") from error
    except (DataError, OperationalError, InterfaceError) as error:
        if getattr(error.orig, "sqlstate", "") == _DEADLOCK:
            raise Conflict("the hub was changed by somebody else, who waited for this change") from error
        raise StoreError(f"the hub's database failed: {error.orig}") from error
    except PoolTimeoutError as error:
        raise StoreError("the hub's database is busy: no connection became free in time") from error


def open_store(url: str) -> Store:
    """Open the hub's database and bring its schema up to date.

    ``url`` is SQLAlchemy's: ``sqlite:///PATH`` or ``postgresql+psycopg://...``.
    Raises ``StoreError`` when it cannot be opened or was written by a newer Customary.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)
    try:
        _migrate(engine, parsed)
    except StoreError:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(
            f"The hub at {parsed.render_as_string(hide_password=True)} cannot be opened: {error.orig}"
        ) from None
    return Store(engine)


def _prepare_sqlite(engine: Engine) -> None:
    """Make SQLite durable, concurrent and explicit about its transactions."""

    @event.listens_for(engine, "connect")
    def set_up(dbapi: Any, _entry: ConnectionPoolEntry) -> None:
        dbapi.isolation_level = None  # transactions begin below, not in the driver
        cursor = dbapi.cursor()
        for pragma in (
            "page_size=8192",  # of a new hub: several customers or cycles fit on such a page
            f"busy_timeout={_BUSY * 1000}",
            "synchronous=NORMAL",
            "wal_autocheckpoint=4000",  # pages: what a load writes again and again reaches the file rarely
            "foreign_keys=ON",
            "cache_size=-4000",  # KiB; four times as much saved no time and made memory grow with the hub
        ):
            cursor.execute(f"PRAGMA {pragma}")
        _switch_to_wal(cursor)
        cursor.close()

    @event.listens_for(engine, "checkin")
    def give_back(dbapi: Any, _entry: ConnectionPoolEntry) -> None:
        if dbapi is not None:
            dbapi.execute("PRAGMA shrink_memory")  # or every idle connection keeps the pages it has read

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.info.get("immediate") else "BEGIN")


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Let readers and a writer work at once; SQLite itself does not wait where others switch a new file."""
    give_up = time.monotonic() + _BUSY
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _prepare_postgresql(engine: Engine) -> None:
    """Plan statements upon the tables as they are: a plan kept from when they were empty reads all rows."""

    @event.listens_for(engine, "connect")
    def set_up(dbapi: Any, _entry: ConnectionPoolEntry) -> None:
        dbapi.autocommit = True
        dbapi.execute("SET plan_cache_mode = force_custom_plan")
        dbapi.autocommit = False


def _migrate(engine: Engine, url: URL) -> None:
    """Bring the schema up to date; Alembic is only imported where there is something to do."""
    with engine.connect() as connection:
        current = _revision(connection)
    if current == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"The hub at {url.render_as_string(hide_password=True)} was written by a newer Customary"
            f" (schema {current}). Update Customary, or open another hub."
        )
    try:
        with engine.connect() as connection, writing(connection):
            _serialise(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise StoreError(f"The hub's schema cannot be brought up to date: {error.orig}") from error


def _revision(connection: Connection) -> str | None:
    """Tell which step of the migrations the schema is at; ``None`` when there is no schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def _serialise(connection: Connection) -> None:
    """Let one process migrate at a time (SQLite's write lock does it there)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7423001)")
