"""Filters: which records a Query wants, read leniently and written strictly.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``), here always section 6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct

from customary.protocols.ssc_format import SscFormatError, shown
from customary.protocols.ssc_record import Record


class Operator(StrEnum):
    """How an Item compares; the value is how it is written. Only ``EQU`` is documented, the others are a
    guess."""

    EQUAL = "EQU"
    NOT_EQUAL = "NEQ"
    GREATER = "GT"
    GREATER_OR_EQUAL = "GTE"
    LESS = "LT"
    LESS_OR_EQUAL = "LTE"
    BETWEEN = "BET"
    """Two values, both included."""
    LIKE = "LIKE"
    """``%`` stands for any characters, ``_`` for one."""
    NULL = "NUL"
    """No value."""
    NOT_NULL = "NNUL"
    """No value."""
    RELATIVE_DAYS = "RELDAYS"
    """Two values: whole days from today, such as -2 and 2."""


class Joint(StrEnum):
    """How an Expr joins its two operands (documented)."""

    AND = "AND"
    OR = "OR"


class Item(Struct, frozen=True):
    """One comparison."""

    path: tuple[str, ...]
    """The component's name first, as in ``("Customer", "Accounts", "LookupCode")``."""
    operator: Operator
    values: tuple[str, ...]
    """None, one or two, as the operator says; blanks in them are kept, but around the two of a pair."""
    negated: bool = False

    def to_record(self) -> Record:
        """Give the Item as it is written."""
        operator = f"NOT {self.operator.value}" if self.negated else self.operator.value
        between = " and " if self.operator is Operator.RELATIVE_DAYS else ","
        attributes = (
            ("name", "".join([f"/{name}" for name in self.path])),
            ("operator", operator),
            ("value", between.join(self.values)),
        )
        return Record("Item", "", attributes)


class Expr(Struct, frozen=True):
    """Two conditions, joined."""

    joint: Joint
    left: Condition
    right: Condition
    negated: bool = False

    def to_record(self) -> Record:
        """Give the Expr as it is written, with exactly two operands."""
        operator = f"NOT {self.joint.value}" if self.negated else self.joint.value
        operands = (self.left.to_record(), self.right.to_record())
        return Record("Expr", "", (("operator", operator),), operands)


Condition = Item | Expr

SPELLINGS: Final[dict[str, Operator]] = {
    **{operator.value: operator for operator in Operator},
    "EQ": Operator.EQUAL,
    "=": Operator.EQUAL,
    "NE": Operator.NOT_EQUAL,
    "!=": Operator.NOT_EQUAL,
    ">": Operator.GREATER,
    "GE": Operator.GREATER_OR_EQUAL,
    ">=": Operator.GREATER_OR_EQUAL,
    "<": Operator.LESS,
    "LE": Operator.LESS_OR_EQUAL,
    "<=": Operator.LESS_OR_EQUAL,
    "BETWEEN": Operator.BETWEEN,
    "<>": Operator.BETWEEN,
    "~=": Operator.LIKE,
    "NULL": Operator.NULL,
    "~#": Operator.NULL,
    "NOTNULL": Operator.NOT_NULL,
    "!#": Operator.NOT_NULL,
}
"""How an operator may be spelled, in any case: the symbols are the portal's (documented), the words a guess.
``<>`` is *between* there, not *unequal*."""

_NOT_SUPPORTED = frozenset({"><", "IN"})
_DAYS = re.compile(r"\s*([+-]?\d{1,5})\s+and\s+([+-]?\d{1,5})\s*", re.IGNORECASE)


def read_filter(element: Record) -> Condition | None:
    """Read a Filter; ``None`` when there is nothing in it, and so every record is wanted.

    A single Item is used by clients; several Items or Exprs mean all of them (guess). Raises
    ``SscFormatError`` for an Expr that has not exactly two operands, and for an operator, a name or a value
    that makes no sense.
    """
    if not element.children:
        return None
    return joined(Joint.AND, [_condition(child) for child in element.children])


def write_filter(condition: Condition) -> Record:
    """Give the Filter as it is written: nested pairs, and every operator in its code."""
    return Record("Filter", "", (), (condition.to_record(),))


def joined(joint: Joint, conditions: Sequence[Condition]) -> Condition:
    """Join at least one condition into pairs, nested no deeper than need be: a hundred keys are seven
    deep."""
    if len(conditions) == 1:
        return conditions[0]
    middle = (len(conditions) + 1) // 2
    return Expr(joint, joined(joint, conditions[:middle]), joined(joint, conditions[middle:]))


def equal(path: tuple[str, ...], value: str) -> Item:
    """Make the one comparison that is documented."""
    return Item(path, Operator.EQUAL, (value,))


def _condition(element: Record) -> Condition:
    match element.name:
        case "Item":
            return _item(element)
        case "Expr":
            return _expr(element)
        case name:
            raise SscFormatError(f'A Filter holds "{shown(name)}": it may hold Expr and Item.')


def _expr(element: Record) -> Expr:
    said = element.attribute("operator").strip().upper()
    negated, said = _negation(said)
    if said not in (Joint.AND, Joint.OR):
        raise SscFormatError(f'An Expr has the operator "{shown(said)}": it may have AND or OR.')
    if len(element.children) != 2:
        raise SscFormatError(
            f"An Expr has {len(element.children)} operands and must have two: put pairs inside one another."
        )
    left, right = element.children
    return Expr(Joint(said), _condition(left), _condition(right), negated)


def _item(element: Record) -> Item:
    path = tuple([name.strip() for name in element.attribute("name").strip().strip("/").split("/")])
    if len(path) < 2 or not all(path):
        raise SscFormatError("An Item needs a name such as /Customer/CustomerCode.")
    said = element.attribute("operator").strip().upper()
    negated = False
    if said not in SPELLINGS:
        negated, said = _negation(said)
    if said in _NOT_SUPPORTED:
        raise SscFormatError(f'The operator "{said}" (in) is not supported: join comparisons with OR.')
    if said not in SPELLINGS:
        known = ", ".join(operator.value for operator in Operator)
        raise SscFormatError(
            f'The operator "{shown(said)}" is not known: use one of {known}, with NOT before it.'
        )
    operator = SPELLINGS[said]
    return Item(path, operator, _values(operator, element.attribute("value")), negated)


def _negation(said: str) -> tuple[bool, str]:
    negated = said.startswith("NOT")
    return negated, said.removeprefix("NOT").strip()


def _values(operator: Operator, value: str) -> tuple[str, ...]:
    match operator:
        case Operator.NULL | Operator.NOT_NULL:
            return ()
        case Operator.BETWEEN:
            low, comma, high = value.partition(",")
            if not comma or "," in high:
                raise SscFormatError(
                    "An Item that compares between two values needs both, as in value='a,b'."
                )
            return low.strip(), high.strip()
        case Operator.RELATIVE_DAYS:
            found = _DAYS.fullmatch(value)
            if not found:
                raise SscFormatError("An Item with RELDAYS needs days, as in value='-2 and 2'.")
            return found[1], found[2]
        case _:
            return (value,)
