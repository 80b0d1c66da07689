from __future__ import annotations

import pytest
from hypothesis import given
from lxml import etree
from msgspec import UNSET

from customary.protocols.ssc import (
    Record,
    SscFormatError,
    cleaned,
    field,
    section,
    without_answer,
    without_dots,
)
from tests.support import ssc

CUSTOMER = section(
    "Customer",
    {"CustomerCode": "0001", "Name": "", "Comment": "  ", "Description": "one\ntwo"},
    [section("Tax", {"SequenceNumber": "1"}), section("Tax", {"SequenceNumber": "2"})],
)


def test_an_element_that_is_missing_is_told_from_one_that_is_empty_or_blank() -> None:
    """SOURCE: facts, section 3, documented."""
    assert CUSTOMER.value("ShortHeading") is UNSET
    assert [CUSTOMER.value(name) for name in ("Name", "Comment", "CustomerCode")] == ["", "  ", "0001"]


def test_line_feeds_are_kept() -> None:
    """SOURCE: facts, section 2, documented."""
    assert CUSTOMER.value("Description") == "one\ntwo"
    assert "<Description>one\ntwo</Description>" in CUSTOMER.to_xml()


def test_children_of_one_name_keep_their_order() -> None:
    assert [tax.value("SequenceNumber") for tax in CUSTOMER.all("Tax")] == ["1", "2"]
    assert CUSTOMER.all("Analysis1") == ()


@ssc.law
@given(ssc.records)
def test_all_values_at_once_are_those_one_by_one(record: Record) -> None:
    values = record.values()
    assert values == {name: record.value(name) for name in values}
    assert values.keys() == {child.name for child in record.children}


def test_an_attribute_that_is_not_there_is_empty() -> None:
    record = Record("Customer", "", (("status", "fail"),))
    assert [record.attribute("status"), record.attribute("Reference")] == ["fail", ""]


@ssc.law
@given(ssc.records)
def test_another_parser_reads_what_is_written(record: Record) -> None:
    def same(ours: Record, theirs: etree._Element) -> None:
        assert (ours.name, dict(ours.attributes)) == (theirs.tag, dict(theirs.items()))
        assert (theirs.text or "") == ours.text
        for child, other in zip(ours.children, theirs, strict=True):
            same(child, other)

    same(record, etree.fromstring(record.to_xml().encode()))


@pytest.mark.parametrize("name", ["", "a b", "a><b", "1"])
def test_a_name_that_would_break_the_markup_is_refused(name: str) -> None:
    with pytest.raises(SscFormatError, match="name"):
        field(name, "x").to_xml()
    with pytest.raises(SscFormatError, match="attribute"):
        Record("a", "", ((name, "x"),)).to_xml()


def test_a_forbidden_character_is_refused_without_quoting_the_value_or_replaced_on_demand() -> None:
    record = section("Customer", {"Name": "Secret\x0b"})
    with pytest.raises(SscFormatError, match=r"Name holds the character U\+000B") as refused:
        record.to_xml()
    assert "Secret" not in str(refused.value)
    assert cleaned(record).value("Name") == "Secret�"


@ssc.law
@given(ssc.records)
def test_cleaning_changes_nothing_that_xml_can_hold(record: Record) -> None:
    assert cleaned(record) == record


def test_what_an_answer_put_in_is_taken_out_at_any_depth() -> None:
    """SOURCE: facts, section 6, documented: output may be edited and sent back."""
    marked = (("status", "fail"), ("Reference", "1"))
    tax = Record("Tax", "", marked, (Record("SequenceNumber", "1", marked),))
    messages = section("Messages", {}, [section("Message", {"UserText": "No."})])
    answered = Record("Customer", "", (*marked, ("other", "1")), (field("CustomerCode", "1"), tax, messages))
    assert without_answer(answered) == Record(
        "Customer",
        "",
        (("other", "1"),),
        (field("CustomerCode", "1"), section("Tax", {"SequenceNumber": "1"})),
    )


@ssc.law
@given(ssc.records)
def test_taking_out_an_answer_twice_is_taking_it_out_once(record: Record) -> None:
    assert without_answer(without_answer(record)) == without_answer(record)


def test_dotted_names_become_children_that_begin_anew_when_a_name_repeats() -> None:
    """SOURCE: facts, section 8: the page's names for deleting child data; taken literally, a guess."""
    dotted = section("Customer", {"CustomerCode": "1", "InvoiceAddress.InvoiceAddressCode": "I"})
    contacts = [
        field("ContactAddress.ContactIdentifier", "A"),
        field("ContactAddress.AddressCode", "1"),
        field("ContactAddress.ContactIdentifier", "B"),
        field("ContactAddress.AddressCode", "2"),
    ]
    assert without_dots(Record("Customer", "", (), (*dotted.children, *contacts))) == section(
        "Customer",
        {"CustomerCode": "1"},
        [
            section("InvoiceAddress", {"InvoiceAddressCode": "I"}),
            section("ContactAddress", {"ContactIdentifier": "A", "AddressCode": "1"}),
            section("ContactAddress", {"ContactIdentifier": "B", "AddressCode": "2"}),
        ],
    )
    assert without_dots(CUSTOMER) is CUSTOMER


def test_very_many_dots_are_written_out_in_one_go() -> None:
    """100,000 elements of one parent; a search for each took minutes."""
    dotted = tuple([Record(f"Tax.Item{number}", "x") for number in range(100_000)])
    (tax,) = without_dots(Record("Customer", "", (), dotted)).children
    assert [child.name for child in tax.children[:2]] == ["Item0", "Item1"]
    assert len(tax.children) == 100_000
