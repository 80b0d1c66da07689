"""Made-up customers: the same seed gives the same customers, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final, TypeVar

from customary.protocols.sage200 import (
    ACTIVE,
    ADDRESS,
    BOTH,
    CONTACT,
    CONTACT_PARTS,
    CUSTOMER,
    PERIOD,
    SINGLE,
    Kind,
)
from customary.sandboxes.locales import LOCALES, Locale
from customary.sandboxes.sage200.lookups import Resource

LONG_EVERY: Final = 107
"""Every 107th customer's texts are as long as their fields allow."""
IDS_EACH: Final = 3
"""A customer, its address and its contact take their ids from one series, as in the vendor's example."""

_COUNTRIES: Final = {
    "USA": "US",
    "GBR": "GB",
    "DEU": "DE",
    "FRA": "FR",
    "ESP": "ES",
    "SWE": "SE",
    "POL": "PL",
    "CZE": "CZ",
    "TUR": "TR",
    "ISR": "IL",
    "ARE": "AE",
    "GRC": "GR",
    "JPN": "JP",
}
_WEIGHED: Final = tuple(locale for locale in LOCALES for _ in range(locale.share))
_LONG: Final = ("name", "short_name", "website", "vat_number", "trading_terms", "analysis_code_1")
_START: Final = datetime(2016, 6, 6, 10, 37, 40, tzinfo=UTC)

_Any = TypeVar("_Any")

BLANK: Final[dict[str, Any]] = {
    name: {Kind.TEXT: "", Kind.FLAG: False}.get(column.kind) for name, column in CUSTOMER.items()
} | {
    "balance": Decimal("0.00"),
    "credit_limit": Decimal("0.00"),
    "account_status_type": ACTIVE,
    "exchange_rate_type": SINGLE,
    "account_type": "TradingAccountTypeOpenItem",
    "payment_terms_basis": "PaymentDueFromCalendarMonth",
    "payment_terms_days": 30,
    "value_of_current_orders_in_sop": Decimal("0.00"),
}
"""A customer of which nothing is known: texts are blank, numbers and dates without a value are null."""
BLANK_ADDRESS: Final[dict[str, Any]] = {
    name: "" if column.kind is Kind.TEXT else None for name, column in ADDRESS.items()
}
BLANK_CONTACT: Final[dict[str, Any]] = {
    name: "" if column.kind is Kind.TEXT else None for name, column in CONTACT.items()
} | {name: [] for name in CONTACT_PARTS}


class Dice:
    """Choices that only the seed and the customer's number decide."""

    def __init__(self, seed: int, number: int) -> None:
        self._left = int.from_bytes(blake2b(f"sage {seed}/{number}".encode()).digest())

    def below(self, top: int) -> int:
        """Give a number from 0 to ``top`` - 1."""
        self._left, rest = divmod(self._left, top)
        return rest

    def pick(self, choices: Sequence[_Any]) -> _Any:
        """Give one of these."""
        return choices[self.below(len(choices))]


