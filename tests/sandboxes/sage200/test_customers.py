from __future__ import annotations

from typing import Any

import pytest

from customary.protocols.sage200 import ADDRESS, CONTACT, CUSTOMER, Kind
from customary.sandboxes.sage200.customers import Customers, plain
from customary.sandboxes.sage200.settings import Company, Settings
from tests.sandboxes.sage200.asking import Asking
from tests.sandboxes.sage200.conftest import Opening

NEW: dict[str, Any] = {
    "reference": "ZYNK001",
    "name": "Zynk & Söhne",
    "credit_limit": 10000.55,
    "currency_id": 1,
    "country_code_id": 13,
    "default_tax_code_id": 2,
    "main_address": {"address_1": "i6", "postcode": "NE1 4XF", "address_country_code_id": 13},
    "contacts": [{"salutation_id": 1, "first_name": "Ann", "middle_name": "B", "last_name": "Example"}],
}
PARTS = ("main_address", "contacts")
FREE = 27006
"""A seeded customer that is not on hold."""


def test_a_customer_is_created_with_ids_defaults_and_parts(asking: Asking) -> None:
    answer = asking.ask("POST", "customers", NEW)
    made = answer.json()
    assert (answer.status_code, made["reference"], made["credit_limit"]) == (200, "ZYNK001", 10000.55)
    assert (made["account_status_type"], made["on_hold"]) == ("AccountStatusActive", False)
    assert made["main_address"]["id"] == made["id"] + 1
    assert made["contacts"][0]["name"] == "Ann B Example"
    assert made["contacts"][0]["is_default"] is True
    assert asking.get(f"customers/{made['id']}", expand="contacts,main_address") == made


def test_201_is_answered_where_a_site_does(opening: Opening) -> None:
    with opening(created_status=201) as asking:
        assert asking.ask("POST", "customers", {"reference": "A", "name": "A"}).status_code == 201


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reference": "TOOLONG89"}, "reference"),
        ({"reference": ""}, "reference"),
        ({"reference": "A B"}, "letters and digits"),
        ({"reference": "jge00001"}, "already in use"),
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": None}, "null"),
        ({"on_hold": "yes"}, "on_hold"),
        ({"credit_limit": 1.234}, "credit_limit"),
        ({"account_status_type": "Gone"}, "account_status_type"),
        ({"currency_id": 99}, "currency_id"),
        ({"default_tax_code_id": 99}, "default_tax_code_id"),
        ({"currency_id": 4, "exchange_rate_type": "ExchangeRatePeriod"}, "exchange rate"),
        ({"duns_code": "12"}, "duns_code"),
        ({"order_priority": "9"}, "order_priority"),
        ({"account_opened": "soon"}, "account_opened"),
        ({"main_address": {"postcode": "x" * 11}}, "postcode"),
        ({"main_address": {"address_country_code_id": 99}}, "address_country_code_id"),
        ({"contacts": [{"first_name": "x" * 61}]}, "first_name"),
        ({"contacts": [{"salutation_id": 99}]}, "salutation_id"),
        ({"name": "", "currency_id": 99}, "name"),
    ],
)
def test_the_first_mistake_is_told_and_nothing_is_created(
    asking: Asking, change: dict[str, Any], told: str
) -> None:
    assert told in asking.refused("POST", "customers", NEW | change)
    assert len(asking.state.customers) == 120


def test_a_put_changes_what_it_holds_and_nothing_else(asking: Asking) -> None:
    before = asking.get(f"customers/{FREE}", expand="contacts,main_address")
    body = {"id": 1, "balance": 5, "website": "", "main_address": {"city": "Hull"}, "unheard": 1}
    after = asking.ask("PUT", f"customers/{FREE}", body).json()
    assert (after["website"], after["main_address"]["city"]) == ("", "Hull")
    for each in (before, after):
        for name in ("website", "date_time_updated"):
            del each[name]
        for name in ("city", "date_time_updated"):
            del each["main_address"][name]
    assert after == before


def test_a_reference_never_changes(asking: Asking) -> None:
    reference = asking.get(f"customers/{FREE}")["reference"]
    assert "cannot be changed" in asking.refused("PUT", f"customers/{FREE}", {"reference": "OTHER"})
    assert asking.ask("PUT", f"customers/{FREE}", {"reference": reference}).status_code == 200


