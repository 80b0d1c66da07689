"""Where in customary.toml a setting stands: its path as messages write it, and its line."""

from __future__ import annotations

import re
import tomllib

Place = tuple[str | int, ...]
"""The way to a setting: names of tables and keys, and positions in lists, counted from 1."""

_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_NAMES = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[(\[?)\s*({_NAMES})\s*\]")
_KEY = re.compile(rf"\s*({_NAMES})\s*=")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(place: Place) -> str:
    """Write a place as messages do: ``operation[2].schedule.cron``."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE.fullmatch(part) else f'"{part}"')
    return text


def line_of(lines: dict[Place, int], place: Place) -> int:
    """Give the line of a setting or, where it has none of its own, of what it stands in; 0 if unknown."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 0)


def find_lines(text: str) -> dict[Place, int]:
    """Find the line of each table header and of each key that begins a line of a TOML document.

    What stands inside an inline table or a list has no entry of its own. ``text`` must be valid TOML, and
    no list of several lines may have a line that begins with a list.
    """
    lines: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _table(_parts(header[2]), bool(header[1]), counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _parts(key[1]), number)
            closing = _left_open(line[key.end() :])
    return lines


def _parts(names: str) -> Place:
    """Split ``a."b.c"`` as TOML does, by letting TOML do it."""
    place: list[str] = []
    table = tomllib.loads(f"{names} = 0")
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        place.append(name)
    return tuple(place)


def _table(names: Place, repeated: bool, counts: dict[Place, int]) -> Place:
    """Give the place of a header: behind the name of a list of tables stands which of them is meant."""
    place: Place = ()
    for name in names[:-1]:
        place += (name,)
        if place in counts:
            place += (counts[place],)
    place += names[-1:]
    if not repeated:
        return place
    counts[place] = counts.get(place, 0) + 1
    return (*place, counts[place])


def _left_open(value: str) -> str:
    """Give the quotes that end a text of several lines, if one begins here and does not end here."""
    for quotes in ('"""', "'''"):
        if value.lstrip().startswith(quotes):
            return "" if quotes in value.lstrip()[3:] else quotes
    return ""
