"""Made-up customers of a SunSystems, and the codes that its business unit knows: the same seed, the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final, TypeVar

from customary.protocols.ssc import CUSTOMER, Record, section
from customary.sandboxes.locales import LOCALES, Locale

LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "currency": {
        "GBP": "Pound",
        "EUR": "Euro",
        "USD": "Dollar",
        "CHF": "Franc",
        "JPY": "Yen",
    },
    "payment_terms": {"00": "At once", "14": "14 days", "30": "30 days", "60": "60 days", "CO": "On order"},
    "carrier": {"ROYAL": "Royal Mail", "VAN": "Our van"},
    "warehouse": {"MAIN": "Main", "NORTH": "North", "RETURNS": "Returns"},
    "salesperson": {"S01": "North", "S02": "South"},
    "sales_definition": {"SALES": "Sales order", "CREDIT": "Credit note"},
    "document_format": {"INV1": "Invoice", "ACK1": "Acknowledgement"},
    "language": {"1": "English", "2": "German"},
    "data_access_group": {"ALL": "Everybody"},
    "item": {"I-1000": "Bolt", "I-1001": "Nut", "I-1002": "Washer"},
}
"""The reference lists: name -> code -> what it means."""

_SHARES = tuple(locale for locale in LOCALES for _ in range(locale.share))
_LONG_EVERY = 107
_T = TypeVar("_T")


class _Dice:
    """Choices that only the seed and the customer's number decide."""

    def __init__(self, seed: int, number: int) -> None:
        self._left = int.from_bytes(blake2b(f"sun/{seed}/{number}".encode()).digest())

    def below(self, top: int) -> int:
        self._left, rest = divmod(self._left, top)
        return rest

    def pick(self, choices: Sequence[_T]) -> _T:
        return choices[self.below(len(choices))]


def customers(count: int, seed: int) -> Iterator[Record]:
    """Give this many customers as records of CreateOrAmend, each with its account, all of them valid.

    The texts of every 107th are as long as their elements.
    """
    for number in range(1, count + 1):
        yield _customer(number, _Dice(seed, number))


def _customer(number: int, dice: _Dice) -> Record:
    locale = dice.pick(_SHARES)
    code, account = f"C{number:05}", f"1{number:05}"
    name = f"{dice.pick(locale.firms)} {dice.pick(locale.trades)} {dice.pick(locale.forms)}"
    name = name.strip()[: CUSTOMER.elements["Name"].length].strip()
    fields = {
        "CustomerCode": code,
        "Name": name,
        "ActualAccount": account,
        "LookupCode": name.upper()[:15].strip(),
        "ShortHeading": name[:15].strip(),
        "Description": dice.pick(locale.trades)[:50],
        "DefaultCurrencyCode": dice.pick(tuple(LISTS["currency"])),
        "PaymentTermsGroupCode": dice.pick(tuple(LISTS["payment_terms"])),
        "EMailAddress": f"customer.{number}@example.com" if dice.below(9) else "",
        "DefaultCarrier": dice.pick(("", *LISTS["carrier"])),
        "DefaultDispatchWarehouse": dice.pick(("", *LISTS["warehouse"])),
        "DefaultSalesperson": dice.pick(("", *LISTS["salesperson"])),
        "DirectDebitPayments": dice.pick("01"),
        "PaymentMethod": dice.pick(("0", "1", "99")),
        "Comment": dice.pick(("", "Ring before delivery", "a & b <c>", "Übersee\nzweite Zeile")),
    }
    if number % _LONG_EVERY == 0:
        for element in ("Name", "Description", "Comment", "LookupCode", "ShortHeading"):
            fields[element] = ("É" + "x" * 300)[: CUSTOMER.elements[element].length]
    told = {element: text for element, text in fields.items() if text}
    return section("Customer", told, _children(number, dice, locale, account))


def _children(number: int, dice: _Dice, locale: Locale, account: str) -> Iterator[Record]:
    accounts = {"AccountCode": account, "LookupCode": account, "AccountType": "0", "Status": "0"}
    yield section("Accounts", {**accounts, "CreditLimit": str(dice.below(400) * 250)})
    for place in range(dice.below(3)):
        yield section("DeliveryToAddress", {"DeliveryAddressCode": f"D{number:05}{place}"})
    if dice.below(2):
        yield section("InvoiceAddress", {"InvoiceAddressCode": f"I{number:05}"})
    if dice.below(2):
        person = f"{dice.pick(locale.family)}"[:15].strip()
        yield section("ContactAddress", {"ContactIdentifier": person, "AddressCode": f"D{number:05}0"})
    for place in range(1, 1 + dice.below(3)):
        yield section(f"Analysis{place}", {"VCustCatAnalysis_AnlCode": dice.pick(("NORTH", "SOUTH", "WEB"))})
    if not dice.below(4):
        tax = {"SequenceNumber": "1", "TaxIdentificationCode": f"GB{dice.below(10**9):09}"}
        yield section("Tax", tax)
