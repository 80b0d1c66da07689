"""Which records a Query wants: a filter held against a record (6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from customary.components.elements import Kind
from customary.errors import RequestRefused
from customary.protocols.ssc_filter import Condition, Expr, Item, Joint, Operator
from customary.protocols.ssc_record import Record
from customary.protocols.ssc_values import read_date
from customary.store.folding import fold

Kinds = Mapping[tuple[str, ...], Kind]
"""The path of every element of a component's records, the component's name first, and what it holds."""

_ORDERS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: lambda held, wanted: bool(held == wanted),
    Operator.NOT_EQUAL: lambda held, wanted: bool(held != wanted),
    Operator.GREATER: lambda held, wanted: bool(held > wanted),
    Operator.GREATER_OR_EQUAL: lambda held, wanted: bool(held >= wanted),
    Operator.LESS: lambda held, wanted: bool(held < wanted),
    Operator.LESS_OR_EQUAL: lambda held, wanted: bool(held <= wanted),
}


def check(condition: Condition, kinds: Kinds) -> None:
    """Make sure that a filter can be held against records. Raises ``RequestRefused`` naming what is wrong."""
    if isinstance(condition, Expr):
        check(condition.left, kinds)
        check(condition.right, kinds)
        return
    kind = kinds.get(condition.path)
    name = "/" + "/".join(condition.path)[:120]
    if kind is None:
        raise RequestRefused(f"the filter names {name}, which this component does not have")
    if condition.operator is Operator.RELATIVE_DAYS:
        if kind is not Kind.DATE:
            raise RequestRefused(f"the filter counts days from today, and {name} is not a date")
    elif condition.operator is not Operator.LIKE:
        for value in condition.values:
            if value and _comparable(value, kind) is None:
                raise RequestRefused(f"the filter compares {name} with '{value[:60]}'; send {_AS[kind]}")


_AS = {
    Kind.CODED: "a code, as 0",
    Kind.DATE: "a date, as 31122026",
    Kind.DECIMAL: "a number, as 1234.56",
    Kind.INTEGER: "a whole number",
}


def matches(condition: Condition, record: Record, kinds: Kinds) -> bool:
    """Tell whether a record is wanted. An element that comes several times is, if one of them is."""
    return _matches(condition, _Seen(record, kinds))


class _Seen:
    """A record that a filter is held against: what an element holds is read once, however often."""

    def __init__(self, record: Record, kinds: Kinds) -> None:
        self._record = record
        self._kinds = kinds
        self._texts: dict[tuple[str, ...], list[str]] = {}
        self._values: dict[tuple[str, ...], list[Any]] = {}

    def kind(self, item: Item) -> Kind:
        return self._kinds[item.path]

    def texts(self, item: Item) -> list[str]:
        """Give the texts of an item's element that are not empty."""
        if item.path not in self._texts:
            found = _texts(self._record, item.path[1:])
            self._texts[item.path] = [text for text in found if text != ""]
        return self._texts[item.path]

    def values(self, item: Item) -> list[Any]:
        """Give what can be compared; what another system wrote may be of another kind, and is left out."""
        if item.path not in self._values:
            found = [_comparable(text, self.kind(item)) for text in self.texts(item)]
            self._values[item.path] = [value for value in found if value is not None]
        return self._values[item.path]


def _matches(condition: Condition, seen: _Seen) -> bool:
    if isinstance(condition, Item):
        return _holds(condition, seen) is not condition.negated
    found = _matches(condition.left, seen)
    if found is (condition.joint is Joint.AND):
        found = _matches(condition.right, seen)
    return found is not condition.negated


def only(condition: Condition | None, path: tuple[str, ...]) -> frozenset[str] | None:
    """Give the values of which an element must have one to be wanted at all; ``None``: any will do."""
    if isinstance(condition, Item):
        asked = condition.path == path and condition.operator is Operator.EQUAL and not condition.negated
        return frozenset(condition.values) if asked else None
    if condition is None or condition.negated:
        return None
    left, right = only(condition.left, path), only(condition.right, path)
    if condition.joint is Joint.OR:
        return None if left is None or right is None else left | right
    return right if left is None else left


def _holds(item: Item, seen: _Seen) -> bool:
    kind = seen.kind(item)
    match item.operator:
        case Operator.NULL:
            return not seen.texts(item)
        case Operator.NOT_NULL:
            return bool(seen.texts(item))
        case Operator.LIKE:
            pattern = fold(item.values[0])
            return any(_like(pattern, fold(text)) for text in seen.texts(item))
        case Operator.BETWEEN:
            low, high = (_wanted(value, kind) for value in item.values)
            return any(low <= value <= high for value in seen.values(item))
        case Operator.RELATIVE_DAYS:
            today = datetime.now(UTC).date()
            low, high = (today + timedelta(days=int(value)) for value in item.values)
            return any(low <= value <= high for value in seen.values(item))
        case order:
            if item.values[0] == "":
                return (order is Operator.EQUAL) is not bool(seen.texts(item))
            wanted = _wanted(item.values[0], kind)
            return any(_ORDERS[order](value, wanted) for value in seen.values(item))


def _texts(record: Record, path: tuple[str, ...]) -> Iterator[str]:
    if len(path) == 1:
        yield from (child.text for child in record.all(path[0]))
        return
    for child in record.all(path[0]):
        yield from _texts(child, path[1:])


def _comparable(text: str, kind: Kind) -> Decimal | date | str | None:
    match kind:
        case Kind.DECIMAL | Kind.INTEGER | Kind.CODED:
            try:
                number = Decimal(text.strip())
            except InvalidOperation:
                return None
            return number if number.is_finite() else None
        case Kind.DATE:
            try:
                return read_date(text, slashes=True)
            except ValueError:
                return None
        case _:
            return fold(text.rstrip())


@lru_cache(maxsize=4096)
def _wanted(text: str, kind: Kind) -> Any:
    """Give what a filter compares with, which is the same for every record."""
    return _comparable(text, kind)


def _like(pattern: str, text: str) -> bool:
    """Tell whether a text is like a pattern with ``%`` for any characters and ``_`` for one.

    Backs up to the last ``%`` only, so that no pattern takes longer than its length times the text's.
    """
    at = place = 0
    star, resume = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "%":
            star, resume = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("_", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return all(character == "%" for character in pattern[at:])
