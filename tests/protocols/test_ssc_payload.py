from __future__ import annotations

import io
import itertools
from collections.abc import Iterator

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc import (
    ErrorContext,
    ErrorOutput,
    ErrorThreshold,
    Header,
    Record,
    SscFormatError,
    context,
    field,
    inspect,
    records,
    section,
    write_payload,
)
from customary.protocols.ssc_payload import MOST_NAMES
from tests.support import ssc

MEGABYTE = 1024 * 1024


def header(document: str) -> Header:
    return inspect(io.BytesIO(document.encode()))


def with_payload(before: str = "", inside: str = "", after: str = "") -> str:
    return f"<SSC>{before}<Payload>{inside}</Payload>{after}</SSC>"


# SOURCE: facts, section 2, documented: the structure; section 9, client code: a real sender's elements.
SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<SSC>
  <ErrorContext>
    <CompatibilityMode>1</CompatibilityMode><ErrorOutput>2</ErrorOutput><ErrorThreshold>1</ErrorThreshold>
  </ErrorContext>
  <User><Name>AB1</Name></User>
  <SunSystemsContext><BusinessUnit>DE1</BusinessUnit><BudgetCode>A</BudgetCode></SunSystemsContext>
  <MethodContext><LedgerPostingParameters><PostingType>0</PostingType></LedgerPostingParameters></MethodContext>
  <Payload>
    <Customer>
      <CustomerCode>70001</CustomerCode><Name>Café &amp; Söhne</Name>
      <Description></Description><Comment> </Comment>
      <Accounts><LookupCode>CAFE</LookupCode><Status>0</Status></Accounts>
    </Customer>
    <Customer><Status>Open</Status><ShortHeading/><CustomerCode>70002</CustomerCode></Customer>
  </Payload>
</SSC>
"""


def test_the_header_of_a_whole_payload() -> None:
    found = header(SAMPLE)
    assert found.errors == ErrorContext(
        latest=True, output=ErrorOutput.EXTENDED, threshold=ErrorThreshold.WARNING
    )
    assert (found.user, found.business_unit, found.count, found.names) == ("AB1", "DE1", 2, ("Customer",))
    assert found.section("MethodContext").all("LedgerPostingParameters")[0].value("PostingType") == "0"
    assert found.section("Nothing") == Record("Nothing")


def test_an_answer_can_retain_the_sections_of_its_payload_but_not_the_error_context() -> None:
    """SOURCE: facts, section 4, documented."""
    assert [part.name for part in header(SAMPLE).sections] == ["User", "SunSystemsContext", "MethodContext"]


def test_the_records_of_a_whole_payload() -> None:
    first, second = records(io.BytesIO(SAMPLE.encode()))
    fields = {"CustomerCode": "70001", "Name": "Café & Söhne", "Description": "", "Comment": " "}
    accounts = section("Accounts", {"LookupCode": "CAFE", "Status": "0"})
    assert first == section("Customer", fields, [accounts])
    assert second == section("Customer", {"Status": "Open", "ShortHeading": "", "CustomerCode": "70002"})


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("<User><Name>AB1</Name></User>", "AB1"),  # SOURCE: section 2, documented
        ("<User/>", ""),  # SOURCE: section 2, client code
        ("<User>AB1</User>", "AB1"),  # SOURCE: section 2, client code
        ("<User>\n <Name> A.LONGER.NAME </Name>\n</User>", "A.LONGER.NAME"),  # SOURCE: section 2, client code
        ("<User><Name/></User>", ""),
        ("", ""),
    ],
)
def test_the_user_is_read_in_every_form(user: str, name: str) -> None:
    assert header(with_payload(user)).user == name


@pytest.mark.parametrize(
    ("inside", "errors"),
    [
        ("", ErrorContext()),  # SOURCE: section 4, documented: empty means the system's defaults
        ("<CompatibilityMode>0</CompatibilityMode>", ErrorContext()),
        ("<ErrorOutput>0</ErrorOutput>", ErrorContext(output=ErrorOutput.LIMITED)),
        ("<ErrorOutput>Debug</ErrorOutput>", ErrorContext(output=ErrorOutput.DEBUG)),
        ("<ErrorOutput/><ErrorThreshold/>", ErrorContext()),
        ("<ErrorThreshold> Warning </ErrorThreshold>", ErrorContext(threshold=ErrorThreshold.WARNING)),
        ("<ErrorThreshold>77</ErrorThreshold><ErrorOutput>-1</ErrorOutput>", ErrorContext()),
    ],
)
def test_what_the_error_context_does_not_say_is_the_default(inside: str, errors: ErrorContext) -> None:
    assert header(with_payload(f"<ErrorContext>{inside}</ErrorContext>")).errors == errors


def test_the_parts_of_a_query_are_no_records_wherever_they_stand() -> None:
    """SOURCE: facts, section 6: in Payload documented for Filter and Select; OutputLimit's place is open."""
    inside = "<Filter/><Select><Customer>*</Customer></Select><Customer/>"
    document = with_payload("<OutputLimit>10</OutputLimit>", inside)
    found = header(document)
    assert [part.name for part in found.query] == ["OutputLimit", "Filter", "Select"]
    assert (found.count, found.sections) == (1, ())
    assert list(records(io.BytesIO(document.encode()))) == [Record("Customer")]


