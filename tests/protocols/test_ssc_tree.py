from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.protocols.ssc import Record, SscFormatError, fault_text, write_payload
from customary.protocols.ssc_tree import MOST_ATTRIBUTES, MOST_BYTES, MOST_DEPTH, MOST_NAMES, parts
from tests.support import ssc


def read(document: str | bytes, encoding: str = "") -> list[tuple[str, Record]]:
    return list(parts(io.BytesIO(document.encode() if isinstance(document, str) else document), encoding))


def payload(inside: str) -> str:
    return f"<SSC><Payload>{inside}</Payload></SSC>"


def refused(document: str | bytes) -> SscFormatError:
    with pytest.raises(SscFormatError) as caught:
        read(document)
    return caught.value


@ssc.law
@given(st.lists(ssc.records, max_size=4), st.integers(1, 100))
def test_records_are_read_as_they_were_written_whatever_the_stream_gives_at_a_time(
    written: list[Record], step: int
) -> None:
    document = "".join(write_payload((), written)).encode()
    found = [("Payload", record) for record in written]
    assert read(document)[:-1] == found
    assert list(parts(ssc.Trickle(document, step)))[:-1] == found


@ssc.law
@given(st.text("<>/SC&;! Payload[]-\"'=", max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for document in (text, payload(text), f"<SSC>{text}<Payload/></SSC>"):
        try:
            read(document)
        except SscFormatError:
            continue


def test_sections_come_with_the_root_and_payload_comes_empty() -> None:
    found = read("<SSC><User><Name>X</Name></User><Payload><A/></Payload><Z>1</Z></SSC>")
    assert found == [
        ("SSC", Record("User", "", (), (Record("Name", "X"),))),
        ("Payload", Record("A")),
        ("SSC", Record("Payload")),
        ("SSC", Record("Z", "1")),
    ]


def test_a_payload_elsewhere_than_below_the_root_is_an_element_like_any_other() -> None:
    inner = Record("Payload", "", (), (Record("B"),))
    assert read(payload("<A><Payload><B/></Payload></A>"))[0] == ("Payload", Record("A", "", (), (inner,)))
    section = read("<SSC><MethodContext><Payload>1</Payload></MethodContext><Payload/></SSC>")[0]
    assert section == ("SSC", Record("MethodContext", "", (), (Record("Payload", "1"),)))


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<A/>", ""),
        ("<A></A>", ""),
        ("<A> </A>", " "),
        ("<A><![CDATA[]]></A>", ""),
        ("<A><![CDATA[<b> & ]]>c</A>", "<b> & c"),
        ("<A>one<!-- and --> two<?stop?>!</A>", "one two!"),
        ("<A>one\r\ntwo&#13;&#xE9;</A>", "one\ntwo\ré"),
        ("<A>\n <B>x</B>\n said \n<B/></A>", "said"),
    ],
)
def test_the_text_of_an_element_is_exact_and_layout_is_none(inside: str, text: str) -> None:
    assert read(payload(inside))[0][1].text == text


def test_names_count_without_their_namespace() -> None:
    """SOURCE: issue 3: namespaces where none should be."""
    document = (
        '<s:SSC xmlns:s="urn:s" xmlns="urn:x"><s:Payload><Customer xmlns:i="urn:i" i:nil="true" a="1">'
        "<s:Name>x</s:Name></Customer></s:Payload></s:SSC>"
    )
    customer = Record("Customer", "", (("nil", "true"), ("a", "1")), (Record("Name", "x"),))
    assert read(document)[0] == ("Payload", customer)
    assert read("<q:SSC><q:Payload><q:A/></q:Payload></q:SSC>")[0][1] == Record("A")


