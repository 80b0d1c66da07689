"""SYSPRO's answers, read: bytes in, records out. No I/O, and no error text that quotes a customer.

Where the record stands is not settled, so that three containers are tried in turn (facts/syspro.md 7.1,
guess): ``//ArCustomer/Customer`` that has children, ``//ArCustomer/Row``, and ``//ArCustomer`` itself. Names
are compared without case, because some answers come in lower case (5, observed); the records have the
spelling that was asked for. Blanks around values are padding (4, observed). A node that was not sent is not
in the record; an empty one is ``""`` (6, documented: the operator's rights take nodes away).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from lxml import etree
from msgspec import Struct

from customary.model.source import Record
from customary.protocols.enet import TABLE, EnetFormatError, parse_xml

KEY: Final = "Customer"
"""The column of the customer's number."""

BLANKS: Final = " \t\r\n"
"""What pads a value. Not a no-break space, which somebody typed."""

_STRING = re.compile(rb"\A[\s\xef\xbb\xbf]*(?:<\?xml[^>]*\?>\s*)?<(?:\w+:)?string[\s/>]")
_ERROR = re.compile(r"\A\s*ERROR\s*:?\s*", re.IGNORECASE)


class Listing(Struct, frozen=True):
    """The rows of one COMFND answer, in its order."""

    records: Sequence[Record]
    cursor: str | None = None
    """The raw, unstripped key of the last row; ``None`` without rows."""
    says_empty: bool = False
    """Whether the answer itself says that there are no rows (RowsReturned is 0)."""
    nameless: int = 0
    """Rows without a customer number, left out of ``records``."""


class KeyListing(Struct, frozen=True):
    """The keys of one COMFND answer that asked for nothing else, raw and unstripped, in its order."""

    keys: Sequence[str]
    says_empty: bool = False
    nameless: int = 0

    @property
    def cursor(self) -> str | None:
        """The raw key of the last row; ``None`` without rows."""
        return self.keys[-1] if self.keys else None


def unwrap(body: bytes, encoding: str) -> tuple[bytes, str]:
    """Take an answer out of the JSON string or ``<string>`` that some servers put it in (4, client code).

    Gives the bytes and their encoding. Raises ``EnetFormatError`` when the wrapping is cut off.
    """
    head = body[:256]
    if head.lstrip().startswith(b'"'):
        try:
            return msgspec.json.decode(decode_text(body, encoding), type=str).encode("utf-8"), "utf-8"
        except (msgspec.DecodeError, UnicodeError):
            raise EnetFormatError("it is a JSON string that is cut off") from None
    if _STRING.match(head):
        return (parse_xml(body, encoding).text or "").encode("utf-8"), "utf-8"
    return body, encoding


def decode_text(body: bytes, encoding: str) -> str:
    """Read a plain-text answer: a session id, a version, an error. Never raises."""
    if encoding == "auto":
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "windows-1252"
    return body.decode(encoding, "replace")


def error_text(body: bytes, encoding: str) -> str:
    """Give the text behind ``ERROR:`` of an unwrapped answer; ``""`` when it is none (5a, observed)."""
    if body[:64].lstrip()[:5].upper() != b"ERROR":
        return ""
    text = " ".join(_ERROR.sub("", decode_text(body, encoding)).split())
    return text or "no reason given"


def decode_page(body: bytes, fields: Iterable[str], encoding: str = "auto") -> Listing:
    """Read the rows of an unwrapped COMFND answer; only ``fields`` are kept.

    Raises ``EnetFormatError`` for what is not XML, has no ArCustomer in it, or has other rows than it counts.
    """
    wanted = frozenset(fields)
    rows, says_empty = _rows(body, encoding)
    folded: Mapping[str, str] | None = None
    records = []
    nameless = 0
    for row in rows:
        # The hot path of every bulk run: no call per node but lxml's own.
        native = {node.tag: text.strip(BLANKS) if (text := node.text) else "" for node in row}
        if not native.keys() <= wanted:
            folded = folded or {name.lower(): name for name in wanted}
            native = _native(row, folded)
        if key := native.get(KEY):
            records.append(Record(key, native))
        else:
            nameless += 1
    return Listing(records, _last_key(rows), says_empty, nameless)


def decode_keys(body: bytes, encoding: str = "auto") -> KeyListing:
    """Read the keys of an unwrapped COMFND answer, as ``decode_page`` does, but raw."""
    rows, says_empty = _rows(body, encoding)
    keys = [key for row in rows if (key := _raw_key(row)).strip(BLANKS)]
    return KeyListing(keys, says_empty, len(rows) - len(keys))


def decode_customer(body: bytes, fields: Iterable[str], encoding: str = "auto") -> Record:
    """Read the customer of an unwrapped COMFCH answer; its key is ``""`` when the node is not there.

    Raises ``EnetFormatError`` for what is not XML or has none of the ``fields`` in it.
    """
    container = _container(parse_xml(body, encoding))
    rows = _nested(container) or _named(container, "row") or [container]
    native = _native(rows[0], {name.lower(): name for name in fields})
    if not native:
        raise EnetFormatError("it holds no customer")
    return Record(native.get(KEY, ""), native)


def decode_profile(body: bytes, encoding: str = "auto") -> dict[str, str]:
    """Read the leaves of GetLogonProfile, such as CompanyName and OperatorCode, by lower-cased name.

    Raises ``EnetFormatError`` for what is not XML.
    """
    root = parse_xml(body, encoding)
    return {_name(node): (node.text or "").strip(BLANKS) for node in root.iter() if not len(node)}


def _rows(body: bytes, encoding: str) -> tuple[list[etree._Element], bool]:
    container = _container(parse_xml(body, encoding))
    rows = list(container.iterchildren("Row"))
    counted = container.findtext("RowsReturned")
    if not rows or counted is None:
        rows = rows or _named(container, "row") or _nested(container)
        counted = next((node.text or "" for node in _named(container, "rowsreturned")), None)
    if counted is None:
        return rows, False
    counted = counted.strip()
    if not counted.isdecimal() or int(counted) != len(rows):
        raise EnetFormatError("it holds another number of rows than it says")
    return rows, not rows


def _container(root: etree._Element) -> etree._Element:
    table = TABLE.lower()
    for node in root.iter():
        if _name(node) == table:
            return node
    raise EnetFormatError(f"it holds no {TABLE}")


def _nested(container: etree._Element) -> list[etree._Element]:
    return [node for node in _named(container, KEY.lower()) if len(node)]


def _named(parent: etree._Element, name: str) -> list[etree._Element]:
    return [node for node in parent if _name(node) == name]


def _native(row: etree._Element, folded: Mapping[str, str]) -> dict[str, str]:
    return {
        folded[name]: (node.text or "").strip(BLANKS)
        for node in row
        if (name := _name(node)) in folded and not len(node)
    }


def _last_key(rows: Sequence[etree._Element]) -> str | None:
    return next((key for row in reversed(rows) if (key := _raw_key(row)).strip(BLANKS)), None)


def _raw_key(row: etree._Element) -> str:
    key = row.findtext(KEY)
    if key is None:
        key = next((node.text or "" for node in _named(row, KEY.lower())), "")
    return key


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname.lower()
