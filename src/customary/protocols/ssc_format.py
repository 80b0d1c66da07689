"""What is wrong with XML that SunSystems Connect's protocol cannot take: said once, with line and remedy.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

_NAME_SHOWN = 60

_REMEDIES: Final = {
    expat.errors.codes[text]: remedy
    for text, remedy in {
        expat.errors.XML_ERROR_INVALID_TOKEN: (
            "A character stands where it may not: write & as &amp; and < as &lt;, and no control characters."
        ),
        expat.errors.XML_ERROR_UNDEFINED_ENTITY: (
            "An entity was referenced, but not declared: write the character, or its number as in &#233;."
        ),
        expat.errors.XML_ERROR_BAD_CHAR_REF: "A character reference names a character that XML cannot hold.",
        expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "An element has the same attribute twice.",
        expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: (
            "The markup in the document following the root element must be well-formed: send one document."
        ),
        expat.errors.XML_ERROR_MISPLACED_XML_PI: (
            "An XML declaration stands inside the document: it may only be the first thing in it."
        ),
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "A CDATA section has no end ]]>: it was cut off.",
        expat.errors.XML_ERROR_SYNTAX: (
            "Content is not allowed in prolog: the document must begin with an element."
        ),
        expat.errors.XML_ERROR_XML_DECL: "The XML declaration is wrong: leave it out, or send UTF-8.",
    }.items()
}


class SscFormatError(ValueError):
    """Bytes that are no document of the protocol, or text that cannot be written as one.

    ``what`` says what is wrong and what to do; ``line`` is where, from 1, or 0 where no line is known.
    Neither quotes a value, since it may be a customer's; the names of elements are quoted.
    """

    def __init__(self, what: str, line: int = 0) -> None:
        self.what = what
        self.line = line
        super().__init__(f"{what} (line {line})" if line else what)


def fault_text(error: SscFormatError) -> str:
    """Word an error as SunSystems answers a payload that it cannot read (section 5, documented)."""
    return (
        "com.systemsunion.SSTS.exec.MethodExecutionException  The following error occurred - "
        f"'org.xml.sax.SAXParseException: {error}'"
    )


def shown(name: str) -> str:
    """Shorten the name of an element, which a stranger chose, to what a message may show."""
    return name if len(name) <= _NAME_SHOWN else name[:_NAME_SHOWN] + "…"


def not_well_formed(code: int, line: int, inside: str) -> SscFormatError:
    """Word expat's error ``code``; ``inside`` is the innermost element that is open, ``""`` when none is.

    An end tag that is missing is said in the very words of section 5 (documented).
    """
    element = shown(inside)
    if code == expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]:
        what = f'The element type "{element}" must be terminated by the matching end-tag "</{element}>".'
    elif code in _REMEDIES:
        what = _REMEDIES[code]
    elif inside:
        what = f'The document ends inside the element "{element}": it was cut off.'
    else:
        what = "Premature end of file: no element was sent, or only part of one."
    return SscFormatError(what, line)
