"""Showing a mapping, and testing the examples that its rows carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from customary.mapping.spec import Row, When
from customary.mapping.transforms import Unfit, transform


def mapping_table(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """Give a line of texts for each row: field, native, when, owner, blank, rules, evidence."""
    for row in rows:
        rules = []
        if row.required:
            rules.append("required")
        if row.domain:
            rules.append("one of " + " ".join(row.domain))
        if row.transform != "text":
            rules.append(row.transform.value)
        if row.least is not None:
            rules.append(f"at least {row.least}")
        if row.length:
            rules.append(f"up to {row.length}")
        if row.lookup:
            rules.append(f"looked up in {row.lookup}")
        when = "initial load only" if row.when is When.CREATE else row.when.value
        yield (row.field, row.native, when, row.owner.value, row.blank.value, ", ".join(rules), row.evidence)


def examples(rows: Sequence[Row]) -> Iterator[str]:
    """Test every example of the rows; give a text for each that fails."""
    for row in rows:
        for native, expected in row.examples:
            try:
                value = transform(row, native)
            except Unfit as unfit:
                yield f"{row.field}: the example '{native}' is refused: {unfit}"
                continue
            found = str(value).lower() if isinstance(value, bool) else value
            if found != expected:
                yield f"{row.field}: the example '{native}' gives '{found}', not '{expected}'"
