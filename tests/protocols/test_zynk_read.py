from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psutil import Process

from customary.protocols.zynk_read import CustomerRecord, Remark, default_contact, read_customers
from customary.protocols.zynk_stream import RECORD_BYTES, ZynkFormatError
from customary.protocols.zynk_types import CustomerTexts
from customary.protocols.zynk_write import customer_xml, document
from tests.protocols.zynk_examples import FULL, MINIMAL, ROOT, any_customer, customers


def read(*records: str) -> list[CustomerRecord]:
    return list(read_customers([customers(*records)]))


def test_the_page_s_minimal_example_is_read() -> None:
    (record,) = read_customers([MINIMAL.encode()])
    assert record == CustomerRecord(
        number=1,
        line=3,
        fields={"name": "Bayside Bikes Ltd."},
        xml=b"<Customer>\n        <name>Bayside Bikes Ltd.</name>\n    </Customer>",
    )


def test_the_page_s_full_example_is_read() -> None:
    (record,) = read_customers([FULL.encode()])
    fields = record.fields
    assert (len(fields), record.unknown, record.reasons) == (67, {}, ())
    assert fields["name"] == "Bayside Bikes & Söhne"
    assert fields["currency.currency_iso_code.code"] == "EUR"
    assert fields["main_address.address_3"] == ""
    assert fields["main_address.address_country_code.code"] == "IE"
    assert fields["duns_code"] == "123456789"
    (contact,) = record.contacts
    assert (contact["last_name"], contact["salutation.code"]) == ("Example", "Dr.")


@given(st.lists(any_customer(), max_size=4), st.integers(1, 300))
def test_what_is_written_is_read_again_whatever_the_chunks(given: list[CustomerTexts], size: int) -> None:
    whole = b"".join(document(customer_xml(customer) for customer in given))
    chunks = (whole[start : start + size] for start in range(0, len(whole), size))
    records = list(read_customers(chunks))
    assert [CustomerTexts(record.fields, record.contacts) for record in records] == given
    assert [record.number for record in records] == list(range(1, len(given) + 1))
    assert not any(record.unknown or record.reasons for record in records)


def test_missing_empty_and_blank_are_kept_apart() -> None:
    (record,) = read(
        "<name/><website></website><vat_number> </vat_number><main_address/><contacts></contacts>"
    )
    assert record.fields == {"name": "", "website": "", "vat_number": " ", "main_address": "", "contacts": ""}
    assert record.contacts == ()


def test_what_is_nil_is_missing() -> None:
    (record,) = read(
        '<name>A</name><credit_limit xsi:nil="true" /><main_address xsi:nil="1"></main_address>'
        '<on_hold xsi:nil="false"/>'
    )
    assert record.fields == {"name": "A", "on_hold": ""}


def test_elements_may_come_in_any_order() -> None:
    parts = (
        "<name>A</name>",
        "<duns_code>1</duns_code>",
        "<id>5</id>",
        "<main_address><city>B</city><address_1>C</address_1></main_address>",
        "<contacts><contact><last_name>D</last_name></contact></contacts>",
    )
    (first,) = read("".join(parts))
    for order in itertools.permutations(parts):
        (other,) = read("".join(order))
        assert (other.fields, other.contacts) == (first.fields, first.contacts)


def test_namespaces_do_not_matter() -> None:
    document = (
        b'<z:Customers xmlns:z="urn:z"><z:Customer><z:name>A</z:name><z:main_address><z:city>B</z:city>'
        b'</z:main_address></z:Customer><Customer xmlns="urn:other"><name>C</name></Customer></z:Customers>'
    )
    first, second = read_customers([document])
    assert first.fields == {"name": "A", "main_address.city": "B"}
    assert second.fields == {"name": "C"}


def test_comments_and_cdata_are_no_part_of_a_value_and_stay_in_the_record() -> None:
    inside = "<!-- x --><name>One<!-- and --> two<?go?></name><website><![CDATA[a&b]]></website>"
    (record,) = read(inside)
    assert record.fields == {"name": "One two", "website": "a&b"}
    assert record.xml.decode() == f"<Customer>{inside}</Customer>"


def test_unknown_elements_are_kept_and_told() -> None:
    (record,) = read(
        "<name>A</name><loyalty><points>5</points> and <level>gold</level></loyalty>"
        "<main_address><planet>Mars</planet></main_address><spare_text_1>x</spare_text_1>"
        "<contacts><contact><shoe_size>44</shoe_size></contact><person/></contacts>"
    )
    assert record.unknown == {
        "loyalty": "5 and gold",
        "main_address.planet": "Mars",
        "spare_text_1": "x",
        "contacts.shoe_size": "44",
        "contacts.person": "",
    }
    assert (record.fields, record.reasons) == ({"name": "A"}, ())


def test_all_contacts_are_kept_in_their_order() -> None:
    (record,) = read(
        "<contacts><contact><first_name>A</first_name></contact><contact/>"
        "<contact><first_name>B</first_name></contact></contacts>"
    )
    assert record.contacts == ({"first_name": "A"}, {}, {"first_name": "B"})


