"""Fresh databases, as an installation has them: on disk, and with what makes them durable switched on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import psutil
import psycopg

from tests.support.postgres import Postgres, running_postgres


class Database(Protocol):
    """A kind of database that hubs can be made on."""

    name: str
    server: int | None
    """The process of its server, if it has one."""

    def fresh(self) -> str:
        """Make an empty database, and give its address."""


class Sqlite:
    """Files, each in a folder of its own."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.server: int | None = None
        self._folder = folder
        self._made = 0

    def fresh(self) -> str:
        self._made += 1
        file = self._folder / str(self._made) / "hub.db"
        file.parent.mkdir(parents=True)
        return f"sqlite:///{file.as_posix()}"


class Postgresql:
    """A server with PostgreSQL's own settings."""

    name = "PostgreSQL"

    def __init__(self, running: Postgres) -> None:
        self._running = running
        with psycopg.connect(running.url("postgres")) as connection:
            self.server: int | None = psutil.Process(connection.info.backend_pid).ppid()

    def fresh(self) -> str:
        return self._running.url(self._running.create())


@contextmanager
def databases(names: list[str], work: Path) -> Iterator[list[Database]]:
    """Give the databases of these names (``sqlite``, ``postgresql``); what they held is gone afterwards."""
    folder = work / "hubs"
    shutil.rmtree(folder, ignore_errors=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        found: list[Database] = []
        for name in names:
            if name == "sqlite":
                found.append(Sqlite(folder))
            else:
                server = running_postgres({}, tempfile.gettempdir())
                found.append(Postgresql(stack.enter_context(server)))
        yield found
