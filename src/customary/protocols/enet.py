"""The XML wire format of SYSPRO's e.net REST service, shared by client, server and sandbox.

Requests are frozen values: ``to_xml`` writes them, ``parse_fetch`` and ``parse_find`` read them, and each is
the other's inverse. Everything a client or a server needs is imported from here. Nothing does I/O.

Section numbers name the fact sheet on SYSPRO customers (``facts/syspro.md``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree
from msgspec import Struct

from customary.protocols.enet_columns import CUSTOMER_COLUMNS as CUSTOMER_COLUMNS
from customary.protocols.enet_columns import Column as Column
from customary.protocols.enet_xml import EnetFormatError as EnetFormatError
from customary.protocols.enet_xml import escape as escape
from customary.protocols.enet_xml import parse_xml as parse_xml

LOGON: Final = "/Logon"
LOGOFF: Final = "/Logoff"
PROFILE: Final = "/GetLogonProfile"
VERSION: Final = "/GetVersion"
QUERY: Final = "/Query/Query"
FETCH: Final = "/Query/Fetch"
BROWSE: Final = "/Query/Browse"
SETUP_ADD: Final = "/Setup/Add"
SETUP_UPDATE: Final = "/Setup/Update"
SETUP_DELETE: Final = "/Setup/Delete"
"""Paths of the REST calls behind ``…/SYSPROWCFService/Rest``, in any case (section 4, observed)."""

LOGON_PARAMETERS: Final = ("Operator", "OperatorPassword", "CompanyId", "CompanyPassword")
"""What Logon wants, each even when blank (section 4, client code)."""

TABLE: Final = "ArCustomer"
"""SYSPRO's table of customers; the root name of the answers about it (section 7.1)."""

CONDITIONS: Final = frozenset({"GT", "GE", "LT", "LE", "EQ", "NE", "LIKE"})
"""What COMFND can compare by; LIKE has the wildcards ``*`` and ``?`` (section 7.3, documented)."""

DECLARATION: Final = '<?xml version="1.0" encoding="Windows-1252"?>'
_SCHEMA = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema-instance" xsd:noNamespaceSchemaLocation='

_SESSION = re.compile(r"[0-9A-Za-z-]{32,36}")
_BRACKETS = 3


class FetchRequest(Struct, frozen=True):
    """COMFCH: fetch one row of a table by its key (section 7.2, documented)."""

    table: str
    key: str
    full_key: bool = True
    """FullKeyProvided; SYSPRO takes ``N`` where it is not sent. What ``N`` means is not known."""

    def __post_init__(self) -> None:
        if not self.table or not self.key:
            raise EnetFormatError("a Fetch needs TableName and Key")

    def to_xml(self) -> str:
        """Write the XmlIn of ``Query/Fetch``. Raises ``EnetFormatError`` for a character XML forbids."""
        return (
            f'{DECLARATION}<Fetch {_SCHEMA}"COMFCH.XSD"><TableName>{escape(self.table)}</TableName>'
            f"<Key>{escape(self.key)}</Key><FullKeyProvided>{'Y' if self.full_key else 'N'}</FullKeyProvided>"
            "<DefaultType></DefaultType><EspressoFetch>N</EspressoFetch></Fetch>"
        )


class Expression(Struct, frozen=True):
    """One line of COMFND's Where (section 7.3, documented)."""

    column: str
    condition: str
    """One of ``CONDITIONS``."""
    value: str
    and_or: str = "And"
    """``And`` or ``Or``, in any case: how it joins what stands before it."""
    open_bracket: str = ""
    """At most three ``(``."""
    close_bracket: str = ""
    """At most three ``)``."""

    def __post_init__(self) -> None:
        if not self.column:
            raise EnetFormatError("an Expression needs a Column")
        if self.condition not in CONDITIONS:
            raise EnetFormatError("an Expression's Condition is one of " + ", ".join(sorted(CONDITIONS)))
        if self.and_or.lower() not in ("and", "or"):
            raise EnetFormatError("an Expression's AndOr is And or Or")
        for text, bracket in ((self.open_bracket, "("), (self.close_bracket, ")")):
            if text != bracket * len(text) or len(text) > _BRACKETS:
                raise EnetFormatError(f"an Expression has at most {_BRACKETS} brackets {bracket}")

    def to_xml(self) -> str:
        """Write the Expression, its elements in the order seen on the wire (section 7.3, observed)."""
        return (
            "<Expression>"
            f"{_optional('OpenBracket', self.open_bracket)}<AndOr>{self.and_or}</AndOr>"
            f"<Column>{escape(self.column)}</Column><Condition>{self.condition}</Condition>"
            f"<Value>{escape(self.value)}</Value>{_optional('CloseBracket', self.close_bracket)}"
            "</Expression>"
        )


