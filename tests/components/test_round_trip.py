"""Query, CreateReplaceOrDelete into an empty unit, Query: equal, with every element and every child."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from customary.config.settings import ComponentsConfig
from customary.model.limits import LIFTED
from tests.support import everything
from tests.support.components import FINANCIAL, UNIT, Office, fields, payload
from tests.support.soap import answering

Ask = Callable[[str, str, str], str]
"""Carries a payload out: component, method, payload; gives the answer."""

STRICT = ComponentsConfig(delete=LIFTED, account="always", account_must_exist=True)
CONFIGURATION = """
[[business_unit]]
code = "PK1"

[[business_unit]]
code = "FIN"
financials_only = true

[components]
delete = "100%"
"""


def fill(ask: Ask) -> None:
    """Make customers and item customers with a value in every element, in each status."""
    customers = [
        everything.customer("Z", ActualAccount="100") + everything.account() + everything.text("T1"),
        everything.customer("b", InvoicingCustomerCode="z") + everything.text("T1") + everything.text("T2"),
        fields(CustomerCode="draft", InvoicingCustomerCode="Z", Description="no heading"),
        fields(CustomerCode="bare", InvoicingCustomerCode="Z", LookupCode=" ", Comment="two\nlines "),
    ]
    items = [everything.item_customer("I1", "Z") + everything.text("T1"), everything.item_customer("I2", "B")]
    item_records = [f"<ItemCustomer>{item}</ItemCustomer>" for item in items]
    assert "fail" not in ask("Customer", "CreateOrAmend", records(*customers))
    assert "fail" not in ask("ItemCustomer", "CreateOrAmend", payload(item_records).decode())
    blank = "<CustomerCode>draft</CustomerCode><ShortHeading/>"
    assert "fail" not in ask("Customer", "Amend", records(blank))
    for method, code in (("Hidden", "Z"), ("SuspendedHeld", "b"), ("Closed", "bare")):
        assert "fail" not in ask("Customer", method, records(fields(CustomerCode=code)))


def records(*bodies: str) -> str:
    return payload([f"<Customer>{body}</Customer>" for body in bodies]).decode()


def moved(queried: str) -> str:
    """The output of a Query, for the other business unit."""
    return re.sub(r"<BusinessUnit>\w+</", f"<BusinessUnit>{FINANCIAL}</", queried)


def everything_of(ask: Ask, unit: str) -> dict[str, str]:
    return {
        component: re.sub(r".*<Payload>", "", ask(component, "Query", payload([], unit).decode()))
        for component in ("Customer", "ItemCustomer", "StandardTextLanguageVariants")
    }


def check_round_trip(ask: Ask) -> None:
    fill(ask)
    first = everything_of(ask, UNIT)
    for component in ("Customer", "ItemCustomer"):
        queried = ask(component, "Query", payload([], UNIT).decode())
        assert "fail" not in ask(component, "CreateReplaceOrDelete", moved(queried))
    second = everything_of(ask, FINANCIAL)
    assert without_texts(second["Customer"]) == without_texts(first["Customer"])
    assert second["ItemCustomer"] == first["ItemCustomer"]
    # attached texts follow by a method that attaches them
    queried = ask("Customer", "Query", payload([], UNIT).decode())
    assert "fail" not in ask("Customer", "CreateOrAmend", moved(queried))
    assert everything_of(ask, FINANCIAL) == first


def without_texts(queried: str) -> str:
    """Without attached texts, and without CustomerItems: another component has them."""
    return re.sub(r"<(StandardText|CustomerItems)>.*?</\1>", "", queried)


def test_a_unit_with_everything_is_copied_whole(office: Office) -> None:
    strict = office.with_rules(STRICT)
    check_round_trip(lambda component, method, text: strict.send(method, text.encode(), component).text)


@pytest.mark.parametrize("method", ["Create", "CreateOrAmend", "BulkCreateOrAmend", "CreateReplaceOrDelete"])
def test_a_unit_is_copied_whoever_is_invoiced_to_whom(office: Office, method: str) -> None:
    """Query gives the codes in their order, so who pays may come behind those whom it pays for."""
    strict = office.with_rules(STRICT)
    account = "<Accounts><LookupCode>L</LookupCode></Accounts>"
    strict.ask("Create", fields(CustomerCode="Z", ActualAccount="1") + account)
    strict.ask("Create", fields(CustomerCode="M", InvoicingCustomerCode="z"))
    strict.ask("Create", *(fields(CustomerCode=f"A{n:03}", InvoicingCustomerCode="m") for n in range(250)))
    first = strict.everything()
    told = strict.send(method, payload(first, FINANCIAL))
    assert set(told.statuses) == {"success"}
    assert [str(record.value("CustomerCode")) for record in told.records][:3] == ["Z", "M", "A000"]
    assert strict.everything(unit=FINANCIAL) == first


@pytest.mark.parametrize("method", ["CreateOrAmend", "CreateReplaceOrDelete"])
def test_whoever_is_invoiced_to_a_customer_that_is_refused_is_refused_too(
    office: Office, method: str
) -> None:
    told = office.ask(
        method,
        fields(CustomerCode="A", InvoicingCustomerCode="Z"),
        fields(CustomerCode="B", InvoicingCustomerCode="C"),
        fields(CustomerCode="C", InvoicingCustomerCode="B"),
        fields(CustomerCode="A", Name="again"),
        fields(CustomerCode="Z", CreditBlock="9"),
        fields(CustomerCode="Y"),
    )
    answered = [(str(one.value("CustomerCode")), one.attribute("status")) for one in told.records]
    assert answered == [
        ("Z", "fail"),
        ("Y", "success"),
        ("A", "fail"),
        ("A", "success"),
        ("B", "fail"),
        ("C", "fail"),
    ]
    assert "invoicing customer Z does not exist" in told.messages
    assert office.stored("A") == {"CustomerCode": "A", "Name": "again", "Status": "0"}


def test_what_was_queried_and_sent_back_changes_nothing(office: Office) -> None:
    strict = office.with_rules(STRICT)
    fill(lambda component, method, text: strict.send(method, text.encode(), component).text)
    for component, methods in (
        ("Customer", ["Amend", "CreateOrAmend", "BulkCreateOrAmend", "CreateReplaceOrDelete"]),
        ("ItemCustomer", ["CreateOrAmend", "CreateReplaceOrDelete"]),
        ("StandardTextLanguageVariants", ["Amend", "CreateOrAmend"]),
    ):
        queried = strict.query(component=component).text
        for method in methods:
            told = strict.send(method, queried.encode(), component)
            assert set(told.statuses) == {"success"}
            assert strict.cycles(told.result.run) == []


def test_a_unit_with_everything_is_copied_whole_over_soap(hub_url: str, tmp_path: Path) -> None:
    with answering(hub_url, tmp_path, STRICT) as desk:
        voucher = desk.authenticate()
        check_round_trip(lambda component, method, text: desk.execute(voucher, method, text, component).text)


@pytest.mark.soak
def test_a_unit_with_everything_is_copied_whole_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "customary.toml").write_text(CONFIGURATION, encoding="utf-8")

    def ask(component: str, method: str, text: str) -> str:
        (tmp_path / "p.xml").write_text(text, encoding="utf-8", newline="")
        command = [sys.executable, "-m", "customary.cli", "ssc", component, method, "p.xml", "-o", "a.xml"]
        subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
        return (tmp_path / "a.xml").read_text(encoding="utf-8")

    check_round_trip(ask)