def test_records_of_other_names_are_counted_and_named() -> None:
    found = header(with_payload(inside="<Supplier/><Customer/><Supplier/>"))
    assert (found.count, found.names) == (3, ("Supplier", "Customer"))
    assert header(with_payload()).count == 0


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("<SSC><User/></SSC>", "no Payload"),
        (with_payload("<User/><User/>"), '"User" twice'),
        (
            with_payload(
                "<SunSystemsContext><BusinessUnit>A</BusinessUnit><BusinessUnit>B</BusinessUnit></SunSystemsContext>"
            ),
            "BusinessUnit twice",
        ),
        (with_payload("<OutputLimit/>", "<OutputLimit/>"), '"OutputLimit" twice'),
        (with_payload(inside="<Filter/>" * (MOST_NAMES + 1)), "sections"),
        (with_payload("".join(f"<A{n}/>" for n in range(MOST_NAMES + 1))), "sections"),
        (with_payload(inside="".join(f"<A{n}/>" for n in range(MOST_NAMES + 1))), "sections"),
        (with_payload(inside="<A/>", after="<B>"), "end-tag"),
    ],
)
def test_what_no_answer_could_be_given_to_is_refused_as_a_whole(document: str, told: str) -> None:
    with pytest.raises(SscFormatError, match=told):
        header(document)


@ssc.law
@given(
    st.builds(
        ErrorContext,
        latest=st.booleans(),
        output=st.sampled_from(ErrorOutput),
        threshold=st.sampled_from(ErrorThreshold),
    ),
    st.sampled_from(["", "AB1"]),
    st.sampled_from(["", "DE1"]),
    st.lists(ssc.records, max_size=3),
)
def test_a_payload_is_read_as_it_was_written(
    errors: ErrorContext, user: str, unit: str, written: list[Record]
) -> None:
    document = "".join(write_payload(context(user, unit, errors), written)).encode()
    found = inspect(io.BytesIO(document))
    assert (found.errors, found.user, found.business_unit) == (errors, user, unit)
    assert found.count == len(written)
    assert list(records(io.BytesIO(document))) == written


def test_a_payload_begins_with_a_declaration_and_says_of_errors_only_what_is_wanted() -> None:
    """SOURCE: facts, section 2, documented."""
    customer = section("Customer", {"CustomerCode": "1"})
    written = "".join(write_payload(context("", "D1"), [customer]))
    assert written == (
        '<?xml version="1.0" encoding="UTF-8"?><SSC><User/><SunSystemsContext><BusinessUnit>D1</BusinessUnit>'
        "</SunSystemsContext><Payload><Customer><CustomerCode>1</CustomerCode></Customer></Payload></SSC>"
    )


class Made(io.RawIOBase):
    """A payload that is made while it is read."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        while len(self._rest) < size and (more := "".join(itertools.islice(self._pieces, 200))):
            self._rest += more.encode()
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk


def test_a_payload_of_a_hundred_thousand_records_takes_the_memory_of_a_few() -> None:
    count = 100_000
    made = (section("Customer", {"CustomerCode": str(n), "Name": "Café & Söhne"}) for n in range(count))
    read = records(Made(write_payload(context("AB1", "DE1"), made)))
    next(read)
    process = psutil.Process()
    before = process.memory_info().rss
    most = before
    last = field("", "")
    for number, record in enumerate(read, 2):
        last = record
        if number % 5_000 == 0:
            most = max(most, process.memory_info().rss)
    assert last.value("CustomerCode") == str(count - 1)
    assert most - before < 8 * MEGABYTE
