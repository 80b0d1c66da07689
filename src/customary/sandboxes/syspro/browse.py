"""COMBRW: browsing a table by key (section 7.4 of the facts)."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from customary.protocols.enet import CUSTOMER_COLUMNS, TABLE, EnetFormatError, parse_xml
from customary.protocols.enet_columns import SqlType
from customary.sandboxes.syspro.queries import KEY
from customary.sandboxes.syspro.table import CustomerTable
from customary.sandboxes.syspro.writer import Writer

_DEFAULT_ROWS: Final = 20
_Condition = Literal["GE", "GR", "EF", "LE"]
_CONDITIONS: Final[dict[str, _Condition]] = {"": "GE", "GE": "GE", "GR": "GR", "EF": "EF", "LE": "LE"}


class BrowseRequest(Struct, frozen=True):
    """What a Browse asks for."""

    name: str
    start: str = ""
    condition: _Condition = "GE"
    rows: int = _DEFAULT_ROWS
    filters: tuple[tuple[str, str], ...] = ()
    """Column and text that it has to hold."""
    title: str = "Customers"


def parse_browse(xml: bytes) -> BrowseRequest:
    """Read the XmlIn of ``Query/Browse``. Raises ``EnetFormatError``."""
    root = parse_xml(xml)
    if root.tag != "Browse":
        raise EnetFormatError("its root is not Browse")
    rows = (root.findtext("ReturnRows") or str(_DEFAULT_ROWS)).strip()
    condition = _CONDITIONS.get((root.findtext("StartCondition") or "").strip().upper())
    if not (rows.isascii() and rows.isdigit()) or condition is None:
        raise EnetFormatError("ReturnRows is a number, StartCondition one of GE, GR, EF, LE")
    names = [element.text or "" for element in root.iter("ColumnFilterName")]
    values = [element.text or "" for element in root.iter("ColumnFilterValue")]
    if len(names) != len(values) or not set(names) <= CUSTOMER_COLUMNS.keys():
        raise EnetFormatError("every ColumnFilterName is a column and has its ColumnFilterValue")
    return BrowseRequest(
        root.findtext("BrowseName") or "",
        root.findtext("StartAtKey") or "",
        condition,
        int(rows),
        tuple(zip(names, values, strict=True)),
        root.findtext("BrowseDetails/Title") or "Customers",
    )


def browse(request: BrowseRequest, table: CustomerTable, columns: tuple[str, ...], writer: Writer) -> str:
    """Answer a Browse: rows of values with their types, where to go on, and what the columns are."""
    keys = [key for key in table if all(table[key].get(name) == value for name, value in request.filters)]
    start = table.fold(request.start)
    match request.condition:
        case "GE":
            wanted = [key for key in keys if key >= start][: request.rows]
        case "GR":
            wanted = [key for key in keys if key > start][: request.rows]
        case "EF":
            wanted = [key for key in keys if key.startswith(start)][: request.rows]
        case "LE":
            wanted = [key for key in keys if key <= start][-request.rows :]
    rows = "".join(writer.element("Row", _row(table, key, columns, writer)) + "\n" for key in wanted)
    first, last = (wanted[0], wanted[-1]) if wanted else ("", "")
    where = (
        writer.text("PrevKey", first)
        + writer.text("NextKey", last)
        + writer.text("Fwd", str(bool(wanted) and last != keys[-1]))
        + writer.text("Back", str(bool(wanted) and first != keys[0]))
    )
    header = "".join(writer.text("Header", name) for name in columns)
    header += writer.text("Key", KEY) + writer.text("KeyDescription", KEY) + writer.text("Table", TABLE)
    inner = writer.text("Title", request.title) + rows + writer.element("NextPrevKey", where)
    return writer.document(TABLE, inner + writer.element("HeaderDetails", header) + "\n")


def _row(table: CustomerTable, key: str, columns: tuple[str, ...], writer: Writer) -> str:
    record = table[key]
    return "".join(
        writer.element(name, writer.text("Value", record[name]) + writer.text("DataType", _kind(name)))
        for name in columns
        if name in record
    )


def _kind(name: str) -> str:
    return "Numeric" if CUSTOMER_COLUMNS[name].type is SqlType.DECIMAL else "AlphaNumeric"