class Seed:
    """Makes the customers of one company."""

    def __init__(self, seed: int, resources: dict[str, Resource]) -> None:
        self._seed = seed
        self._countries = _ids(resources["country_codes"], "code")
        self._currencies = {
            str(row["currency_iso_code"]["code"]): int(row["id"]) for row in resources["currencies"].rows
        }
        self._rates = {int(row["id"]): str(row["exchange_rate_type"]) for row in resources["currencies"].rows}
        self._taxes = [int(row["id"]) for row in resources["tax_codes"].rows]
        self._salutations = [int(row["id"]) for row in resources["salutations"].rows]

    def customer(self, number: int, id_: int) -> dict[str, Any]:
        """Make the customer of this number, counted from 1, whose id is ``id_``; valid in every field."""
        dice = Dice(self._seed, number)
        locale = dice.pick(_WEIGHED)
        moved = (_START + timedelta(minutes=number * 61, milliseconds=dice.below(1000))).isoformat(
            timespec="milliseconds"
        )[:-6]
        country = self._countries[_COUNTRIES[locale.nationality]]
        record = BLANK | {"id": id_, "date_time_created": moved, "date_time_updated": moved}
        name = f"{dice.pick(locale.firms)} {dice.pick(locale.trades)} {dice.pick(locale.forms)}".strip()[:60]
        record["reference"] = f"{_letters(name)}{number:05d}"
        record["name"] = name
        record["short_name"] = name[:8].strip() if dice.below(3) else ""
        self._terms(record, dice, locale, number)
        record["country_code_id"] = country
        record["main_address"] = self._address(id_, moved, dice, locale, country)
        record["contacts"] = [self._contact(id_, moved, dice, locale, number)]
        if number % LONG_EVERY == 0:
            for field in _LONG:
                record[field] = _exactly(str(record[field]) or "Éx & Co", CUSTOMER[field].length)
        return record

    def _terms(self, record: dict[str, Any], dice: Dice, locale: Locale, number: int) -> None:
        code = dice.pick(locale.currencies) or "USD"
        currency = self._currencies["USD" if code == "$" else code]
        record["currency_id"] = currency
        rate = self._rates[currency]
        record["exchange_rate_type"] = dice.pick((SINGLE, SINGLE, PERIOD)) if rate == BOTH else rate
        record["credit_limit"] = Decimal(dice.below(400) * 250).quantize(Decimal("0.01"))
        record["balance"] = Decimal(dice.below(2_000_000) - 10_000).scaleb(-2)
        record["on_hold"] = not dice.below(25)
        record["default_tax_code_id"] = dice.pick(self._taxes)
        telephone = "".join(str(dice.below(10)) if each == "#" else each for each in locale.telephone)
        record["telephone_country_code"] = dice.pick(("+44", "+1", "+49", ""))
        record["telephone_subscriber_number"] = telephone
        if not dice.below(4):
            record["fax_subscriber_number"] = telephone
        record["website"] = f"https://www.example.com/{number}" if dice.below(3) else ""
        if dice.below(2):
            record["vat_number"] = f"{dice.below(1000):03d} {dice.below(10_000):04d} {dice.below(100):02d}"
        if not dice.below(5):
            record["duns_code"] = f"{dice.below(10**9):09d}"
        record["analysis_code_1"] = dice.pick(("", "North", "South", "Übersee", "a & b"))
        record["early_settlement_discount_days"] = dice.pick((None, 0, 7, 14))

    def _address(self, customer: int, moved: str, dice: Dice, locale: Locale, country: int) -> dict[str, Any]:
        town, state, postal = dice.pick(locale.places)
        return BLANK_ADDRESS | {
            "id": customer + 1,
            "customer_id": customer,
            "date_time_created": moved,
            "date_time_updated": moved,
            "address_1": dice.pick(locale.streets),
            "city": town,
            "county": state,
            "postcode": postal,
            "address_country_code_id": country,
        }

    def _contact(self, customer: int, moved: str, dice: Dice, locale: Locale, number: int) -> dict[str, Any]:
        first, last = dice.pick(locale.given), dice.pick(locale.family)
        email = f"customer.{number}@example.com" if dice.below(9) else ""
        salutation = dice.pick(self._salutations)
        telephone = locale.telephone.replace("#", "1") if dice.below(4) else ""
        part = {"id": (customer + 2) * 10 + 1, "is_default": True}
        return BLANK_CONTACT | {
            "emails": [part | {"email": email}] if email else [],
            "telephones": [
                part
                | {"country_code": "", "area_code": "", "subscriber_number": telephone}
                | {"full_number": telephone}
            ]
            if telephone
            else [],
            "id": customer + 2,
            "customer_id": customer,
            "date_time_created": moved,
            "date_time_updated": moved,
            "salutation_id": salutation,
            "name": f"{first} {last}",
            "first_name": first,
            "last_name": last,
            "default_email": email,
            "default_telephone": telephone,
            "is_default": True,
        }


def _ids(resource: Resource, name: str) -> dict[str, int]:
    return {str(row[name]): int(row["id"]) for row in resource.rows}


def _letters(name: str) -> str:
    letters = "".join(letter for letter in name.upper() if "A" <= letter <= "Z")
    return (letters + "XXX")[:3]


def _exactly(text: str, length: int) -> str:
    filled = (f"{text} " * (length // (len(text) + 1) + 1))[:length]
    return filled if not filled.endswith(" ") else filled[:-1] + "x"
