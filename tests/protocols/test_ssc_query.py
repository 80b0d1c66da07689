from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc import (
    Query,
    Record,
    Selected,
    SscFormatError,
    equal,
    field,
    inspect,
    pick,
    read_query,
    section,
    write_payload,
)
from tests.protocols.test_ssc_filter import conditions
from tests.support import ssc


def query(inside: str, outside: str = "") -> Query:
    document = f"<SSC>{outside}<Payload>{inside}</Payload></SSC>"
    return read_query(inspect(io.BytesIO(document.encode())).query)


def selected(names: st.SearchStrategy[str]) -> st.SearchStrategy[Selected]:
    def with_children(inner: st.SearchStrategy[Selected]) -> st.SearchStrategy[Selected]:
        children = st.lists(inner, max_size=3, unique_by=lambda child: child.name)
        return st.builds(Selected, names, children.map(tuple))

    return st.recursive(st.builds(Selected, names), with_children, max_leaves=6)


queries = st.builds(
    Query,
    condition=st.none() | conditions,
    selected=st.none() | selected(ssc.names),
    most_bytes=st.integers(0, 10**12),
)


@ssc.law
@given(queries)
def test_a_query_is_read_as_it_was_written(asked: Query) -> None:
    document = "".join(write_payload((), asked.to_records()))
    assert read_query(inspect(io.BytesIO(document.encode())).query) == asked


CUSTOMER = section(
    "Customer",
    {"CustomerCode": "1", "Name": "x", "Comment": "y"},
    [
        section("Accounts", {"LookupCode": "L", "Status": "0"}),
        section("Tax", {"SequenceNumber": "1"}),
        section("Tax", {"SequenceNumber": "2"}),
    ],
)


def picked(select: str) -> list[str]:
    asked = query(f"<Select>{select}</Select>").selected
    record = pick(CUSTOMER, asked, frozenset({"CustomerCode"})) if asked else CUSTOMER
    return [element.name for child in record.children for element in (child, *child.children)]


EVERYTHING = ["CustomerCode", "Name", "Comment", "Accounts", "LookupCode", "Status"] + 2 * [
    "Tax",
    "SequenceNumber",
]


@pytest.mark.parametrize(
    ("select", "names"),
    [
        (
            "<Customer><CustomerCode/><Name/></Customer>",
            ["CustomerCode", "Name"],
        ),  # SOURCE: section 6, documented
        ("<Customer>*</Customer>", EVERYTHING),  # SOURCE: section 6, documented
        ("<Customer><Name>.</Name></Customer>", ["CustomerCode", "Name"]),  # SOURCE: section 6, client code
        ("", EVERYTHING),  # SOURCE: section 6, documented
        ("<Customer/>", EVERYTHING),
        ("*", EVERYTHING),
        ("<Customer>\n * <Name/></Customer>", EVERYTHING),
        (
            "<Customer><Accounts><Status/></Accounts><Tax/></Customer>",
            ["CustomerCode", "Accounts", "Status"] + 2 * ["Tax", "SequenceNumber"],
        ),
        ("<Customer><Nothing/></Customer>", ["CustomerCode"]),
        (
            "<Customer><Accounts><Status/></Accounts><Accounts><LookupCode/></Accounts></Customer>",
            ["CustomerCode", "Accounts", "LookupCode", "Status"],
        ),
        (
            "<Customer><Accounts/><Accounts><LookupCode/></Accounts></Customer>",
            ["CustomerCode", "Accounts", "LookupCode", "Status"],
        ),
    ],
)
def test_what_is_selected_comes_with_the_keys(select: str, names: list[str]) -> None:
    assert picked(select) == names


def test_without_anything_every_record_is_wanted_whole() -> None:
    """SOURCE: facts, section 6, documented."""
    assert query("") == Query()
    assert query("<Filter/><Select/><OutputLimit/>") == Query()


@pytest.mark.parametrize(
    ("inside", "outside"),
    [("<OutputLimit> 32768 </OutputLimit>", ""), ("", "<OutputLimit>32768</OutputLimit>")],
)
def test_the_output_limit_stands_in_either_place(inside: str, outside: str) -> None:
    """SOURCE: facts, section 6: the element documented, its place a guess."""
    assert query(inside, outside).most_bytes == 32768


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<OutputLimit>-1</OutputLimit>", "whole number of bytes"),
        ("<OutputLimit>1KB</OutputLimit>", "whole number of bytes"),
        ("<OutputLimit>²</OutputLimit>", "whole number of bytes"),
        (f"<OutputLimit>{'9' * 5000}</OutputLimit>", "whole number of bytes"),
        ("<Select><Customer/><Supplier/></Select>", '"Supplier" beside "Customer"'),
        ("<Filter><Item/></Filter>", "name such as"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(inside: str, told: str) -> None:
    with pytest.raises(SscFormatError, match=told):
        query(inside)


def test_a_query_is_written_in_the_strict_form() -> None:
    """SOURCE: facts, section 6, documented."""
    asked = Query(
        condition=equal(("Customer", "CustomerCode"), 'a"<'),
        selected=Selected("Customer", (Selected("Name"),)),
        most_bytes=9,
    )
    assert "".join(record.to_xml() for record in asked.to_records()) == (
        '<Filter><Item name="/Customer/CustomerCode" operator="EQU" value="a&quot;&lt;"/></Filter>'
        "<Select><Customer><Name/></Customer></Select><OutputLimit>9</OutputLimit>"
    )
    (everything,) = Query(selected=Selected("Customer")).to_records()
    assert everything == Record("Select", "", (), (field("Customer", "*"),))
