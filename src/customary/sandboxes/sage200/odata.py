"""The query options that the API takes: a small part of OData (section 11 of the facts)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import unquote_plus

from msgspec import Struct

from customary.protocols.sage200 import DEFAULT_TOP, MOST_TOP, Column, Kind
from customary.sandboxes.sage200.errors import Refused

Row = Mapping[str, Any]
"""A record as JSON has it."""
Test = Callable[[Row], bool]

_TOKENS: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<date>\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<mark>[(),]))"
)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


class Options(Struct, frozen=True, kw_only=True):
    """The query options of one request, checked against the resource's columns."""

    top: int = DEFAULT_TOP
    skip: int = 0
    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    """Field, and whether it descends."""
    test: Test | None = None
    count: bool = False


def parse(query: str, columns: Mapping[str, Column], expandable: Sequence[str]) -> Options:
    """Read the query of a request. Raises ``Refused`` with 400 for the first mistake."""
    given = dict(_pairs(query))
    order = tuple(_order(part, columns) for part in _listed(given.get("$orderby", "")))
    if "$skip" in given and not order:
        raise Refused(400, "The query option '$skip' requires the query option '$orderby'.")
    select = _listed(given.get("$select", ""))
    for name in select:
        if name not in columns and name not in expandable:
            raise Refused(400, f"Could not find a property named '{name}'.")
    expand = _listed(given.get("$expand", ""))
    for name in expand:
        if name not in expandable:
            raise Refused(400, f"The property '{name}' cannot be expanded.")
    return Options(
        top=min(_number(given, "$top", DEFAULT_TOP), MOST_TOP),
        skip=_number(given, "$skip", 0),
        select=select,
        expand=expand,
        order=order,
        test=Filter(given["$filter"], columns).parsed() if given.get("$filter") else None,
        count=given.get("$count", "").lower() == "true",
    )


def apply(rows: Iterable[Row], options: Options) -> tuple[list[Row], int]:
    """Filter, order and cut rows; gives the part that was asked for, and how many passed the filter."""
    found = [row for row in rows if options.test is None or options.test(row)]
    for name, descends in reversed(options.order):
        found.sort(key=lambda row: _sortable(row.get(name)), reverse=descends)
    return found[options.skip : options.skip + options.top], len(found)


class Filter:
    """Reads a ``$filter``: comparisons and text functions, ``and``, ``or``, ``not`` and brackets."""

    def __init__(self, text: str, columns: Mapping[str, Column]) -> None:
        self._tokens = list(_split(text))
        self._columns = columns
        self._at = 0

    def parsed(self) -> Test:
        """Give the condition as a function. Raises ``Refused`` with 400 when it cannot be read."""
        test = self._or()
        if self._at != len(self._tokens):
            raise _unreadable(f"'{self._tokens[self._at][1]}' was not expected")
        return test

    def _or(self) -> Test:
        tests = [self._and()]
        while self._is("or"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _and(self) -> Test:
        tests = [self._one()]
        while self._is("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._is("not"):
            test = self._one()
            return lambda row: not test(row)
        if self._is("("):
            test = self._or()
            self._wanted(")")
            return test
        kind, word = self._next()
        if kind == "word" and word in _FUNCTIONS:
            return self._function(word)
        column = self._column(word)
        _, named = self._next()
        compare = _COMPARE.get(named)
        if compare is None:
            raise _unreadable(f"'{named}' is no operator")
        value = _literal(column, *self._next())
        return lambda row: _holds(compare, _comparable(column, row.get(column.name)), value)

    def _function(self, name: str) -> Test:
        self._wanted("(")
        column = self._column(self._next()[1])
        self._wanted(",")
        kind, part = self._next()
        if kind != "text" or column.kind is not Kind.TEXT:
            raise _unreadable(f"{name} compares texts")
        self._wanted(")")
        wanted = _unquoted(part).casefold()
        return lambda row: _FUNCTIONS[name](str(row.get(column.name) or "").casefold(), wanted)

    def _column(self, name: str) -> Column:
        column = self._columns.get(name)
        if column is None:
            raise Refused(400, f"Could not find a property named '{name}'.")
        return column

    def _is(self, word: str) -> bool:
        there = self._at < len(self._tokens) and self._tokens[self._at][1] == word
        self._at += there
        return there

    def _wanted(self, mark: str) -> None:
        if not self._is(mark):
            raise _unreadable(f"'{mark}' is missing")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _unreadable("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]


def _split(text: str) -> Iterable[tuple[str, str]]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKENS.match(text, at)
        if found is None:
            raise _unreadable(f"there is a mistake at position {at}")
        at = found.end()
        yield str(found.lastgroup), found[str(found.lastgroup)]


def _unreadable(why: str) -> Refused:
    return Refused(400, f"The query specified in the URI is not valid: {why}.")


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _literal(column: Column, kind: str, text: str) -> Any:
    if kind == "word" and text == "null":
        return None
    match column.kind, kind:
        case Kind.TEXT, "text":
            return _unquoted(text).casefold()
        case Kind.FLAG, "word" if text in ("true", "false"):
            return text == "true"
        case Kind.INTEGER | Kind.DECIMAL, "number":
            return Decimal(text)
        case Kind.DATE, "date":
            if "T" in text and not text.endswith("Z"):
                raise _unreadable("a time needs Z at its end")  # documented: section 11
            return _moment(text)
    raise _unreadable(f"'{text}' cannot be compared with {column.name}")


def _comparable(column: Column, value: Any) -> Any:
    if value is None:
        return None
    match column.kind:
        case Kind.TEXT:
            return str(value).casefold()  # guess: as a database without case compares
        case Kind.INTEGER | Kind.DECIMAL:
            return Decimal(str(value))
        case Kind.DATE:
            return _moment(str(value))
        case _:
            return value


def _holds(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    if value is None or wanted is None:
        same = value is wanted
        return (compare is operator.eq and same) or (compare is operator.ne and not same)
    return compare(value, wanted)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise _unreadable(f"'{text}' is no date") from None


def _sortable(value: Any) -> tuple[bool, Any]:
    if isinstance(value, str):
        return True, value.casefold()
    return value is not None, 0 if value is None else value


def _pairs(query: str) -> Iterable[tuple[str, str]]:
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        yield unquote_plus(name).lower(), unquote_plus(value).strip()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _order(part: str, columns: Mapping[str, Column]) -> tuple[str, bool]:
    name, _, direction = part.partition(" ")
    if name not in columns or direction.strip() not in ("", "asc", "desc"):
        raise Refused(400, f"The query option '$orderby' is not valid: '{part}'.")
    return name, direction.strip() == "desc"


def _number(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, str(usual))
    try:
        number = int(Decimal(text))
    except (InvalidOperation, ValueError, OverflowError):
        number = -1
    if number < 0:
        raise Refused(400, f"The value '{text}' for query option '{name}' is not valid.")
    return number
