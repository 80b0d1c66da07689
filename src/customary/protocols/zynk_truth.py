"""Zynk's truth table on the wire: its truth-record XML and CSV of its columns, read and written.

Section numbers name the fact sheet on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from customary.protocols.xml import escape_attribute, forbidden
from customary.protocols.zynk_stream import ZynkFormatError, read_elements
from customary.protocols.zynk_values import read_moment, write_moment

ROOT: Final = "TruthRecords"
RECORD: Final = "TruthRecord"

COLUMNS: Final = ("Id", "Profile", "Type", "InternalId", "ExternalId", "Hash", "Created", "Modified")
"""The table's columns in its order (section 6, documented). Exports may have Purge and Collection too, which
are not read."""

CUSTOMER_TYPE: Final = "Zynk.Connect.Sage200Online.Objects.Customer"
"""The object class of our own rows; the page does not tell Zynk's (guess, after Sage 50's)."""

LONGEST_ID: Final = 4000
"""The most characters of an internal or external id (section 6, documented for the external one)."""

_NEEDED = ("Type", "InternalId", "ExternalId")
_DELIMITERS = ",;\t|"


class TruthRecord(Struct, frozen=True, kw_only=True):
    """One row: which record of the parent system is which record of the other one."""

    type: str
    """The object class, such as ``Zynk.Connect.Sage50.Objects.SalesOrder``."""
    internal_id: str
    """The id in the parent system; of a customer its reference."""
    external_id: str
    id: str = ""
    """The row's own id; so too ``""`` in each text below: not told."""
    profile: str = ""
    """The workflow's GUID: a row counts in its own workflow only."""
    hash: str = ""
    """A whole number."""
    created: datetime | None = None
    """Aware, UTC; ``None``: not told."""
    modified: datetime | None = None
    line: int = 0
    """Where it begins in the file that it was read from; 0: it was not."""


class TruthTrouble(Struct, frozen=True):
    """A row that cannot be taken, with all its reasons."""

    line: int
    """Where it begins in the file."""
    reasons: tuple[str, ...]


def read_truth_xml(chunks: Iterable[bytes]) -> Iterator[TruthRecord | TruthTrouble]:
    """Read ``<TruthRecords>`` from bytes in chunks of any size.

    Raises ``ZynkFormatError`` for a document that is not well formed or none of truth records.
    """
    for element in read_elements(chunks, ROOT, RECORD):
        told = {str(name): str(text) for name, text in element.attrib.items()}
        line = element.sourceline
        yield _record(line if isinstance(line, int) else 0, told)


def write_truth_xml(records: Iterable[TruthRecord]) -> Iterator[bytes]:
    """Write a document, a record at a time. Attributes that Zynk's own sample lacks are written where told.

    Raises ``ZynkFormatError`` for a character that XML forbids.
    """
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<{ROOT}>\n'.encode()
    for record in records:
        told = {column: text for column, text in _texts(record).items() if text or column in _NEEDED}
        for column, text in told.items():
            if bad := forbidden(text):
                raise ZynkFormatError(f"{column} holds the character {bad}, which XML forbids")
        attributes = "".join(f' {column}="{escape_attribute(text)}"' for column, text in told.items())
        yield f"  <{RECORD}{attributes} />\n".encode()
    yield f"</{ROOT}>\n".encode()


def read_truth_csv(lines: Iterable[str]) -> Iterator[TruthRecord | TruthTrouble]:
    """Read a CSV file's lines, their line ends kept (``open(..., newline="")``).

    The header names the columns in any order and case; the delimiter is a comma, a semicolon, a tab or a bar,
    whichever the header has. Raises ``ZynkFormatError`` for a header without the three columns that count,
    and for what is no CSV.
    """
    rest = iter(lines)
    header = next(rest, "").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=header.count)
    known = {column.lower(): column for column in COLUMNS}
    columns = [
        known.get(name.strip().lower(), "") for name in next(csv.reader([header], delimiter=delimiter), ())
    ]
    if missing := [column for column in _NEEDED if column not in columns]:
        raise ZynkFormatError(f"line 1: the header has no column {', '.join(missing)}")
    rows = csv.reader(rest, delimiter=delimiter, strict=True)
    try:
        behind = 1  # the header
        for row in rows:
            line, behind = behind + 1, rows.line_num + 1
            if len(row) > len(columns):
                yield TruthTrouble(line, (f"has {len(row)} columns; the header has {len(columns)}",))
            elif row:
                yield _record(line, dict(zip(columns, row, strict=False)))
    except csv.Error:
        raise ZynkFormatError(f"line {rows.line_num + 1}: it is no CSV; mend the quotes there") from None


def write_truth_csv(records: Iterable[TruthRecord]) -> Iterator[str]:
    """Write a CSV file with all columns, a line at a time, its line ends CR LF (RFC 4180)."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    yield buffer.getvalue()
    for record in records:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(_texts(record))
        yield buffer.getvalue()


def _record(line: int, told: Mapping[str, str]) -> TruthRecord | TruthTrouble:
    reasons = [f"{column} is empty" for column in _NEEDED if not told.get(column, "").strip()]
    reasons += [
        f"{column} has {len(told[column])} characters; at most {LONGEST_ID} are kept"
        for column in _NEEDED
        if len(told.get(column, "")) > LONGEST_ID
    ]
    moments: dict[str, datetime | None] = {}
    for column in ("Created", "Modified"):
        text = told.get(column, "").strip()
        try:
            moments[column] = read_moment(text) if text else None
        except ValueError as error:
            reasons.append(f"{column}: {error}")
    hash = told.get("Hash", "").strip()
    if hash and not hash.removeprefix("-").isdecimal():
        reasons.append("Hash is not a whole number")
    if reasons:
        return TruthTrouble(line, tuple(reasons))
    return TruthRecord(
        type=told["Type"],
        internal_id=told["InternalId"],
        external_id=told["ExternalId"],
        id=told.get("Id", ""),
        profile=told.get("Profile", ""),
        hash=hash,
        created=moments["Created"],
        modified=moments["Modified"],
        line=line,
    )


def _texts(record: TruthRecord) -> dict[str, str]:
    return {
        "Id": record.id,
        "Profile": record.profile,
        "Type": record.type,
        "InternalId": record.internal_id,
        "ExternalId": record.external_id,
        "Hash": record.hash,
        "Created": write_moment(record.created) if record.created else "",
        "Modified": write_moment(record.modified) if record.modified else "",
    }
