"""The sandbox's answers as XML text and as bytes: containers, case, padding, wrapping, encoding."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from customary.protocols.enet import CUSTOMER_COLUMNS, DECLARATION, TABLE, Column
from customary.protocols.enet_columns import SqlType
from customary.sandboxes.syspro.settings import Settings

_ATTRIBUTES = (
    "Language='05' Language2='EN' CssStyle='' DecFormat='1' DateFormat='01' Role='01' Version='7.0.035' "
    "OperatorPrimaryRole='   '"
)
_END = "\n "
_COUNT_WIDTH = 8
_SPECIAL = re.compile("[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_DATE = "0000-00-00"


class Writer:
    """Writes answers as the settings say. Section 4 of the facts has the form, section 7 the containers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._row = lru_cache(maxsize=64)(self._prepare)

    def document(self, root: str, inner: str) -> str:
        """Put around it the declaration, the root with SYSPRO's attributes, the closing newline and blank."""
        root = self.name(root)
        return f"{DECLARATION}\n<{root} {_ATTRIBUTES}>\n{inner}</{root}>{_END}"

    def element(self, name: str, inner: str) -> str:
        """Put an element around XML; an empty one is self-closed."""
        name = self.name(name)
        return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"

    def text(self, name: str, text: str) -> str:
        """Write an element that holds text."""
        return self.element(name, escaped(text))

    def name(self, name: str) -> str:
        """Write a node's name in the case that the settings say."""
        match self._settings.case:
            case "lower":
                return name.lower()
            case "upper":
                return name.upper()
            case _:
                return name

    def nodes(self, record: Mapping[str, str], columns: tuple[str, ...]) -> str:
        """Write a customer's columns, one node each; a column that the record lacks is left out."""
        written = []
        for name, opening, closing, empty, width in self._row(columns):
            value = record.get(name)
            if value is None:
                continue
            if width:
                value = value.rjust(width) if width > 0 else value.ljust(-width)
            elif not value:
                written.append(empty)
                continue
            written.append(opening + escaped(value) + closing)
        return "".join(written)

    def customer(self, record: Mapping[str, str], columns: tuple[str, ...]) -> str:
        """Write COMFCH's answer, flat, nested or with a Row (section 7.1)."""
        nodes = self.nodes(record, columns)
        match self._settings.container:
            case "nested":
                nodes = self.element("Customer", nodes)
            case "row":
                nodes = self.element("Row", nodes)
        return self.document(TABLE, nodes + "\n")

    def rows(
        self, records: Iterable[Mapping[str, str]], columns: tuple[str, ...], order_by: tuple[str, ...]
    ) -> str:
        """Write COMFND's answer: HeaderDetails, rows, and their padded number (section 7.3, observed)."""
        row = self.name("Row")
        rows = [f"<{row}>{self.nodes(record, columns)}</{row}>\n" for record in records]
        header = (
            self.text("TableName", TABLE)
            + self.element("Columns", "".join([self.text("Column", name) for name in columns]))
            + self.element("OrderBy", "".join([self.text("Column", name) for name in order_by]))
        )
        number = self.element("RowsReturned", str(len(rows)).rjust(_COUNT_WIDTH))
        return self.document(TABLE, f"{self.element('HeaderDetails', header)}\n{''.join(rows)}{number}\n")

    def body(self, text: str) -> tuple[bytes, str]:
        """Give an answer's bytes and their Content-Type: wrapped as the settings say, and encoded."""
        settings = self._settings
        if settings.beyond == "question_mark":
            text = text.encode("cp1252", "replace").decode("cp1252")
        match settings.wrapping:
            case "json":
                return json.dumps(text, ensure_ascii=False).encode("utf-8"), "application/json; charset=utf-8"
            case "string":
                space = "http://schemas.microsoft.com/2003/10/Serialization/"
                wrapped = f'<string xmlns="{space}">{escaped(text)}</string>'
                return wrapped.encode("utf-8", "xmlcharrefreplace"), "application/xml; charset=utf-8"
        encoding = "utf-8" if settings.encoding == "utf-8" else "cp1252"
        return text.encode(encoding, "xmlcharrefreplace"), "application/octet-stream"

    def _prepare(self, columns: tuple[str, ...]) -> list[tuple[str, str, str, str, int]]:
        return [
            (name, f"<{shown}>", f"</{shown}>", self._empty(CUSTOMER_COLUMNS[name]), self._width(name))
            for name in columns
            for shown in (self.name(name),)
        ]

    def _empty(self, column: Column) -> str:
        return self.element(column.name, _NO_DATE if column.type is SqlType.DATE else "")

    def _width(self, name: str) -> int:
        column = CUSTOMER_COLUMNS[name]
        # Above 0: right-aligned; below: left-aligned; 0: as it is.
        if column.type is SqlType.DECIMAL and self._settings.padded:
            return column.length + bool(column.decimals)
        if column.type is SqlType.CHAR and self._settings.fixed_text:
            return -column.length
        return 0


def escaped(text: str) -> str:
    """Write text as XML character data; what XML forbids passes, since a test may want that."""
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text) if _SPECIAL.search(text) else text
