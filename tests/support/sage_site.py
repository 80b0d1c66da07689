"""The product before a Sage 200 sandbox, logged in: a folder in which files are uploaded by the command."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import create_engine, text

from customary.actions.workspace import Where, open_workspace, place
from customary.config.hub_url import read_hub_url
from customary.engine.lease import HubLease, Seal
from customary.protocols.zynk_read import CustomerRecord, read_customers
from customary.sandboxes.faults import Fault
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.connectors.sage200.rig import logged_in
from tests.protocols.zynk_examples import customers
from tests.support import processes
from tests.support.command import customary_command
from tests.support.product import DATA, SQLITE, Answer, Command

SAGE = "sage"
GENERATE = "generate = { letters = 4, digits = 3 }"
WRITES = ("POST customers", "PUT customers/id")


class Uploaded(Struct, frozen=True):
    """What an upload did."""

    answer: Answer
    done: list[CustomerRecord]
    """The records of the success file."""
    failed: list[CustomerRecord]
    """Those of the fail file."""
    errors: dict[str, str]
    """Of these: what they are told by (external id, reference, id or name) -> all that is wrong."""

    @property
    def exit_code(self) -> int:
        """How the command ended."""
        return self.answer.exit_code


class Site:
    """A folder with a configuration; ``sandbox`` is the Sage 200 that is written to."""

    def __init__(self, folder: Path, sandbox: Sage200Sandbox, hub: str = SQLITE) -> None:
        self.folder = folder
        self.sandbox = sandbox
        self._hub = hub
        self.configure()
        with open_workspace(Where(folder / "customary.toml")) as workspace:
            account = place(workspace.system(SAGE))
            seal = Seal(workspace.config.data)
            logged_in(sandbox, lease=HubLease(workspace.store, account, "logging in", seal, 5))

    def configure(self, sage: str = GENERATE, more: str = "", patience: float = 30) -> None:
        """Write customary.toml: lines of the Sage 200, further tables, and how long to wait for an answer."""
        company = self.sandbox.state.settings.companies[0]
        (self.folder / "customary.toml").write_text(
            f'[hub]\nurl = "{self._hub}"\n[[business_unit]]\ncode = "MAIN"\n'
            f'[systems.{SAGE}]\nconnector = "sage200"\nbusiness_unit = "MAIN"\nurl = "{self.sandbox.url}"\n'
            f'identity_url = "{self.sandbox.identity_url}"\nsite = "{company.site_id}"\n'
            f'company = {company.company_id}\nclient_id = "sandbox-client"\n'
            f'client_secret = "env:SAGE_SECRET"\nedition = "{self.sandbox.state.settings.edition}"\n'
            f"rate = 1000\nconcurrency = 4\nconnect_timeout = 1\nread_timeout = {patience}\nbusy_wait = 1\n"
            f"{sage}\n{more}\n",
            encoding="utf-8",
        )

    @contextmanager
    def begin(self, *arguments: str) -> Iterator[Command]:
        """Have a command under way while the block runs; it is killed at the end."""
        output = Path(tempfile.mkdtemp(prefix="command-", dir=self.folder))
        environ = {"SAGE_SECRET": "sandbox"}
        with processes.running(customary_command, arguments, self.folder, environ, output) as process:
            yield Command(process, output)

    def write(self, *records: str, name: str = "in.xml") -> Path:
        """Write a file of customers, each given by what stands in its ``<Customer>``."""
        path = self.folder / name
        path.write_bytes(customers(*records))
        return path

    def upload(self, *records: str, options: Sequence[str] = ()) -> Uploaded:
        """Upload a file of these customers."""
        return self.upload_file(self.write(*records), *options)

    def upload_file(self, path: Path, *options: str) -> Uploaded:
        """Upload a file."""
        for name in ("ok.xml", "fail.xml"):
            (self.folder / name).unlink(missing_ok=True)
        with self.begin(*self.command(path), *options) as command:
            return self.results(command.answer())

    def command(self, path: Path, to: tuple[str, str] = ("ok.xml", "fail.xml")) -> tuple[str, ...]:
        """The command that uploads a file."""
        return "upload", str(path), "--to", SAGE, "--success", to[0], "--fail", to[1]

    def results(self, answer: Answer, files: tuple[str, str] = ("ok.xml", "fail.xml")) -> Uploaded:
        """Read the two files."""
        done, failed = (self._read(self.folder / name) for name in files)
        errors = {_name(each): _errors(self.folder / files[1], each) for each in failed}
        return Uploaded(answer, done, failed, errors)

    def fault(self, kind: str, **details: Any) -> None:
        """Let something go wrong from now on."""
        self.sandbox.state.faults.add(Fault(kind=kind, **details))

    def writes(self) -> int:
        """How often Sage was asked to create or change a customer."""
        calls = self.sandbox.state.counts().calls
        return sum(calls.get(call, 0) for call in WRITES)

    def customer(self, reference: str) -> dict[str, Any]:
        """A customer as Sage has it."""
        found = self.sandbox.state.customers.by_reference(reference)
        assert found is not None, reference
        return found

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Look into the hub by SQL."""
        engine = create_engine(read_hub_url(self._hub, self.folder / DATA)[0])
        try:
            with engine.begin() as connection:
                return [tuple(row) for row in connection.execute(text(query))]
        finally:
            engine.dispose()

    def _read(self, path: Path) -> list[CustomerRecord]:
        return list(read_customers([path.read_bytes()])) if path.exists() else []


def _name(record: CustomerRecord) -> str:
    found = (record.fields.get(name, "") for name in ("external_id", "reference", "id", "name"))
    return next((name for name in found if name), "")


def _errors(path: Path, record: CustomerRecord) -> str:
    from lxml import etree

    customer = etree.parse(path).getroot()[record.number - 1]
    return "; ".join(each.text or "" for each in customer.iter("Description"))
