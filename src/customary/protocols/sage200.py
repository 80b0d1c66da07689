"""Sage 200's customer API: addresses, headers, and the fields of a customer with kinds, lengths and domains.

Source: sections 9 to 16 of the fact sheet on Sage 200 customers; the types, lengths and flags are those of
Sage's own OpenAPI files of 2024 (documented).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from msgspec import Struct

Edition = Literal["standard", "extra"]
"""Sage 200 Standard, or Sage 200 Extra, which has the same API as Professional (9, documented)."""

BASES: Final[dict[Edition, str]] = {
    "standard": "/uk/sage200/accounts/v1",
    "extra": "/uk/sage200extra/accounts/v1",
}
"""Where the resources stand on the API's host (9): Standard (client code), Extra (documented)."""

SITE: Final = "X-Site"
COMPANY: Final = "X-Company"
"""Headers of every call but ``/sites`` (observed)."""

DEFAULT_TOP: Final = 500
MOST_TOP: Final = 5000
"""Records of one answer without ``$top``, and at most (11, documented)."""

ACTIVE: Final = "AccountStatusActive"
HIDDEN: Final = "AccountStatusHidden"
STATUSES: Final = (ACTIVE, HIDDEN)
SINGLE: Final = "ExchangeRateSingle"
PERIOD: Final = "ExchangeRatePeriod"
BOTH: Final = "ExchangeRateBoth"
EXCHANGE_RATES: Final = (SINGLE, PERIOD, BOTH)
"""The values of account_status_type and exchange_rate_type (1, documented)."""


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    DATE = "date"


class Column(Struct, frozen=True, kw_only=True):
    """One field of a resource, by its JSON name."""

    name: str
    kind: Kind = Kind.TEXT
    length: int = 0
    """Most characters of a text."""
    decimals: int = 0
    """Digits behind the point of a decimal."""
    read_only: bool = False
    extra_only: bool = False
    """Sage 200 Extra and Professional only."""
    domain: tuple[str, ...] = ()
    """The values it can have; none listed: any."""


def _text(name: str, length: int, *, read_only: bool = False, extra_only: bool = False) -> Column:
    return Column(name=name, length=length, read_only=read_only, extra_only=extra_only)


def _kind(kind: Kind, *names: str, read_only: bool = False, extra_only: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name=n, kind=kind, read_only=read_only, extra_only=extra_only) for n in names)


def _decimals(decimals: int, *names: str, read_only: bool = False) -> tuple[Column, ...]:
    return tuple(
        Column(name=name, kind=Kind.DECIMAL, decimals=decimals, read_only=read_only) for name in names
    )


def _choice(name: str, domain: tuple[str, ...]) -> Column:
    return Column(name=name, length=20, domain=domain)


