from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc import ErrorOutput, ErrorThreshold, Level, Message, Record, field, section
from customary.protocols.ssc_message import nested_message, old_message, read_message, told
from tests.support import ssc

more = st.lists(
    st.tuples(st.sampled_from(["Type", "CurrentDataItem", "Item"]), ssc.lines.filter(bool)), max_size=2
)
messages = st.builds(
    Message,
    level=st.sampled_from(Level),
    text=ssc.lines,
    component=ssc.lines,
    method=ssc.lines,
    version=ssc.lines,
    number=ssc.lines,
    cause=ssc.lines,
    item=ssc.lines,
    value=ssc.lines,
    more=more.map(tuple),
    trace=ssc.lines,
)


@ssc.law
@given(messages, st.integers(1, 10**6))
def test_a_message_of_the_current_format_is_read_as_it_was_written(message: Message, reference: int) -> None:
    written = nested_message(message, reference, ErrorOutput.DEBUG)
    assert read_message(written) == message
    assert written.attribute("Reference") == str(reference)


@ssc.law
@given(messages)
def test_the_old_format_tells_level_text_and_trace(message: Message) -> None:
    read = read_message(old_message(message, 1, ErrorOutput.DEBUG))
    assert read == Message(level=message.level, text=message.text, trace=message.trace)


MESSAGE = Message(text="No.", component="Customer", method="Create", version="20", trace="at line 1")


@pytest.mark.parametrize(
    ("output", "elements"),
    [
        (ErrorOutput.LIMITED, ["UserText"]),
        (ErrorOutput.NORMAL, ["UserText", "Application"]),
        (ErrorOutput.EXTENDED, ["UserText", "Application", "Exception"]),
        (ErrorOutput.DEBUG, ["UserText", "Application", "Exception"]),
    ],
)
def test_the_error_output_says_how_much_is_told(output: ErrorOutput, elements: list[str]) -> None:
    """SOURCE: facts, section 4, documented."""
    written = nested_message(MESSAGE, 1, output)
    assert [child.name for child in written.children] == elements
    assert nested_message(Message(text="No."), 1, output).children == (field("UserText", "No."),)


def test_the_old_format_is_as_it_was_seen() -> None:
    """SOURCE: facts, section 4, documented."""
    assert old_message(MESSAGE, 7, ErrorOutput.NORMAL) == section(
        "Message", {"PayloadRef": "7", "UserText": "No."}
    )


@pytest.mark.parametrize(
    ("threshold", "levels"),
    [
        (ErrorThreshold.ERROR, [Level.ERROR]),  # SOURCE: facts, section 4, documented
        (ErrorThreshold.WARNING, [Level.WARNING, Level.ERROR]),  # SOURCE: facts, section 4, documented
        (ErrorThreshold.INFORMATION, [Level.INFORMATION, Level.WARNING, Level.ERROR]),
    ],
)
def test_the_threshold_says_which_messages_are_told(threshold: ErrorThreshold, levels: list[Level]) -> None:
    of_every_level = [Message(level=level, text="x") for level in Level]
    assert [message.level for message in told(of_every_level, threshold)] == levels


def test_a_message_with_its_cause_inside_is_read_as_a_tree() -> None:
    """SOURCE: facts, section 4, client code."""
    application = section(
        "Application",
        {
            "Component": "PurchaseOrder",
            "MessageNumber": "2527",
            "Message": "  The   currency\n does not exist ",
            "DataItem": "PurchaseOrder.PurchaseOrderLine.CurrencyCode",
            "Value": "XX1",
            "CurrentDataItem": "CurrencyCode",
            "Type": "A",
            "Item": "3",
        },
    )
    text = field("UserText", "Abort() was  called.  ")
    message = read_message(Record("Message", "", (("Level", "Error"),), (text, application)))
    assert message.said == "The currency does not exist"
    assert (message.text, message.number, message.value) == ("Abort() was called.", "2527", "XX1")
    assert message.item == "PurchaseOrder.PurchaseOrderLine.CurrencyCode"
    assert message.more == (("CurrentDataItem", "CurrencyCode"), ("Type", "A"), ("Item", "3"))


@pytest.mark.parametrize(
    ("text", "cause", "said"),
    [("Text.", "Cause.", "Text."), ("", "Cause.", "Cause."), ("Abort()", "", "Abort()"), ("", "", "")],
)
def test_what_to_show_is_the_user_text_unless_it_says_nothing(text: str, cause: str, said: str) -> None:
    assert Message(text=text, cause=cause).said == said


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("error", Level.ERROR),
        ("Warning", Level.WARNING),
        (" INFORMATION ", Level.INFORMATION),
        ("fatal", Level.ERROR),
        ("", Level.WARNING),
    ],
)
def test_levels_are_read_in_any_case_and_an_unknown_one_is_an_error(said: str, level: Level) -> None:
    message = Record("Message", "", (("Level", said),))
    assert read_message(message, Level.WARNING).level is level


def test_what_xml_cannot_hold_is_replaced_in_a_message() -> None:
    written = nested_message(Message(text="a\x0bb", value="\x01"), 1, ErrorOutput.NORMAL)
    assert "a�b" in written.to_xml()
