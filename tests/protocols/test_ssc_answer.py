from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from customary.protocols.ssc import (
    Answer,
    Answered,
    ErrorContext,
    ErrorOutput,
    ErrorThreshold,
    Level,
    Message,
    Record,
    answered,
    context,
    field,
    inspect_answer,
    section,
    write_answer,
    write_old_answer,
)
from customary.protocols.ssc import records as payload_records
from tests.protocols.test_ssc_message import messages
from tests.support import ssc

ALL = ErrorContext(output=ErrorOutput.DEBUG, threshold=ErrorThreshold.INFORMATION)
ERRORS = ErrorContext(output=ErrorOutput.LIMITED)

REFUSED = Message(text="The tax entry is missing.", item="Customer.Tax.SequenceNumber", value="2")
TAXED = section(
    "Customer",
    {"CustomerCode": "1", "Name": "x"},
    [section("Tax", {"SequenceNumber": "1"}), section("Tax", {"SequenceNumber": "2"})],
)


def written(answers: Iterable[Answer], errors: ErrorContext = ERRORS) -> str:
    return "".join(write_answer((), answers, errors))


def written_old(answers: Iterable[Answer], errors: ErrorContext = ERRORS) -> str:
    return "".join(write_old_answer((), answers, errors, io.BytesIO()))


def read(document: str) -> list[Answered]:
    content = document.encode()
    return list(answered(io.BytesIO(content), inspect_answer(io.BytesIO(content))))


said = st.lists(messages, max_size=3).map(tuple)
no_errors = said.filter(lambda told: all(message.level is not Level.ERROR for message in told))
records = ssc.branches(ssc.records)
answers = st.lists(
    st.builds(Answer, record=records, failed=st.just(True), messages=said)
    | st.builds(Answer, record=records, failed=st.just(False), messages=no_errors),
    max_size=3,
)


def plain(record: Record) -> Record:
    """A record without the attributes that an answer puts in."""
    attributes = tuple(pair for pair in record.attributes if pair[0] not in ("status", "Reference"))
    return Record(record.name, record.text, attributes, tuple(plain(child) for child in record.children))


@ssc.law
@given(answers)
def test_an_answer_is_read_as_it_was_written(given_answers: list[Answer]) -> None:
    found = read(written(given_answers, ALL))
    assert [one.record for one in found] == [plain(answer.record) for answer in given_answers]
    assert [one.failed for one in found] == [answer.failed for answer in given_answers]
    expected = ["fail" if answer.failed else "success" for answer in given_answers]
    assert [one.status for one in found] == expected
    assert [one.messages for one in found] == [answer.messages for answer in given_answers]


@ssc.law
@given(answers)
def test_an_answer_of_the_old_format_is_read_as_it_was_written(given_answers: list[Answer]) -> None:
    found = read(written_old(given_answers, ALL))
    assert [one.record for one in found] == [plain(answer.record) for answer in given_answers]
    assert [one.failed for one in found] == [answer.failed for answer in given_answers]

    def told(texts: Iterable[Message]) -> list[tuple[Level, str]]:
        return sorted((message.level, message.text) for message in texts)

    assert [told(one.messages) for one in found] == [told(answer.messages) for answer in given_answers]


def test_success_has_the_sections_the_status_and_the_keys() -> None:
    """SOURCE: facts, section 4, documented."""
    answer = Answer(record=section("Customer", {"CustomerCode": "1"}))
    assert "".join(write_answer(context("AB1", "DE1"), [answer], ERRORS)) == (
        "<SSC><User><Name>AB1</Name></User><SunSystemsContext><BusinessUnit>DE1</BusinessUnit>"
        '</SunSystemsContext><Payload><Customer status="success"><CustomerCode>1</CustomerCode></Customer>'
        "</Payload></SSC>"
    )


