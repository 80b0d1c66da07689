"""Zynk's customer XML, read: each record as a frozen value, whatever the order of its elements.

What a record says is kept as text; ``zynk_upload`` tells what it means. Section numbers name the fact sheet
on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree
from msgspec import Struct

from customary.protocols.zynk_fields import CUSTOMER, FIELDS
from customary.protocols.zynk_stream import RECORD_BYTES, local_name, read_elements
from customary.protocols.zynk_types import Field, Texts, Travel

ROOT: Final = "Customers"
RECORD: Final = "Customer"
CONTACT: Final = "contact"
ERRORS: Final = "Errors"
"""What a fail file adds to a record; ignored when the file is fed back (section 7)."""

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
DECLARATIONS: Final = (f' xmlns:xsi="{XSI}"', ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"')
"""The namespaces that every document's root declares (section 8, documented)."""


class Remark(Struct, frozen=True):
    """Something to say about a record."""

    field: str
    """The path of the element it is about; ``""``: the record as a whole."""
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}" if self.field else self.text


class CustomerRecord(Struct, frozen=True, kw_only=True):
    """One ``<Customer>`` as it stands in the file."""

    number: int
    """Which record of the file it is, from 1."""
    line: int
    """The line on which it begins."""
    fields: Texts
    """An object or ``contacts`` that is an empty element is ``""`` under its own name."""
    contacts: tuple[Texts, ...] = ()
    """All contacts of the file, in its order, also where Sage takes only one."""
    unknown: Texts = {}
    """Elements that Zynk's format does not have, in document order."""
    reasons: tuple[Remark, ...] = ()
    """Why the record cannot be taken, as far as its shape shows."""
    xml: bytes
    """The record itself in UTF-8, untouched but for an ``<Errors>`` taken out, to stand in a document of
    ``zynk_write``: well formed once ``DECLARATIONS`` hold."""


class _Shape:
    """The elements that may stand in one element, by name: texts with their path, things with their shape."""

    def __init__(self, fields: Iterable[Field], before: str = "") -> None:
        there = [field for field in fields if field.travel is not Travel.NONE]
        self.before = before
        self.texts = {field.name: before + field.name for field in there if not field.fields}
        self.things = {
            field.name: (before + field.name, _Shape(field.fields, f"{before}{field.name}."))
            for field in there
            if field.fields
        }


_CONTACTS = "contacts"
_CUSTOMER = _Shape(CUSTOMER)
_CONTACT = _Shape(FIELDS[_CONTACTS].fields)
_NIL = f"{{{XSI}}}nil"
_TRUE = ("true", "1")
_NO_TEXT = "holds a text where elements are wanted"
_DECLARED = tuple(declaration.encode() for declaration in DECLARATIONS)


def read_customers(chunks: Iterable[bytes]) -> Iterator[CustomerRecord]:
    """Read a document's customers in its order, from bytes in chunks of any size.

    Elements may come in any order and any namespace. An element with ``xsi:nil="true"`` counts as missing.
    A record that is wrong has ``reasons``, and the next one comes all the same. Raises ``ZynkFormatError``
    for a document that is not well formed or none of customers: at the place where it breaks, after the
    records before it. Whoever must know first reads it through once.
    """
    for number, element in enumerate(read_elements(chunks, ROOT, RECORD), 1):
        yield _read_customer(number, element)


def default_contact(record: CustomerRecord) -> int:
    """The index of the contact that an upload takes: the first that ``is_default``, or else the first.

    -1 where the record has none. Only the default contact is uploaded (section 4, documented).
    """
    for index, contact in enumerate(record.contacts):
        if contact.get("is_default", "").strip().lower() in _TRUE:
            return index
    return 0 if record.contacts else -1


def bare_xml(element: etree._Element) -> bytes:
    """Write an element as it stands in a document whose root has the ``DECLARATIONS``."""
    # Before the first > there is no other: lxml writes it as &gt; in attributes.
    xml = etree.tostring(element, encoding="utf-8", with_tail=False)
    end = xml.find(b">")
    begin = xml[:end]
    for declaration in _DECLARED:
        begin = begin.replace(declaration, b"")
    return begin + xml[end:]


def _read_customer(number: int, element: etree._Element) -> CustomerRecord:
    harvest = _Harvest()
    harvest.take(element, _CUSTOMER, harvest.fields)
    for errors in harvest.errors:
        element.remove(errors)
    line = element.sourceline
    xml = bare_xml(element)
    if len(xml) > RECORD_BYTES:
        harvest = _Harvest()
        harvest.reasons.append(Remark("", f"has {len(xml)} bytes; at most {RECORD_BYTES} are read"))
    return CustomerRecord(
        number=number,
        line=line if isinstance(line, int) else 0,
        fields=harvest.fields,
        contacts=tuple(harvest.contacts),
        unknown=harvest.unknown,
        reasons=tuple(dict.fromkeys(harvest.reasons)),
        xml=xml,
    )


class _Harvest:
    """What is found in one record, while it is read."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.contacts: list[dict[str, str]] = []
        self.unknown: dict[str, str] = {}
        self.reasons: list[Remark] = []
        self.errors: list[etree._Element] = []

    def take(self, element: etree._Element, shape: _Shape, into: dict[str, str], before: str = "") -> None:
        # The hot path of every upload: per element no call but lxml's own.
        texts = shape.texts
        if (stray := element.text) and not stray.isspace():
            self.reasons.append(Remark((before + shape.before)[:-1], _NO_TEXT))
        for child in element:
            path = texts.get(child.tag) or texts.get(local_name(child))
            if path is None:
                self._other(child, shape, into, before)
                continue
            text = self._mixed(child, before + path) if len(child) else child.text or ""
            if not text and (text is None or child.get(_NIL) in _TRUE):
                continue
            if path in into:
                self.reasons.append(Remark(before + path, "is given twice"))
            into[path] = text

    def _mixed(self, element: etree._Element, path: str) -> str | None:
        """The text of an element that holds comments or elements; ``None`` for one with elements."""
        if any(map(local_name, element)):
            self.reasons.append(Remark(path, "holds elements where a text is wanted"))
            return None
        return (element.text or "") + "".join([comment.tail or "" for comment in element])

    def _other(self, element: etree._Element, shape: _Shape, into: dict[str, str], before: str) -> None:
        name = local_name(element)
        if name not in shape.things:
            self._strange(element, before + shape.before)
            return
        path, inner = shape.things[name]
        if not any(map(local_name, element)):
            if self._is_empty(element, before + path):
                into[path] = ""
        elif path == _CONTACTS:
            self._contacts(element)
        else:
            self.take(element, inner, into, before)

    def _is_empty(self, element: etree._Element, path: str) -> bool:
        if (self._mixed(element, path) or "").strip():
            self.reasons.append(Remark(path, _NO_TEXT))
            return False
        return element.get(_NIL) not in _TRUE

    def _contacts(self, element: etree._Element) -> None:
        for child in element:
            if local_name(child) != CONTACT:
                self._strange(child, f"{_CONTACTS}.")
                continue
            contact: dict[str, str] = {}
            if any(map(local_name, child)) or self._is_empty(child, _CONTACTS):
                self.take(child, _CONTACT, contact, f"{_CONTACTS}.")
            self.contacts.append(contact)

    def _strange(self, element: etree._Element, before: str) -> None:
        name = local_name(element)
        if name == ERRORS and not before:
            self.errors.append(element)
        elif name:
            self.unknown[before + name] = "".join(map(str, element.itertext(etree.Element)))
