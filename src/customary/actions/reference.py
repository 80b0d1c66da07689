"""Reference lists: loaded from a file and shown."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from customary.errors import ConfigError
from customary.model import reference_list
from customary.store import reference_lists
from customary.store.database import Store
from customary.store.folding import fold

LONGEST = 60
"""The most characters of a code."""


def read_list(path: Path) -> dict[str, str]:
    """Read a list from a CSV file with a column ``code`` and, if wanted, one ``text``.

    Raises ``ConfigError`` with every mistake and its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", strict=True)
            rows = list(reader)
    except OSError as error:
        raise ConfigError(f"{path}: it cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: {error}") from None
    if "code" not in (heading := reader.fieldnames or []):
        text = f"the first line must name a column code, with commas between; it is {','.join(heading)!r}"
        raise ConfigError(f"{path}: {text}")
    problems: list[str] = []
    found: dict[str, str] = {}
    folded: set[str] = set()
    for line, row in enumerate(rows, 2):
        code = (row.get("code") or "").strip()
        if not code or "" in row:
            problems.append(f"{path}, line {line}: {'more cells than columns' if '' in row else 'no code'}")
        elif len(code) > LONGEST:
            problems.append(f"{path}, line {line}: the code is longer than {LONGEST} characters")
        elif fold(code) in folded:
            problems.append(f"{path}, line {line}: code {code} stands in the file twice")
        folded.add(fold(code))
        found[code] = (row.get("text") or "").strip()
    if problems or not found:
        raise ConfigError(problems or f"{path}: there is no row under the heading")
    return found


def load(store: Store, unit: str, name: str, codes: Mapping[str, str]) -> None:
    """Make these codes the whole of a list. Raises ``ConfigError`` when there is no list of this name."""
    if problem := reference_list.unknown(name):
        raise ConfigError(problem)
    with store.write() as connection:
        reference_lists.replace(connection, unit, name, codes)


def sizes(store: Store, unit: str) -> dict[str, int]:
    """Tell the lists of a business unit, and how many codes each holds."""
    with store.read() as connection:
        return reference_lists.sizes(connection, unit)


def codes(store: Store, unit: str, name: str) -> dict[str, str]:
    """Give a list's codes with their texts; none where there is no such list."""
    with store.read() as connection:
        return reference_lists.read(connection, unit, name)
