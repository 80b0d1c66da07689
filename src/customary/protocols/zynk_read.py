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
    """The elements that may stand in one element: by name their path, and the shape of what is in them."""

    def __init__(self, fields: Iterable[Field], before: str = "") -> None:
        self.before = before
        self.elements: dict[str, tuple[str, _Shape | None]] = {
            field.name: (
                before + field.name,
                _Shape(field.fields, f"{before}{field.name}.") if field.fields else None,
            )
            for field in fields
            if field.travel is not Travel.NONE
        }


_CONTACTS = "contacts"
_CUSTOMER = _Shape(CUSTOMER)
_CONTACT = _Shape(FIELDS[_CONTACTS].fields)
_NIL = f"{{{XSI}}}nil"
_TRUE = ("true", "1")
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
    begin, end, rest = etree.tostring(element, encoding="utf-8", with_tail=False).partition(b">")
    for declaration in _DECLARED:
        begin = begin.replace(declaration, b"")
    return begin + end + rest


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
        reasons=tuple(harvest.reasons),
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
        elements = shape.elements
        for child in element:
            known = elements.get(child.tag) or elements.get(local_name(child))
            if known is None:
                self._strange(child, before + shape.before)
                continue
            path, inner = known
            if inner is not None or len(child):
                said = self._nested(child, known, into, before)
            else:
                said = child.text or ""
                if not said and child.get(_NIL) in _TRUE:
                    said = None
            if said is None:
                continue
            if path in into:
                self.reasons.append(Remark(before + path, "is given twice"))
            into[path] = said

    def _nested(
        self,
        element: etree._Element,
        known: tuple[str, _Shape | None],
        into: dict[str, str],
        before: str,
    ) -> str | None:
        """Take what is in an element; gives the text it has itself, ``None`` where it has none of its own."""
        path, inner = known
        if any(map(local_name, element)):
            if inner is None:
                self.reasons.append(Remark(before + path, "holds elements where a text is wanted"))
            elif path == _CONTACTS:
                self._contacts(element)
            else:
                self.take(element, inner, into, before)
            return None
        text = (element.text or "") + "".join([comment.tail or "" for comment in element])
        if inner is None:
            return text
        if text.strip():
            self.reasons.append(Remark(before + path, "holds a text where elements are wanted"))
            return None
        return None if element.get(_NIL) in _TRUE else ""

    def _contacts(self, element: etree._Element) -> None:
        for child in element:
            if local_name(child) == CONTACT:
                contact: dict[str, str] = {}
                self._nested(child, (CONTACT, _CONTACT), contact, f"{_CONTACTS}.")
                self.contacts.append(contact)
            else:
                self._strange(child, f"{_CONTACTS}.")

    def _strange(self, element: etree._Element, before: str) -> None:
        name = local_name(element)
        if name == ERRORS and not before:
            self.errors.append(element)
        elif name:
            self.unknown[before + name] = "".join(map(str, element.itertext(etree.Element)))
