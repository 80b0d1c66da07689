"""The truth table as a file: Zynk's truth records in XML, or CSV of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from msgspec import Struct

from customary.actions.crossref import PAGE, Table, enter, rows
from customary.errors import ConfigError
from customary.model.run import EXIT_DONE, EXIT_ISSUES
from customary.protocols.zynk_stream import ZynkFormatError
from customary.protocols.zynk_truth import (
    CUSTOMER_TYPE,
    TruthRecord,
    TruthTrouble,
    read_truth_csv,
    read_truth_xml,
    write_truth_csv,
    write_truth_xml,
)
from customary.store.database import Store
from customary.store.truth import Truth

LONGEST_KEY = 255
"""The most characters of an internal id, far more than any system's key has."""

Format = Literal["xml", "csv"]
_CUSTOMER = "customer"
_CHUNK = 1 << 16


class Refused(Struct, frozen=True):
    """A row of a file that was not taken."""

    line: int
    external_id: str
    reason: str


class Imported(Struct, frozen=True, kw_only=True):
    """What became of the rows of a file: each is linked, unchanged or refused."""

    linked: int
    unchanged: int
    refused: int

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        return EXIT_ISSUES if self.refused else EXIT_DONE


def exported(store: Store, of: Table, form: Format) -> Iterator[bytes]:
    """Write a truth table as a document, piece by piece. Raises ``ConfigError`` for what XML cannot hold."""
    records = (_record(row) for row in rows(store, of, of.scope))
    if form == "csv":
        yield from (line.encode() for line in write_truth_csv(records))
        return
    try:
        yield from write_truth_xml(records)
    except ZynkFormatError as error:
        raise ConfigError(f"{error}; write it as CSV: --format csv") from None


def import_file(
    store: Store, of: Table, file: Path, form: Format, refuse: Callable[[Refused], None]
) -> Imported:
    """Enter the rows of a file, page by page, each page as one; ``refuse`` is told of those not taken.

    A row that is there already, as it is, is unchanged. Raises ``ConfigError`` when the file cannot be read,
    or is none of truth records; the pages before stay.
    """
    linked = unchanged = refused = 0
    records = _records(file, form)
    while True:
        page = list(islice(records, PAGE))
        if not page:
            return Imported(linked=linked, unchanged=unchanged, refused=refused)
        unfit = [found for each in page if (found := _unfit(each))]
        taken = [each for each in page if isinstance(each, TruthRecord) and not _unfit(each)]
        for record, result in zip(taken, enter(store, of, taken), strict=True):
            if isinstance(result, str):
                unfit.append(Refused(record.line, record.external_id, result))
            else:
                linked += result
                unchanged += not result
        refused += len(unfit)
        for row in sorted(unfit, key=lambda row: row.line):
            refuse(row)


def _unfit(row: TruthRecord | TruthTrouble) -> Refused | None:
    if isinstance(row, TruthTrouble):
        return Refused(row.line, "", "; ".join(row.reasons))
    reason = ""
    if row.type.rpartition(".")[2].casefold() != _CUSTOMER:
        reason = f"Type says {row.type[:80]}: only customers are kept here"
    elif any("\x00" in text for text in (row.external_id, row.internal_id, row.type)):
        reason = "it holds the character U+0000, which no database can hold"
    elif len(row.internal_id) > LONGEST_KEY:
        reason = f"InternalId has {len(row.internal_id)} characters; no key has more than {LONGEST_KEY}"
    return Refused(row.line, row.external_id, reason) if reason else None


def _records(file: Path, form: Format) -> Iterator[TruthRecord | TruthTrouble]:
    try:
        if form == "csv":
            with file.open(encoding="utf-8-sig", newline="") as lines:
                yield from read_truth_csv(lines)
        else:
            with file.open("rb") as source:
                yield from read_truth_xml(_chunks(source.read))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except ZynkFormatError as error:
        raise ConfigError(f"{file}: {error}") from None


def _chunks(read: Callable[[int], bytes]) -> Iterable[bytes]:
    while chunk := read(_CHUNK):
        yield chunk


def _record(row: Truth) -> TruthRecord:
    return TruthRecord(
        type=row.type or CUSTOMER_TYPE,
        internal_id=row.internal_id,
        external_id=row.external_id,
        profile=row.scope,
        hash=row.hash,
        created=row.created,
        modified=row.modified,
    )
