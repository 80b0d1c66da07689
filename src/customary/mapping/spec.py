"""The mapping language: one row says how one native field and one customer field belong together.

The language is closed: anything that wants an ``if`` is a function in the connector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from customary.model.fields import CUSTOMER, Field, FieldTable, Kind, Value


class When(StrEnum):
    """When a row is written to the target."""

    ALWAYS = "always"
    CREATE = "create"
    """On a customer's initial load only: when this operation creates the customer, or first links it while
    the target's field is absent or blank. Afterwards a difference is told, never written."""


class Owner(StrEnum):
    """Whose value of the field wins."""

    SOURCE = "source"
    TARGET = "target"
    NOBODY = "nobody"
    """Three-way: the side that moved wins; if both did, neither is touched and it is told."""


class Blank(StrEnum):
    """What a value that was sent empty does."""

    CLEAR = "clear"
    KEEP = "keep"


class Transform(StrEnum):
    """How a native text becomes a value."""

    TEXT = "text"
    DECIMAL = "decimal"
    FLAG = "flag"
    """``Y`` and ``true`` are true; ``N``, ``false`` and blank are false."""


class Compare(StrEnum):
    """When two values count as the same."""

    EXACT = "exact"
    KEY = "key"
    """As the source compares its keys (padding, case)."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One native field and the customer field that it fills."""

    field: str
    native: str
    when: When = When.ALWAYS
    owner: Owner = Owner.SOURCE
    blank: Blank = Blank.CLEAR
    transform: Transform = Transform.TEXT
    compare: Compare = Compare.EXACT
    required: bool = False
    """Whether a record without it is rejected."""
    length: int = 0
    """The source's own published length in characters (digits of a decimal); a longer value is a warning."""
    domain: tuple[str, ...] = ()
    """The native codes that are allowed beside blank; any other rejects the record."""
    least: int | None = None
    """The smallest allowed number."""
    lookup: str = ""
    """Name of the system's table that translates the value; an unknown code makes the field blank."""
    evidence: str = ""
    """Where the row comes from: a seed, a fact sheet, a user's file."""
    examples: tuple[tuple[str, str], ...] = ()
    """Pairs of a native text and what becomes of it; ``customary mapping`` tests them."""

    @property
    def plain_length(self) -> int:
        """Up to how many characters the native text is the value, with nothing to check; -1: never."""
        checked = self.required or self.domain or self.lookup or self.transform is not Transform.TEXT
        return -1 if checked else self.length or self.holds.length

    @property
    def settled(self) -> Mapping[str, Value]:
        """The native texts whose value is known beforehand, with nothing to check: a flag's, a domain's."""
        if self.required or self.lookup or self.transform is Transform.DECIMAL:
            return {}
        if self.transform is Transform.FLAG:
            return {} if self.domain else FLAGS
        most = self.length or self.holds.length
        return {code: code for code in ("", *self.domain) if self.domain and len(code) <= most}

    @property
    def holds(self) -> Field:
        """The customer field that this row fills; one that is only carried is described by its row."""
        found = CUSTOMER.get(self.field)
        return found or Field(
            name=self.field,
            meaning=f"{self.native}, carried",
            kind=_KINDS[self.transform],
            length=self.length,
        )


_KINDS = {Transform.TEXT: Kind.TEXT, Transform.DECIMAL: Kind.DECIMAL, Transform.FLAG: Kind.FLAG}
FLAGS: Mapping[str, bool] = {"Y": True, "N": False, "true": True, "false": False, "": False}
"""The native texts of flags."""
_TRANSFORMS = {kind: transform for transform, kind in _KINDS.items()}


def carried_name(words: str, native: str) -> str:
    """Name the customer field of a native field that only systems with the same ``words`` know."""
    return f"{words}.{native}"


def carried(words: str, fields: FieldTable, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Make a row for every native field that ``rows`` do not map, so that it goes over as it is."""
    mapped = {row.native for row in rows}
    return tuple(
        Row(
            field=carried_name(words, native),
            native=native,
            transform=_TRANSFORMS[field.kind],
            evidence=f"carried: only systems with the words of {words} have it",
        )
        for native, field in fields.items()
        if native not in mapped
    )


def exactly(key: str) -> str:
    """Compare keys as they are."""
    return key


class FieldMapping(Struct, frozen=True, kw_only=True, dict=True):
    """The rows in force between one system's native fields and the customer, with its look-ups."""

    rows: tuple[Row, ...]
    lookups: Mapping[str, Mapping[str, str]] = {}
    """Table name -> native code -> value."""
    fold: Callable[[str], str] = exactly
    """How the source compares its keys."""
    words: str = ""
    """Whose native words these are; a file in Sage 200's words has Sage 200's."""

    @cached_property
    def natives(self) -> tuple[str, ...]:
        """The native fields that are read, in the order of the rows, each once."""
        return tuple(dict.fromkeys(row.native for row in self.rows))

    @cached_property
    def plan(self) -> tuple[tuple[Row, str, str, int, Mapping[str, Value]], ...]:
        """Row, field, native field, up to which length its text is taken as it is (-1: never), and the texts
        that are settled."""
        return tuple((row, row.field, row.native, row.plain_length, row.settled) for row in self.rows)

    @cached_property
    def initial(self) -> tuple[Row, ...]:
        """The rows that are written on the initial load only."""
        return tuple(row for row in self.rows if row.when is When.CREATE)

    @cached_property
    def looked_up(self) -> tuple[Row, ...]:
        """The rows whose value a look-up table gives."""
        return tuple(row for row in self.rows if row.lookup)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of rows and look-ups: a changed mapping takes effect although no customer moved."""
        told: list[Any] = [
            # what only explains a row changes nothing
            msgspec.to_builtins([replace(row, evidence="", examples=()) for row in self.rows]),
            {name: dict(table) for name, table in self.lookups.items()},
        ]
        return blake2b(msgspec.json.encode(told, order="deterministic"), digest_size=16).hexdigest()
