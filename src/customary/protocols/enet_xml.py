"""Text and bytes of e.net's XML: escaping, and reading without danger.

Section numbers name the fact sheet on SYSPRO customers (``facts/syspro.md``).
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from customary.protocols.xml import escape_text, forbidden

_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_READABLE = re.compile(r"(?i)utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d")


class EnetFormatError(ValueError):
    """Text that cannot be written as e.net XML, or bytes that are none; the text never quotes a value."""


def escape(text: str) -> str:
    """Write text as XML character data; a carriage return becomes a reference, so that it survives reading.

    Raises ``EnetFormatError`` for a character that XML 1.0 forbids (controls, lone surrogates, U+FFFE).
    """
    if bad := forbidden(text):
        raise EnetFormatError(f"the character {bad} cannot be written in XML")
    return escape_text(text)


def parse_xml(body: bytes, encoding: str = "auto") -> etree._Element:
    """Read a document's bytes and give its root element, comments and processing instructions left out.

    ``encoding`` is the name of one, which then overrides the declaration; ``"declared"``, the declaration's
    (Windows-1252 without one); or ``"auto"``: UTF-8 where the bytes are valid UTF-8, whatever they declare,
    and else what is declared, since it is not known what SYSPRO really sends (section 4, guess).
    Raises ``EnetFormatError`` for a DOCTYPE, refused before anything is parsed, and for what is no XML.
    """
    body = _as_utf8(body, encoding)
    if b"<!DOCTYPE" in body:
        raise EnetFormatError("it holds a DOCTYPE: a web page, or an attack")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        # libxml2's own text quotes the document, which may hold a customer.
        raise EnetFormatError(f"it is not well-formed XML (line {error.lineno})") from None
    if root is None:
        raise EnetFormatError("it holds no element")
    return root


def _as_utf8(body: bytes, encoding: str) -> bytes:
    if encoding == "auto":
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "declared"
        else:
            return body.removeprefix(codecs.BOM_UTF8)
    if encoding == "declared":
        found = _DECLARED.match(body)
        encoding = found[1].decode("ascii") if found else "windows-1252"
        if not _READABLE.fullmatch(encoding):
            raise EnetFormatError(f"it declares the encoding {encoding}, which is not read")
    try:
        text = body.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        raise EnetFormatError(f"its bytes are not {encoding}") from None
    return text.encode("utf-8").removeprefix(codecs.BOM_UTF8)
