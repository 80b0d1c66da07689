"""Zynk's customer XML, written: downloads, and the success and fail files of uploads.

A document is ``OPENING``, any number of records, and ``CLOSING``, so that it can be written as records come.
Section numbers name the fact sheet on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from lxml import etree
from msgspec import Struct

from customary.protocols.xml import escape_text, forbidden, without_forbidden
from customary.protocols.zynk_fields import CUSTOMER
from customary.protocols.zynk_read import (
    CONTACT,
    DECLARATIONS,
    ERRORS,
    RECORD,
    ROOT,
    XSI,
    CustomerRecord,
    bare_xml,
)
from customary.protocols.zynk_stream import ZynkFormatError, local_name
from customary.protocols.zynk_types import CustomerTexts, Field, Texts, Travel, Type
from customary.protocols.zynk_values import write_moment

OPENING: Final = f'<?xml version="1.0" encoding="utf-8"?>\n<{ROOT}{"".join(DECLARATIONS)}>\n'.encode()
"""What stands before the first record (section 8, documented)."""

CLOSING: Final = f"</{ROOT}>\n".encode()

VALIDATION: Final = "Validation"
"""The name of an error in a fail file (section 7: documented for Sage 50, a guess for Sage 200)."""

_NIL = f"{{{XSI}}}nil"
_NAME = re.compile(rb"<([^\s/>]+)")
_PARSER = etree.XMLParser(encoding="utf-8", no_network=True, load_dtd=False, strip_cdata=False)


class _Line(Struct, frozen=True):
    """How one element is written."""

    path: str
    opening: str
    closing: str
    empty: str
    inside: tuple[_Line, ...] = ()
    """The elements in it; of ``contacts``, those of each contact."""


def customer_xml(customer: CustomerTexts) -> bytes:
    """Write one ``<Customer>`` of a download, in the element order of the page's full example.

    Missing elements are not written; empty ones are empty elements. Raises ``ZynkFormatError`` for a path
    that the format does not have, and for a character that XML forbids.
    """
    for texts, paths in (
        (customer.fields, _PATHS),
        *((contact, _CONTACT_PATHS) for contact in customer.contacts),
    ):
        if not texts.keys() <= paths:
            raise ZynkFormatError(f"{min(texts.keys() - paths)} is no element of Zynk's customers")
    out = [f"  <{RECORD}>\n"]
    _write(_CUSTOMER, customer.fields, customer.contacts, out)
    out.append(f"  </{RECORD}>\n")
    xml = "".join(out)
    if bad := forbidden(xml):
        raise ZynkFormatError(
            f"a customer holds the character {bad}, which XML forbids; take it out in its system"
        )
    return xml.encode()


def document(records: Iterable[bytes]) -> Iterator[bytes]:
    """Put a document around records, as they come."""
    yield OPENING
    yield from records
    yield CLOSING


def succeeded_xml(record: CustomerRecord, id: str, reference: str) -> bytes:
    """Write a record into the success file: as it came, with the id and the reference that Sage has for it.

    One that is ``""`` is not known, and stays as it came.

    Sources: section 7; that an upload's answer gives the id, documented; the shape, guess.
    """
    element = etree.fromstring(OPENING + record.xml + CLOSING, _PARSER)[0]
    for name, text in (("reference", reference), ("id", id)):
        if not text:
            continue
        found = next((child for child in element if local_name(child) == name), None)
        if found is None:
            found = etree.Element(etree.QName(etree.QName(element).namespace, name))
            found.tail = element.text
            element.insert(0, found)
        if _NIL in found.attrib:
            del found.attrib[_NIL]
        del found[:]
        found.text = text
    return _line(bare_xml(element))


def failed_xml(record: CustomerRecord, errors: Iterable[str], at: datetime, name: str = VALIDATION) -> bytes:
    """Write a record into the fail file: untouched, with its errors behind it; ``at`` is an aware time.

    Read again, it is the same record (section 7: the input's format, documented; the shape of errors, guess).
    A character in an error that XML forbids is replaced, so that no record is lost over its error.
    """
    date = write_moment(at)
    told = "".join(
        f"<Error><Date>{date}</Date><Name>{escape_text(name)}</Name>"
        f"<Description>{escape_text(without_forbidden(error))}</Description></Error>"
        for error in errors
    )
    xml = record.xml
    begin, _, end = xml.rpartition(b"</")
    if xml.endswith(b"/>") and (found := _NAME.match(xml)):
        begin, end = xml[:-2] + b">", found[1] + b">"
    blanks = begin[len(begin.rstrip()) :]
    return _line(begin + f"<{ERRORS}>{told}</{ERRORS}>".encode() + blanks + b"</" + end)


def _lines(fields: Sequence[Field], indent: str, before: str = "") -> tuple[_Line, ...]:
    lines = []
    for field in fields:
        if field.travel is Travel.NONE:
            continue
        path = before + field.name
        empty = f"{indent}<{field.name} />\n"
        if field.type is Type.ARRAY:
            inside = _lines(field.fields, f"{indent}    ")
        else:
            inside = _lines(field.fields, f"{indent}  ", f"{path}.")
        if inside:
            lines.append(
                _Line(path, f"{indent}<{field.name}>\n", f"{indent}</{field.name}>\n", empty, inside)
            )
        else:
            lines.append(_Line(path, f"{indent}<{field.name}>", f"</{field.name}>\n", empty))
    return tuple(lines)


def _paths(lines: Iterable[_Line]) -> Iterator[str]:
    for line in lines:
        yield line.path
        if line.path != _CONTACTS:
            yield from _paths(line.inside)


_CONTACTS = "contacts"
_CUSTOMER = _lines(CUSTOMER, "    ")
_PATHS = frozenset(_paths(_CUSTOMER))
_CONTACT_PATHS = frozenset(_paths(next(line for line in _CUSTOMER if line.path == _CONTACTS).inside))


def _write(lines: Iterable[_Line], texts: Texts, contacts: Iterable[Texts], out: list[str]) -> None:
    for line in lines:
        text = texts.get(line.path)
        if not line.inside:
            if text:
                out.append(line.opening + escape_text(text) + line.closing)
            elif text == "":
                out.append(line.empty)
            continue
        out.append(line.opening)
        nothing = len(out)
        if line.path == _CONTACTS:
            for contact in contacts:
                out.append(f"      <{CONTACT}>\n")
                _write(line.inside, contact, (), out)
                out.append(f"      </{CONTACT}>\n")
        else:
            _write(line.inside, texts, (), out)
        if len(out) > nothing:
            out.append(line.closing)
        else:
            del out[-1]
            if text == "":
                out.append(line.empty)


def _line(xml: bytes) -> bytes:
    return b"  " + xml + b"\n"