def test_an_end_tag_that_is_missing_is_said_in_the_documented_words_with_its_line() -> None:
    """SOURCE: facts, section 5, documented."""
    error = refused("<SSC><Payload>\n<Accounts>\n<AccountCode>1</Accounts></Payload></SSC>")
    told = 'The element type "AccountCode" must be terminated by the matching end-tag "</AccountCode>".'
    assert (error.what, error.line) == (told, 3)
    assert fault_text(error) == (
        "com.systemsunion.SSTS.exec.MethodExecutionException  The following error occurred - "
        f"'org.xml.sax.SAXParseException: {told} (line 3)'"
    )


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("", "Premature end of file"),
        ("  \n ", "Premature end of file"),
        ("ERROR: Secret", "must begin with an element"),
        ("<SSC><Payload><Customer>", 'ends inside the element "Customer"'),
        ("<SSC><Payload><Customer", 'ends inside the element "Payload"'),
        ("<SSC><Payload><![CDATA[Secret", "cut off"),
        (payload("<A>Secret & Sons</A>"), "&amp;"),
        (payload("<A>\x01Secret</A>"), "control characters"),
        (payload("<A>&#1;</A>"), "cannot hold"),
        (payload("<A>&secret;</A>"), "not declared"),
        (payload('<A b="1" b="2"/>'), "same attribute twice"),
        (payload("<A/>") + payload("<A/>"), "one document"),
        (payload('<?xml version="1.0"?>'), "inside the document"),
        ('<?xml version="1.0" encoding="UTF-8" x="y"?><SSC/>', "declaration is wrong"),
        ("<html><body/></html>", 'root element is "html"'),
        ("<SSC><Payload/>\n<Payload/></SSC>", "second Payload"),
        (payload("&lt;Customer/&gt;"), "escaped twice"),
        (payload("<A/>Secret<A/>"), "escaped twice"),
        (payload("<A/>Secret"), "escaped twice"),
        (payload("<x:/>"), "cannot be the name"),
        (payload("<x:1/>"), "cannot be the name"),
    ],
)
def test_what_is_refused_says_what_to_do_and_quotes_no_value(document: str, told: str) -> None:
    error = refused(document)
    assert told in str(error)
    assert "Secret" not in str(error)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE SSC [<!ENTITY a "b">]>',
        '<!DOCTYPE SSC [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE SSC SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE SSC [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
        '<!DOCTYPE SSC PUBLIC "a" "b">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_before_anything_in_it_counts(doctype: str, encoding: str) -> None:
    document = f"\n<!-- {'x' * 2000} -->{doctype}<SSC><Payload><A>&c;</A></Payload></SSC>"
    assert str(refused(document.encode(encoding))) == (
        "DOCTYPE is disallowed: send the document without one. (line 2)"
    )


def test_a_doctype_in_a_text_is_a_text() -> None:
    assert read(payload("<A><![CDATA[<!DOCTYPE a>]]></A>"))[0][1].text == "<!DOCTYPE a>"


def test_processing_instructions_do_nothing() -> None:
    document = '<?xml-stylesheet href="http://127.0.0.1:1/x"?><SSC><?php die() ?><Payload/></SSC><?end?>'
    assert read(document) == [("SSC", Record("Payload"))]


def test_depth_is_limited() -> None:
    def nested(depth: int) -> str:
        inside = depth - 2
        return payload("<A>" * inside + "</A>" * inside)

    assert len(read(nested(MOST_DEPTH))) == 2
    assert f"More than {MOST_DEPTH} elements" in str(refused(nested(MOST_DEPTH + 1)))


def test_attributes_are_limited() -> None:
    def with_attributes(count: int) -> str:
        return payload("<A " + " ".join(f'a{n}="1"' for n in range(count)) + "/>")

    assert len(read(with_attributes(MOST_ATTRIBUTES))[0][1].attributes) == MOST_ATTRIBUTES
    assert "attributes" in str(refused(with_attributes(MOST_ATTRIBUTES + 1)))


def test_different_names_are_limited() -> None:
    document = payload("".join(f"<A{n}/>" for n in range(MOST_NAMES + 1)))
    assert "different names" in str(refused(document))


class Endless(io.RawIOBase):
    """A document that goes on and on in one place, and counts what was read of it."""

    def __init__(self, start: bytes, more: bytes) -> None:
        self._start = start
        self._more = more
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        start, self._start = self._start[:size], self._start[size:]
        chunk = (start + self._more * (size // len(self._more) + 1))[:size]
        self.given += len(chunk)
        return chunk


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"<SSC><Payload><A>", b"giant text "),
        (b"<SSC><Payload><A>", b"<B/>"),
        (b"<SSC><Payload><A b='", b"giant value "),
        (b"<SSC><Payload><", b"giantname"),
        (b"<SSC><Payload><!-- ", b"giant comment "),
        (b"<SSC><Payload>", b"<!-- many comments -->"),
        (b"<SSC><Payload>", b"  \n"),
        (b"<SSC><Payload>", b"text"),
        (b"<SSC><User>", b"<B/>"),
        (b"", b" "),
        (b"<SSC><Payload><A><![CDATA[", b"giant "),
    ],
)
def test_what_never_ends_is_refused_after_a_few_megabytes(start: bytes, more: bytes) -> None:
    endless = Endless(start, more)
    with pytest.raises(SscFormatError):
        list(parts(endless))
    assert endless.given <= 2 * MOST_BYTES


def test_a_record_may_be_large() -> None:
    text = "x" * (MOST_BYTES - 200_000)
    assert read(payload(f"<A><B>{text}</B></A>"))[0][1].value("B") == text


@settings(max_examples=20, deadline=None)
@given(st.integers(65_000, 66_000), st.integers(1, 70_000))
def test_a_record_that_spans_what_is_read_at_a_time_is_whole(before: int, step: int) -> None:
    document = payload(f"<A>{'ä' * (before // 2)}</A><B>&#228;<![CDATA[ß]]></B><C/>").encode()
    found = [record for _, record in parts(ssc.Trickle(document, step))]
    assert [(r.name, len(r.text)) for r in found] == [("A", before // 2), ("B", 2), ("C", 0), ("Payload", 0)]
