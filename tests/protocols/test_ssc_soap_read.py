from __future__ import annotations

import io
import random

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc import (
    OPERATIONS,
    Call,
    CallReader,
    Fault,
    ResponseReader,
    Responses,
    SscFormatError,
    write_fault,
    write_request,
    write_response,
    write_responses,
)
from customary.protocols.ssc_envelope import MOST_ATTRIBUTES, MOST_DEPTH, MOST_MARKUP, MOST_NAMES
from customary.protocols.ssc_soap_read import MOST_RESPONSES, MOST_TEXT
from tests.support import ssc
from tests.support.values import xml_texts

MEGABYTE = 1024 * 1024
SOAP = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
WEB = 'xmlns:web="http://systemsunion.com/connect/webservices/"'


def enveloped(inside: str) -> str:
    return f"<s:Envelope {SOAP} {WEB}><s:Body>{inside}</s:Body></s:Envelope>"


def call(document: str | bytes, step: int = 0, encoding: str = "") -> tuple[Call, str]:
    content = document.encode() if isinstance(document, str) else document
    payload = io.BytesIO()
    reader = CallReader(payload, encoding)
    step = step or len(content) or 1
    for place in range(0, len(content), step):
        reader.feed(content[place : place + step])
    return reader.close(), payload.getvalue().decode()


def answer(document: str | bytes) -> tuple[Responses, str]:
    responses = io.BytesIO()
    reader = ResponseReader(responses)
    reader.feed(document.encode() if isinstance(document, str) else document)
    return reader.close(), responses.getvalue().decode()


@ssc.law
@given(st.lists(xml_texts, max_size=4), xml_texts, xml_texts, st.integers(1, 200))
def test_a_request_is_read_as_it_was_written_in_chunks_of_any_size(
    payload: list[str], voucher: str, group: str, step: int
) -> None:
    parameters = {"authentication": voucher, "group": group}
    document = b"".join(write_request("ComponentExecutor", "Execute", parameters, payload))
    found, content = call(document, step)
    names = dict.fromkeys(OPERATIONS["ComponentExecutor"]["Execute"][:-1], "")
    assert (found.element, found.operation) == ("ComponentExecutorExecuteRequest", "Execute")
    assert (found.parameters, content) == (names | parameters, "".join(payload))
    assert found.payload == len(content.encode())


@ssc.law
@given(st.lists(xml_texts, max_size=4))
def test_answers_are_read_as_they_were_written(values: list[str]) -> None:
    found, content = answer(write_responses("ComponentExecutor", "Components", values))
    assert found == Responses(
        element="ComponentExecutorComponentsResponse",
        lengths=tuple(len(value.encode()) for value in values),
    )
    assert content == "".join(values)
    one, content = answer(b"".join(write_response("ComponentExecutor", "Execute", values)))
    assert (len(one.lengths), content) == (1, "".join(values))


@ssc.law
@given(ssc.lines)
def test_a_fault_is_read_as_it_was_written(text: str) -> None:
    found, content = answer(write_fault("Server", text))
    assert (found, content) == (Responses(element="", lengths=(), fault=Fault("Server", text)), "")


INNER = (
    "<web:authentication>V1</web:authentication><web:licensing/><web:component>Customer</web:component>"
    "<web:method>Query</web:method><web:group/>"
)
ESCAPED = f"{INNER}<web:payload>&lt;SSC&gt;é&amp;lt;&lt;/SSC&gt;</web:payload>"
CDATA = f"{INNER}<web:payload>\n<![CDATA[<SSC>é&lt;</SSC>]]></web:payload>"
EXECUTE = "ComponentExecutorExecuteRequest"


@pytest.mark.parametrize(
    ("document", "element"),
    [
        (enveloped(f"<web:{EXECUTE}>{ESCAPED}</web:{EXECUTE}>"), EXECUTE),  # SOURCE: section 1, documented
        (enveloped(f"<web:{EXECUTE}>{CDATA}</web:{EXECUTE}>"), EXECUTE),  # SOURCE: section 1, documented
        (  # SOURCE: section 1, client code: a namespace without its slash
            f'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><{EXECUTE} '
            f'xmlns="x:y" xmlns:web="http://systemsunion.com/connect/webservices">{ESCAPED}</{EXECUTE}></Body></Envelope>',
            EXECUTE,
        ),
        (  # SOURCE: issue 3: no namespace
            "<Envelope><Header><web>1</web></Header><Body>"
            f"<{EXECUTE}>{ESCAPED.replace('web:', '')}</{EXECUTE}></Body></Envelope>",
            EXECUTE,
        ),
        (enveloped(f"<web:Execute>{ESCAPED}</web:Execute>"), "Execute"),
        (enveloped(ESCAPED), ""),  # the operation's element left out
        (f"<{EXECUTE} {WEB}>{ESCAPED}</{EXECUTE}>", EXECUTE),  # the envelope left out
        (f'\n<?xml version="1.0"?>{enveloped(f"<q:Execute>{ESCAPED}</q:Execute>")}', "Execute"),
    ],
)
def test_requests_of_every_form_are_read(document: str, element: str) -> None:
    found, content = call(document)
    assert found.element == element
    assert found.operation in ("Execute", "")
    assert found.parameters == {
        "authentication": "V1",
        "licensing": "",
        "component": "Customer",
        "method": "Query",
        "group": "",
    }
    assert content.strip() == "<SSC>é&lt;</SSC>"


