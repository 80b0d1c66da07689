from __future__ import annotations

from typing import Literal

import pytest

from customary.components.methods import ITEM_CUSTOMER
from customary.config.settings import ComponentsConfig
from customary.errors import PlanRefused, RequestRefused
from customary.model.limits import LIFTED, Limit
from tests.support.components import Office, Told, fields

TEXT = (
    "<StandardText><StandardTextLang><LanguageCode>1</LanguageCode><StandardTextClassCode>SALES"
    "</StandardTextClassCode><StandardTextCode>D</StandardTextCode><Paragraph1>{}</Paragraph1>"
    "</StandardTextLang></StandardText>"
)


@pytest.fixture
def shop(office: Office) -> Office:
    office.ask("Create", fields(CustomerCode="A"), fields(CustomerCode="B"))
    return office


def ask(office: Office, method: str, *bodies: str) -> Told:
    return office.ask(method, *bodies, component="ItemCustomer")


def held(office: Office) -> list[tuple[str, str]]:
    told = office.query(component="ItemCustomer")
    return [(str(one.value("ItemCode")), str(one.value("CustomerCode"))) for one in told.records]


def pair(item: str, customer: str, **more: str) -> str:
    return fields(ItemCode=item, CustomerCode=customer, **more)


def test_every_method_of_the_page_is_there_and_one_by_setting(shop: Office) -> None:
    assert set(ITEM_CUSTOMER) == {
        "CreateAsDraft",
        "CreateOrAmend",
        "CreateReplaceOrDelete",
        "Delete",
        "Query",
    }
    with pytest.raises(RequestRefused, match="item_customer_drafts = true"):
        ask(shop, "CreateAsDraft", pair("I", "A"))
    drafting = shop.with_rules(ComponentsConfig(item_customer_drafts=True))
    assert ask(drafting, "CreateAsDraft", pair("I", "A")).statuses == ["success"]
    assert ask(drafting, "CreateAsDraft", pair("i", "a")).statuses == ["fail"]


def test_create_or_amend_creates_amends_and_clears(shop: Office) -> None:
    ask(shop, "CreateOrAmend", pair("I", "A", SellingPrice="10.50", Description="d"))
    told = ask(shop, "CreateOrAmend", pair("i", "a", LookupCode="L", Description=""))
    assert shop.cycles(told.result.run) == [("a", "updated")]
    (record,) = shop.query(component="ItemCustomer").records
    assert {child.name: child.text for child in record.children} == {
        "ItemCode": "I",
        "CustomerCode": "A",
        "SellingPrice": "10.5",
        "LookupCode": "L",
    }


def test_every_mandatory_element_is_reported_and_the_customer_must_exist(shop: Office) -> None:
    told = ask(shop, "CreateOrAmend", "<Characteristics/>", pair("I", "nobody"), pair("I", "A"))
    assert told.statuses == ["fail", "fail", "success"]
    assert [text.split(" must")[0] for text in told.messages] == [
        "ItemCode",
        "CustomerCode",
        "CharacteristicsCode",
        "customer nobody does not exist",
    ]


def test_characteristics_are_amended_by_their_code_and_keep_what_is_unknown(shop: Office) -> None:
    one = "<Characteristics><CharacteristicCode>C</CharacteristicCode><Grade>7</Grade></Characteristics>"
    two = "<Characteristics><CharacteristicsCode>c</CharacteristicsCode><Size>2</Size></Characteristics>"
    ask(shop, "CreateOrAmend", pair("I", "A") + one)
    ask(shop, "CreateOrAmend", pair("I", "A") + two)
    (record,) = shop.query(component="ItemCustomer").records
    (characteristic,) = record.all("Characteristics")
    assert {child.name: child.text for child in characteristic.children} == {
        "CharacteristicsCode": "c",
        "Grade": "7",
        "Size": "2",
    }


@pytest.mark.parametrize("method", ["CreateOrAmend", "CreateReplaceOrDelete"])
def test_standard_texts_are_attached_made_and_never_amended(shop: Office, method: str) -> None:
    ask(shop, method, pair("I", "A") + TEXT.format("one"), pair("I", "B") + TEXT.format("two"))
    texts = [
        text.value("Paragraph1")
        for record in shop.query(component="ItemCustomer").records
        for node in record.all("StandardText")
        for text in node.children
    ]
    assert texts == ["one", "one"]


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        ("items", [("I", "A"), ("J", "B")]),
        ("unit", [("I", "A")]),
        ("never", [("I", "A"), ("I", "B"), ("J", "B")]),
    ],
)
def test_synchronising_replaces_and_deletes_in_its_scope(
    shop: Office, scope: Literal["items", "unit", "never"], left: list[tuple[str, str]]
) -> None:
    ask(shop, "CreateOrAmend", pair("I", "A", LookupCode="L"), pair("I", "B"), pair("J", "B"))
    office = shop.with_rules(ComponentsConfig(delete=LIFTED, delete_item_customers=scope))
    told = ask(office, "CreateReplaceOrDelete", pair("i", "A"))
    assert set(told.statuses) == {"success"}
    assert held(shop) == left
    assert shop.query(component="ItemCustomer").records[0].value("LookupCode") != "L"


@pytest.mark.parametrize("bodies", [[], [pair("I", "A")]], ids=["empty", "too many"])
def test_synchronising_is_refused_untouched(shop: Office, bodies: list[str]) -> None:
    ask(shop, "CreateOrAmend", pair("I", "A"), pair("I", "B"))
    with pytest.raises(PlanRefused):
        ask(shop.with_rules(ComponentsConfig(delete=Limit(count=0))), "CreateReplaceOrDelete", *bodies)
    assert held(shop) == [("I", "A"), ("I", "B")]


def test_delete_needs_both_codes_of_an_item_customer_that_exists(shop: Office) -> None:
    ask(shop, "CreateOrAmend", pair("I", "A"))
    told = ask(shop, "Delete", pair("I", "B"), fields(ItemCode="I"), pair("i", "a"), pair("I", "A"))
    assert told.statuses == ["fail", "fail", "success", "fail"]
    assert held(shop) == []


def test_a_customer_with_item_customers_is_not_deleted_unless_that_is_switched_on(shop: Office) -> None:
    ask(shop, "CreateOrAmend", pair("I", "A"))
    told = shop.ask("Delete", fields(CustomerCode="A"))
    assert told.messages == ["Customer A has item customers (1); delete them first"]
    lax = shop.with_rules(ComponentsConfig(account="never", delete_with_items=True))
    assert lax.ask("Delete", fields(CustomerCode="A")).statuses == ["success"]
    assert held(shop) == []


def test_a_customer_tells_its_items_to_a_query_only(shop: Office) -> None:
    ask(shop, "CreateOrAmend", pair("I", "A", SellingPrice="1"))
    (record,) = shop.query("<Select><Customer><CustomerItems/></Customer></Select>").records[:1]
    assert record.all("CustomerItems")[0].value("SellingPrice") == "1"
    items = f"<CustomerItems>{pair('X', 'A')}</CustomerItems>"
    assert shop.ask("Amend", fields(CustomerCode="A") + items).statuses == ["success"]
    assert held(shop) == [("I", "A")]
