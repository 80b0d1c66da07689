"""Every form of answer that is known, with the source of each; the values are our own."""

from __future__ import annotations

import io

import pytest

from customary.protocols.ssc import (
    Answered,
    AnswerHeader,
    Level,
    Message,
    SscFormatError,
    answered,
    field,
    inspect_answer,
    plain_text,
    section,
)
from customary.protocols.ssc_answer_read import MOST_KEPT
from customary.protocols.ssc_tree import MOST_BYTES


def header(document: str) -> AnswerHeader:
    return inspect_answer(io.BytesIO(document.encode()))


def read(document: str) -> list[Answered]:
    return list(answered(io.BytesIO(document.encode()), header(document)))


def test_success_shows_the_keys() -> None:
    """SOURCE: facts, section 4, documented."""
    (found,) = read(
        "<SSC><User><Name>AB1</Name></User><SunSystemsContext><BusinessUnit>DE1</BusinessUnit>"
        '</SunSystemsContext>\n<Payload><Accounts status="success"><AccountCode>7001</AccountCode></Accounts>'
        "</Payload></SSC>"
    )
    assert found.record == section("Accounts", {"AccountCode": "7001"})
    assert (found.status, found.failed, found.messages) == ("success", False, ())


def test_failure_in_the_current_format_with_the_error_context_kept() -> None:
    """SOURCE: facts, section 4, documented: the sample keeps ErrorContext, though the text says otherwise."""
    (found,) = read(
        "<SSC><ErrorContext><CompatibilityMode>0</CompatibilityMode></ErrorContext><Payload>"
        '<Accounts status="fail"><AccountCode>70001</AccountCode><LookupCode>CAFE</LookupCode>'
        '<Messages><Message Level="error" Reference="1"><UserText>A second  currency is missing. </UserText>'
        "<Application><Component>Accounts</Component><Method>Create</Method><Version>20</Version></Application>"
        "</Message></Messages></Accounts></Payload></SSC>"
    )
    assert found.record == section("Accounts", {"AccountCode": "70001", "LookupCode": "CAFE"})
    assert found.failed
    assert found.messages == (
        Message(text="A second currency is missing.", component="Accounts", method="Create", version="20"),
    )


def test_a_warning_is_no_failure() -> None:
    """SOURCE: facts, section 4, documented; section 13: a pain of real clients."""
    (found,) = read(
        '<SSC><Payload><Customer status="success" Reference="1"><CustomerCode>1</CustomerCode><Messages>'
        '<Message Level="warning" Reference="1"><UserText>No rate.</UserText></Message></Messages></Customer>'
        "</Payload></SSC>"
    )
    assert (found.failed, [message.level for message in found.messages]) == (False, [Level.WARNING])


def test_a_reference_tells_which_element_is_at_fault() -> None:
    """SOURCE: facts, section 4, documented."""
    (found,) = read(
        '<SSC><Payload><Customer status="fail"><CustomerCode>1</CustomerCode>'
        '<Tax><SequenceNumber Reference="2">x</SequenceNumber></Tax><Messages>'
        '<Message Level="error" Reference="1"><UserText>a</UserText></Message>'
        '<Message Level="error" Reference="2"><UserText>b</UserText></Message></Messages></Customer>'
        "</Payload></SSC>"
    )
    assert [(message.item, message.value) for message in found.messages] == [
        ("", ""),
        ("Customer.Tax.SequenceNumber", "x"),
    ]


def test_the_old_format_ties_its_messages_by_reference() -> None:
    """SOURCE: facts, section 4, documented."""
    document = (
        '<SSC><Payload><Item status="fail"><ItemCode>I1</ItemCode><Costs status="fail">'
        '<CostAnalysisId>2</CostAnalysisId><CostTypeCode status="fail" Reference="1"></CostTypeCode></Costs>'
        '</Item><Item status="success"><ItemCode>I2</ItemCode></Item>'
        '<Item status="success" Reference="2"><ItemCode>I3</ItemCode></Item></Payload><ErrorMessages>'
        "<Message><PayloadRef>1</PayloadRef><UserText><![CDATA[A cost type is needed.]]></UserText>"
        "<Exception><![CDATA[java.lang.Exception: x\n\tat y]]></Exception></Message>"
        "<Message><PayloadRef>2</PayloadRef><UserText>Check it.</UserText></Message>"
        "<Message><UserText>The server was busy.</UserText></Message>"
        "</ErrorMessages></SSC>"
    )
    failed, fine, warned = read(document)
    trace = "java.lang.Exception: x\n\tat y"
    assert failed.messages == (
        Message(text="A cost type is needed.", item="Item.Costs.CostTypeCode", trace=trace),
    )
    costs = section("Costs", {"CostAnalysisId": "2", "CostTypeCode": ""})
    assert (failed.failed, failed.record) == (True, section("Item", {"ItemCode": "I1"}, [costs]))
    assert (fine.failed, fine.messages) == (False, ())
    assert (warned.failed, warned.messages) == (False, (Message(level=Level.WARNING, text="Check it."),))
    assert header(document).messages == (Message(text="The server was busy."),)
    assert header(document).count == 3


