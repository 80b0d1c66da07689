"""Which records a Query wants: a filter held against a record (6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
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
    if isinstance(condition, Expr):
        join = all if condition.joint is Joint.AND else any
        found = join(matches(side, record, kinds) for side in (condition.left, condition.right))
        return found is not condition.negated
    held = [text for text in _texts(record, condition.path[1:]) if text != ""]
    return _holds(condition, held, kinds[condition.path]) is not condition.negated


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


def _holds(item: Item, held: list[str], kind: Kind) -> bool:
    match item.operator:
        case Operator.NULL:
            return not held
        case Operator.NOT_NULL:
            return bool(held)
        case Operator.LIKE:
            pattern = fold(item.values[0])
            return any(_like(pattern, fold(text)) for text in held)
        case Operator.BETWEEN:
            low, high = (_comparable(value, kind) for value in item.values)
            return any(low <= value <= high for value in _values(held, kind))
        case Operator.RELATIVE_DAYS:
            today = datetime.now(UTC).date()
            low, high = (today + timedelta(days=int(value)) for value in item.values)
            return any(low <= value <= high for value in _values(held, kind))
        case order:
            if item.values[0] == "":
                return (order is Operator.EQUAL) is not bool(held)
            wanted = _comparable(item.values[0], kind)
            return any(_ORDERS[order](value, wanted) for value in _values(held, kind))


def _texts(record: Record, path: tuple[str, ...]) -> Iterator[str]:
    if len(path) == 1:
        yield from (child.text for child in record.all(path[0]))
        return
    for child in record.all(path[0]):
        yield from _texts(child, path[1:])


def _values(held: list[str], kind: Kind) -> list[Any]:
    """Give what can be compared; what another system has written may be of another kind, and is left out."""
    found = [_comparable(text, kind) for text in held]
    return [value for value in found if value is not None]


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