class FindRequest(Struct, frozen=True):
    """COMFND: rows of a table that fulfil conditions (section 7.3, documented)."""

    table: str
    columns: tuple[str, ...]
    """At least one; case-sensitive SQL names."""
    return_rows: int | None = None
    """The most rows wanted; ``None`` for all."""
    where: tuple[Expression, ...] = ()
    order_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.table or not self.columns or not all(self.columns) or not all(self.order_by):
            raise EnetFormatError("a Find needs TableName and at least one Column, none of them empty")
        if self.return_rows is not None and self.return_rows < 1:
            raise EnetFormatError("ReturnRows is at least 1")
        depth = 0
        for expression in self.where:
            depth += len(expression.open_bracket) - len(expression.close_bracket)
            if depth < 0:
                break
        if depth:
            raise EnetFormatError("the brackets of the Where do not match")

    def to_xml(self) -> str:
        """Write the XmlIn of ``Query/Query``. Raises ``EnetFormatError`` for a character XML forbids."""
        rows = "" if self.return_rows is None else str(self.return_rows)
        return (
            f'{DECLARATION}<Query {_SCHEMA}"COMFND.XSD"><TableName>{escape(self.table)}</TableName>'
            f"{_optional('ReturnRows', rows)}<Columns>{_columns(self.columns)}</Columns>"
            f"{_optional('Where', ''.join([expression.to_xml() for expression in self.where]))}"
            f"{_optional('OrderBy', _columns(self.order_by))}</Query>"
        )


def is_session(text: str) -> bool:
    """Tell whether an answer looks like a session id: 32 to 36 letters or digits, trailing blanks allowed.

    Seen are 34 hex digits with two blanks behind them; the id is sent back as it came (section 4, observed).
    """
    return _SESSION.fullmatch(text.strip()) is not None


def parse_fetch(xml: bytes | str) -> FetchRequest:
    """Read the XmlIn of ``Query/Fetch``. Raises ``EnetFormatError``, also for an element it does not know."""
    table, key, full_key = "", "", "N"
    for name, element in _children(_read(xml, "Fetch")):
        match name:
            case "TableName":
                table = _text(element)
            case "Key":
                key = _text(element)
            case "FullKeyProvided":
                full_key = _text(element).strip().upper()
            case "DefaultType" | "EspressoFetch":
                pass
            case _ if name.startswith("OptionalKey") and not _text(element):
                pass
            case _:
                raise EnetFormatError(f"a Fetch has no element {name} here")
    if full_key not in ("Y", "N", ""):
        raise EnetFormatError("FullKeyProvided is Y or N")
    return FetchRequest(table, key, full_key == "Y")


def parse_find(xml: bytes | str) -> FindRequest:
    """Read the XmlIn of COMFND. Raises ``EnetFormatError``, also for an element it does not know."""
    table, rows = "", ""
    columns: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    where: tuple[Expression, ...] = ()
    for name, element in _children(_read(xml, "Query")):
        match name:
            case "TableName":
                table = _text(element)
            case "ReturnRows":
                rows = _text(element).strip()
            case "Columns":
                columns = _names(element)
            case "OrderBy":
                order_by = _names(element)
            case "Where":
                where = tuple(_expression(child) for _, child in _children(element, "Expression"))
            case _:
                raise EnetFormatError(f"a Find has no element {name}")
    if rows and not (rows.isascii() and rows.isdigit()):
        raise EnetFormatError("ReturnRows is a whole number")
    return FindRequest(table, columns, int(rows) if rows else None, where, order_by)


def _read(xml: bytes | str, name: str) -> etree._Element:
    if isinstance(xml, str):
        root = parse_xml(xml.encode("utf-8", "surrogatepass"), "utf-8")
    else:
        root = parse_xml(xml)
    if root.tag != name:
        raise EnetFormatError(f"its root is not {name}")
    return root


def _children(element: etree._Element, only: str = "") -> Iterator[tuple[str, etree._Element]]:
    for child in element:
        name = str(child.tag)
        if only and name != only:
            raise EnetFormatError(f"{element.tag} holds only {only}")
        yield name, child


def _text(element: etree._Element) -> str:
    return element.text or ""


def _names(element: etree._Element) -> tuple[str, ...]:
    return tuple(_text(child) for _, child in _children(element, "Column"))


def _expression(element: etree._Element) -> Expression:
    parts = {name: _text(child) for name, child in _children(element)}
    expression = Expression(
        parts.pop("Column", ""),
        parts.pop("Condition", "").strip().upper(),
        parts.pop("Value", ""),
        parts.pop("AndOr", "").strip() or "And",
        parts.pop("OpenBracket", "").strip(),
        parts.pop("CloseBracket", "").strip(),
    )
    if parts:
        raise EnetFormatError(f"an Expression has no element {min(parts)}")
    return expression


def _columns(names: tuple[str, ...]) -> str:
    return "".join([f"<Column>{escape(name)}</Column>" for name in names])


def _optional(name: str, xml: str) -> str:
    return f"<{name}>{xml}</{name}>" if xml else ""
