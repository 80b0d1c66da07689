from __future__ import annotations

import pytest
from lxml import etree

from customary.protocols import enet
from tests.sandboxes.syspro.asking import Asking
from tests.sandboxes.syspro.conftest import Opening


def item(key: str, **values: str) -> str:
    nodes = "".join(f"<{name}>{enet.escape(text)}</{name}>" for name, text in values.items())
    return f"<Item><Key><Customer>{key}</Customer></Key>{nodes}</Item>"


def set_up(asking: Asking, verb: str, *items: str, **options: str) -> etree._Element:
    parameters = "".join(f"<{name}>{text}</{name}>" for name, text in options.items())
    answer = asking.get(
        f"/Setup/{verb}",
        UserId=asking.session,
        BusinessObject="ARSSCS",
        XmlParameters=f"<SetupArCustomer><Parameters>{parameters}</Parameters></SetupArCustomer>",
        XmlIn=f"<SetupArCustomer>{''.join(items)}</SetupArCustomer>",
    )
    return enet.parse_xml(answer.content)


def errors(root: etree._Element) -> list[str | None]:
    return [each.findtext(".//ErrorNumber") for each in root.findall("item")]


def invalid(root: etree._Element) -> tuple[str | None, str | None]:
    return root.findtext("StatusOfItems/RecordsRead"), root.findtext("StatusOfItems/RecordsInvalid")


def test_a_customer_is_changed_and_the_answer_is_in_lower_case(asking: Asking) -> None:
    before = dict(asking.state.customers["2"])
    root = set_up(asking, "Update", item("0000002", Name="Łódź & Co", CreditLimit="12"))
    assert (root.tag, root.findtext("item/key/customer")) == ("setuparcustomer", "0000002")
    assert (invalid(root), errors(root)) == (("1", "0"), [None])
    assert dict(asking.state.customers["2"]) == {**before, "Name": "Łódź & Co", "CreditLimit": "12"}


def test_answers_stay_in_lower_case_when_queries_are_upper(opening: Opening) -> None:
    with opening(case="upper") as asking:
        assert set_up(asking, "Update", item("0000002", Name="x")).tag == "setuparcustomer"


def test_a_customer_is_added_and_can_be_fetched(asking: Asking) -> None:
    assert invalid(set_up(asking, "Add", item("N-1", Name="New", TaxStatus="E"))) == ("1", "0")
    nodes = asking.customer("N-1")
    assert nodes.keys() == enet.CUSTOMER_COLUMNS.keys()
    assert (nodes["Name"], nodes["TaxStatus"], nodes["CreditLimit"].strip()) == ("New", "E", "0")


def test_a_customer_is_deleted_once(asking: Asking) -> None:
    assert invalid(set_up(asking, "Delete", item("2"), item("2"))) == ("2", "0")
    assert "2" not in asking.state.customers
    assert errors(set_up(asking, "Delete", item("2"))) == ["240002"]


@pytest.mark.parametrize(
    ("verb", "wrong", "number"),
    [
        ("Add", item("0000002"), "240001"),
        ("Update", item("NOBODY", Name="x"), "240002"),
        ("Update", item("0000003", Name="x" * 51), "240003"),
        ("Update", item("0000003", CreditLimit="much"), "240003"),
        ("Update", item("0000003", CreditLimit="1.5"), "240003"),
        ("Update", item("0000003", TaxStatus="X"), "240005"),
        ("Update", item(" ", Name="x"), "100030"),
    ],
)
def test_an_item_that_is_wrong_is_refused_inside_the_answer(
    asking: Asking, verb: str, wrong: str, number: str
) -> None:
    before = dict(asking.state.customers["3"])
    root = set_up(asking, verb, wrong)
    assert (errors(root), invalid(root)) == ([number], ("1", "1"))
    assert root.findtext(".//ErrorDescription")
    assert dict(asking.state.customers["3"]) == before


def test_valid_items_are_applied_unless_the_document_has_to_be_valid_as_a_whole(asking: Asking) -> None:
    items = (item("2", Name="Good"), item("NOBODY", Name="Bad"))
    assert invalid(set_up(asking, "Update", *items, ApplyIfEntireDocumentValid="Y")) == ("2", "1")
    assert asking.state.customers["2"]["Name"] != "Good"
    assert invalid(set_up(asking, "Update", *items)) == ("2", "1")
    assert asking.state.customers["2"]["Name"] == "Good"


def test_checking_only_changes_nothing(asking: Asking) -> None:
    before = dict(asking.state.customers["2"])
    assert invalid(set_up(asking, "Update", item("2", Name="Other"), ValidateOnly="Y")) == ("1", "0")
    assert dict(asking.state.customers["2"]) == before


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<Other/>",
        "<SetupArCustomer><Thing/></SetupArCustomer>",
        "<SetupArCustomer><Item><Nmae/></Item></SetupArCustomer>",
    ],
)
def test_a_document_that_is_none_is_an_error_text(asking: Asking, xml: str) -> None:
    answer = asking.get(
        enet.SETUP_UPDATE, UserId=asking.session, BusinessObject="ARSSCS", XmlParameters="", XmlIn=xml
    )
    assert answer.text.startswith("ERROR: Invalid XML")
