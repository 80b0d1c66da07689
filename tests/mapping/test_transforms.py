from __future__ import annotations

import pytest
from hypothesis import given

from customary.mapping.spec import Row, Transform
from customary.mapping.transforms import Unfit, transform
from tests.support.values import native_decimals, xml_texts

TEXT = Row(field="name", native="Name")
DECIMAL = Row(field="credit_limit", native="CreditLimit", transform=Transform.DECIMAL)
FLAG = Row(field="on_hold", native="OnHold", transform=Transform.FLAG)


@given(xml_texts)
def test_a_text_stays_exactly_as_it_is(native: str) -> None:
    assert transform(TEXT, native) == native


@given(native_decimals)
def test_a_number_becomes_its_canonical_text(number: tuple[str, str]) -> None:
    written, expected = number
    assert transform(DECIMAL, written) == expected


@given(native_decimals)
def test_transforming_a_value_again_changes_nothing(number: tuple[str, str]) -> None:
    _, value = number
    assert transform(DECIMAL, value) == value


def test_blank_stays_blank_but_for_a_flag_that_is_off() -> None:
    assert transform(TEXT, "") == ""
    assert transform(DECIMAL, "") == ""
    assert transform(FLAG, "") is False


def test_a_flag_is_y_or_n() -> None:
    assert transform(FLAG, "Y") is True
    assert transform(FLAG, "N") is False
    with pytest.raises(Unfit, match="'y' is neither Y nor N"):
        transform(FLAG, "y")


@pytest.mark.parametrize("native", ["x", "1,5", "NaN", "1E999999999", "1_0"])
def test_what_is_no_number_is_unfit(native: str) -> None:
    with pytest.raises(Unfit):
        transform(DECIMAL, native)


def test_a_number_below_the_least_is_unfit_and_the_least_is_not() -> None:
    row = Row(field="credit_limit", native="CreditLimit", transform=Transform.DECIMAL, least=0)
    assert transform(row, "0.00") == "0"
    with pytest.raises(Unfit, match=r"-0\.01 is less than 0"):
        transform(row, "-0.010")


def test_a_code_outside_of_the_domain_is_unfit_and_blank_is_not() -> None:
    row = Row(field="tax_status", native="TaxStatus", domain=("E", "N", "O"))
    assert [transform(row, native) for native in ("E", "O", "")] == ["E", "O", ""]
    with pytest.raises(Unfit, match="'X' is not one of E, N, O"):
        transform(row, "X")


def test_a_flag_may_be_written_as_true_or_false() -> None:
    assert transform(FLAG, "true") is True
    assert transform(FLAG, "false") is False


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        (Row(field="on_hold", native="N", transform=Transform.FLAG), {"Y", "N", "true", "false", ""}),
        (Row(field="tax_status", native="N", domain=("E", "N")), {"E", "N", ""}),
        (Row(field="tax_status", native="N", domain=("E", "LONG"), length=1), {"E", ""}),
        (Row(field="on_hold", native="N", transform=Transform.FLAG, domain=("Y",)), set()),
        (Row(field="tax_status", native="N", domain=("E", "N"), required=True), set()),
        (Row(field="credit_limit", native="N", transform=Transform.DECIMAL, domain=("1",)), set()),
        (Row(field="currency_iso", native="N", lookup="currencies"), set()),
        (Row(field="name", native="N"), set()),
    ],
)
def test_a_text_is_settled_beforehand_where_nothing_else_can_come_of_it(row: Row, texts: set[str]) -> None:
    assert set(row.settled) == texts
    assert all(transform(row, text) == value for text, value in row.settled.items())
