from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from customary.protocols.zynk_stream import ZynkFormatError
from customary.protocols.zynk_truth import (
    COLUMNS,
    LONGEST_ID,
    TruthRecord,
    TruthTrouble,
    read_truth_csv,
    read_truth_xml,
    write_truth_csv,
    write_truth_xml,
)
from tests.protocols.test_enet_xml import xml_text

identifier = xml_text().filter(lambda text: bool(text.strip()))
moment = st.none() | st.datetimes(timezones=st.just(UTC))
any_record = st.builds(
    TruthRecord,
    type=identifier,
    internal_id=identifier,
    external_id=identifier,
    id=xml_text(),
    profile=xml_text(),
    hash=st.just("") | st.integers(-(2**31), 2**31 - 1).map(str),
    created=moment,
    modified=moment,
)


def placeless(found: Iterable[TruthRecord | TruthTrouble]) -> list[TruthRecord | TruthTrouble]:
    """What was read, without the lines that it stood on."""
    return [replace(each, line=0) for each in found]


@given(st.lists(any_record, max_size=4), st.integers(1, 200))
def test_xml_is_read_as_it_was_written_whatever_the_chunks(records: list[TruthRecord], size: int) -> None:
    whole = b"".join(write_truth_xml(records))
    chunks: Iterator[bytes] = (whole[start : start + size] for start in range(0, len(whole), size))
    assert placeless(read_truth_xml(chunks)) == records


@given(st.lists(any_record, max_size=4))
def test_csv_is_read_as_it_was_written(records: list[TruthRecord]) -> None:
    assert placeless(read_truth_csv(write_truth_csv(records))) == records


CUSTOMER = TruthRecord(type="Customer", internal_id="0000000156", external_id="5230")


def test_xml_is_as_zynk_documents_it() -> None:
    # SOURCE: facts/sage200.md, section 6: <TruthRecord Type="…" InternalId="…" ExternalId="…" />
    assert b"".join(write_truth_xml([CUSTOMER])).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<TruthRecords>\n'
        '  <TruthRecord Type="Customer" InternalId="0000000156" ExternalId="5230" />\n</TruthRecords>\n'
    )


def test_csv_has_the_columns_of_the_table() -> None:
    header, line = write_truth_csv([CUSTOMER])
    assert header == "Id,Profile,Type,InternalId,ExternalId,Hash,Created,Modified\r\n"
    assert line == ",,Customer,0000000156,5230,,,\r\n"
    assert header.strip().split(",") == list(COLUMNS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_of_other_programs_is_read(delimiter: str) -> None:
    header = delimiter.join(["\ufeffexternalid", "Purge", "TYPE", " InternalId ", "Collection", "Created"])
    row = delimiter.join(["5230", "0", "Customer", "0000000156", "", "2024-01-02T03:04:05.6"])
    (found,) = read_truth_csv([f"{header}\r\n", "\r\n", f"{row}\r\n"])
    assert isinstance(found, TruthRecord)
    assert (found.internal_id, found.external_id, found.type) == ("0000000156", "5230", "Customer")
    assert found.created == datetime(2024, 1, 2, 3, 4, 5, 600_000, UTC)


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        (",A,1,", ("Type is empty",)),
        ("T,,,", ("InternalId is empty", "ExternalId is empty")),
        ("T, ,1,", ("InternalId is empty",)),
        ("T,A,1,x", ("Hash is not a whole number",)),
        ("T,A,1,--5", ("Hash is not a whole number",)),
        (
            f"T,A,{'x' * (LONGEST_ID + 1)},",
            (f"ExternalId has 4001 characters; at most {LONGEST_ID} are kept",),
        ),
        ("T,A,1,5,6", ("has 5 columns; the header has 4",)),
        ("T", ("InternalId is empty", "ExternalId is empty")),
    ],
)
def test_a_row_that_is_wrong_has_all_its_reasons_and_the_next_is_read(
    row: str, reasons: tuple[str, ...]
) -> None:
    lines = ["Type,InternalId,ExternalId,Hash\n", "T,A,1,5\n", f"{row}\n", "T,B,2,\n"]
    first, wrong, last = read_truth_csv(lines)
    assert wrong == TruthTrouble(3, reasons)
    assert [type(found) for found in (first, last)] == [TruthRecord, TruthRecord]


def test_an_external_id_may_be_as_long_as_the_table_takes() -> None:
    (found,) = read_truth_csv(["Type,InternalId,ExternalId\n", f"T,A,{'x' * LONGEST_ID}\n"])
    assert isinstance(found, TruthRecord)


def test_a_date_that_is_none_is_a_reason() -> None:
    (wrong,) = read_truth_csv(["Type,InternalId,ExternalId,Created\n", "T,A,1,yesterday\n"])
    assert isinstance(wrong, TruthTrouble)
    assert wrong.reasons[0].startswith("Created: 'yesterday'")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "no column Type, InternalId, ExternalId"),
        (["Type,InternalId\n"], "no column ExternalId"),
        (["Type,InternalId,ExternalId\n", "T,A,1\n", 'T,"A"x,1\n'], "line 3: .*quotes"),
        (["Type,InternalId,ExternalId\n", 'T,"A,1\n'], "line 2: .*quotes"),
    ],
)
def test_a_file_that_is_no_truth_table_is_refused_with_its_line(lines: list[str], told: str) -> None:
    with pytest.raises(ZynkFormatError, match=told):
        list(read_truth_csv(lines))


def test_each_record_tells_the_line_that_it_begins_on() -> None:
    lines = ["Type,InternalId,ExternalId\n", 'T,A,"1\n', '2"\n', "\n", "T,B,3\n", "T,,4\n"]
    assert [found.line for found in read_truth_csv(lines)] == [2, 5, 6]
    first = b'<TruthRecord Type="T"\n InternalId="A" ExternalId="1"/>'
    xml = b"<TruthRecords>\n" + first + b"\n\n<TruthRecord/></TruthRecords>"
    assert [found.line for found in read_truth_xml([xml])] == [3, 5]


def test_xml_of_another_kind_is_refused() -> None:
    with pytest.raises(ZynkFormatError, match="right file"):
        list(read_truth_xml([b"<Customers/>"]))


def test_a_record_of_xml_without_an_id_matches_nothing() -> None:
    (wrong,) = read_truth_xml([b'<TruthRecords><TruthRecord Type="T" InternalId="A" /></TruthRecords>'])
    assert wrong == TruthTrouble(1, ("ExternalId is empty",))


def test_a_character_that_xml_forbids_is_refused() -> None:
    record = TruthRecord(type="T", internal_id="A", external_id="\x01")
    with pytest.raises(ZynkFormatError, match=r"ExternalId .*U\+0001"):
        list(write_truth_xml([record]))