def _table(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


_I, _F, _D = Kind.INTEGER, Kind.FLAG, Kind.DATE

CUSTOMER: Final = _table(
    *_kind(_I, "id", read_only=True),
    *_kind(_D, "date_time_updated", "date_time_created", read_only=True),
    _text("reference", 8),
    _text("name", 60),
    _text("short_name", 8),
    *_decimals(2, "balance", read_only=True),
    *_kind(_F, "on_hold"),
    _text("status_reason", 256),
    _choice("account_status_type", STATUSES),
    *_kind(_I, "currency_id"),
    _choice("exchange_rate_type", EXCHANGE_RATES),
    _text("telephone_country_code", 5, extra_only=True),
    _text("telephone_area_code", 20, extra_only=True),
    _text("telephone_subscriber_number", 200, extra_only=True),
    _text("fax_country_code", 5),
    _text("fax_area_code", 20),
    _text("fax_subscriber_number", 200),
    _text("website", 200),
    *_decimals(2, "credit_limit"),
    *_kind(_I, "country_code_id", "default_tax_code_id"),
    _text("vat_number", 30),
    _text("duns_code", 9),
    *(_text(f"analysis_code_{n}", 60) for n in range(1, 6)),
    *(_text(f"analysis_code_{n}", 60, extra_only=True) for n in range(6, 21)),
    _text("account_type", 30),  # 20 as documented, but its documented default has 26
    *_decimals(2, "early_settlement_discount_percent"),
    *_kind(_I, "early_settlement_discount_days", "payment_terms_days"),
    _text("payment_terms_basis", 30),  # likewise: 27
    *_kind(_I, "average_time_to_pay", read_only=True),
    *_decimals(2, "value_of_current_orders_in_sop", read_only=True),
    *_kind(_F, "terms_agreed"),
    _text("trading_terms", 30),
    _text("credit_reference", 60),
    *_kind(_I, "credit_bureau_id", "credit_position_id"),
    *_kind(_I, "finance_charge_id", "associated_head_office_id", extra_only=True),
    *_kind(_D, "date_finance_charge_last_run", read_only=True),
    *_kind(_F, "is_head_office_with_branches", extra_only=True),
    *_kind(_D, "account_opened", "last_credit_review", "next_credit_review"),
    *_kind(_D, "application_date", "date_received"),
    _text("office_type", 20, extra_only=True),
    *_kind(_F, "produce_statements_for_customer", "use_consolidated_billing", extra_only=True),
    _text("order_priority", 1),
    *_kind(_F, "use_tax_code_as_default"),
    *_kind(_I, "months_to_keep_transactions"),
    *_kind(_I, "default_nominal_code_id", read_only=True),
    _text("default_nominal_code_reference", 8),
    _text("default_nominal_code_cost_centre", 3),
    _text("default_nominal_code_department", 3),
    *_decimals(2, "invoice_discount_percent", "invoice_line_discount_percent"),
    *_kind(_I, "customer_discount_group_id", "order_value_discount_id", "price_band_id"),
    *(_text(f"spare_text_{n}", 100) for n in range(1, 11)),
    *_decimals(5, *(f"spare_number_{n}" for n in range(1, 11))),
    *_kind(_D, *(f"spare_date_{n}" for n in range(1, 6))),
    *_kind(_F, *(f"spare_bool_{n}" for n in range(1, 6))),
)
"""The plain fields of a customer (14), in the order in which a download has the first of them (8)."""

ADDRESS: Final = _table(
    *_kind(_I, "id", "customer_id", read_only=True),
    *_kind(_D, "date_time_updated", "date_time_created", read_only=True),
    *(_text(f"address_{n}", 60) for n in range(1, 5)),
    _text("city", 60),
    _text("county", 60),
    _text("postcode", 10),
    _text("country", 60, read_only=True),
    _text("contact_name", 235, read_only=True),
    *_kind(_I, "address_country_code_id"),
)
"""The plain fields of main_address (15)."""

CONTACT: Final = _table(
    *_kind(_I, "id", "customer_id", read_only=True),
    *_kind(_D, "date_time_updated", "date_time_created", read_only=True),
    _text("name", 180, read_only=True),
    *_kind(_I, "salutation_id"),
    _text("first_name", 60),
    _text("middle_name", 60),
    _text("last_name", 60),
    _text("default_telephone", 227, read_only=True),
    _text("default_email", 227, read_only=True),
    *_kind(_F, "is_default", read_only=True),
)
"""The plain fields of a contact (15)."""

EMAIL: Final = _table(*_kind(_I, "id", read_only=True), _text("email", 227), *_kind(_F, "is_default"))
NUMBER: Final = _table(
    *_kind(_I, "id", read_only=True),
    _text("country_code", 5),
    _text("area_code", 20),
    _text("subscriber_number", 200),
    _text("full_number", 227, read_only=True),
    *_kind(_F, "is_default"),
)
WEBSITE: Final = _table(*_kind(_I, "id", read_only=True), _text("website", 227), *_kind(_F, "is_default"))
"""The plain fields of what hangs on a contact (15)."""

CONTACT_PARTS: Final = {
    "emails": EMAIL,
    "telephones": NUMBER,
    "mobiles": NUMBER,
    "faxes": NUMBER,
    "websites": WEBSITE,
}
"""The lists in a contact (15), each with its fields; its own resource is ``customer_`` and this name (9)."""

EXPANDABLE: Final = ("contacts", "main_address", "country_code", "currency", "default_tax_code")
"""What ``$expand`` of a customer takes (11, documented)."""


def columns(table: dict[str, Column], edition: Edition) -> dict[str, Column]:
    """Give the columns of a table that an edition has."""
    return {name: column for name, column in table.items() if edition == "extra" or not column.extra_only}


def quoted(value: str) -> str:
    """Write a text for a filter: in single quotes, a quote in it doubled (11, client code)."""
    return "'" + value.replace("'", "''") + "'"
