from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc import (
    Condition,
    Expr,
    Item,
    Joint,
    Operator,
    Record,
    SscFormatError,
    equal,
    inspect,
    joined,
)
from customary.protocols.ssc_filter import read_filter, write_filter
from customary.protocols.ssc_tree import MOST_DEPTH
from tests.support import ssc
from tests.support.values import xml_texts

CODE = ("Customer", "CustomerCode")


def parse(inside: str) -> Condition | None:
    document = f"<SSC><Payload><Filter>{inside}</Filter></Payload></SSC>"
    (part,) = inspect(io.BytesIO(document.encode())).query
    return read_filter(part)


def item(operator: str, value: str = "1", name: str = "/Customer/CustomerCode") -> str:
    operator = operator.replace("<", "&lt;")
    return f'<Item name="{name}" operator="{operator}" value="{value}"/>'


def values(operator: Operator) -> st.SearchStrategy[tuple[str, ...]]:
    match operator:
        case Operator.NULL | Operator.NOT_NULL:
            return st.just(())
        case Operator.BETWEEN:
            one = st.text("abc01 -", max_size=4).map(str.strip)
            return st.tuples(one, one)
        case Operator.RELATIVE_DAYS:
            days = st.integers(-99, 99).map(str)
            return st.tuples(days, days)
        case _:
            return st.tuples(xml_texts)


items = st.sampled_from(Operator).flatmap(
    lambda operator: st.builds(
        Item,
        st.sampled_from([CODE, ("Customer", "Tax", "LimitDate")]),
        st.just(operator),
        values(operator),
        st.booleans(),
    )
)
conditions = st.recursive(
    items,
    lambda inner: st.builds(Expr, st.sampled_from(Joint), inner, inner, st.booleans()),
    max_leaves=6,
)


@ssc.law
@given(conditions)
def test_a_filter_is_read_as_it_was_written(condition: Condition) -> None:
    written = write_filter(condition)
    assert read_filter(written) == condition
    document = f"<SSC><Payload>{written.to_xml()}</Payload></SSC>"
    assert inspect(io.BytesIO(document.encode())).query == (written,)


def test_pairs_inside_one_another_are_read() -> None:
    """SOURCE: facts, section 6, documented."""
    date, supplier = "/PurchaseOrder/EntryDate", "/PurchaseOrder/SupplierCode"
    pair = f'<Expr operator="AND">{item("EQU", "02042001", date)}{item("EQU", "7", supplier)}</Expr>'
    one = Expr(
        Joint.AND,
        equal(("PurchaseOrder", "EntryDate"), "02042001"),
        equal(("PurchaseOrder", "SupplierCode"), "7"),
    )
    assert parse(f'<Expr operator="OR">{pair}{pair}</Expr>') == Expr(Joint.OR, one, one)


def test_a_single_item_is_enough() -> None:
    """SOURCE: facts, section 6, client code."""
    assert parse(item("EQU")) == equal(CODE, "1")


def test_several_bare_items_must_all_be_true() -> None:
    """SOURCE: facts, section 6, guess."""
    first, second, third = (equal(CODE, str(n)) for n in range(3))
    inside = "".join(item("EQU", str(n)) for n in range(3))
    assert parse(inside) == Expr(Joint.AND, Expr(Joint.AND, first, second), third)


def test_an_empty_filter_means_every_record() -> None:
    assert parse("") is None


@pytest.mark.parametrize(
    ("spelling", "operator"),
    [
        ("EQU", Operator.EQUAL),  # SOURCE: facts, section 6, documented
        ("=", Operator.EQUAL),  # SOURCE: the portal's symbols, facts, section 6, documented
        ("!=", Operator.NOT_EQUAL),
        (">", Operator.GREATER),
        (">=", Operator.GREATER_OR_EQUAL),
        ("<", Operator.LESS),
        ("<=", Operator.LESS_OR_EQUAL),
        ("~=", Operator.LIKE),
        ("~#", Operator.NULL),
        ("!#", Operator.NOT_NULL),
        ("NEQ", Operator.NOT_EQUAL),  # SOURCE: facts, section 6, guess: all the words from here on
        ("NE", Operator.NOT_EQUAL),
        ("GT", Operator.GREATER),
        ("GTE", Operator.GREATER_OR_EQUAL),
        ("GE", Operator.GREATER_OR_EQUAL),
        ("LT", Operator.LESS),
        ("LTE", Operator.LESS_OR_EQUAL),
        ("LE", Operator.LESS_OR_EQUAL),
        ("LIKE", Operator.LIKE),
        ("NUL", Operator.NULL),
        ("NNUL", Operator.NOT_NULL),
        (" like ", Operator.LIKE),
    ],
)
def test_an_operator_is_read_in_every_spelling_and_with_not(spelling: str, operator: Operator) -> None:
    expected = () if operator in (Operator.NULL, Operator.NOT_NULL) else ("1",)
    assert parse(item(spelling)) == Item(CODE, operator, expected)
    assert parse(item(f"NOT {spelling}")) == Item(CODE, operator, expected, True)


def test_between_has_two_values_and_is_what_the_portal_writes_as_unequal_signs() -> None:
    """SOURCE: facts, section 6, documented."""
    between = Item(CODE, Operator.BETWEEN, ("a", "b"))
    assert parse(item("<>", "a,b")) == parse(item("BET", " a , b ")) == between


def test_relative_days_have_two_numbers() -> None:
    """SOURCE: facts, section 6, documented."""
    days = Item(("Customer", "CustomerMiscDate1"), Operator.RELATIVE_DAYS, ("-2", "2"))
    assert parse(item("RELDAYS", "-2 and 2", "/Customer/CustomerMiscDate1")) == days


def test_blanks_in_a_value_count() -> None:
    assert parse(item("EQU", " a ")) == equal(CODE, " a ")


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (f'<Expr operator="AND">{item("EQU")}</Expr>', "1 operands and must have two"),
        (f'<Expr operator="AND">{item("EQU") * 3}</Expr>', "3 operands and must have two"),
        (f'<Expr operator="XOR">{item("EQU") * 2}</Expr>', "AND or OR"),
        (f"<Expr>{item('EQU') * 2}</Expr>", "AND or OR"),
        ("<Customer/>", 'holds "Customer"'),
        (item("ABOUT"), '"ABOUT" is not known'),
        (item(""), "is not known"),
        (item("NOT"), "is not known"),
        (item("><", "a,b"), "join comparisons with OR"),
        (item("<>", "a"), "needs both"),
        (item("BET", "a,b,c"), "needs both"),
        (item("RELDAYS", "soon"), "needs days"),
        (item("EQU", "1", "CustomerCode"), "name such as"),
        (item("EQU", "1", "/Customer//Name"), "name such as"),
        ("<Item/>", "name such as"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(inside: str, told: str) -> None:
    with pytest.raises(SscFormatError, match=told):
        parse(inside)


def test_a_thousand_keys_are_nested_no_deeper_than_can_be_read() -> None:
    condition = joined(Joint.OR, [equal(CODE, str(n)) for n in range(1000)])

    def depth(element: Record) -> int:
        return 1 + max((depth(child) for child in element.children), default=0)

    written = write_filter(condition)
    assert depth(written) < MOST_DEPTH / 4
    assert read_filter(written) == condition
