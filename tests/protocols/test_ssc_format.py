from __future__ import annotations

from customary.protocols.ssc import SscFormatError, fault_text
from customary.protocols.ssc_format import not_well_formed, shown


def test_an_error_is_a_value_error_that_says_where() -> None:
    assert str(SscFormatError("It is wrong.", 7)) == "It is wrong. (line 7)"
    assert str(SscFormatError("It is wrong.")) == "It is wrong."
    assert isinstance(SscFormatError(""), ValueError)


def test_a_fault_has_the_documented_form() -> None:
    """SOURCE: facts, section 5, documented."""
    assert fault_text(SscFormatError("It is wrong.", 7)) == (
        "com.systemsunion.SSTS.exec.MethodExecutionException  The following error occurred - "
        "'org.xml.sax.SAXParseException: It is wrong. (line 7)'"
    )


def test_a_name_that_a_stranger_chose_is_shortened() -> None:
    assert shown("x" * 60) == "x" * 60
    assert shown("x" * 61) == "x" * 60 + "…"


def test_an_error_of_the_parser_that_has_no_words_of_its_own_says_where_the_document_ends() -> None:
    assert "Premature end" in str(not_well_formed(3, 1, ""))
    assert 'inside the element "A"' in str(not_well_formed(3, 1, "A"))
