"""The whole product as its user has it: a folder with a customary.toml, the command, and a SYSPRO sandbox."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import create_engine, text

from customary.config.hub_url import read_hub_url
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.settings import Operator, Settings
from tests.support import processes
from tests.support.command import ERR, OUT, customary_command

PASSWORD = "Pä55 wörd&=%zz"
"""The SYSPRO operator's; with letters that a URL has to write otherwise."""
OPERATION = "update-customers"
SYSTEM = "syspro"
UNIT = "PK1"
DATA = "customary-data"
SQLITE = "sqlite:///hub.db"
PATIENCE = 60.0
"""Seconds until a command that does not end, or a moment that does not come, fails its test."""


class Answer(Struct, frozen=True):
    """What a command answered."""

    exit_code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """All that it printed."""
        return self.out + self.err

    def json(self) -> Any:
        """What it printed, as JSON."""
        assert self.out, f"nothing but an error: {self}"
        return json.loads(self.out)


class Command:
    """A command that is under way."""

    def __init__(self, process: BaseProcess, output: Path) -> None:
        self._process = process
        self._output = output

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it is still under way."""
        with processes.ONE_AT_A_TIME:
            return self._process.is_alive()

    def told(self) -> str:
        """What it has printed so far."""
        files = [self._output / name for name in (OUT, ERR)]
        return "".join(file.read_text(encoding="utf-8") for file in files if file.exists())

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it as the system would, and wait until it is gone."""
        with processes.ONE_AT_A_TIME:
            self._process.kill()
        self.answer()

    def answer(self) -> Answer:
        """Wait until it ends; gives what it answered, a signal that ended it as a negative exit code."""
        wait_until(lambda: not self.alive, "the command to end")
        with processes.ONE_AT_A_TIME:
            self._process.join()
        assert self._process.exitcode is not None
        out, err = ((self._output / name).read_text(encoding="utf-8") for name in (OUT, ERR))
        return Answer(self._process.exitcode, out, err)


class Product:
    """A folder with a configuration, in which commands are called; ``syspro`` is what it reads from."""

    def __init__(self, folder: Path, syspro: SysproSandbox, hub: str = SQLITE) -> None:
        self.folder = folder
        self.syspro = syspro
        self._hub = hub
        self.configure()

    def configure(self, *, system: str = "", operation: str = 'scope = "all"', more: str = "") -> None:
        """Write customary.toml: lines of the system and the operation, and further tables."""
        unit = f'[[business_unit]]\ncode = "{UNIT}"\n'
        systems = (
            f'[systems.{SYSTEM}]\nconnector = "syspro"\nbusiness_unit = "{UNIT}"\n'
            f'currencies = {{ "$" = "USD", "" = "USD" }}\nurl = "{self.syspro.url}"\ncompany = "A"\n'
            f'operator = "WEB"\npassword = "env:SYSPRO_PASSWORD"\nconnect_timeout = 5\n{system}\n'
        )
        operations = (
            f'[[operation]]\nname = "{OPERATION}"\ncommand = "UpdateAllCustomersSYSPRO"\n'
            f'source = "{SYSTEM}"\ntarget = "hub"\n{operation}\n'
        )
        parts = (f'[hub]\nurl = "{self._hub}"\n', unit, systems, operations, more)
        (self.folder / "customary.toml").write_text("\n".join(parts), encoding="utf-8")

    @contextmanager
    def begin(self, *arguments: str, **environ: str) -> Iterator[Command]:
        """Have a command under way while the block runs; it is killed at the end."""
        output = Path(tempfile.mkdtemp(prefix="command-", dir=self.folder))
        variables = {"SYSPRO_PASSWORD": PASSWORD, **environ}
        with processes.running(customary_command, arguments, self.folder, variables, output) as process:
            yield Command(process, output)

    def call(self, *arguments: str, **environ: str) -> Answer:
        """Call a command in a process of its own, and give its answer."""
        with self.begin(*arguments, **environ) as command:
            return command.answer()

    def run(self, *arguments: str) -> Answer:
        """Carry the operation out."""
        return self.call("run", OPERATION, *arguments)

    def run_json(self, *arguments: str) -> Any:
        """Carry the operation out and give the run's JSON."""
        return self.run(*arguments, "--json").json()

    def load(self) -> Any:
        """Load every customer for the first time."""
        loaded = self.run_json("--initial-load")
        assert loaded["state"] == "succeeded", loaded["messages"]
        return loaded

    def customer(self, code: str) -> Any:
        """A customer as the hub holds it."""
        return self.call("show", "customer", code, "--json").json()

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Look into the hub by SQL; a query that writes is committed."""
        engine = create_engine(read_hub_url(self._hub, self.folder / DATA)[0])
        try:
            with engine.begin() as connection:
                done = connection.execute(text(query))
                return [tuple(row) for row in done] if done.returns_rows else []
        finally:
            engine.dispose()

    @property
    def postgresql(self) -> str:
        """The address of its hub where that is on PostgreSQL, else nothing."""
        return self._hub if self._hub.startswith("postgresql") else ""

    @property
    def files(self) -> list[Path]:
        """Every file that the product has made."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


def counts(run: Any) -> dict[str, int]:
    """A run's customers by outcome, those outcomes only that there are."""
    return {outcome: count for outcome, count in run["counts"].items() if count}


def cycles(run: Any) -> dict[str, Any]:
    """A run's cycles by customer; each customer has one."""
    found = {cycle["customer"]: cycle for cycle in run["cycles"]}
    assert len(found) == len(run["cycles"]), "a customer has two cycles"
    return found


def reasons(cycle: Any) -> str:
    """All that is told about a customer, as one text."""
    return "\n".join(note["text"] for note in cycle["messages"])


def told(run: Any) -> str:
    """All that is told about a run as a whole, as one text."""
    return "\n".join(note["text"] for note in run["messages"])


def wait_until(come: Callable[[], bool], what: str) -> None:
    """Wait until something has come; fails when it does not for ``PATIENCE`` seconds."""
    deadline = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def settings(**changes: Any) -> Settings:
    """Settings of a sandbox whose operator has ``PASSWORD``."""
    operator = changes.pop("operator", {})
    return Settings(operators=(Operator(password=PASSWORD, **operator),), **changes)