def test_failure_has_its_messages_as_the_last_child_and_a_reference_at_the_element() -> None:
    """SOURCE: facts, section 4, documented: where messages stand, what Reference points to."""
    messages = (Message(text="Not now."), REFUSED)
    answer = Answer(record=TAXED, failed=True, messages=messages)
    assert written([answer]) == (
        '<SSC><Payload><Customer status="fail" Reference="1"><CustomerCode>1</CustomerCode><Name>x</Name>'
        "<Tax><SequenceNumber>1</SequenceNumber></Tax>"
        '<Tax><SequenceNumber Reference="2">2</SequenceNumber></Tax><Messages>'
        '<Message Level="error" Reference="1"><UserText>Not now.</UserText></Message>'
        '<Message Level="error" Reference="2"><UserText>The tax entry is missing.</UserText></Message>'
        "</Messages></Customer></Payload></SSC>"
    )


def test_the_old_format_marks_sections_and_fields_and_has_its_messages_at_the_end() -> None:
    """SOURCE: facts, section 4, documented."""
    second = Message(text="Nor is there\na date.", item="Customer.Tax.SequenceNumber", value="2")
    answer = Answer(record=TAXED, failed=True, messages=(REFUSED, second))
    assert written_old([answer]) == (
        '<SSC><Payload><Customer status="fail"><CustomerCode>1</CustomerCode><Name>x</Name>'
        "<Tax><SequenceNumber>1</SequenceNumber></Tax>"
        '<Tax status="fail"><SequenceNumber Reference="1" status="fail">2</SequenceNumber></Tax>'
        "</Customer></Payload><ErrorMessages>"
        "<Message><PayloadRef>1</PayloadRef><UserText>The tax entry is missing.</UserText></Message>"
        "<Message><PayloadRef>1</PayloadRef><UserText>Nor is there\na date.</UserText></Message>"
        "</ErrorMessages></SSC>"
    )


def test_a_record_with_very_many_messages_is_marked_in_one_go() -> None:
    """Each of 40,000 messages about an element of its own; one search for each took minutes."""
    count = 40_000
    taxes = [section("Tax", {"SequenceNumber": str(number)}) for number in range(count)]
    told = tuple(
        Message(text="No.", item="Customer.Tax.SequenceNumber", value=str(number)) for number in range(count)
    )
    answer = Answer(record=section("Customer", {}, taxes), failed=True, messages=told)
    text = written([answer])
    assert f'<SequenceNumber Reference="{count}">{count - 1}</SequenceNumber>' in text
    assert text.count("<SequenceNumber Reference=") == count


def test_a_warning_may_ride_on_success_and_is_told_only_when_wanted() -> None:
    """SOURCE: facts, section 4, documented."""
    warning = Message(level=Level.WARNING, text="The status stays.", item="Customer.Status", value="1")
    answer = Answer(record=section("Customer", {"CustomerCode": "1"}), messages=(warning,))
    assert "Message" not in written([answer])
    told = written([answer], ErrorContext(threshold=ErrorThreshold.WARNING))
    assert '<Customer status="success" Reference="1">' in told
    assert 'Level="warning"' in told
    (found,) = read(told)
    assert (found.failed, found.messages) == (False, (warning,))


def test_messages_are_numbered_through_the_whole_answer() -> None:
    said = (Message(text="a"), Message(text="b"))
    failing = Answer(record=field("Customer", ""), failed=True, messages=said)
    root = etree.fromstring(written([failing, failing]))
    assert root.xpath("//Message/@Reference") == ["1", "2", "3", "4"]
    assert root.xpath("//Customer/@Reference") == ["1", "3"]


def test_an_answer_is_written_as_its_records_come() -> None:
    seen: list[int] = []

    def made() -> Iterator[Answer]:
        for number in range(3):
            seen.append(number)
            yield Answer(record=field("Customer", str(number)))

    pieces = write_answer((), made(), ERRORS)
    assert next(pieces) == "<SSC><Payload>"
    assert seen == []
    assert next(pieces) == '<Customer status="success">0</Customer>'
    assert seen == [0]


def test_a_record_that_is_sent_back_loses_what_an_earlier_answer_said_of_it() -> None:
    refused = written([Answer(record=TAXED, failed=True, messages=(REFUSED,))])
    (sent_back,) = payload_records(io.BytesIO(refused.encode()))
    assert written([Answer(record=sent_back)]) == written([Answer(record=TAXED)])
