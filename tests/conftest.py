"""What every test may ask for: a hub on both databases, and a real PostgreSQL, started when asked for."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.logs import NOISY
from tests.support.postgres import Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server, shared by the tests of this session."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def _hub_template(postgres: Postgres) -> str:
    """The name of a PostgreSQL database that holds an empty hub, to be copied, which beats migrating."""
    from customary.store.database import open_store

    name = postgres.create()
    open_store(postgres.url(name)).close()
    return name


@pytest.fixture(scope="session")
def _hub_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that holds an empty hub, to be copied."""
    from customary.store.database import open_store

    file = tmp_path_factory.mktemp("hub") / "hub.db"
    open_store(f"sqlite:///{file.as_posix()}").close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def hub_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty hub of this test's own, its schema up to date, on each database in turn."""
    if request.param == "sqlite":
        file = tmp_path / "hub.db"
        shutil.copyfile(request.getfixturevalue("_hub_file"), file)
        yield f"sqlite:///{file.as_posix()}"
        return
    template: str = request.getfixturevalue("_hub_template")
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(template)
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, on each database in turn; for migrations."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'empty.db').as_posix()}"
    return str(request.getfixturevalue("postgres_url"))


MOST_WORKERS = 8
"""Each has a PostgreSQL of its own and several hundred megabytes."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes share the tests: one more than there are cores, because a test often waits.

    None for single files or tests, which are done before other processes have started.
    """
    if all(Path(argument.partition("::")[0]).suffix for argument in config.args):
        return 0
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat what ``./run test`` found before the tests, so that a passing last line hides no failure."""
    failed = os.environ.get("CUSTOMARY_FAILED_CHECKS", "")
    if failed:
        terminalreporter.section("failed before the tests, see above")
        terminalreporter.write_line(failed)


@pytest.fixture(autouse=True)
def _logging_is_as_before() -> Iterator[None]:
    """A command that runs inside a test sends all logs to that test's streams, which are closed behind it."""
    loggers = [logging.getLogger(name) for name in ("", *NOISY)]
    before = [(list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    hooks = sys.excepthook, threading.excepthook
    yield
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate
    sys.excepthook, threading.excepthook = hooks
