from __future__ import annotations

import pytest

from customary.sandboxes.syspro.changes import change
from customary.sandboxes.syspro.seed import number_key
from customary.sandboxes.syspro.table import CustomerTable
from tests.sandboxes.syspro.test_seed import problems

COUNT = 250


@pytest.fixture(scope="module")
def tables() -> tuple[CustomerTable, CustomerTable]:
    return CustomerTable(2000, seed=1), CustomerTable(2000, seed=1)


def test_what_it_tells_is_exactly_what_it_did(tables: tuple[CustomerTable, CustomerTable]) -> None:
    before, after = tables
    told = change(after, COUNT, seed=7)
    moved = {
        key: {
            name: (before[key][name], after[key][name])
            for name in before[key]
            if before[key][name] != after[key][name]
        }
        for key in before
        if before[key] != after[key]
    }
    assert len(told) == COUNT
    assert moved == {
        each.customer: {name: (field.before, field.after) for name, field in each.fields.items()}
        for each in told
    }
    assert [each.customer for each in told] == sorted(moved)


def test_every_change_is_valid_and_not_to_blank(tables: tuple[CustomerTable, CustomerTable]) -> None:
    table = CustomerTable(2000, seed=2)
    told = change(table, 1000, seed=7)
    assert [each.customer for each in told if problems(dict(table[each.customer]))] == []
    assert all(field.after for each in told for field in each.fields.values())


def test_a_flag_never_moves_between_blank_and_no() -> None:
    told = change(CustomerTable(2000, seed=2), 1000, seed=3)
    flags = [each.fields["TpmPricingFlag"] for each in told if "TpmPricingFlag" in each.fields]
    assert flags
    assert all((field.before == "Y") != (field.after == "Y") for field in flags)


def test_a_tenth_changes_payment_terms_only_and_no_currency_changes() -> None:
    told = change(CustomerTable(2000, seed=1), COUNT, seed=1)
    assert sum(each.fields.keys() == {"TermsCode"} for each in told) == COUNT // 10
    changed = {name for each in told for name in each.fields}
    assert {"Name", "CreditLimit", "Salesperson", "TermsCode", "Email"} <= changed
    assert changed & {"Customer", "Currency"} == set()


def test_the_same_seed_makes_the_same_changes_and_another_makes_others() -> None:
    one, same, other = (change(CustomerTable(500, seed=1), 50, seed) for seed in (5, 5, 6))
    assert one == same != other


def test_no_more_customers_change_than_there_are() -> None:
    assert len(change(CustomerTable(3, seed=1), 10, seed=1)) == 3
    assert change(CustomerTable(0, seed=1), 10, seed=1) == []


def test_a_customer_with_hidden_columns_can_change_in_the_others() -> None:
    table = CustomerTable(1, seed=1)
    shown = {"Name", "TermsCode"}
    table.hide(number_key(1), table["1"].keys() - shown)
    (told,) = change(table, 1, seed=1)
    assert told.fields.keys() <= shown
