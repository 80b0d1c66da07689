"""What an element of a record is: its type, length, codes, keys, and what each of these is known from."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from customary.protocols.ssc_codes import YES_NO, Codes


class Evidence(StrEnum):
    """How sure something is."""

    DOCUMENTED = "documented"
    """A page of the vendor says so."""
    CLIENT_CODE = "client code"
    """Client code relies on it, or has it from the vendor's schema."""
    GUESS = "guess"


class Type(StrEnum):
    """The type of an element's text. A coded value is a string with a list of codes."""

    STRING = "string"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    MOMENT = "date and time"


class Element(Struct, frozen=True, kw_only=True):
    """One element that holds text."""

    name: str
    type: Type = Type.STRING
    length: int = 0
    """Most characters of a string; all digits of a number, as the schema says; 0 where it says none."""
    scale: int = 0
    """Most digits behind the point of a decimal."""
    whole: int = 0
    """Most digits before the point of a decimal, as the database holds it (section 9)."""
    codes: Codes = {}
    """Code -> name; none listed: any text."""
    read_only: bool = False
    """A payload may hold it, and it is ignored (guess)."""
    aliases: tuple[str, ...] = ()
    """Other names that are taken for it."""
    evidence: Evidence = Evidence.CLIENT_CODE


class Node(Struct, frozen=True, kw_only=True):
    """A record, or a child that holds elements and perhaps children."""

    name: str
    elements: Mapping[str, Element]
    """By name; aliases are not keys of it."""
    nodes: Mapping[str, Node] = {}
    keys: tuple[str, ...] = ()
    """The elements that tell it from the others of its name under the same parent."""
    mandatory: tuple[str, ...] = ()
    """What must have a value on create or amend (documented); what the run needs beyond that is not known."""
    many: bool = False
    """Whether a parent may have several."""
    deletable: bool = False
    """Whether the method DeleteChildData can delete it, by its keys (section 8, documented)."""
    query_only: bool = False
    """Whether it only comes out of a Query, and is ignored in other payloads."""
    evidence: Evidence = Evidence.DOCUMENTED

    def element(self, name: str) -> Element | None:
        """Find an element by its name or an alias; ``None`` when this node has none."""
        return self.elements.get(name) or next(
            (element for element in self.elements.values() if name in element.aliases), None
        )


GUESS: Final = Evidence.GUESS


def table(*elements: Element) -> dict[str, Element]:
    """Make the elements of a node, by name, in their order."""
    return {element.name: element for element in elements}


def string(name: str, length: int, evidence: Evidence = Evidence.CLIENT_CODE) -> Element:
    """A text of at most ``length`` characters."""
    return Element(name=name, length=length, evidence=evidence)


def coded(name: str, codes: Codes = YES_NO, evidence: Evidence = Evidence.CLIENT_CODE) -> Element:
    """A coded value; yes or no when no codes are given. It is as long as its longest code."""
    return Element(name=name, length=max(map(len, codes)), codes=codes, evidence=evidence)


def amount(name: str, evidence: Evidence = Evidence.CLIENT_CODE) -> Element:
    """A decimal(20.5), which the database holds as numeric(18,5): 13 digits before the point (section 9)."""
    return Element(name=name, type=Type.DECIMAL, length=20, scale=5, whole=13, evidence=evidence)


def integer(name: str, length: int, evidence: Evidence = Evidence.CLIENT_CODE) -> Element:
    """A whole number; in the database a smallint."""
    return Element(name=name, type=Type.INTEGER, length=length, evidence=evidence)


def day(name: str) -> Element:
    """A date."""
    return Element(name=name, type=Type.DATE)


LAST_CHANGE: Final = (
    Element(name="DateTimeLastUpdated", type=Type.MOMENT, read_only=True),
    Element(name="UpdateCount", type=Type.INTEGER, length=4, read_only=True),
    Element(name="UserIdLastUpdated", length=3, read_only=True),
)
"""Who changed a record when, and how often; it has them from the server (read-only: guess)."""
