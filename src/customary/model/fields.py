"""The customer's fields: name, kind, length and meaning; what a system can hold is such a table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

Value = str | bool
"""A field's value. Text as it is; a decimal as its plain canonical text (``canonical_decimal``), so that it
is exact and equal on every database; a flag as a bool. ``""`` is *blank*. *Absent* is not a value."""

Maybe = Value | UnsetType
"""A field's state: *absent* (``UNSET``), *blank* (``""``) or a value."""

Fields = Mapping[str, Value]
"""Field name -> value. A name that is not in it is absent; ``""`` is blank."""


class Kind(StrEnum):
    """What sort of value a field holds."""

    TEXT = "text"
    DECIMAL = "decimal"
    FLAG = "flag"


class Field(Struct, frozen=True, kw_only=True):
    """One field that a system can hold."""

    name: str
    meaning: str
    kind: Kind = Kind.TEXT
    length: int = 0
    """Most characters of a text; digits before the point of a decimal."""
    decimals: int = 0
    """Most digits behind the point of a decimal."""


FieldTable = Mapping[str, Field]
"""What a system can hold, by field name."""


def text(name: str, length: int, meaning: str) -> Field:
    """A text field of at most ``length`` characters."""
    return Field(name=name, length=length, meaning=meaning)


def table(*fields: Field) -> dict[str, Field]:
    """Make a field table from its fields, in their order."""
    return {field.name: field for field in fields}


def canonical_decimal(number: Decimal) -> str:
    """Write a decimal so that equal numbers have equal texts: no exponent, no trailing zeros, no ``-0``."""
    if not number:
        return "0"
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


DIGITS = 100
"""More digits than this before, or behind, the point are not read: ``1E999999999`` would fill the memory."""


def read_decimal(text: str) -> str:
    """Read a number as people and systems write it, into its canonical text. Raises ``ValueError``."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"'{text}' is not a number") from None
    if not number.is_finite() or "_" in text:
        raise ValueError(f"'{text}' is not a number")
    if abs(number.adjusted()) > DIGITS:
        raise ValueError(f"'{text}' has more than {DIGITS} digits")
    return canonical_decimal(number)


def state(fields: Fields, name: str) -> Maybe:
    """Tell a field's state: its value, ``""`` for blank or ``UNSET`` for absent."""
    return fields.get(name, UNSET)


def shown(value: Maybe) -> str:
    """Show a field's state to a person, in one line."""
    if value is UNSET:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "'" + "\\n".join(value.splitlines()) + "'"


CUSTOMER: dict[str, Field] = table(
    text("code", 30, "the customer's number in its business unit; text, its zeros kept"),
    text("name", 150, "the name to show"),
    text("short_name", 60, "a short form of the name, for lists"),
    text("lookup_code", 60, "a second code to find the customer by"),
    text("description", 255, "free description"),
    Field(name="on_hold", kind=Kind.FLAG, meaning="whether new orders are stopped"),
    text("telephone", 227, "the main telephone, as it was typed"),
    text("telephone_country_code", 5, "dialling code of the country, without +"),
    text("telephone_area_code", 20, "area code of the main telephone"),
    text("telephone_subscriber_number", 200, "number behind the area code"),
    text("fax", 227, "the main fax, as it was typed"),
    text("fax_country_code", 5, "dialling code of the fax's country, without +"),
    text("fax_area_code", 20, "area code of the fax"),
    text("fax_subscriber_number", 200, "fax number behind the area code"),
    text("contact_name", 235, "the person to ask for"),
    text("email", 255, "default e-mail; may hold several addresses"),
    text("website", 255, "web page"),
    Field(
        name="credit_limit",
        kind=Kind.DECIMAL,
        length=15,
        decimals=5,
        meaning="most that may be owed, in the customer's currency",
    ),
    text("currency", 10, "the currency as its system writes it, not always ISO 4217"),
    text("currency_iso", 3, "ISO 4217 code, derived by the system's table of currencies"),
    text("payment_terms", 30, "code of the payment terms"),
    text("tax_status", 20, "whether and how the customer is taxed, in the source's code"),
    text("tax_exempt_number", 60, "number of the tax exemption certificate"),
    text("tax_code", 30, "default tax code"),
    text("vat_number", 30, "VAT registration number"),
    text("duns", 9, "D-U-N-S number"),
    text("account_code", 30, "the ledger account that the customer posts to"),
    text("invoicing_customer", 30, "the customer that is invoiced instead"),
    text("warehouse", 30, "warehouse that sales are sent from"),
    text("carrier", 30, "default carrier"),
    text("branch", 30, "branch that the customer belongs to"),
    text("salesperson", 30, "first salesperson; unique within a branch"),
    text("salesperson_1", 30, "first additional salesperson"),
    text("salesperson_2", 30, "second additional salesperson"),
    text("salesperson_3", 30, "third additional salesperson"),
    *(text(f"buying_group_{n}", 30, f"buying group {n} of 5") for n in range(1, 6)),
    text("invoice_discount_code", 30, "discount on whole invoices"),
    text("line_discount_code", 30, "discount on invoice lines"),
    Field(
        name="trade_promotion_pricing", kind=Kind.FLAG, meaning="whether trade promotion prices are needed"
    ),
    text("exchange_rate_type", 30, "which exchange rate is taken"),
    text("state_code", 30, "state or province"),
    text("country", 60, "country, ISO 3166 code where its system has one"),
    text("language", 30, "language of documents"),
    text("comment", 4000, "free comment"),
    *(text(f"analysis_{n}", 60, f"analysis code {n}") for n in range(1, 21)),
    *(text(f"user_field_{n}", 255, f"free field {n}") for n in range(1, 6)),
)
"""The canonical customer fields and what the hub can hold of each (the longest of the vendors')."""
