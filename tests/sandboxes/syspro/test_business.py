from __future__ import annotations

import pytest

from customary.protocols import enet
from customary.protocols.enet import Expression
from customary.sandboxes.syspro import Operator, Texts
from tests.sandboxes.syspro.asking import SEED_COLUMNS, Asking
from tests.sandboxes.syspro.conftest import Opening


def test_a_fetch_answers_every_column_of_the_customer(asking: Asking) -> None:
    nodes = asking.customer("0000002")
    record = asking.state.customers["0000002"]
    assert nodes.keys() == enet.CUSTOMER_COLUMNS.keys() == record.keys()
    assert {name: text.strip() for name, text in nodes.items()} == dict(record)


def test_an_unknown_key_is_an_error_text(asking: Asking) -> None:
    assert asking.fetch("9999999").text == "ERROR: Key not found on table ArCustomer"
    assert asking.fetch("s123456").text == "ERROR: Key not found on table ArCustomer"


@pytest.mark.parametrize("table", ["arcustomer", "InvMaster"])
def test_table_names_are_case_sensitive(asking: Asking, table: str) -> None:
    assert asking.fetch("0000002", table).text == Texts().table
    assert asking.find(table=table).text == Texts().table


def test_xml_that_cannot_be_read_is_an_error_text(asking: Asking) -> None:
    for xml in ("", "<Fetch>", "<Fetch><Tablename/></Fetch>", "<!DOCTYPE a><Fetch/>"):
        answer = asking.get(enet.FETCH, UserId=asking.session, XmlIn=xml)
        assert answer.text.startswith("ERROR: Invalid XML")
        assert "not found" not in answer.text


@pytest.mark.parametrize("place", ["columns", "order_by", "where"])
def test_an_unknown_column_is_an_error_text(asking: Asking, place: str) -> None:
    wrong = {"columns": ("name",), "order_by": ("name",), "where": (Expression("name", "EQ", ""),)}
    assert asking.find(**{place: wrong[place]}).text == Texts().column


def test_business_objects_can_be_denied_to_an_operator(opening: Opening) -> None:
    with opening(operators=(Operator(denied=frozenset({"COMFND"})),)) as asking:
        assert asking.find().text == (
            "ERROR: Access denied to Functional Area 'System Query' for operator 'WEB' "
            "(Business Object 'COMFND')"
        )
        assert asking.fetch("0000002").text.startswith("<?xml")


def test_columns_hidden_from_an_operator_are_left_out(opening: Opening) -> None:
    with opening(operators=(Operator(hidden=frozenset({"Email", "CreditLimit"})),)) as asking:
        assert asking.customer("0000002").keys() == enet.CUSTOMER_COLUMNS.keys() - {"Email", "CreditLimit"}
        (row,) = asking.rows(Expression("Customer", "EQ", "0000002"))
        assert {node.tag for node in row} == set(SEED_COLUMNS) - {"Email", "CreditLimit"}


def test_a_column_hidden_on_one_customer_is_left_out_there_only(asking: Asking) -> None:
    asking.state.customers.hide("0000002", ["Email"])
    assert "Email" not in asking.customer("0000002")
    rows = asking.rows(Expression("Customer", "LE", "0000003"))
    assert [row.find("Email") is None for row in rows] == [False, True, False]


def test_numeric_keys_are_found_in_any_padding_and_alphanumeric_ones_as_they_are(asking: Asking) -> None:
    for key in ("2", "0000002", "000000000000002", "0000002  "):
        assert asking.customer(key)["Customer"] == "0000002"
        assert asking.keys(Expression("Customer", "EQ", key)) == ["0000002"]
    assert asking.customer("S123456")["Customer"] == "S123456"


@pytest.mark.parametrize(("key_form", "key"), [("presented", "0000002"), ("stored", "000000000000002")])
def test_a_strict_server_finds_numeric_keys_only_as_it_writes_them(
    opening: Opening, key_form: str, key: str
) -> None:
    with opening(key_form=key_form, keys_accepted="same") as asking:
        assert asking.customer(key)["Customer"] == key
        assert asking.fetch("2").text == Texts().missing.format(table="ArCustomer")
        assert asking.keys(Expression("Customer", "EQ", "2")) == []
        assert asking.keys(Expression("Customer", "EQ", key)) == [key]


def test_a_statement_has_sixteen_of_the_twenty_columns(asking: Asking) -> None:
    xml = "<Query><Key><Customer>0000002</Customer></Key><Option/></Query>"
    answer = asking.get(enet.QUERY, UserId=asking.session, BusinessObject="ARSQRY", XmlIn=xml)
    root = enet.parse_xml(answer.content)
    header = root.find("Header")
    assert root.tag == "ARStatement"
    assert header is not None
    assert {node.tag for node in header} == set(SEED_COLUMNS) - {
        "SalesWarehouse",
        "TpmPricingFlag",
        "Salesperson3",
        "BuyingGroup5",
    }


def test_a_statement_of_nobody_is_an_error_text(asking: Asking) -> None:
    xml = "<Query><Key><Customer>9999999</Customer></Key></Query>"
    answer = asking.get(enet.QUERY, UserId=asking.session, BusinessObject="ARSQRY", XmlIn=xml)
    assert answer.text == Texts().missing.format(table="ArCustomer")


def test_pages_of_a_find_hold_every_customer_once_and_in_order(asking: Asking) -> None:
    found: list[str] = []
    while page := asking.keys(*([Expression("Customer", "GT", found[-1])] if found else []), return_rows=50):
        assert len(page) <= 50
        found += page
    assert found == list(asking.state.customers) == sorted(found)
    assert len(found) == 120


def test_a_find_of_nothing_says_that_it_has_no_rows(asking: Asking) -> None:
    root = enet.parse_xml(asking.find(Expression("Customer", "GT", "Z")).content)
    assert root.findall("Row") == []
    assert root.findtext("RowsReturned") == "       0"


def test_a_server_may_give_fewer_rows_than_it_is_asked_for(opening: Opening) -> None:
    with opening(find_limit=7) as asking:
        assert len(asking.keys(return_rows=50)) == len(asking.keys()) == 7


def test_both_ways_of_reading_give_the_same_customers(asking: Asking) -> None:
    for row in asking.rows():
        listed = {str(node.tag): node.text or "" for node in row}
        fetched = asking.customer(listed["Customer"])
        assert listed == {name: fetched[name] for name in SEED_COLUMNS}


def test_a_browse_gives_rows_and_where_to_go_on(asking: Asking) -> None:
    xml = (
        '<Browse xsd:noNamespaceSchemaLocation="COMBRW.XSD" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance"><BrowseName>ArCustomer</BrowseName>'
        "<StartAtKey>0000003</StartAtKey><StartCondition>GR</StartCondition><ReturnRows>2</ReturnRows></Browse>"
    )
    root = enet.parse_xml(asking.get(enet.BROWSE, UserId=asking.session, XmlIn=xml).content)
    assert [row.findtext("Customer/Value") for row in root.findall("Row")] == ["0000004", "0000005"]
    assert root.findtext("NextPrevKey/NextKey") == "0000005"
    assert root.findtext("NextPrevKey/Fwd") == root.findtext("NextPrevKey/Back") == "True"
    assert root.findtext("HeaderDetails/Table") == "ArCustomer"


def test_a_browse_that_is_not_configured_is_an_error_text(asking: Asking) -> None:
    xml = "<Browse><BrowseName>Elsewhere</BrowseName></Browse>"
    assert asking.get(enet.BROWSE, UserId=asking.session, XmlIn=xml).text == Texts().browse