@pytest.mark.parametrize("payload", ["", "<web:payload/>", "<web:payload></web:payload>"])
def test_a_payload_may_be_empty_or_missing(payload: str) -> None:
    """SOURCE: facts, section 1, client code."""
    found, content = call(enveloped(f"<web:Execute><web:method>Query</web:method>{payload}</web:Execute>"))
    assert (found.payload, content, found.parameters) == (0, "", {"method": "Query"})


def test_a_call_does_not_show_its_parameters() -> None:
    found, _ = call(b"".join(write_request("SecurityProvider", "Authenticate", {"password": "secret"})))
    assert repr(found) == "Call('SecurityProviderAuthenticateRequest', ['name', 'password'], payload=0)"


def test_what_http_says_of_the_encoding_overrides_the_declaration() -> None:
    """SOURCE: facts, section 13: ISO-8859-1 and UTF-8 are confused by real clients."""
    document = '<?xml version="1.0" encoding="UTF-8"?>' + enveloped("<Execute><group>é</group></Execute>")
    assert call(document.encode("latin-1"), encoding="iso-8859-1")[0].parameters == {"group": "é"}
    with pytest.raises(SscFormatError, match="not UTF-8"):
        call(document.encode("latin-1"))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("", "Premature end"),
        ("not XML, Secret", "must begin with an element"),
        ("<Envelope><Body>", "cut off"),
        (enveloped(""), "no operation"),
        ("<Envelope/>", "no operation"),
        ("<Envelope><Body/><Other><Execute/></Other></Envelope>", "no operation"),
        (enveloped("<Execute/><Execute/>"), "second operation"),
        (enveloped("<component/><Execute/>"), "second operation"),
        (enveloped("<Execute/><component/>"), "second operation"),
        (enveloped("<Execute><group/><group/></Execute>"), '"group" comes twice'),
        (enveloped("<Execute><payload><SSC/></payload></Execute>"), "put it in CDATA"),
        (enveloped("<Execute><group>Secret<SSC/></group></Execute>"), "put it in CDATA"),
        (enveloped(f"<Execute><group>{'Secret' * MOST_TEXT}</group></Execute>"), '"group" is longer'),
        (enveloped("<Execute>" + "".join(f"<p{n}/>" for n in range(33)) + "</Execute>"), "32 parameters"),
        (enveloped("<Execute>Secret & Sons</Execute>"), "&amp;"),
        ("<Envelope><Header>" + "<a>" * MOST_DEPTH, "inside one another"),
        ("<Envelope " + " ".join(f'a{n}=""' for n in range(MOST_ATTRIBUTES + 1)) + "/>", "attributes"),
        (
            enveloped("<Execute/>").replace(
                "<s:Body>", "<Header>" + "".join(f"<a{n}/>" for n in range(MOST_NAMES)) + "</Header><s:Body>"
            ),
            "different names",
        ),
        ("<Envelope><Body><x:/></Body></Envelope>", "cannot be the name"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Envelope>&b;</Envelope>', "DOCTYPE"),
        ('<!DOCTYPE html SYSTEM "http://127.0.0.1:1/x"><html/>', "DOCTYPE"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_without_quoting_it(document: str, told: str) -> None:
    with pytest.raises(SscFormatError, match=told) as refused:
        call(document)
    assert "Secret" not in str(refused.value)


def test_an_error_tells_its_line() -> None:
    with pytest.raises(SscFormatError) as refused:
        call(enveloped("<Execute>\n<group/>\n<group/></Execute>"))
    assert refused.value.line == 3


@pytest.mark.parametrize("markup", ["<Envelope a='", "<!-- ", "<Envelope><Body><Execute><group a='", "<?pi "])
def test_a_tag_or_comment_that_never_ends_is_refused(markup: str) -> None:
    with pytest.raises(SscFormatError, match="longer than"):
        call(markup + "x" * 2 * MOST_MARKUP, step=10_000)


@pytest.mark.parametrize("wrapped", ["<![CDATA[%s]]>", "%s"])
def test_a_payload_of_any_size_streams_into_its_file(wrapped: str) -> None:
    """SOURCE: design, section 8: inside SOAP the payload is one text node."""
    record = "<Customer><Name>é</Name></Customer>"
    piece = (record if "CDATA" in wrapped else record.replace("<", "&lt;")).encode() * 2000
    before, after = enveloped(f"<Execute><payload>{wrapped}</payload></Execute>").split("%s")

    class Counted(io.BytesIO):
        written = 0

        def write(self, text: object, /) -> int:
            assert isinstance(text, bytes)
            self.written += len(text)
            return len(text)

    file = Counted()
    reader = CallReader(file)
    reader.feed(before.encode())
    process = psutil.Process()
    start = most = process.memory_info().rss
    for _ in range(300):
        reader.feed(piece)
        most = max(most, process.memory_info().rss)
    reader.feed(after.encode())
    assert reader.close().payload == file.written == 300 * 2000 * len(record.encode())
    assert file.written > 20 * MEGABYTE
    assert most - start < 4 * MEGABYTE


ANSWER = "ComponentExecutorExecuteResponse"


@pytest.mark.parametrize(
    ("inside", "element", "values"),
    [
        (  # SOURCE: section 1, client code
            "<web:SecurityProviderAuthenticateResponse><response>V1</response>"
            "</web:SecurityProviderAuthenticateResponse>",
            "SecurityProviderAuthenticateResponse",
            ["V1"],
        ),
        (  # SOURCE: section 1, client code: the voucher as the element's own text
            "<SecurityProviderAuthenticateResponse>\n V1\n</SecurityProviderAuthenticateResponse>",
            "SecurityProviderAuthenticateResponse",
            ["V1"],
        ),
        (
            f"<{ANSWER}><response/></{ANSWER}>",
            ANSWER,
            [""],
        ),  # SOURCE: section 1, client code: bad credentials
        (f"<{ANSWER}/>", ANSWER, []),
        (  # SOURCE: section 1, client code
            f"<web:{ANSWER}>\n<response>&lt;SSC&gt;é&lt;/SSC&gt;</response>\n</web:{ANSWER}>",
            ANSWER,
            ["<SSC>é</SSC>"],
        ),
        (f"<{ANSWER}><web:response><![CDATA[<SSC/>]]></web:response></{ANSWER}>", ANSWER, ["<SSC/>"]),
        (
            f"<{ANSWER}><response>a</response><more>x</more><response>b</response></{ANSWER}>",
            ANSWER,
            ["a", "b"],
        ),
    ],
)
def test_answers_of_every_form_are_read(inside: str, element: str, values: list[str]) -> None:
    found, content = answer(enveloped(inside))
    assert (found.element, found.fault) == (element, None)
    assert content == "".join(values)
    assert list(found.lengths) == [len(value.encode()) for value in values]


def test_a_fault_in_cdata_is_read() -> None:
    """SOURCE: facts, section 4, client code; our own values."""
    found, _ = answer(
        enveloped(
            "<s:Fault><faultcode>s:Server</faultcode><faultstring>\n<![CDATA[Exception  while processing: "
            "the voucher has no access\n rights]]></faultstring><detail><response/></detail></s:Fault>"
        )
    )
    assert found.fault == Fault("Server", "Exception while processing: the voucher has no access rights")


def test_a_fault_of_soap_1_2_is_read_too() -> None:
    found, _ = answer(
        enveloped(
            "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>No.</s:Text></s:Reason></s:Fault>"
        )
    )
    assert found.fault == Fault("Sender", "No.")


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("<!DOCTYPE html><html><body>503</body></html>", "DOCTYPE"),
        (enveloped(""), "no answer"),
        (enveloped("<a/><b/>"), "second answer"),
        (enveloped("<a><response><SSC/></response></a>"), "should hold text"),
        (enveloped(f"<a>{'V' * (MOST_TEXT + 1)}</a>"), "longer than"),
        (enveloped(f"<a>{'<response/>' * (MOST_RESPONSES + 1)}</a>"), "responses"),
        (enveloped("<a><response>cut"), "end-tag"),
    ],
)
def test_what_is_no_answer_is_refused(document: str, told: str) -> None:
    with pytest.raises(SscFormatError, match=told):
        answer(document)


