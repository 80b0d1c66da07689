"""ARSSCS: adding, changing and deleting customers (section 7.6 of the facts)."""

from __future__ import annotations

from typing import Final, Literal

from lxml import etree
from msgspec import Struct

from customary.protocols.enet import CUSTOMER_COLUMNS, EnetFormatError, parse_xml
from customary.protocols.enet_columns import Column, SqlType
from customary.sandboxes.syspro.table import CustomerTable
from customary.sandboxes.syspro.writer import Writer

Verb = Literal["Add", "Update", "Delete"]

_ROOT: Final = "SetupArCustomer"
_EXISTS, _MISSING, _TOO_LONG, _DOMAIN, _KEY = "240001", "240002", "240003", "240005", "100030"
"""Error numbers; 100030 is evidenced for spaces (section 5), the others are guesses."""


class Problem(Struct, frozen=True):
    """Why an item is refused."""

    element: str
    value: str
    number: str
    text: str


class Item(Struct, frozen=True):
    """One customer of a setup document; a column that is not in ``values`` is left alone."""

    key: str
    values: dict[str, str]


class Options(Struct, frozen=True):
    """The Parameters of a setup call, with their documented defaults."""

    apply_if_all_valid: bool = False
    validate_only: bool = False


def parse_options(xml: bytes) -> Options:
    """Read XmlParameters; an empty one means the defaults. Raises ``EnetFormatError``."""
    if not xml.strip():
        return Options()
    root = _root(xml)
    return Options(_yes(root, "ApplyIfEntireDocumentValid"), _yes(root, "ValidateOnly"))


def parse_items(xml: bytes) -> list[Item]:
    """Read XmlIn. Raises ``EnetFormatError``, also for an element that is no column (documented)."""
    return [_item(element) for element in _root(xml)]


def set_up(verb: Verb, items: list[Item], options: Options, table: CustomerTable, writer: Writer) -> str:
    """Carry items out as far as the options allow, and answer: lower case, errors inside the items."""
    checked = [(item, _problem(verb, item, table)) for item in items]
    invalid = sum(problem is not None for _, problem in checked)
    if not options.validate_only and not (options.apply_if_all_valid and invalid):
        for item, problem in checked:
            if problem is None:
                _apply(verb, item, table)
    answered = "".join(_answer(item, problem, writer) for item, problem in checked)
    status = writer.text("RecordsRead", str(len(items))) + writer.text("RecordsInvalid", str(invalid))
    return writer.document(_ROOT.lower(), answered + writer.element("StatusOfItems", status) + "\n")


def _answer(item: Item, problem: Problem | None, writer: Writer) -> str:
    inner = writer.element("key", writer.text("customer", item.key))
    if problem:
        said = writer.text("Value", problem.value) + writer.text("ErrorNumber", problem.number)
        inner += writer.element(problem.element.lower(), said + writer.text("ErrorDescription", problem.text))
    return writer.element("item", inner) + "\n"


def _problem(verb: Verb, item: Item, table: CustomerTable) -> Problem | None:
    if not item.key.strip():
        return Problem("Customer", "", _KEY, "XML element '{Item}{Key}{Customer}' cannot be spaces")
    if verb == "Add" and item.key in table:
        return Problem("Customer", item.key, _EXISTS, f"Customer '{item.key}' already exists")
    if verb != "Add" and item.key not in table:
        return Problem("Customer", item.key, _MISSING, f"Customer '{item.key}' not found")
    for name, value in item.values.items():
        column = CUSTOMER_COLUMNS[name]
        if column.domain and value not in column.domain:
            return Problem(name, value, _DOMAIN, f"{name} '{value}' is invalid")
        if not _fits(column, value):
            return Problem(name, value, _TOO_LONG, f"{name} does not fit into {column.sql}")
    return None


def _fits(column: Column, value: str) -> bool:
    if column.type is not SqlType.DECIMAL:
        return len(value) <= column.length
    whole, _, fraction = value.strip().partition(".")
    digits = whole + fraction
    return (
        digits.isascii()
        and digits.isdigit()
        and len(whole) <= column.length - column.decimals
        and len(fraction) <= column.decimals
    )


def _apply(verb: Verb, item: Item, table: CustomerTable) -> None:
    match verb:
        case "Add":
            table[item.key] = {**_BLANK, **item.values}
        case "Update":
            table.change(item.key, item.values)
        case "Delete":
            table.pop(item.key, None)  # the same document may name it twice


_BLANK = {
    name: (column.domain[0] if column.domain and "" not in column.domain else "")
    for name, column in CUSTOMER_COLUMNS.items()
} | {"CreditLimit": "0", "UserField2": "0.00", "TaxStatus": "N", "CustomerOnHold": "N", "DateCustAdded": ""}


def _root(xml: bytes) -> etree._Element:
    root = parse_xml(xml)
    if root.tag != _ROOT:
        raise EnetFormatError(f"its root is not {_ROOT}")
    return root


def _yes(root: etree._Element, name: str) -> bool:
    return (root.findtext(f"Parameters/{name}") or "").strip().upper() == "Y"


def _item(element: etree._Element) -> Item:
    if element.tag != "Item":
        raise EnetFormatError(f"{_ROOT} holds only Item")
    values = {str(child.tag): child.text or "" for child in element if child.tag != "Key"}
    if unknown := values.keys() - CUSTOMER_COLUMNS.keys() | values.keys() & {"Customer"}:
        raise EnetFormatError(f"an Item has no element {min(unknown)}")
    return Item(element.findtext("Key/Customer") or "", values)
