"""What is said of each field of a Sage 200 customer: type, length, who writes it, and what it is known from.

Section numbers name the fact sheet on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

Texts = Mapping[str, str]
"""Path -> text, such as ``main_address.city``. A path that is not in it is missing; ``""`` is empty."""


class Edition(StrEnum):
    """Which Sage 200 is written to (section 2, documented)."""

    STANDARD = "Standard"
    EXTRA = "Extra"
    """Sage 200 Extra Online, whose API is also Professional's (section 9, documented)."""


class Type(StrEnum):
    """The types of Sage's API, which are also the page's."""

    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE_TIME = "date-time"
    STRING = "string"
    OBJECT = "object"
    ARRAY = "array"


class Travel(StrEnum):
    """Which way a field goes in Zynk's XML (section 14, the flags Z and Zd)."""

    BOTH = "upload and download"
    DOWNLOAD = "download only"
    """Written by a download; ignored by an upload."""
    NONE = "API only"
    """Sage's API has it and Zynk's XML has not."""


class Evidence(StrEnum):
    """What a field's type and length are known from."""

    PAGE = "the page"
    """Zynk's page on Sage 200 Online customers; the API's schema says the same."""
    SCHEMA = "the schema"
    """Sage's OpenAPI files only."""


class Field(Struct, frozen=True, kw_only=True):
    """One field of a customer, or of an object in it."""

    name: str
    """The name of the XML element, which is also that of the API's JSON."""
    type: Type = Type.STRING
    length: int = 0
    """Most characters of a text; 0 for other types."""
    decimals: int = 0
    """Digits behind the point of a decimal."""
    travel: Travel = Travel.NONE
    required: bool = False
    read_only: bool = False
    """Ignored when it is sent to Sage."""
    extra_only: bool = False
    """Standard has it not (the page's †)."""
    professional_only: bool = False
    domain: tuple[str, ...] = ()
    """The values it can have; none listed: any."""
    default: str = ""
    """What Sage takes on a create that does not send it; ``""``: nothing, or not known."""
    evidence: Evidence = Evidence.SCHEMA
    fields: tuple[Field, ...] = ()
    """Of an object, or of each thing in an array, in the order that a download has them."""

    def walk(self, before: str = "") -> Iterator[tuple[str, Field]]:
        """Give this field and what is in it, each with its path, such as ``main_address.city``."""
        path = before + self.name
        yield path, self
        for field in self.fields:
            yield from field.walk(f"{path}.")


class CustomerTexts(Struct, frozen=True):
    """What Zynk's XML says of a customer, in texts."""

    fields: Texts
    """An object or ``contacts`` that is an empty element is ``""`` under its own name."""
    contacts: tuple[Texts, ...] = ()
    """Each with paths of its own, such as ``salutation.code``."""


def text(name: str, length: int) -> Field:
    """A text of at most ``length`` characters."""
    return Field(name=name, length=length)


def number(name: str, type: Type = Type.INT64) -> Field:
    """A whole number; an id where no type is given."""
    return Field(name=name, type=type)


def decimal(name: str, decimals: int = 2) -> Field:
    """A number with ``decimals`` digits behind the point."""
    return Field(name=name, type=Type.DECIMAL, decimals=decimals)


def flag(name: str, default: str = "") -> Field:
    """A boolean."""
    return Field(name=name, type=Type.BOOLEAN, default=default)


def moment(name: str) -> Field:
    """A date with a time, UTC, without a zone in JSON and XML (section 14, documented)."""
    return Field(name=name, type=Type.DATE_TIME)


def thing(name: str, *fields: Field) -> Field:
    """An object with fields of its own."""
    return Field(name=name, type=Type.OBJECT, fields=fields)


def things(name: str, *fields: Field) -> Field:
    """An array of objects that have these fields."""
    return Field(name=name, type=Type.ARRAY, fields=fields)


def on_page(*fields: Field) -> tuple[Field, ...]:
    """Fields that Zynk's XML has in both directions."""
    return tuple(replace(field, travel=Travel.BOTH, evidence=Evidence.PAGE) for field in fields)


def downloaded(*fields: Field) -> tuple[Field, ...]:
    """Fields that Zynk's XML has on a download only, and that Sage ignores too."""
    return tuple(
        replace(field, travel=Travel.DOWNLOAD, read_only=True, evidence=Evidence.PAGE) for field in fields
    )


def read_only(*fields: Field) -> tuple[Field, ...]:
    """Fields that Sage gives and ignores when they are sent."""
    return tuple(replace(field, read_only=True) for field in fields)


def professional(*fields: Field) -> tuple[Field, ...]:
    """Fields that only Sage 200 Professional has."""
    return tuple(replace(field, professional_only=True) for field in fields)
