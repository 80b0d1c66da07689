"""Reading mapping files: the connector's own, and a user's file that overrides rows of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from customary.errors import MappingError
from customary.mapping.spec import Row, Transform, When
from customary.model.fields import CUSTOMER, Kind

_TRANSFORMS = {
    Kind.TEXT: (Transform.TEXT, Transform.DECIMAL),
    Kind.DECIMAL: (Transform.DECIMAL,),
    Kind.FLAG: (Transform.FLAG,),
}
"""The transforms whose values a field of this kind can take."""


def load_rows(text: str, origin: str) -> tuple[Row, ...]:
    """Read the rows of a mapping file.

    ``origin`` names the file in messages. Raises ``MappingError`` with every mistake and its place.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{origin}: {error}") from None
    problems = [f"{origin}: unknown table '{name}'; rows are [[field]]" for name in tables if name != "field"]
    rows: list[Row] = []
    written = tables.get("field", [])
    if not isinstance(written, list) or not all(isinstance(table, dict) for table in written):
        raise MappingError(
            [*problems, f"{origin}: 'field' is not a list of tables; a row begins with [[field]]"]
        )
    for number, table in enumerate(written, 1):
        place = f"{origin}: field[{number}]"
        found = list(_mistakes(table))
        if not found:
            try:
                row = msgspec.convert(table, Row)
            except msgspec.ValidationError as error:
                found = [str(error)]
            else:
                found = list(_contradictions(row))
                rows.append(row)
        problems += [f"{place}: {mistake}" for mistake in found]
    seen: set[str] = set()
    for row in rows:
        if row.field in seen:
            problems.append(f"{origin}: field '{row.field}' has more than one row")
        seen.add(row.field)
    if problems:
        raise MappingError(problems)
    return tuple(rows)


def _mistakes(table: dict[str, Any]) -> Iterator[str]:
    for name in ("field", "native"):
        if not table.get(name):
            yield f"'{name}' is missing"
    field = str(table.get("field", ""))
    if field and field not in CUSTOMER:
        near = get_close_matches(field, CUSTOMER, 1)
        yield f"there is no customer field '{field}'" + (f"; did you mean '{near[0]}'?" if near else "")
    for name in table:
        if name not in Row.__struct_fields__:
            near = get_close_matches(name, Row.__struct_fields__, 1)
            yield f"unknown setting '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")


def _contradictions(row: Row) -> Iterator[str]:
    """Tell what a row asks for that its customer field cannot take."""
    kind = row.holds.kind
    transforms = _TRANSFORMS[kind]
    if row.transform not in transforms:
        wanted = " or ".join(f"'{name}'" for name in transforms)
        yield f"'{row.field}' is a {kind} field: its transform must be {wanted}"
    if row.lookup and kind is not Kind.TEXT:
        yield f"'{row.field}' is a {kind} field: a look-up table gives texts"
    if row.field == "code" and not (row.required and row.when is When.CREATE and not row.lookup):
        yield 'a customer\'s code needs required = true and when = "create", and no look-up table'
    if row.domain and (row.lookup or row.transform is Transform.DECIMAL):
        yield "'domain' is not looked at where a look-up table or a decimal gives the value"
    if row.least is not None and row.transform is not Transform.DECIMAL:
        yield "'least' is only looked at where the transform is 'decimal'"


def override(rows: tuple[Row, ...], path: Path | None) -> tuple[Row, ...]:
    """Put a user's rows in the place of those for the same field; new fields come behind.

    Raises ``MappingError`` when the file cannot be read or is wrong.
    """
    if path is None:
        return rows
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path} cannot be read: {error}") from None
    merged = {row.field: row for row in rows} | {row.field: row for row in load_rows(text, str(path))}
    return tuple(merged.values())