def test_a_fault_that_never_ends_is_cut_off() -> None:
    pieces = "x" * (MOST_TEXT // 2 + 1)
    text = f"{pieces}<i/>{pieces}"
    found, _ = answer(enveloped(f"<Fault><faultstring>{text}</faultstring></Fault>"))
    assert found.fault is not None
    assert len(found.fault.text) <= MOST_TEXT


def test_bytes_of_any_kind_are_read_or_refused_and_nothing_else() -> None:
    whole = b"".join(write_request("ComponentExecutor", "Execute", {"group": "é"}, ["<SSC/>"]))
    chance = random.Random(3)  # noqa: S311 - a reproducible choice, no secret
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            call(bytes(damaged))
        except SscFormatError:
            continue


def test_the_parameters_before_the_payload_are_known_once_it_begins() -> None:
    """SOURCE: facts, section 1: the order of the parameters, documented."""
    reader = CallReader(io.BytesIO())
    inside = f"<x><authentication>V</authentication><payload>{'p' * 200_000}</payload></x>"
    request = enveloped(inside).encode()
    begun = request.index(b"<payload>")
    reader.feed(request[:begun] + b" " * 100_000)
    assert reader.before_payload is None
    reader.feed(request[begun:-100])
    assert reader.before_payload == {"authentication": "V"}
