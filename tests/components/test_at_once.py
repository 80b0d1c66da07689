"""Processes that ask for the same customers at the same moment."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from customary.protocols.ssc_payload import inspect, records
from customary.protocols.ssc_record import Record
from customary.store import business_units
from customary.store.database import open_store
from tests.support import children, processes
from tests.support.components import FINANCIAL, UNIT, Office, fields, payload

CODES = range(41)
ROUNDS = 3
ORDERS = {"A": 1, "B": 2, "C": 4}
"""The processes, and by which step each goes through the codes."""


def customer(code: int, mark: str) -> str:
    """A customer whose every part bears the same mark."""
    tax = (
        f"<Tax><SequenceNumber>1</SequenceNumber><TaxIdentificationCode>{mark}</TaxIdentificationCode></Tax>"
    )
    delivery = fields(DeliveryAddressCode="D", LookupCode=mark)
    account = f"<Accounts>{fields(LookupCode=mark)}</Accounts>"
    own = fields(CustomerCode=f"C{code}", Name=mark, PriorityRating=mark[0], ActualAccount=f"{code}")
    return f"{own}<DeliveryToAddress>{delivery}</DeliveryToAddress>{tax}{account}"


def marks(record: Record) -> set[str]:
    """The marks that a customer's parts bear."""
    parts = [*record.all("DeliveryToAddress"), *record.all("Tax"), *record.all("Accounts"), record]
    assert len(parts) == 4, record.to_xml()
    names = {"TaxIdentificationCode", "LookupCode", "Name"}
    return {child.text for part in parts for child in part.children if child.name in names}


def requests(who: str) -> list[tuple[str, str, bytes]]:
    """What one of the processes asks for: all customers in an order of its own, written, deleted, queried."""
    asked = []
    for number in range(ROUNDS):
        step = 7 * (ORDERS[who] + number)
        codes = [code * step % len(CODES) for code in CODES]
        codes = codes[::-1] if who == "B" else codes
        method = ["CreateOrAmend", "BulkCreateOrAmend", "CreateReplaceOrDelete"][number % 3]
        written = [customer(code, f"{who}{number}") for code in codes]
        gone = [fields(CustomerCode=f"c{code}") for code in codes[:10]]
        for name, bodies in ((method, written), ("Delete", gone), ("Hidden", gone), ("Query", [])):
            content = [f"<Customer>{body}</Customer>" for body in bodies]
            asked.append(("Customer", name, payload(content)))
    return asked


def test_processes_that_ask_for_the_same_customers_leave_each_of_them_whole(
    hub_url: str, tmp_path: Path
) -> None:
    store = open_store(hub_url)
    business_units.ensure(store, {UNIT: False, FINANCIAL: True})
    begin = processes.context().Event()
    asked = {who: requests(who) for who in ORDERS}
    with ExitStack() as stack:
        begun = []
        for who, them in asked.items():
            (tmp_path / who).mkdir()
            run = processes.running(children.ask_components, hub_url, them, begin, tmp_path / who)
            begun.append(stack.enter_context(run))
        begin.set()
        for process in begun:
            process.join()
            assert process.exitcode == 0
    for who, them in asked.items():
        for number, (_, method, sent) in enumerate(them):
            with (tmp_path / who / f"{number}.xml").open("rb") as answer:
                inspect(answer)
                answer.seek(0)
                told = list(records(answer))
            if method == "Query":
                assert [len(marks(record)) for record in told] == [1] * len(told)
            else:
                assert len(told) == sent.count(b"<Customer>")
                assert {record.attribute("status") for record in told} <= {"success", "fail"}
                assert b"database" not in (tmp_path / who / f"{number}.xml").read_bytes()
    stored = Office(store).query().records
    assert [len(marks(record)) for record in stored] == [1] * len(stored)
    store.close()
