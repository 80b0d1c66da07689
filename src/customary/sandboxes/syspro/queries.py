"""Which rows COMFND answers with (section 7.3 of the facts)."""

from __future__ import annotations

import fnmatch
import operator
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from msgspec import Struct

from customary.protocols.enet import CUSTOMER_COLUMNS, EnetFormatError, Expression, FindRequest
from customary.protocols.enet_columns import SqlType
from customary.sandboxes.syspro.table import CustomerTable

KEY: Final = "Customer"

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
    "EQ": operator.eq,
    "NE": operator.ne,
}
_BINDING = {"(": 0, "or": 1, "and": 2}


def find(request: FindRequest, table: CustomerTable, fold: Callable[[str], str], limit: int = 0) -> list[str]:
    """Give the keys of the rows that a COMFND asks for, in its order, at most ``limit`` of them (0: all).

    ``fold`` brings a key of the request into the table's form. AND binds closer than OR; without OrderBy the
    rows come by key (guess). All columns must exist. Raises ``EnetFormatError`` for a value that is no number
    where the column is one.
    """
    node = _tree(request.where, fold)
    candidates = node.candidates(table) if node else None
    keys: Iterable[str] = table if candidates is None else candidates
    if any(name != KEY for name in request.order_by):
        order = request.order_by
        keys = sorted(keys, key=lambda key: [_typed(name, table[key].get(name, "")) for name in order])
    most = min([rows for rows in (request.return_rows, limit) if rows], default=len(table))
    found: list[str] = []
    for key in keys:
        if len(found) == most:
            break
        if node is None or node.holds(key, table):
            found.append(key)
    return found


class _Condition(Struct, frozen=True):
    column: str
    condition: str
    value: str
    fulfilled: Callable[[str], bool]

    def holds(self, key: str, table: CustomerTable) -> bool:
        return self.fulfilled(key if self.column == KEY else table[key].get(self.column, ""))

    def candidates(self, table: CustomerTable) -> list[str] | None:
        """Keys outside of which it cannot hold, in order; ``None``: it might hold for any."""
        if self.column != KEY:
            return None
        match self.condition:
            case "EQ":
                return table.between(self.value, self.value)
            case "GT" | "GE":
                return table.between(self.value)
            case "LT" | "LE":
                return table.between("", self.value)
            case _:
                return None


class _Joined(Struct, frozen=True):
    parts: tuple[_Condition | _Joined, ...]
    joint: str

    def holds(self, key: str, table: CustomerTable) -> bool:
        held = (part.holds(key, table) for part in self.parts)
        return all(held) if self.joint == "and" else any(held)

    def candidates(self, table: CustomerTable) -> list[str] | None:
        candidates = [part.candidates(table) for part in self.parts]
        known = [keys for keys in candidates if keys is not None]
        if self.joint == "and":
            return min(known, key=len, default=None)
        return sorted({key for keys in known for key in keys}) if len(known) == len(candidates) else None


def _tree(where: tuple[Expression, ...], fold: Callable[[str], str]) -> _Condition | _Joined | None:
    # Two stacks instead of recursion; FindRequest has already seen that the brackets match.
    nodes: list[_Condition | _Joined] = []
    waiting: list[str] = []

    def join_down_to(binding: int) -> None:
        while waiting and _BINDING[waiting[-1]] >= max(binding, 1):
            joint, right, left = waiting.pop(), nodes.pop(), nodes.pop()
            same = isinstance(left, _Joined) and left.joint == joint
            parts = left.parts if isinstance(left, _Joined) and same else (left,)
            nodes.append(_Joined((*parts, right), joint))

    for place, expression in enumerate(where):
        if place:
            joint = expression.and_or.lower()
            join_down_to(_BINDING[joint])
            waiting.append(joint)
        waiting.extend(expression.open_bracket)
        nodes.append(_condition(expression, fold))
        for _ in expression.close_bracket:
            join_down_to(0)
            waiting.pop()
    join_down_to(0)
    return nodes[0] if nodes else None


def _condition(expression: Expression, fold: Callable[[str], str]) -> _Condition:
    column, value = expression.column, expression.value
    if expression.condition == "LIKE":
        # * and ? are the only wildcards of COMFND; fnmatch would take brackets for one too.
        pattern = re.compile(fnmatch.translate(value.rstrip().replace("[", "[[]")))
        return _Condition(column, "LIKE", value, lambda text: pattern.match(text.rstrip()) is not None)
    compare = _COMPARE[expression.condition]
    if column == KEY:
        value = fold(value)
    elif CUSTOMER_COLUMNS[column].type is SqlType.DECIMAL and _number(value) is None:
        raise EnetFormatError(f"the value for {column} is not a number")
    wanted = _typed(column, value)
    return _Condition(column, expression.condition, value, lambda text: compare(_typed(column, text), wanted))


def _typed(column: str, text: str) -> Decimal | str:
    if CUSTOMER_COLUMNS[column].type is SqlType.DECIMAL:
        return _number(text) or Decimal(0)
    return text.rstrip()


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
