from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.enet import EnetFormatError, Expression, FindRequest
from customary.sandboxes.syspro.queries import find
from customary.sandboxes.syspro.table import CustomerTable

TABLE = CustomerTable(110, seed=1)


def found(*where: Expression, rows: int | None = None, order_by: tuple[str, ...] = ()) -> list[str]:
    return find(FindRequest("ArCustomer", ("Customer",), rows, where, order_by), TABLE, TABLE.fold)


def key_is(
    condition: str, value: str, and_or: str = "And", brackets: tuple[str, str] = ("", "")
) -> Expression:
    return Expression("Customer", condition, value, and_or, *brackets)


def test_keys_are_compared_as_text() -> None:
    assert found(key_is("LE", "3")) == ["0000001", "0000002", "0000003"]
    assert found(key_is("LT", "3")) == ["0000001", "0000002"]
    assert found(key_is("GE", "109"))[:2] == ["0000109", "0000110"]
    assert found(key_is("GT", "110")) == ["S123456", "S123457"]
    assert len(found(key_is("NE", "3"))) == 109


def test_a_group_of_listed_customers_is_found() -> None:
    where = [key_is("EQ", key, "Or") for key in ("38", "2", "S123456", "9999999")]
    assert found(*where) == ["0000002", "0000038", "S123456"]


def test_and_binds_closer_than_or_and_brackets_closer_still() -> None:
    one, two = key_is("EQ", "1"), key_is("EQ", "2", "Or")
    small = key_is("GT", "1", "And")
    assert found(one, two, small) == ["0000001", "0000002"]
    bracketed = (key_is("EQ", "1", "And", ("(", "")), key_is("EQ", "2", "Or", ("", ")")), small)
    assert found(*bracketed) == ["0000002"]


def test_stars_and_question_marks_stand_for_anything() -> None:
    assert found(key_is("LIKE", "S*")) == ["S123456", "S123457"]
    assert found(key_is("LIKE", "000000?"))[-1] == "0000009"
    assert found(key_is("LIKE", "[S]*")) == []


def test_numbers_are_compared_as_numbers() -> None:
    rich = found(Expression("CreditLimit", "GE", "9000"))
    assert rich == [key for key in TABLE if int(TABLE[key]["CreditLimit"]) >= 9000]
    with pytest.raises(EnetFormatError, match="CreditLimit"):
        found(Expression("CreditLimit", "GE", "much"))


def test_rows_are_ordered_by_the_columns_asked_for() -> None:
    keys = found(order_by=("CreditLimit", "Name"))
    ordered = sorted(TABLE, key=lambda key: (int(TABLE[key]["CreditLimit"]), TABLE[key]["Name"]))
    assert [TABLE[key]["CreditLimit"] for key in keys] == [TABLE[key]["CreditLimit"] for key in ordered]


def test_no_more_rows_come_than_were_asked_for() -> None:
    assert found(rows=2) == ["0000001", "0000002"]


def test_a_number_that_is_none_in_a_row_does_not_stop_the_search() -> None:
    table = CustomerTable(2, seed=1)
    table.change("1", {"CreditLimit": "oops"})
    where = (Expression("CreditLimit", "EQ", "0"),)
    assert "0000001" in find(FindRequest("ArCustomer", ("Customer",), None, where), table, table.fold)


conditions = st.builds(
    key_is,
    st.sampled_from(["GT", "GE", "LT", "LE", "EQ", "NE"]),
    st.integers(0, 12).map(str),
    st.sampled_from(["And", "Or"]),
)


@given(st.lists(conditions, min_size=1, max_size=5))
def test_looking_up_keys_finds_what_looking_at_every_row_finds(where: list[Expression]) -> None:
    """LIKE ``*`` in front makes it look at every row."""
    everything = Expression("Name", "LIKE", "*", "And", "", "")
    opened = (
        Expression(
            "Customer", where[0].condition, where[0].value, "And", "(", ")" if len(where) == 1 else ""
        ),
        *where[1:-1],
        *(key_is(each.condition, each.value, each.and_or, ("", ")")) for each in where[1:][-1:]),
    )
    assert found(everything, *opened) == found(*where)
