from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.enet_xml import EnetFormatError, escape, parse_xml

FORBIDDEN = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"] + ["\ufffe", "\uffff", "\ud800"]


def xml_text() -> st.SearchStrategy[str]:
    """Any text that XML can hold."""
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters=FORBIDDEN))


@given(xml_text())
def test_escaped_text_is_read_as_it_was(value: str) -> None:
    assert (parse_xml(f"<a>{escape(value)}</a>".encode(), "utf-8").text or "") == value


@pytest.mark.parametrize("character", FORBIDDEN, ids=lambda c: f"U+{ord(c):04X}")
def test_a_character_that_xml_forbids_is_refused_and_the_text_not_quoted(character: str) -> None:
    with pytest.raises(EnetFormatError, match=f"U\\+{ord(character):04X}") as refused:
        escape(f"Secret {character} name")
    assert "Secret" not in str(refused.value)


DECLARED = '<?xml version="1.0" encoding="Windows-1252"?><a>Müller €</a>'


@pytest.mark.parametrize("encoding", ["auto", "declared", "windows-1252"])
def test_windows_1252_is_read_as_declared(encoding: str) -> None:
    assert parse_xml(DECLARED.encode("cp1252"), encoding).text == "Müller €"


def test_utf_8_wins_over_a_declaration_that_says_otherwise() -> None:
    assert parse_xml(DECLARED.encode("utf-8")).text == "Müller €"
    assert parse_xml(DECLARED.encode("utf-8"), "utf-8").text == "Müller €"
    assert parse_xml(DECLARED.encode("utf-8"), "declared").text == "MÃ¼ller â‚¬"


def test_windows_1252_is_meant_where_nothing_is_declared() -> None:
    assert parse_xml("<a>Müller</a>".encode("cp1252")).text == "Müller"


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert parse_xml(b"\xef\xbb\xbf<a>x</a>").text == "x"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?><!DOCTYPE html><html/>',
        '<?xml version="1.0" encoding="UTF-7"?><!DOCTYPE a><a>ü</a>'.encode("cp1252"),
        "<!DOCTYPE a><a/>".encode("utf-16"),
    ],
)
def test_a_doctype_is_refused_before_it_is_parsed(body: bytes) -> None:
    with pytest.raises(EnetFormatError):
        parse_xml(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ERROR: no",
        b"<a>",
        b"<a>&b;</a>",
        b"<a>\x01</a>",
        b"<a/><b/>",
        b"\x00<a/>",
        b"<!-- only this -->",
        b"<a>\x81</a>",
    ],
)
def test_what_is_no_document_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(EnetFormatError) as refused:
        parse_xml(body)
    assert "ERROR" not in str(refused.value)


def test_an_encoding_that_is_not_known_is_refused() -> None:
    with pytest.raises(EnetFormatError):
        parse_xml(b"<a/>", "klingon")


def test_comments_do_not_cut_a_text_in_two() -> None:
    assert parse_xml(b"<a>one<!-- and --> two</a>").text == "one two"
