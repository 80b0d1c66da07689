"""Customers of the hub written into a SunSystems, which is another Customary behind faults."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from customary.actions import crossref
from customary.actions.ssc import send
from customary.actions.workspace import Where, Workspace, open_workspace
from customary.cli.sunsystems_sandbox import sunsystems
from customary.components import Request as Asked
from customary.components import Wiring, execute, rules_of
from customary.engine.carry_out import carry_out
from customary.errors import ConfigError
from customary.model.run import Request, ScopeName
from customary.protocols.ssc import Record, context, records, section, write_payload
from customary.sandboxes.faults import Fault
from customary.sandboxes.sunsystems import SunSystemsSandbox
from customary.sandboxes.sunsystems.seed import customers
from customary.store import journal, runs

MANY = 2000
CONFIGURATION = """
[[business_unit]]
code = "MAIN"

[systems.sun]
connector = "sunsystems"
business_unit = "MAIN"
unit = "PK1"
url = "{url}"
operator = "SUN"
password = "env:SUN_PASSWORD"
batch = 100
page = 500
{system}

[[operation]]
name = "upload"
command = "UploadCustomers"
source = "hub"
target = "sun"
scope = "all"
{operation}

[components]
account = "never"
"""
WRITES = "Customer/CreateOrAmend"
FIRST = Request(scope=ScopeName.ALL, initial_load=True)
AGAIN = Request(scope=ScopeName.ALL)


class Office:
    """A hub whose customers go to a SunSystems."""

    def __init__(self, workspace: Workspace, sandbox: SunSystemsSandbox) -> None:
        self.workspace = workspace
        self.sandbox = sandbox

    def ask(self, method: str, content: Iterable[Record]) -> list[Record]:
        """Let the hub carry a payload out itself."""
        payload = "".join(write_payload(context("SUN", "MAIN"), content)).encode()
        pieces: list[str] = []
        store = self.workspace.store
        wiring = Wiring(store=store, rules=rules_of(self.workspace.config))
        asked = Asked(component="Customer", method=method, payload=io.BytesIO(payload))
        assert execute(asked, wiring, pieces.append).failed == 0
        return list(records(io.BytesIO("".join(pieces).encode())))

    def ask_there(self, method: str, *content: Record, system: str = "sun") -> list[Record]:
        """Let a SunSystems carry a payload out."""
        payload = "".join(write_payload(context("SUN", "PK1"), content)).encode()
        pieces: list[str] = []
        what = ("Customer", method)
        _, result = send(self.workspace, system, what, io.BytesIO(payload), pieces.append)
        assert result.failed == 0
        return list(records(io.BytesIO("".join(pieces).encode())))

    def upload(self, request: Request = AGAIN) -> dict[str, int]:
        """Carry the operation out; gives its outcomes."""
        store = self.workspace.store
        operation = self.workspace.operation("upload")
        with store.write() as connection:
            run = runs.begin(connection, "upload", (operation.source, "sun"), request)
        job = replace(self.workspace.wired(operation, "a test"), pause=0.0)
        carry_out(store, run, job, "agent", threading.Event())
        with store.read() as connection:
            return {name: count for name, count in journal.counts(connection, run).items() if count}

    def last(self) -> tuple[str, dict[str, str], list[str]]:
        """Of the last run its state, the outcome of each customer, and its messages."""
        with self.workspace.store.read() as connection:
            (run,) = runs.recent(connection, 1, "upload")
            cycles = {row.customer: str(row.outcome) for row in journal.cycles(connection, run.id)}
            return str(run.state), cycles, [note.text for note in journal.run_messages(connection, run.id)]

    def differences(self) -> dict[str, Any]:
        """What the two do not have alike."""
        here, there = named(self.ask("Query", ())), named(self.ask_there("Query"))
        return {
            code: (here.get(code), there.get(code))
            for code in here.keys() | there.keys()
            if here.get(code) != there.get(code)
        }

    def writes(self) -> int:
        """How many calls of methods that write came to the SunSystems."""
        calls = self.sandbox.state.counts().calls
        return sum(n for call, n in calls.items() if call.startswith("Execute") and "Query" not in call)


def named(found: Iterable[Record]) -> dict[str, Any]:
    """Customers by their codes, whatever the order of their elements."""
    return {str(one.value("CustomerCode")): plain(one) for one in found}


def plain(record: Record) -> Any:
    """A record without the order of its elements."""
    inside = sorted((plain(child) for child in record.children), key=repr)
    return (record.name, "" if inside else record.text, inside)


@pytest.fixture
def sandbox() -> Iterator[SunSystemsSandbox]:
    with sunsystems(count=0) as running:
        yield running


@contextmanager
def office_of(
    folder: Path, sandbox: SunSystemsSandbox, count: int, system: str = "", operation: str = ""
) -> Iterator[Office]:
    """An office with so many customers in its hub."""
    text = CONFIGURATION.format(url=sandbox.url, system=system, operation=operation)
    (folder / "customary.toml").write_text(text, encoding="utf-8")
    with open_workspace(Where(folder / "customary.toml")) as workspace:
        office = Office(workspace, sandbox)
        office.ask("CreateOrAmend", customers(count, 1))
        yield office


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch, sandbox: SunSystemsSandbox) -> None:
    monkeypatch.setenv("SUN_PASSWORD", sandbox.state.settings.password)


NO_LOGON = (
    Fault(kind="voucher_expired", object=WRITES, nth=2),
    Fault(kind="empty_voucher", nth=2),
)
TROUBLE = (
    Fault(kind="soap_fault", object=WRITES, nth=2),
    Fault(kind="voucher_expired", object=WRITES, nth=4),
    Fault(kind="old_messages", object=WRITES, nth=5, times=3),
    Fault(kind="record_refused", object=WRITES, customer="C00350", times=0),
    Fault(kind="record_aborted", object=WRITES, customer="C00777", times=0),
    Fault(kind="record_warned", object=WRITES, customer="C00801"),
    Fault(kind="batch_refused", object=WRITES, customer="C01013", times=0),
    Fault(kind="drop_half", object=WRITES, customer="C01250"),
    Fault(kind="truncated", object=WRITES, customer="C01350"),
    Fault(kind="drop_after", object=WRITES, customer="C01450"),
    Fault(kind="drop_before", object=WRITES, customer="C01550"),
)


def test_two_thousand_customers_reach_a_sunsystems_whatever_goes_wrong(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with office_of(tmp_path, sandbox, MANY) as office:
        sandbox.state.faults.add(*NO_LOGON)
        assert office.upload(FIRST) == {"created": 100, "skipped": MANY - 100}
        state, _, texts = office.last()
        assert (state, "refuses the logon of operator SUN" in texts[0]) == ("failed", True)

        sandbox.state.faults.clear()
        sandbox.state.faults.add(*TROUBLE)
        told = office.upload(FIRST)
        assert told == {"created": MANY - 203, "unchanged": 100, "failed": 3, "unknown": 100}
        _, cycles, _ = office.last()
        ended = {"C00350": "failed", "C00777": "failed", "C01013": "failed", "C00801": "created"}
        ended |= {"C01250": "created", "C01350": "created", "C01450": "created", "C01550": "unknown"}
        assert {code: cycles[code] for code in ended} == ended
        assert sandbox.state.counts().records < MANY + 500, "what was taken was not sent again"

        sandbox.state.faults.clear()
        assert office.upload() == {"created": 103, "unchanged": MANY - 103}
        assert office.differences() == {}

        before = office.writes()
        assert office.upload() == {"unchanged": MANY}
        assert office.writes() == before


@pytest.mark.parametrize("write", ["upsert", "bulk", "exact"])
def test_changes_of_the_hub_follow_and_nothing_else_is_touched(
    tmp_path: Path, sandbox: SunSystemsSandbox, write: str
) -> None:
    with office_of(tmp_path, sandbox, 20, f'write = "{write}"') as office:
        assert office.upload(FIRST) == {"created": 20}
        own = section("Customer", {"CustomerCode": "C00001", "CustomerMiscReference1": "theirs"})
        office.ask_there("Amend", own)
        delivery = section("DeliveryToAddress", {"DeliveryAddressCode": "DEPOT"})
        account = section("Accounts", {"CreditLimit": "123"})
        changed = {"CustomerCode": "C00001", "Name": "Renamed", "CustomerMiscDate1": "31/12/2026"}
        office.ask("Amend", [section("Customer", changed, [delivery, account])])
        assert office.upload() == {"updated": 1, "unchanged": 19}
        (one,) = (found for found in office.ask_there("Query") if found.value("CustomerCode") == "C00001")
        assert (one.value("Name"), one.value("CustomerMiscDate1")) == ("Renamed", "31122026")
        assert one.value("CustomerMiscReference1") == "theirs"
        assert "DEPOT" in [child.value("DeliveryAddressCode") for child in one.all("DeliveryToAddress")]
        assert one.all("Accounts")[0].value("CreditLimit") == "123"


def test_a_status_follows_whoever_changed_it(tmp_path: Path, sandbox: SunSystemsSandbox) -> None:
    limits = 'limits = { status = "20%" }'
    with office_of(tmp_path, sandbox, 20, operation=limits) as office:
        assert office.upload(FIRST) == {"created": 20}
        codes = [section("Customer", {"CustomerCode": f"C{number:05}"}) for number in range(1, 5)]
        for method, code in zip(("Closed", "Hidden", "SuspendedHeld"), codes, strict=False):
            office.ask(method, [code])
        office.ask("Amend", [section("Customer", {"CustomerCode": "C00003", "Name": "Renamed"})])
        office.ask_there("Hidden", codes[3])
        assert office.upload() == {"status_changed": 3, "unchanged": 17}
        there = {str(one.value("CustomerCode")): one for one in office.ask_there("Query")}
        assert [there[f"C{number:05}"].value("Status") for number in range(1, 6)] == ["3", "1", "2", "1", "0"]
        assert there["C00003"].value("Name") == "Renamed"
        office.ask("Open", codes[:3])
        assert office.upload() == {"status_changed": 3, "unchanged": 17}
        office.ask_there("Open", codes[3])
        assert office.differences() == {}


DELETES = """
missing = "delete"
limits = { delete = 3 }
"""
GONE = Request(scope=ScopeName.ALL, deletes=True)


def test_a_customer_that_was_deleted_in_the_hub_is_deleted_there_as_well_if_that_is_wanted(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with office_of(tmp_path, sandbox, 20, operation=DELETES) as office:
        theirs = section("Customer", {"CustomerCode": "THEIRS", "Name": "T", "ActualAccount": "T"})
        office.ask_there("CreateOrAmend", theirs)
        assert office.upload(FIRST) == {"created": 20}
        codes = [section("Customer", {"CustomerCode": f"C{number:05}"}) for number in range(1, 6)]
        office.ask("Delete", codes[:4])
        assert office.upload(GONE) == {"skipped": 4, "unchanged": 16}
        assert "4 customers would be deleted, and the limit 'delete' (3) allows 3" in office.last()[2][0]
        office.ask("Create", [section("Customer", {"CustomerCode": "C00004", "Name": "Somebody else"})])
        assert office.upload(GONE) == {"deleted": 3, "updated": 1, "unchanged": 16}
        there = named(office.ask_there("Query"))
        assert (len(there), "THEIRS" in there, "C00001" in there) == (18, True, False)
        assert office.upload(GONE) == {"unchanged": 17}


def test_a_customer_that_only_one_side_has_any_more_is_told_and_can_be_unlinked(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with office_of(tmp_path, sandbox, 4) as office:
        workspace = office.workspace
        hub = crossref.table(workspace, "sun", "hub")
        assert office.upload(FIRST) == {"created": 4}
        office.ask("Delete", [section("Customer", {"CustomerCode": "C00001"})])
        office.ask_there("Delete", section("Customer", {"CustomerCode": "C00002"}))

        assert office.upload() == {"rejected": 1, "unchanged": 2}
        assert "sun still has customers that hub has no more: C00001." in office.last()[2][0]
        assert crossref.unlink(workspace.store, hub, "C00001") == "C00001"
        assert crossref.unlink(workspace.store, hub, "C00002") == "C00002"
        with pytest.raises(ConfigError, match="C00002 of hub is linked to no customer of sun"):
            crossref.unlink(workspace.store, hub, "C00002")

        assert office.upload() == {"created": 1, "unchanged": 2}
        assert office.last()[2] == []
        assert "C00001" in named(office.ask_there("Query"))


def test_a_delete_that_sunsystems_refuses_is_told_and_the_others_are_carried_out(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with office_of(tmp_path, sandbox, 8, operation=DELETES) as office:
        assert office.upload(FIRST) == {"created": 8}
        office.ask("Delete", [section("Customer", {"CustomerCode": f"C0000{number}"}) for number in (1, 2)])
        sandbox.state.faults.add(
            Fault(kind="record_refused", object="Customer/Delete", customer="C00002", times=0)
        )
        assert office.upload(GONE) == {"deleted": 1, "failed": 1, "unchanged": 6}
        assert office.last()[1]["C00002"] == "failed"


def test_who_gets_the_invoices_of_another_may_have_a_later_code(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with office_of(tmp_path, sandbox, 0, 'accounts = "inside"') as office:
        office.ask("Create", [section("Customer", {"CustomerCode": "Z", "Name": "Z", "ActualAccount": "1"})])
        office.ask(
            "Create", [section("Customer", {"CustomerCode": "A", "Name": "A", "InvoicingCustomerCode": "Z"})]
        )
        assert office.upload(FIRST) == {"created": 2}
        assert office.differences() == {}


def test_a_customer_is_created_with_the_status_that_it_has(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with office_of(tmp_path, sandbox, 4) as office:
        for code, method in (("C00001", "SuspendedHeld"), ("C00002", "Closed"), ("C00003", "Hidden")):
            office.ask(method, [section("Customer", {"CustomerCode": code})])
        assert office.upload(FIRST) == {"created": 4}
        assert office.differences() == {}


OTHER = """
[systems.other]
connector = "sunsystems"
business_unit = "MAIN"
unit = "PK1"
url = "http://other"
operator = "SUN"
password = "env:SUN_PASSWORD"
"""


def test_customers_of_one_sunsystems_reach_another_as_they_are(
    tmp_path: Path, sandbox: SunSystemsSandbox
) -> None:
    with sunsystems(count=30, seed=7) as other, office_of(tmp_path, sandbox, 0, OTHER) as office:
        file = tmp_path / "customary.toml"
        text = file.read_text(encoding="utf-8").replace("http://other", other.url)
        file.write_text(text.replace('source = "hub"', 'source = "other"'), encoding="utf-8")
        with open_workspace(Where(file)) as workspace:
            moved = Office(workspace, sandbox)
            assert moved.upload(FIRST) == {"created": 30}
            assert moved.upload() == {"unchanged": 30}
            there = named(moved.ask_there("Query", system="other"))
            assert named(moved.ask_there("Query")) == there
        assert len(there) == 30
        assert office.ask("Query", ()) == []


def test_the_command_uploads_and_says_so(tmp_path: Path, sandbox: SunSystemsSandbox) -> None:
    with office_of(tmp_path, sandbox, 12):
        pass
    done = subprocess.run(
        [sys.executable, "-m", "customary.cli", "run", "upload", "--initial-load", "--json"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env=dict(os.environ),
    )
    run = json.loads(done.stdout)
    assert (done.returncode, run["state"], run["counts"]["created"]) == (0, "succeeded", 12)
