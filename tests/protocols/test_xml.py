from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from customary.protocols.xml import (
    REPLACEMENT,
    escape_attribute,
    escape_text,
    forbidden,
    is_name,
    local_name,
    without_forbidden,
)
from tests.support.values import xml_texts


@given(xml_texts)
def test_escaped_text_is_read_as_it_was_in_an_element_and_in_an_attribute(text: str) -> None:
    read = etree.fromstring(f'<a b="{escape_attribute(text)}">{escape_text(text)}</a>')
    assert ((read.text or ""), read.get("b")) == (text, text)


@given(st.text())
def test_what_xml_cannot_hold_is_found_and_can_be_replaced(text: str) -> None:
    held = without_forbidden(text)
    assert forbidden(held) == ""
    assert (held == text) is (forbidden(text) == "")
    assert len(held) == len(text)


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_named_by_its_number(character: str) -> None:
    assert forbidden(f"a{character}b") == f"U+{ord(character):04X}"
    assert without_forbidden(f"a{character}b") == f"a{REPLACEMENT}b"


@pytest.mark.parametrize("name", ["Customer", "_a", "A.B-1", "Größe", "客户"])
def test_a_name_may_be_in_any_language(name: str) -> None:
    assert is_name(name)
    assert etree.fromstring(f"<{name}/>").tag == name


@pytest.mark.parametrize("name", ["", "1a", "-a", ".a", "a b", "a>", "a:b", "a²", "a/"])
def test_what_would_break_the_markup_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_a_local_name_has_no_prefix() -> None:
    assert [local_name(name) for name in ("Customer", "web:Customer")] == ["Customer", "Customer"]