def test_a_customer_on_hold_is_released_before_it_is_amended(asking: Asking, opening: Opening) -> None:
    asking.state.customers.change(FREE, {"on_hold": True})
    assert "on hold" in asking.refused("PUT", f"customers/{FREE}", {"website": "x"})
    assert asking.ask("PUT", f"customers/{FREE}", {"website": "x", "on_hold": False}).status_code == 200
    with opening(on_hold_locked=False) as other:
        other.state.customers.change(FREE, {"on_hold": True})
        assert other.ask("PUT", f"customers/{FREE}", {"website": "x"}).status_code == 200


def test_a_site_may_number_its_customers_itself(opening: Opening) -> None:
    with opening(automatic_numbers=True) as asking:
        assert asking.get("sales_ledger_settings")["auto_generate_account_numbers"] is True
        assert asking.ask("POST", "customers", {"name": "A"}).json()["reference"] == "00000001"
        assert asking.ask("POST", "customers", {"name": "B"}).json()["reference"] == "00000002"
        assert "cannot be entered" in asking.refused("POST", "customers", {"name": "A", "reference": "X"})


def test_contacts_are_amended_by_id_added_and_removed(asking: Asking) -> None:
    path = f"customers/{FREE}/customer_contacts"
    (first,) = asking.get(path)
    added = asking.ask("POST", path, {"first_name": "Zoë", "last_name": "Ng"}).json()
    assert added["is_default"] is False
    changed = asking.ask("PUT", f"customer_contacts/{added['id']}", {"middle_name": "X"}).json()
    assert changed["name"] == "Zoë X Ng"
    gone = {"contacts": [{"id": first["id"], "is_to_delete": True}]}
    assert [each["id"] for each in asking.ask("PUT", f"customers/{FREE}", gone).json()["contacts"]] == [
        added["id"]
    ]
    assert asking.ask("DELETE", f"customer_contacts/{added['id']}").status_code == 200
    assert asking.get(path) == []


def test_standard_has_one_contact_and_fewer_fields(opening: Opening) -> None:
    with opening(edition="standard") as asking:
        assert "/sage200/" in asking.sandbox.url
        made = asking.get(f"customers/{FREE}")
        assert "telephone_area_code" not in made
        assert "analysis_code_6" not in made
        body = {"contacts": [{"first_name": "Second"}]}
        assert "one contact" in asking.refused("PUT", f"customers/{FREE}", body)


def test_a_customer_that_owes_nothing_is_deleted_once(asking: Asking) -> None:
    asking.state.customers.change(FREE, {"balance": 1})
    assert "transactions" in asking.refused("DELETE", f"customers/{FREE}")
    asking.state.customers.change(FREE, {"balance": 0})
    assert asking.ask("DELETE", f"customers/{FREE}").status_code == 200
    assert asking.ask("DELETE", f"customers/{FREE}").status_code == 404


def test_a_new_customer_with_defaults_is_not_kept(asking: Asking) -> None:
    told = asking.ask("POST", "customers_new").json()
    assert (told["id"], told["country_code_id"], told["currency_id"]) == (0, 13, 1)
    assert len(asking.state.customers) == 120


def test_the_same_seed_gives_the_same_valid_customers() -> None:
    few, many = (Customers(Company(), Settings(), number, 1) for number in (30, 250))
    assert list(few) == list(many)[:30]
    assert list(Customers(Company(), Settings(), 30, 2)) != list(few)
    for record in many:
        for row, table in (
            (record, CUSTOMER),
            (record["main_address"], ADDRESS),
            (record["contacts"][0], CONTACT),
        ):
            long = [
                name
                for name, column in table.items()
                if column.kind is Kind.TEXT and len(row[name]) > column.length
            ]
            assert long == [], record["id"]
    assert any(len(record["name"]) == 60 for record in many)
    assert any(not plain(record)["name"].isascii() for record in many)


def test_a_site_takes_the_customers_that_another_one_was_seeded_with() -> None:
    settings = Settings(on_hold_locked=False)
    seeded, bare = (Customers(Company(), settings, number, 1) for number in (300, 0))
    for record in seeded:
        given = {name: value for name, value in record.items() if value is not None and name not in PARTS}
        assert bare.create(given)["exchange_rate_type"] == record["exchange_rate_type"]


def test_every_company_has_its_own_customers_and_ids(asking: Asking) -> None:
    asking.headers["X-Company"] = "2"
    assert [row["id"] for row in asking.get("customers")] == [61004, 61007]
    assert {row["id"] for row in asking.get("country_codes")} == set(range(201, 225))