@pytest.mark.parametrize(
    ("contacts", "default"),
    [
        ("", -1),
        ("<contact/>", 0),
        ("<contact/><contact><is_default>true</is_default></contact>", 1),
        ("<contact><is_default>false</is_default></contact><contact/>", 0),
        (
            "<contact/><contact><is_default> True </is_default></contact>"
            "<contact><is_default>1</is_default></contact>",
            1,
        ),
    ],
)
def test_the_default_contact_is_the_one_that_says_so_or_the_first(contacts: str, default: int) -> None:
    (record,) = read(f"<contacts>{contacts}</contacts>")
    assert default_contact(record) == default


TEXT = "holds a text where elements are wanted"
ELEMENTS = "holds elements where a text is wanted"


@pytest.mark.parametrize(
    ("inside", "reasons"),
    [
        ("<name>A</name><name>B</name><name/>", (Remark("name", "is given twice"),)),
        ("<name><first>A</first></name>", (Remark("name", ELEMENTS),)),
        ("<main_address>Here</main_address>", (Remark("main_address", TEXT),)),
        ("<main_address>Here <city>A</city></main_address>", (Remark("main_address", TEXT),)),
        (
            "<currency><currency_iso_code>EUR</currency_iso_code></currency>",
            (Remark("currency.currency_iso_code", TEXT),),
        ),
        ("<contacts>Ada</contacts>", (Remark("contacts", TEXT),)),
        ("<contacts><contact>Ada</contact></contacts>", (Remark("contacts", TEXT),)),
        (
            "<contacts><contact><last_name><x/></last_name></contact></contacts>",
            (Remark("contacts.last_name", ELEMENTS),),
        ),
        (
            "Text<id>1</id><id>2</id><reference><x/></reference>",
            (Remark("", TEXT), Remark("id", "is given twice"), Remark("reference", ELEMENTS)),
        ),
    ],
)
def test_a_record_of_another_shape_has_all_its_reasons_and_the_next_is_read(
    inside: str, reasons: tuple[Remark, ...]
) -> None:
    wrong, right = read(inside, "<name>Next</name>")
    assert wrong.reasons == reasons
    assert (right.fields, right.reasons) == ({"name": "Next"}, ())


def test_a_record_that_is_too_large_is_not_taken_and_the_next_is_read() -> None:
    wrong, right = read(f"<name>{'x' * RECORD_BYTES}</name>", "<name>Next</name>")
    assert [reason.field for reason in wrong.reasons] == [""]
    assert (wrong.fields, right.fields) == ({}, {"name": "Next"})


def test_a_remark_is_told_with_its_field() -> None:
    assert str(Remark("name", "is given twice")) == "name: is given twice"
    assert str(Remark("", "has 5 bytes")) == "has 5 bytes"


def test_errors_of_a_fail_file_are_no_part_of_the_record() -> None:
    plain = "<name>A</name>"
    (record,) = read(f"{plain}<Errors><Error><Name>Validation</Name></Error></Errors>")
    assert (record,) == tuple(read(plain))


@pytest.mark.parametrize(
    "wrong",
    [
        "<Customer><balance>1000<balance/></Customer>",  # as the page has it
        "<Customer><county>Tyne & Wear</county></Customer>",  # as one of Zynk's samples has it
        "<customer><name>A</name></customer>",
        "<Customer><name>A</name></Customer><Supplier/>",
    ],
)
def test_a_document_that_breaks_gives_the_records_before_and_says_where(wrong: str) -> None:
    document = f"{ROOT}\n<Customer><name>First</name></Customer>\n{wrong}\n</Customers>"
    records = read_customers([document.encode()])
    assert next(records).fields == {"name": "First"}
    with pytest.raises(ZynkFormatError, match=r"line \d+"):
        list(records)


@given(st.integers(0, len(FULL.encode())), st.integers(0, 40), st.binary(max_size=8), st.integers(1, 5000))
def test_a_damaged_document_is_read_or_refused_whatever_the_chunks(
    start: int, length: int, put: bytes, size: int
) -> None:
    whole = FULL.encode()
    whole = whole[:start] + put + whole[start + length :]
    found: list[list[CustomerRecord | str]] = []
    for chunk_size in (size, len(whole)):
        found.append([])
        try:
            for record in read_customers(
                whole[at : at + chunk_size] for at in range(0, len(whole), chunk_size)
            ):
                found[-1].append(record)
        except ZynkFormatError as error:
            found[-1].append(str(error))
    assert found[0] == found[1] != []


def test_a_record_knows_its_line_past_what_sixteen_bits_hold() -> None:
    chunks = [f"{ROOT}\n".encode(), b"\n" * 70_000, b"<Customer/></Customers>"]
    assert [record.line for record in read_customers(chunks)] == [70_002]


def test_a_hundred_thousand_records_are_read_at_flat_memory() -> None:
    record = b"  <Customer><name>Bayside</name><main_address><city>Dublin</city></main_address></Customer>\n"

    def chunks() -> Iterator[bytes]:
        yield ROOT.encode()
        for _ in range(1000):
            yield record * 100
        yield b"</Customers>"

    sizes = []
    count = 0
    for found in read_customers(chunks()):
        count += found.fields["name"] == "Bayside"
        if count in (10_000, 100_000):
            sizes.append(Process().memory_info().rss)
    assert count == 100_000
    assert (
        sizes[1] - sizes[0] < 90_000 * len(record) / 4
    )  # bytes; a tree that is kept takes several times the text
