from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.enet import CUSTOMER_COLUMNS, escape
from customary.protocols.enet_columns import SqlType
from customary.sandboxes.locales import LOCALES
from customary.sandboxes.syspro.seed import customer, exactly, number_key

MANY = [customer(1, number, number_key(number)) for number in range(1, 5001)]


def problems(record: dict[str, str]) -> list[str]:
    found = []
    for name, value in record.items():
        column = CUSTOMER_COLUMNS[name]
        if column.type is SqlType.DECIMAL:
            number = Decimal(value)
            if number < 0 or len(value.replace(".", "")) > column.length:
                found.append(name)
        elif len(value) > column.length or value != value.strip() or escape(value) is None:
            found.append(name)
        if column.domain and value not in column.domain:
            found.append(name)
    people = [value for name, value in record.items() if name.startswith("Salesperson") and value]
    if len(people) != len(set(people)):
        found.append("Salesperson")
    groups = [bool(record[f"BuyingGroup{place}"]) for place in range(1, 6)]
    if groups != sorted(groups, reverse=True):
        found.append("BuyingGroup")
    return found


@given(st.integers(0, 2**32), st.integers(1, 10**6))
def test_every_customer_has_every_column_within_its_length_and_domain(seed: int, number: int) -> None:
    record = customer(seed, number, number_key(number))
    assert record.keys() == CUSTOMER_COLUMNS.keys()
    assert problems(record) == []


def test_five_thousand_customers_are_valid_and_named() -> None:
    assert [record["Customer"] for record in MANY if problems(record) or not record["Name"]] == []


@given(st.integers(0, 2**32), st.integers(1, 10**6))
def test_the_same_seed_gives_the_same_customer(seed: int, number: int) -> None:
    assert customer(seed, number, "1") == customer(seed, number, "1")


def test_another_seed_gives_other_customers() -> None:
    others = [customer(2, number, number_key(number)) for number in range(1, 101)]
    assert sum(one != other for one, other in zip(MANY, others, strict=False)) > 95


def test_a_customer_does_not_change_with_the_form_of_its_key() -> None:
    one, other = customer(1, 7, "0000007"), customer(1, 7, "000000000000007")
    assert {name for name in one if one[name] != other[name]} == {"Customer"}


@pytest.mark.parametrize(
    "signs",
    ["äöüß", "éèçœ", "ñ¡", "åÅ", "łąż", "řůš", "ığş", "שר", "ال", "ήλ", "商", "&", "'", '"', "<"],
)
def test_names_hold_signs_that_break_careless_programs(signs: str) -> None:
    assert any(set(record["Name"]) & set(signs) for record in MANY)


def test_some_names_do_not_fit_into_windows_1252() -> None:
    beyond = [record for record in MANY if "?" in record["Name"].encode("cp1252", "replace").decode("cp1252")]
    assert 500 < len(beyond) < 4500


@pytest.mark.parametrize("name", ["Name", "Contact", "Email", "TaxExemptNumber", "Salesperson", "Branch"])
def test_some_values_are_as_long_as_their_column(name: str) -> None:
    assert max(len(record[name]) for record in MANY) == CUSTOMER_COLUMNS[name].length


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Currency", ""),
        ("Currency", "$"),
        ("CreditLimit", "0"),
        ("CreditLimit", "999999999999"),
        ("TpmPricingFlag", ""),
        ("TpmPricingFlag", "Y"),
        ("TaxStatus", "E"),
        ("Email", ""),
    ],
)
def test_values_with_a_meaning_of_their_own_occur(name: str, value: str) -> None:
    assert any(record[name] == value for record in MANY)


def test_some_customers_have_several_mail_addresses_all_of_reserved_domains() -> None:
    addresses = [address for record in MANY for address in record["Email"].split("; ") if address]
    assert any(";" in record["Email"] for record in MANY)
    domains = {address.partition("@")[2] for address in addresses}
    assert all(name.endswith(".example") or name.startswith("example.") for name in domains)


def test_telephone_numbers_are_of_ranges_kept_for_fiction() -> None:
    marks = ("555", "7946 0", "30 23125", "99 00", "465 004")
    assert all(any(mark in locale.telephone for mark in marks) for locale in LOCALES)


def test_keys_are_numbers_and_now_and_then_alphanumeric() -> None:
    assert [number_key(number) for number in (2, 38, 50, 100)] == ["2", "38", "S123456", "S123457"]
    assert len({record["Customer"] for record in MANY}) == 5000


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=20), st.integers(1, 60))
def test_a_text_can_be_brought_to_a_length(text: str, length: int) -> None:
    assert len(exactly(text, length)) == length
    assert exactly(text, length) == exactly(text, length).strip()
