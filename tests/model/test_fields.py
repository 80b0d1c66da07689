from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from customary.model.fields import (
    CUSTOMER,
    Fields,
    Kind,
    Maybe,
    canonical_decimal,
    read_decimal,
    shown,
    state,
    table,
    text,
)

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)


@given(numbers)
def test_a_decimal_keeps_its_exact_value(number: Decimal) -> None:
    assert Decimal(canonical_decimal(number)) == number


@given(numbers, st.integers(0, 6))
def test_equal_decimals_have_equal_texts_however_they_were_written(number: Decimal, zeros: int) -> None:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    sign, digits, _ = number.as_tuple()
    longer = Decimal((sign, digits + (0,) * zeros, exponent - zeros))
    assert canonical_decimal(longer) == canonical_decimal(number)


@given(numbers, numbers)
def test_decimals_that_differ_have_texts_that_differ(one: Decimal, other: Decimal) -> None:
    assert (canonical_decimal(one) == canonical_decimal(other)) == (one == other)


@given(numbers)
def test_writing_a_decimal_again_changes_nothing(number: Decimal) -> None:
    written = canonical_decimal(number)
    assert canonical_decimal(Decimal(written)) == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [("50000.00", "50000"), ("-0", "0"), ("-0.00", "0"), ("1E+3", "1000"), ("1E-3", "0.001"), ("100", "100")],
)
def test_a_decimal_has_no_exponent_no_trailing_zeros_and_no_minus_zero(written: str, expected: str) -> None:
    assert canonical_decimal(Decimal(written)) == expected


@given(numbers)
def test_a_number_is_read_into_its_canonical_text(number: Decimal) -> None:
    assert read_decimal(f" {number} ") == canonical_decimal(number)


@pytest.mark.parametrize("written", ["", "x", "1,5", "NaN", "Infinity", "-inf", "1_000", "0x10", "12 000"])
def test_what_is_no_number_is_refused_by_its_text(written: str) -> None:
    with pytest.raises(ValueError, match=f"'{written}' is not a number"):
        read_decimal(written)


@pytest.mark.parametrize("written", ["1E999999999", "1E999999999999999999", "-1E101", "1E-101"])
def test_a_number_that_would_fill_the_memory_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="more than 100 digits"):
        read_decimal(written)


def test_a_field_is_absent_blank_or_a_value() -> None:
    fields: Fields = {"name": "", "on_hold": False}
    assert [state(fields, name) for name in ("name", "on_hold", "telephone")] == ["", False, UNSET]


def test_each_state_is_shown_in_its_own_way() -> None:
    states: list[Maybe] = ["", "0002", True, False, UNSET]
    assert [shown(one) for one in states] == ["''", "'0002'", "yes", "no", "nothing"]


def test_a_table_has_its_fields_by_name_in_their_order() -> None:
    made = table(text("b", 3, "second letter"), text("a", 5, "first letter"))
    assert list(made) == ["b", "a"]
    assert made["a"].length == 5


def test_every_customer_field_says_what_it_is_and_how_much_it_holds() -> None:
    for name, field in CUSTOMER.items():
        assert field.name == name
        assert field.meaning
        assert field.length > 0 or field.kind is Kind.FLAG
        assert not field.decimals or field.kind is Kind.DECIMAL
