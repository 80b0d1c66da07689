"""What can be written to Sage 200, by native field: a table of the fields, and the fields made of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from customary.connectors.sage200.codec import CONTACTS, KEY
from customary.model.fields import Field, Kind, table
from customary.protocols import sage200
from customary.protocols.sage200 import ADDRESS, CONTACT, CUSTOMER, Column

PARTS: Final = {"": CUSTOMER, "main_address.": ADDRESS, "contact.": CONTACT}
"""What the native fields of a customer, of its main address and of its default contact begin with."""

COLUMNS: Final[dict[str, Column]] = {
    before + column.name: column
    for before, columns in PARTS.items()
    for column in columns.values()
    if not column.read_only
}
"""The columns of the API that can be written, by native field."""

_LONG: Final = 19
"""Digits of the largest int64."""
_WHOLE_DIGITS: Final = 15
"""Digits before the point of an amount, as the hub has them (a decision: Sage publishes no limit)."""
_OF: Final = {
    "": "the customer's",
    "main_address.": "the main address's",
    "contact.": "the default contact's",
}
_CODES: Final = {
    "currency.code": (3, "ISO 4217 code of the customer's currency"),
    "country_code.code": (2, "code of the customer's VAT country"),
    "default_tax_code.code": (6, "the customer's default tax code"),
    "main_address.address_country_code.code": (2, "code of the main address's country"),
    "contact.salutation.code": (50, "code of the default contact's salutation"),
}
"""Lengths: facts/sage200.md 15, documented; a tax code is an int16."""


def _plain(before: str, column: Column) -> Field:
    name = before + column.name
    meaning = f"{_OF[before]} {column.name.replace('_', ' ')}" + (", Extra only" * column.extra_only)
    match column.kind:
        case sage200.Kind.INTEGER:
            return Field(name=name, meaning=meaning, kind=Kind.DECIMAL, length=_LONG)
        case sage200.Kind.DECIMAL:
            return Field(
                name=name,
                meaning=meaning,
                kind=Kind.DECIMAL,
                length=_WHOLE_DIGITS,
                decimals=column.decimals,
            )
        case sage200.Kind.FLAG:
            return Field(name=name, meaning=meaning, kind=Kind.FLAG)
        case sage200.Kind.DATE:
            return Field(name=name, meaning=f"{meaning}, in UTC", length=33)
        case _:
            return Field(name=name, meaning=meaning, length=column.length)


def _made() -> Iterator[Field]:
    for phone in ("telephone", "fax"):
        extra = ", Extra only" if phone == "telephone" else ""
        yield Field(name=phone, length=200, meaning=f"the customer's {phone}, all its parts as one{extra}")
        yield Field(
            name=f"{phone}.dialling_code",
            length=5,
            meaning=f"dialling code of the customer's {phone}, without its +{extra}",
        )
    yield Field(name="contact.name", length=180, meaning="the default contact's names, all as one")
    yield Field(
        name=CONTACTS,
        kind=Kind.DECIMAL,
        length=5,
        meaning="how many contacts the customer has, where it is not one: only the default one is written",
    )


HOLDS: Final = table(
    *(
        _plain(before, column)
        for before, columns in PARTS.items()
        for column in columns.values()
        if not column.read_only
    ),
    *(Field(name=name, length=length, meaning=meaning) for name, (length, meaning) in _CODES.items()),
    *_made(),
)
"""All native fields that a customer can be written with; what edition has which, ``fitting`` looks at.

A key, an id and its code, a telephone and its parts are here all: whoever writes needs one of each.
"""

TAKEN: Final = {name: HOLDS[name] for name in (*COLUMNS, *_CODES, CONTACTS) if name != KEY}
"""What it takes as it stands from another Sage 200, or from a file in its words."""
CARRIED: Final = {name: field for name, field in TAKEN.items() if not name.endswith("_id")}
"""What goes over to another Sage 200 as it stands: no ids, since another company has other ones."""
