from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.sandboxes.syspro.table import CustomerTable


def test_a_customer_is_found_in_any_padding_and_written_in_one() -> None:
    for width, written in ((7, "0000002"), (15, "000000000000002")):
        table = CustomerTable(5, seed=1, width=width)
        assert [table[key]["Customer"] for key in ("2", "0000002", "000000000000002")] == [written] * 3
        assert list(table)[1] == written


def test_keys_that_are_no_numbers_stay_as_they_are() -> None:
    table = CustomerTable(0, seed=1)
    table["ab-007"] = {"Name": "Agents"}
    assert "ab-007" in table
    assert "AB-007" not in table
    assert list(table) == ["ab-007"]


def test_the_number_of_customers_changes_none_of_them() -> None:
    few, many = CustomerTable(40, seed=3), CustomerTable(400, seed=3)
    assert all(few[key] == many[key] for key in few)


def test_what_was_read_cannot_be_changed_in_place() -> None:
    table = CustomerTable(3, seed=1)
    with pytest.raises(TypeError):
        table["1"]["Name"] = "Changed"  # type: ignore[index]


def test_a_change_is_kept_and_touches_nothing_else() -> None:
    table = CustomerTable(3, seed=1)
    before = {key: dict(record) for key, record in table.items()}
    table.change("2", {"Name": "Changed"})
    before["0000002"]["Name"] = "Changed"
    assert {key: dict(record) for key, record in table.items()} == before


def test_a_hidden_column_is_absent_and_comes_back_with_a_change() -> None:
    table = CustomerTable(3, seed=1)
    table.hide("2", ["Email", "Fax"])
    assert table["2"].keys() & {"Email", "Fax"} == set()
    table.change("2", {"Email": "back@example.com"})
    assert table["2"]["Email"] == "back@example.com"


def test_customers_can_be_added_replaced_and_deleted() -> None:
    table = CustomerTable(3, seed=1)
    table["10"] = {"Name": "Ten"}
    table["3"] = {"Name": "Three"}
    del table["1"]
    assert list(table) == ["0000002", "0000003", "0000010"]
    assert (len(table), dict(table["3"])) == (3, {"Name": "Three", "Customer": "0000003"})
    with pytest.raises(KeyError):
        table["1"]
    with pytest.raises(KeyError):
        del table["1"]


def test_new_customers_continue_the_series() -> None:
    table = CustomerTable(49, seed=1)
    assert table.new(2) == ["S123456", "0000051"]
    assert list(table)[-2:] == ["0000051", "S123456"]
    assert dict(table["51"]) == dict(CustomerTable(60, seed=1)["51"])


def test_a_record_with_an_unknown_column_or_without_a_key_is_refused() -> None:
    table = CustomerTable(1, seed=1)
    with pytest.raises(ValueError, match="Nmae"):
        table.change("1", {"Nmae": "x"})
    with pytest.raises(ValueError, match="key"):
        table[" "] = {}


@given(st.lists(st.text("0aZ1", min_size=1, max_size=4), max_size=12), st.text("0aZ1", max_size=4))
def test_keys_are_always_in_order_and_ranges_are_what_they_say(keys: list[str], bound: str) -> None:
    table = CustomerTable(4, seed=1)
    for key in keys:
        table[key] = {}
    assert list(table) == sorted({table.fold(key) for key in [*keys, *"1234"]})
    assert table.between(bound) == [key for key in table if key >= bound]
    assert table.between("", bound) == [key for key in table if key <= bound]
