from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from customary.protocols.enet import (
    CONDITIONS,
    EnetFormatError,
    Expression,
    FetchRequest,
    FindRequest,
    is_session,
    parse_fetch,
    parse_find,
)
from tests.protocols.test_enet_xml import xml_text

text = xml_text()
name = text.filter(bool)
expression = st.builds(
    Expression,
    column=name,
    condition=st.sampled_from(sorted(CONDITIONS)),
    value=text,
    and_or=st.sampled_from(["And", "Or", "and", "OR"]),
)


@st.composite
def wheres(draw: st.DrawFn) -> tuple[Expression, ...]:
    """Expressions with matching brackets: a pair around any stretch of them, at most three deep."""
    where = draw(st.lists(expression, max_size=4))
    for _ in range(draw(st.integers(0, 3)) if where else 0):
        first = draw(st.integers(0, len(where) - 1))
        last = draw(st.integers(first, len(where) - 1))
        where[first] = replace(where[first], open_bracket=where[first].open_bracket + "(")
        where[last] = replace(where[last], close_bracket=where[last].close_bracket + ")")
    return tuple(where)


finds = st.builds(
    FindRequest,
    table=name,
    columns=st.lists(name, min_size=1, max_size=4).map(tuple),
    return_rows=st.none() | st.integers(1, 10**6),
    where=wheres(),
    order_by=st.lists(name, max_size=3).map(tuple),
)


@given(st.builds(FetchRequest, table=name, key=name, full_key=st.booleans()))
def test_a_fetch_is_read_as_it_was_written(request: FetchRequest) -> None:
    assert parse_fetch(request.to_xml()) == request
    assert parse_fetch(request.to_xml().encode()) == request


@given(finds)
def test_a_find_is_read_as_it_was_written(request: FindRequest) -> None:
    assert parse_find(request.to_xml()) == request
    assert parse_find(request.to_xml().encode()) == request


def test_a_fetch_is_what_was_seen_on_the_wire() -> None:
    assert FetchRequest("ArCustomer", "0000002").to_xml() == (
        '<?xml version="1.0" encoding="Windows-1252"?>'
        '<Fetch xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance" '
        'xsd:noNamespaceSchemaLocation="COMFCH.XSD"><TableName>ArCustomer</TableName><Key>0000002</Key>'
        "<FullKeyProvided>Y</FullKeyProvided><DefaultType></DefaultType><EspressoFetch>N</EspressoFetch></Fetch>"
    )


def test_a_find_is_what_was_seen_on_the_wire() -> None:
    where = (Expression("Customer", "EQ", "0000002", open_bracket="(", close_bracket=")"),)
    assert (
        FindRequest("ArCustomer", ("Customer", "Name"), 5, where, ("Customer",))
        .to_xml()
        .endswith(
            'xsd:noNamespaceSchemaLocation="COMFND.XSD"><TableName>ArCustomer</TableName>'
            "<ReturnRows>5</ReturnRows><Columns><Column>Customer</Column><Column>Name</Column></Columns>"
            "<Where><Expression><OpenBracket>(</OpenBracket><AndOr>And</AndOr><Column>Customer</Column>"
            "<Condition>EQ</Condition><Value>0000002</Value><CloseBracket>)</CloseBracket></Expression></Where>"
            "<OrderBy><Column>Customer</Column></OrderBy></Query>"
        )
    )


def test_elements_of_an_expression_may_come_in_any_order_and_and_is_the_default() -> None:
    xml = (
        "<Query><TableName>ArCustomer</TableName><Columns><Column>Customer</Column></Columns><Where>"
        "<Expression><Value>A</Value><Condition>gt</Condition><Column>Customer</Column></Expression>"
        "</Where></Query>"
    )
    assert parse_find(xml).where == (Expression("Customer", "GT", "A", "And"),)


def test_full_key_provided_is_no_where_it_is_not_sent() -> None:
    xml = "<Fetch><TableName>ArCustomer</TableName><Key>2</Key></Fetch>"
    assert parse_fetch(xml) == FetchRequest("ArCustomer", "2", full_key=False)


@pytest.mark.parametrize(
    "xml",
    [
        "<Fetch><TableName>T</TableName></Fetch>",
        "<Fetch><Key>1</Key></Fetch>",
        "<Fetch><Tablename>T</Tablename><Key>1</Key></Fetch>",
        "<Fetch><TableName>T</TableName><Key>1</Key><OptionalKey1>2</OptionalKey1></Fetch>",
        "<Fetch><TableName>T</TableName><Key>1</Key><FullKeyProvided>maybe</FullKeyProvided></Fetch>",
        "<Query/>",
        "not xml",
        "",
    ],
)
def test_a_fetch_that_is_none_is_refused(xml: str) -> None:
    with pytest.raises(EnetFormatError):
        parse_fetch(xml)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<Columns/>",
        "<Columns><Row>Customer</Row></Columns>",
        "<Columns><Column/></Columns>",
        "<Columns><Column>A</Column></Columns><ReturnRows>all</ReturnRows>",
        "<Columns><Column>A</Column></Columns><ReturnRows>0</ReturnRows>",
        "<Columns><Column>A</Column></Columns><Sql>drop</Sql>",
        "<Columns><Column>A</Column></Columns><Where><Expression><Column>A</Column></Expression></Where>",
        "<Columns><Column>A</Column></Columns><Where><Expression><Column>A</Column>"
        "<Condition>IS</Condition></Expression></Where>",
        "<Columns><Column>A</Column></Columns><Where><Expression><Column>A</Column>"
        "<Condition>EQ</Condition><Other/></Expression></Where>",
        "<Columns><Column>A</Column></Columns><Where><Expression><OpenBracket>(</OpenBracket>"
        "<Column>A</Column><Condition>EQ</Condition></Expression></Where>",
    ],
)
def test_a_find_that_is_none_is_refused(inside: str) -> None:
    with pytest.raises(EnetFormatError):
        parse_find(f"<Query><TableName>T</TableName>{inside}</Query>")


@pytest.mark.parametrize(
    "wrong",
    [
        {"condition": "IN"},
        {"and_or": "Not"},
        {"open_bracket": "(((("},
        {"close_bracket": "("},
        {"column": ""},
    ],
)
def test_an_expression_that_syspro_could_not_read_cannot_be_made(wrong: dict[str, str]) -> None:
    with pytest.raises(EnetFormatError):
        Expression(**{"column": "Customer", "condition": "EQ", "value": "1", **wrong})


def test_brackets_that_do_not_match_cannot_be_made() -> None:
    closes = Expression("A", "EQ", "1", close_bracket=")")
    opens = Expression("A", "EQ", "1", open_bracket="(")
    for where in ((opens,), (closes,), (closes, opens)):
        with pytest.raises(EnetFormatError, match="brackets"):
            FindRequest("T", ("A",), where=where)


@pytest.mark.parametrize(
    ("answer", "is_one"),
    [
        ("0123456789ABCDEF0123456789ABCDEF00  ", True),
        ("0123456789ABCDEF0123456789ABCDEF00", True),
        ("ERROR: Invalid operator password", False),
        ("", False),
        ("0", False),
        ("<html>", False),
    ],
)
def test_a_session_id_is_told_from_other_answers(answer: str, is_one: bool) -> None:
    assert is_session(answer) is is_one
