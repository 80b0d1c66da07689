"""Made-up customers: the same seed gives the same customers, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

from customary.protocols.enet import CUSTOMER_COLUMNS
from customary.sandboxes.locales import LOCALES, Locale

ALPHA_EVERY: Final = 50
"""Every 50th customer has an alphanumeric key: ``S123456``, ``S123457`` ..."""

_FIRST_ALPHA = 123_456
_COUNTRIES = tuple(locale for locale in LOCALES for _ in range(locale.share))
_DOMAINS = ("example.com", "example.org", "example.net", "shop.example", "büro.example")
_LONG = (
    *("Name", "Contact", "UserField1", "TaxExemptNumber", "Salesperson", "Branch", "SalesWarehouse"),
    *("InvDiscCode", "LineDiscCode", "ShortName", "SpecialInstrs", "SoldToAddr1", "CustomerClass"),
)

_Any = TypeVar("_Any")


class _Dice:
    """Choices that only the seed and the customer's number decide."""

    def __init__(self, seed: int, number: int) -> None:
        self._left = int.from_bytes(blake2b(f"{seed}/{number}".encode()).digest())

    def below(self, top: int) -> int:
        self._left, rest = divmod(self._left, top)
        return rest

    def pick(self, choices: Sequence[_Any]) -> _Any:
        return choices[self.below(len(choices))]


def number_key(number: int) -> str:
    """Give the key of the customer of this number, counted from 1, unpadded: ``2``, or ``S123456`` for 50."""
    if number % ALPHA_EVERY:
        return str(number)
    return f"S{_FIRST_ALPHA + number // ALPHA_EVERY - 1}"


def customer(seed: int, number: int, key: str) -> dict[str, str]:
    """Make a customer: a text for every column of ArCustomer, unpadded, within its length and domain.

    Some are as long as their columns allow: the name of every 97th, the contact of every 101st, several mail
    addresses of every 103rd, and most texts of every 107th.
    """
    dice = _Dice(seed, number)
    locale = dice.pick(_COUNTRIES)
    record = dict.fromkeys(CUSTOMER_COLUMNS, "")
    record["Customer"] = key
    _identity(record, dice, locale, number)
    _terms(record, dice, locale)
    _others(record, dice, locale)
    _lengthen(record, number)
    return record


def exactly(text: str, length: int) -> str:
    """Repeat and cut a text to this many characters, with no blank at its end."""
    filled = (f"{text} " * (length // (len(text) + 1) + 1))[:length]
    return filled if not filled.endswith(" ") else filled[:-1] + "x"


def _identity(record: dict[str, str], dice: _Dice, locale: Locale, number: int) -> None:
    name = f"{dice.pick(locale.firms)} {dice.pick(locale.trades)} {dice.pick(locale.forms)}"
    record["Name"] = name.strip()[: CUSTOMER_COLUMNS["Name"].length].strip()
    record["ShortName"] = record["Name"].upper()[: CUSTOMER_COLUMNS["ShortName"].length].strip()
    record["Contact"] = f"{dice.pick(locale.given)} {dice.pick(locale.family)}" if dice.below(8) else ""
    record["Telephone"] = _digits(locale.telephone, dice) if dice.below(12) else ""
    record["Fax"] = _digits(locale.telephone, dice) if not dice.below(4) else ""
    if dice.below(9):
        first = f"customer.{number}@{dice.pick(_DOMAINS)}"
        record["Email"] = first if dice.below(20) else f"{first}; accounts@{dice.pick(_DOMAINS)}"
    record["UserField1"] = dice.pick(("", "", "", "VIP", "Übersee", "EDI/AS2", "a & b", "№ 7"))


def _terms(record: dict[str, str], dice: _Dice, locale: Locale) -> None:
    special = dice.pick(("0", "0", "50000", "999999999999"))
    record["CreditLimit"] = str((dice.below(400) + 1) * 250) if dice.below(5) else special
    record["TaxStatus"] = dice.pick(("N", "N", "N", "O", "E"))
    if record["TaxStatus"] == "E":
        record["TaxExemptNumber"] = f"EX-{dice.below(1_000_000):06d}"
    record["Currency"] = dice.pick(locale.currencies)
    record["SalesWarehouse"] = dice.pick(("", "E", "N", "S", "W", "FG", "01"))
    record["TpmPricingFlag"] = dice.pick(("", "N", "N", "Y"))
    record["TpmCustomerFlag"] = "Y" if record["TpmPricingFlag"] == "Y" else "N"
    record["TermsCode"] = dice.pick(("00", "01", "14", "30", "60", "A", "CO"))
    record["Branch"] = dice.pick(("10", "20", "30", "S", "WEB"))
    _people(record, dice)
    record["InvDiscCode"] = dice.pick(("", "", "A", "B5", "07"))
    record["LineDiscCode"] = dice.pick(("", "", "L1", "Q", "015"))


def _people(record: dict[str, str], dice: _Dice) -> None:
    # Additional salespersons and buying groups are used in order, and no salesperson twice (section 2).
    first = dice.below(20)
    for place in range(1 + max(0, dice.below(8) - 4)):
        record["Salesperson" + (str(place) if place else "")] = f"{100 + (first + place) % 20}"
    groups = max(0, dice.below(12) - 6)
    for place in range(1, groups + 1):
        record[f"BuyingGroup{place}"] = f"{dice.pick(('E', 'W', 'X'))}{place}"


def _others(record: dict[str, str], dice: _Dice, locale: Locale) -> None:
    town, record["StateCode"], postal = dice.pick(locale.places)
    record["CustomerClass"] = dice.pick(("", "RT", "WS", "EXPORT"))
    record["CustomerOnHold"] = "N" if dice.below(25) else "Y"
    record["CreditStatus"] = dice.pick(("0", "0", "0", "1", "3", "9"))
    record["CreditCheckFlag"] = dice.pick(("", "T", "L", "B", "N"))
    record["BalanceType"] = dice.pick("IIB")
    record["UserField2"] = f"{dice.below(1000)}.{dice.below(100):02d}"
    record["DateCustAdded"] = f"{1998 + dice.below(26)}-{1 + dice.below(12):02d}-{1 + dice.below(28):02d}"
    record["PriceCode"] = dice.pick(("", "A", "B", "RRP"))
    record["Area"] = dice.pick(("", "N", "S", "E", "W"))
    record["Nationality"] = locale.nationality
    record["SoldToAddr1"] = dice.pick(locale.streets)
    record["SoldToAddr3"] = town
    record["SoldPostalCode"] = postal
    if not dice.below(3):
        record["ShipToAddr1"] = dice.pick(locale.streets)
        record["ShipToAddr3"] = town
        record["ShipPostalCode"] = postal


def _lengthen(record: dict[str, str], number: int) -> None:
    long: tuple[str, ...] = ()
    if number % 97 == 0:
        long = ("Name",)
    if number % 101 == 0:
        long = ("Contact",)
    if number % 107 == 0:
        long = _LONG
    for name in long:
        record[name] = exactly(record[name] or "Éx & Co", CUSTOMER_COLUMNS[name].length)
    if number % 103 == 0:
        record["Email"] = _addresses(CUSTOMER_COLUMNS["Email"].length)


def _addresses(length: int) -> str:
    domain = "@example.com"
    first = "; ".join(f"department{n:02d}{domain}" for n in range(9))
    return f"{first}; {'x' * (length - len(first) - 2 - len(domain))}{domain}"


def _digits(pattern: str, dice: _Dice) -> str:
    return "".join(str(dice.below(10)) if each == "#" else each for each in pattern)
