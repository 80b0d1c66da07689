"""The forms in which SunSystems says no, as they are documented, from a real HTTP server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sunsystems.connector import SunsystemsSource
from customary.connectors.sunsystems.faults import error_of_status, one_line
from customary.errors import NotPermitted, Rejected, Unreachable
from customary.protocols.ssc_soap import CONTENT_TYPE, write_response
from customary.sandboxes.server import LoopbackServer, Reply, Request
from tests.connectors.sunsystems.rig import config, create, outcomes, texts

# SOURCE: facts/sunsystems.md 4, failure in the current format [documented], as a Customer
NESTED = """<SSC><ErrorContext><CompatibilityMode>0</CompatibilityMode><ErrorOutput>0</ErrorOutput>
<ErrorThreshold>1</ErrorThreshold></ErrorContext><Payload>
<Customer status="success"><CustomerCode>A</CustomerCode>
</Customer><Customer status="fail"><CustomerCode>B</CustomerCode><LookupCode>t1001n</LookupCode>
<Messages><Message Level="error" Reference="1">
<UserText>2nd Base Currency must be posted. See Business Setup. </UserText>
</Message></Messages></Customer></Payload></SSC>"""
# SOURCE: facts/sunsystems.md 4, the old format [documented], as a Customer
OLD = """<SSC><Payload><Customer status="success"><CustomerCode>A</CustomerCode></Customer>
<Customer status="fail"><CustomerCode>B</CustomerCode><Accounts status="fail"><AccountCode>2</AccountCode>
<AccountType status="fail" Reference="1"></AccountType></Accounts></Customer></Payload>
<ErrorMessages><Message><PayloadRef>1</PayloadRef>
<UserText><![CDATA[The Cost Type Code must be present in payload.]]></UserText>
<Exception><![CDATA[at x]]></Exception></Message></ErrorMessages></SSC>"""
# SOURCE: facts/sunsystems.md 4, a SASI error with Application [client code]
SASI = """<SSC><Payload><Customer status="success"><CustomerCode>A</CustomerCode></Customer>
<Customer status="fail"><CustomerCode>B</CustomerCode><Messages>
<Message Level="error" Reference="1"><UserText>Abort()    called </UserText>
<Application><Component>Customer</Component><Method>Create</Method><Version>20</Version>
<MessageNumber>2527</MessageNumber>
<Message>The currency   is not known</Message>
<DataItem>Customer.DefaultCurrencyCode</DataItem><Value>XXX</Value>
</Application></Message></Messages></Customer></Payload></SSC>"""
# SOURCE: facts/sunsystems.md 4, a warning rides on success [documented]
WARNED = """<SSC><Payload><Customer status="success" Reference="1"><CustomerCode>A</CustomerCode><Messages>
<Message Level="warning" Reference="1"><UserText>Check it</UserText></Message></Messages></Customer>
<Customer status="fail"><CustomerCode>B</CustomerCode></Customer></Payload></SSC>"""
# SOURCE: facts/sunsystems.md 5, a format error as a text [documented]
FORMAT = """com.systemsunion.SSTS.exec.MethodExecutionException  The following error occurred -
 'org.xml.sax.SAXParseException: The element type "AccountCode" must be terminated by the matching end-tag'"""
# SOURCE: facts/sunsystems.md 1, the voucher as the text of the Response element [client code]
BARE = b"<SecurityProviderAuthenticateResponse>V-1</SecurityProviderAuthenticateResponse>"


@contextmanager
def answering(*answers: str) -> Iterator[SunsystemsSource]:
    """A source whose calls of Execute are answered with these texts, the last of them over and over."""
    left = list(answers)

    def answer(request: Request) -> Reply:
        if request.path.endswith("SecurityProvider"):
            return Reply(body=BARE, content_type=CONTENT_TYPE)
        text = left.pop(0) if len(left) > 1 else left[0]
        body = b"".join(write_response("ComponentExecutor", "Execute", [text]))
        return Reply(body=body, content_type=CONTENT_TYPE)

    server = LoopbackServer(answer)
    server.start()
    settings = config(f"http://127.0.0.1:{server.port}")
    made = SunsystemsSource("sun", settings, ("Name",), MemoryLease("sun", 5))
    try:
        yield made
    finally:
        made.close()
        server.stop()


@pytest.mark.parametrize(
    ("answer", "text", "field"),
    [
        (NESTED, "2nd Base Currency must be posted. See Business Setup.", ""),
        (OLD, "The Cost Type Code must be present in payload.", "Accounts.AccountType"),
        (SASI, "The currency is not known", "DefaultCurrencyCode"),
        (WARNED, "refused, and no reason is given", ""),
    ],
    ids=["nested", "old", "sasi", "without words"],
)
def test_every_form_of_a_failed_record_is_understood(answer: str, text: str, field: str) -> None:
    with answering(answer) as made:
        one, other = made.write([create("A"), create("B")])
    assert (str(one.outcome), str(other.outcome)) == ("created", "failed")
    assert (other.messages[0].text, other.messages[0].field) == (text, field)


def test_a_warning_on_success_is_told() -> None:
    with answering(WARNED) as made:
        assert texts(next(made.write([create("A"), create("B")]))) == "Check it"


def test_answers_are_matched_by_key_and_without_keys_by_place() -> None:
    swapped = (
        '<SSC><Payload><Customer status="fail"><CustomerCode>b </CustomerCode></Customer>'
        '<Customer status="success"><CustomerCode>a</CustomerCode></Customer></Payload></SSC>'
    )
    with answering(swapped) as made:
        assert outcomes(list(made.write([create("A"), create("B")]))) == ["created", "failed"]
    bare = '<SSC><Payload><Customer status="success"/><Customer status="fail"/></Payload></SSC>'
    with answering(bare) as made:
        assert outcomes(list(made.write([create("A"), create("B")]))) == ["created", "failed"]


@pytest.mark.parametrize(
    "answer",
    [
        "<SSC><Payload/></SSC>",
        '<SSC><Payload><Customer status="success"><CustomerCode>X</CustomerCode></Customer></Payload></SSC>',
        "<SSC><Payload><Customer><CustomerCode>A</CustomerCode></Customer></Payload></SSC>",
        "<html><body>Please log in</body></html>",
        "",
    ],
    ids=["no record", "another record", "no status", "a web page", "nothing"],
)
def test_an_answer_that_does_not_say_what_became_of_it_is_in_doubt(answer: str) -> None:
    with answering(answer) as made:
        assert outcomes(list(made.write([create("A")]))) == ["unknown"]


def test_a_text_instead_of_an_answer_is_a_refusal_as_a_whole() -> None:
    nothing = "<SSC><Payload/></SSC>"
    with answering(FORMAT, nothing, FORMAT) as made:
        (one,) = made.write([create("A")])
    assert str(one.outcome) == "failed"
    assert "must be terminated by the matching end-tag" in texts(one)


def test_errors_about_no_record_are_a_refusal_as_a_whole() -> None:
    said = "<Message><UserText>Licence expired</UserText></Message>"
    general = f"<SSC><Payload/><ErrorMessages>{said}</ErrorMessages></SSC>"
    with answering(general, "<SSC><Payload/></SSC>") as made:
        (one,) = made.write([create("A")])
    assert (str(one.outcome), texts(one)) == ("failed", "Licence expired")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotPermitted),
        (403, NotPermitted),
        (404, Unreachable),
        (302, Unreachable),
        (429, Unreachable),
        (400, Rejected),
        (413, Rejected),
        (200, type(None)),
        (500, type(None)),
    ],
)
def test_what_a_status_without_soap_means(status: int, kind: type) -> None:
    assert type(error_of_status("sun", status, "Execute")) is kind


def test_what_is_quoted_is_one_short_line_without_secrets() -> None:
    assert one_line("a\n  secret b", ["secret", ""]) == "a *** b"
    assert len(one_line("x" * 1000)) == 301
