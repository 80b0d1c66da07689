from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from customary.protocols.zynk_read import CustomerRecord, read_customers
from customary.protocols.zynk_stream import ZynkFormatError
from customary.protocols.zynk_types import CustomerTexts
from customary.protocols.zynk_write import (
    CLOSING,
    OPENING,
    customer_xml,
    document,
    failed_xml,
    succeeded_xml,
)
from tests.protocols.zynk_examples import FULL, MINIMAL, any_customer, customers

AT = datetime(2024, 5, 6, 7, 8, 9, 100_000, UTC)


def read(*records: str) -> list[CustomerRecord]:
    return list(read_customers([customers(*records)]))


def again(xml: bytes) -> CustomerRecord:
    (record,) = read_customers([OPENING, xml, CLOSING])
    return record


def test_a_download_is_written_byte_for_byte_as_the_page_s_full_example() -> None:
    (record,) = read_customers([FULL.encode()])
    shuffled = dict(reversed(list(record.fields.items())))
    contacts = tuple(dict(reversed(list(contact.items()))) for contact in record.contacts)
    assert b"".join(document([customer_xml(CustomerTexts(shuffled, contacts))])).decode() == FULL


def test_a_document_without_customers_is_one() -> None:
    assert list(read_customers(document([]))) == []


@given(st.lists(any_customer(), max_size=3))
def test_a_strict_parser_reads_what_is_written(given: list[CustomerTexts]) -> None:
    root = etree.fromstring(b"".join(document(customer_xml(customer) for customer in given)))
    assert (root.tag, [child.tag for child in root]) == ("Customers", ["Customer"] * len(given))


def test_a_character_that_xml_forbids_is_refused_and_the_text_not_quoted() -> None:
    with pytest.raises(ZynkFormatError, match=r"U\+0001") as refused:
        customer_xml(CustomerTexts({"name": "Secret\x01"}))
    assert "Secret" not in str(refused.value)


@pytest.mark.parametrize(
    "customer",
    [
        CustomerTexts({"name": "A", "spare_text_1": "x"}),
        CustomerTexts({"name": "A"}, ({"email": "x"},)),
        CustomerTexts({"contacts.first_name": "x"}),
    ],
)
def test_what_the_format_has_not_is_refused_and_not_dropped(customer: CustomerTexts) -> None:
    with pytest.raises(ZynkFormatError, match="is no element"):
        customer_xml(customer)


def test_a_success_is_the_record_as_it_came_with_id_and_reference() -> None:
    (record,) = read_customers([MINIMAL.encode()])
    assert succeeded_xml(record, "7", "BAYS001").decode() == (
        "  <Customer>\n        <id>7</id>\n        <reference>BAYS001</reference>\n"
        "        <name>Bayside Bikes Ltd.</name>\n    </Customer>\n"
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<reference/><name>A</name><id />",
        '<id xsi:nil="true"/><name>A</name>',
        "<reference><!-- none yet --></reference><name>A</name>",
        "<name>A</name><reference>other</reference><id>1</id>",
    ],
)
def test_a_success_has_id_and_reference_once_whatever_stood_there(inside: str) -> None:
    (record,) = read(inside)
    fields = again(succeeded_xml(record, "7", "A & B")).fields
    assert fields == {"name": "A", "id": "7", "reference": "A & B"}
    assert again(succeeded_xml(record, "7", "A & B")).reasons == ()


def test_a_failure_is_the_untouched_record_with_its_errors_behind_it() -> None:
    (record,) = read_customers([MINIMAL.encode()])
    assert failed_xml(record, ["name: is <too> long", "id: no"], AT).decode() == (
        "  <Customer>\n        <name>Bayside Bikes Ltd.</name>\n    <Errors>"
        "<Error><Date>2024-05-06T07:08:09.1</Date><Name>Validation</Name>"
        "<Description>name: is &lt;too&gt; long</Description></Error>"
        "<Error><Date>2024-05-06T07:08:09.1</Date><Name>Validation</Name>"
        "<Description>id: no</Description></Error>"
        "</Errors>\n    </Customer>\n"
    )


STRANGE = [
    "",
    "<name>A</name>",
    "  <name>A</name>  ",
    "text",
    '<name lang="a>b">A</name><!-- c --><x:y xmlns:x="urn:x"/>',
    "<credit_limit xsi:nil='true'/><website><![CDATA[</Customer>]]></website>",
    "<loyalty><points>5</points></loyalty><name>A</name><name>B</name>",
]


@pytest.mark.parametrize("inside", STRANGE)
def test_a_fail_file_that_is_fed_back_holds_the_same_records(inside: str) -> None:
    (record,) = read(inside)
    once = failed_xml(record, ["first time"], AT)
    assert again(once).xml == record.xml
    assert failed_xml(again(once), ["second time"], AT) == failed_xml(record, ["second time"], AT)
    kept = (record.fields, record.contacts, record.unknown, record.reasons)
    fed = again(once)
    assert (fed.fields, fed.contacts, fed.unknown, fed.reasons) == kept


@pytest.mark.parametrize("inside", STRANGE)
def test_a_success_says_all_that_the_record_said(inside: str) -> None:
    (record,) = read(inside)
    fed = again(succeeded_xml(record, "7", "R"))
    assert fed.fields == {**record.fields, "id": "7", "reference": "R"}
    assert (fed.unknown, fed.reasons) == (record.unknown, record.reasons)


@given(st.lists(any_customer(), max_size=3), st.lists(st.text(), max_size=2))
def test_no_record_is_lost_over_what_its_error_says(given: list[CustomerTexts], errors: list[str]) -> None:
    records = list(read_customers(document(customer_xml(customer) for customer in given)))
    failed = list(read_customers(document(failed_xml(record, errors, AT) for record in records)))
    assert [record.xml for record in failed] == [record.xml for record in records]


def test_records_of_other_namespaces_stay_in_them() -> None:
    document = (
        b'<z:Customers xmlns:z="urn:z"><z:Customer><z:name>A</z:name></z:Customer><z:Customer/></z:Customers>'
    )
    for record in read_customers([document]):
        assert again(failed_xml(record, ["x"], AT)).xml == record.xml
        assert again(succeeded_xml(record, "7", "R")).fields == {**record.fields, "id": "7", "reference": "R"}