def test_an_answer_in_the_old_format_may_be_of_any_size_and_not_all_its_messages_are_kept() -> None:
    """SOURCE: facts, section 4, documented: all messages stand at the end of SSC."""
    count = MOST_KEPT + 1000
    records = "".join([f'<C status="fail" Reference="{n}"/>' for n in range(count)])
    told = "".join(
        [
            f"<Message><PayloadRef>{n}</PayloadRef><UserText>{n} {'x' * 200}</UserText></Message>"
            for n in range(count)
        ]
    )
    document = f"<SSC><Payload>{records}</Payload><ErrorMessages>{told}</ErrorMessages></SSC>"
    assert len(document) > MOST_BYTES
    found = header(document)
    assert (found.count, len(found.referred), found.messages) == (count, MOST_KEPT, ())
    assert found.left_out == 1000
    fared = read(document)
    assert [one.failed for one in fared] == [True] * count
    assert fared[7].messages[0].text == f"7 {'x' * 200}"


def test_the_cause_inside_an_application_is_found() -> None:
    """SOURCE: facts, section 4, client code."""
    (found,) = read(
        '<SSC><Payload><PurchaseOrder status="fail"><Messages><Message Level="error" Reference="1">'
        "<UserText>Abort() has been called</UserText><Application><Component>PurchaseOrder</Component>"
        "<MessageNumber>2527</MessageNumber><Message>The   currency is unknown</Message>"
        "<DataItem>PurchaseOrder.PurchaseOrderLine.CurrencyCode</DataItem><Value>XX1</Value>"
        "</Application></Message></Messages></PurchaseOrder></Payload></SSC>"
    )
    (message,) = found.messages
    assert (message.said, message.number) == ("The currency is unknown", "2527")
    assert (message.item, message.value) == ("PurchaseOrder.PurchaseOrderLine.CurrencyCode", "XX1")


def test_one_success_hides_no_failure() -> None:
    """SOURCE: facts, section 13, client code: a bug to beat."""
    found = read('<SSC><Payload><A status="success"/><A status="FAIL"/><A status="success"/></Payload></SSC>')
    assert [one.failed for one in found] == [False, True, False]


@pytest.mark.parametrize(
    ("level", "failed"), [("error", True), ("warning", False), ("", True), (None, False)]
)
def test_without_a_status_the_messages_tell(level: str | None, failed: bool) -> None:
    message = "" if level is None else f"<Messages><Message Level='{level}'/></Messages>"
    (found,) = read(f"<SSC><Payload><Customer>{message}</Customer></Payload></SSC>")
    assert (found.status, found.failed) == ("", failed)


@pytest.mark.parametrize(
    "document",
    [
        "<SSC><Messages><Message Level='error'><UserText>Busy.</UserText></Message></Messages></SSC>",
        "<SSC><Payload><Messages><Message><UserText>Busy.</UserText></Message></Messages></Payload></SSC>",
        "<SSC><ErrorMessages><Message><UserText>Busy.</UserText></Message></ErrorMessages></SSC>",
    ],
)
def test_messages_outside_the_records_are_those_of_the_whole(document: str) -> None:
    """SOURCE: facts, section 13: errors in four places."""
    assert header(document).messages == (Message(text="Busy."),)
    assert (header(document).count, read(document)) == (0, [])


def test_a_namespace_does_not_matter() -> None:
    (found,) = read('<s:SSC xmlns:s="urn:x"><s:Payload><s:A s:status="fail"/></s:Payload></s:SSC>')
    assert (found.record, found.failed) == (section("A", {}), True)


def test_messages_of_a_child_are_the_records() -> None:
    (found,) = read(
        '<SSC><Payload><A status="fail"><B><Messages><Message Level="error"><UserText>No</UserText></Message>'
        "</Messages><C>1</C></B></A></Payload></SSC>"
    )
    assert [message.text for message in found.messages] == ["No"]
    assert found.record == section("A", {}, [section("B", {"C": "1"})])


def test_an_answer_in_plain_text_is_told_from_xml() -> None:
    """SOURCE: facts, section 5, documented: a format error is a string."""
    refusal = b"com.systemsunion.SSTS.exec.MethodExecutionException  The following\n error occurred"
    with pytest.raises(SscFormatError):
        header(refusal.decode())
    assert plain_text(refusal) == (
        "com.systemsunion.SSTS.exec.MethodExecutionException The following error occurred"
    )
    assert [plain_text(start) for start in (b"", b" \n<SSC>", b"\xef\xbb\xbf<SSC>")] == ["", "", ""]
    assert len(plain_text(b"x" * 5000)) == 2000


def test_the_record_of_an_answer_can_be_sent_again() -> None:
    (found,) = read('<SSC><Payload><A status="fail" Reference="1"><K status="fail">1</K></A></Payload></SSC>')
    assert found.record == section("A", {}, [field("K", "1")])
