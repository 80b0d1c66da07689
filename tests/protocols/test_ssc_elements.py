from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.protocols.ssc import COMPONENTS, CUSTOMER, ITEM_CUSTOMER, NOT_FINANCIAL, Evidence, Node, Type
from customary.protocols.ssc_codes import STATUS
from customary.protocols.xml import is_name


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.nodes.values():
        yield from nodes(child)


ALL = [node for component in COMPONENTS.values() for node in nodes(component)]


@pytest.mark.parametrize("node", ALL, ids=lambda node: node.name)
def test_a_table_is_sound(node: Node) -> None:
    assert [element.name for element in node.elements.values()] == list(node.elements)
    assert [child.name for child in node.nodes.values()] == list(node.nodes)
    assert {*node.keys, *node.mandatory} <= node.elements.keys()
    for element in node.elements.values():
        assert all(is_name(name) for name in (element.name, *element.aliases))
        assert element.name not in node.nodes
        assert all(len(code) <= element.length for code in element.codes)
        assert (element.whole > 0) is (element.type is Type.DECIMAL)
        assert (element.length > 0) is (element.type not in (Type.DATE, Type.MOMENT))


@pytest.mark.parametrize(
    ("parent", "child", "mandatory"),
    [
        ("Customer", "", {"CustomerCode"}),
        ("Customer", "DocumentFormat", {"DocumentFormatCode"}),
        ("Customer", "Analysis1", {"VCustCatAnalysis_AnlCode"}),
        ("Customer", "Analysis10", {"VCustCatAnalysis_AnlCode"}),
        ("Accounts", "Analysis1", {"VAcntCatAnalysis_AnlCode"}),
        ("Customer", "Tax", {"SequenceNumber"}),
        ("Customer", "DeliveryToAddress", {"DeliveryAddressCode"}),
        ("Customer", "InvoiceAddress", {"InvoiceAddressCode"}),
        ("Customer", "ContactAddress", {"ContactIdentifier", "AddressCode"}),
        ("Customer", "AcknowledgedAddress", {"AddressCode"}),
        ("ItemCustomer", "", {"ItemCode", "CustomerCode"}),
        ("ItemCustomer", "Characteristics", {"CharacteristicsCode"}),
    ],
)
def test_what_the_pages_demand_on_create_and_amend_is_mandatory(
    parent: str, child: str, mandatory: set[str]
) -> None:
    """SOURCE: seeds 001 and 004, documented."""
    node = COMPONENTS[parent]
    assert set((node.nodes[child] if child else node).mandatory) == mandatory


def test_the_children_that_can_be_deleted_have_the_keys_of_the_page() -> None:
    """SOURCE: seed 001, documented."""
    deletable = {name: set(node.keys) for name, node in CUSTOMER.nodes.items() if node.deletable}
    assert deletable == {
        "DeliveryToAddress": {"DeliveryAddressCode"},
        "InvoiceAddress": {"InvoiceAddressCode"},
        "ContactAddress": {"ContactIdentifier", "AddressCode"},
        "AcknowledgedAddress": {"AddressCode"},
        "DocumentFormat": {"SalesStage", "SalesDefinitionCode"},
    }


def test_what_a_financials_only_unit_does_not_apply_are_elements_of_a_customer() -> None:
    """SOURCE: seeds 001 and 002, documented."""
    assert len(NOT_FINANCIAL) == 6
    assert CUSTOMER.elements.keys() >= NOT_FINANCIAL


def test_a_customer_has_ten_analysis_codes_and_its_account_ten_more() -> None:
    """SOURCE: facts, section 10, documented."""
    names = [f"Analysis{number}" for number in range(1, 11)]
    assert [name for name in CUSTOMER.nodes if name.startswith("Analysis")] == names
    assert list(CUSTOMER.nodes["Accounts"].nodes) == names


def test_customer_items_come_out_of_a_query_only() -> None:
    """SOURCE: seed 001, documented."""
    assert [name for name, node in CUSTOMER.nodes.items() if node.query_only] == ["CustomerItems"]
    assert CUSTOMER.nodes["CustomerItems"].elements == ITEM_CUSTOMER.elements


def test_standard_texts_are_known_by_their_three_keys() -> None:
    """SOURCE: facts, sections 9 and 12, documented."""
    keys = {"LanguageCode", "StandardTextClassCode", "StandardTextCode"}
    for component in (CUSTOMER, ITEM_CUSTOMER):
        assert set(component.nodes["StandardText"].nodes["StandardTextLang"].keys) == keys
    assert set(COMPONENTS["StandardTextLanguageVariants"].keys) == keys


def test_what_real_clients_spell_otherwise_is_found() -> None:
    """SOURCE: facts, sections 9 and 11: EmailAddress client code, CharacteristicCode the component's own."""
    email = CUSTOMER.element("EmailAddress")
    code = ITEM_CUSTOMER.nodes["Characteristics"].element("CharacteristicCode")
    assert email is not None
    assert code is not None
    assert (email.name, code.name) == ("EMailAddress", "CharacteristicsCode")
    assert [CUSTOMER.element(name) for name in ("CustomerName", "AccountCode")] == [None, None]


def test_types_and_lengths_are_those_of_the_schema() -> None:
    """SOURCE: facts, sections 9 and 11, client code."""
    customer, item = CUSTOMER.elements, ITEM_CUSTOMER.elements
    assert len(customer) == 56
    assert [customer[name].length for name in ("CustomerCode", "Name", "Comment")] == [15, 50, 255]
    limit = customer["WarningLimit"]
    assert (limit.type, limit.length, limit.scale, limit.whole) == (Type.DECIMAL, 20, 5, 13)
    tolerance = item["OrderQuantityTolerance"]
    assert (tolerance.length, tolerance.scale, tolerance.whole) == (10, 5, 4)
    assert customer["Status"].codes is STATUS
    assert len(item) == 22
    assert "Status" not in item


def test_what_the_server_keeps_itself_is_read_only() -> None:
    """SOURCE: facts, section 9, guess."""
    own = {"DateTimeLastUpdated", "UpdateCount", "UserIdLastUpdated"}
    assert {name for name, element in CUSTOMER.elements.items() if element.read_only} == {
        "CreditBlockDate",
        "CreditBlockUserId",
        *own,
    }
    assert {name for name, element in ITEM_CUSTOMER.elements.items() if element.read_only} == {
        "ItemCustomerId",
        *own,
    }


def test_names_that_nobody_published_are_marked_as_guesses() -> None:
    """SOURCE: facts, section 9."""
    delivery = CUSTOMER.nodes["DeliveryToAddress"]
    assert {
        name for name, element in delivery.elements.items() if element.evidence is not Evidence.GUESS
    } == {"DeliveryAddressCode"}
