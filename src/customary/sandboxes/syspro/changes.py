"""A seeded set of changes at the source, so that what the next run has to find is known beforehand."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from customary.sandboxes.syspro.seed import customer
from customary.sandboxes.syspro.table import CustomerTable, Record

TERMS_EVERY: Final = 10
"""Of every ten changed customers, one changes only its TermsCode, which is read on the initial load only."""

_FREE: Final = (
    "Name",
    "Telephone",
    "Contact",
    "Email",
    "UserField1",
    "CreditLimit",
    "TaxStatus",
    "TaxExemptNumber",
    "SalesWarehouse",
    "TpmPricingFlag",
    "StateCode",
    "Salesperson",
    "Salesperson3",
    "BuyingGroup5",
    "InvDiscCode",
    "Branch",
    "LineDiscCode",
)
_MOST_FIELDS = 3


class Moved(Struct, frozen=True):
    """A column's text before and after."""

    before: str
    after: str


class Changed(Struct, frozen=True):
    """What was changed on one customer."""

    customer: str
    fields: dict[str, Moved]


def change(table: CustomerTable, count: int, seed: int) -> list[Changed]:
    """Change this many customers, or all if there are fewer, and tell exactly what was changed, by key.

    The same table, count and seed give the same changes. Every new text is valid, not blank, and another than
    before by its meaning too. Customer and Currency never change (a currency cannot once there are
    transactions, section 2 of the facts). One in ``TERMS_EVERY`` changes nothing but TermsCode.
    """
    choose = random.Random(seed)  # noqa: S311 - repeatable on purpose
    keys = sorted(choose.sample(list(table), min(count, len(table))))
    terms_only = frozenset(choose.sample(keys, len(keys) // TERMS_EVERY))
    return [_change_one(table, key, choose, key in terms_only) for key in keys]


def _change_one(table: CustomerTable, key: str, choose: random.Random, terms_only: bool) -> Changed:
    before = table[key]
    names = ["TermsCode"]
    if not terms_only:
        possible = [name for name in _FREE if name in before and _possible(name, before)]
        names = choose.sample(possible, choose.randint(1, min(_MOST_FIELDS, len(possible))))
        if not choose.randrange(TERMS_EVERY):
            names.append("TermsCode")
    after = {name: _fresh(name, before, choose) for name in names}
    table.change(key, after)
    return Changed(key, {name: Moved(before.get(name, ""), after[name]) for name in names})


def _possible(name: str, record: Record) -> bool:
    # Buying groups and additional salespersons are used in order (section 2).
    if name == "BuyingGroup5":
        return all(record.get(f"BuyingGroup{place}") for place in range(1, 5))
    if name == "Salesperson3":
        return bool(record.get("Salesperson2"))
    return True


def _fresh(name: str, record: Record, choose: random.Random) -> str:
    if name == "TpmPricingFlag":
        return "N" if record[name] == "Y" else "Y"  # blank and N mean the same
    made = _MADE.get(name)
    taken = {_shown(value) for column, value in record.items() if column == name or column in _PEOPLE}
    while True:
        drawn = made(choose) if made else customer(choose.getrandbits(32), 1, record["Customer"])[name]
        if drawn and _shown(drawn) not in taken:
            return drawn


def _shown(text: str) -> bytes:
    # Also a server that puts ? for what Windows-1252 lacks has to show a difference.
    return text.encode("cp1252", "replace")


_PEOPLE = frozenset({"Salesperson", "Salesperson1", "Salesperson2", "Salesperson3"})

_MADE: dict[str, Callable[[random.Random], str]] = {
    "Email": lambda choose: f"orders{choose.randrange(10_000):04d}@example.org",
    "BuyingGroup5": lambda choose: f"Z{choose.randrange(1000)}",
    "Salesperson": lambda choose: f"N{choose.randrange(1000):03d}",
    "Salesperson3": lambda choose: f"N{choose.randrange(1000):03d}",
    "TaxExemptNumber": lambda choose: f"EX-{choose.randrange(1_000_000):06d}",
    "StateCode": lambda choose: choose.choice(("Q1", "Q2", "Q3")),
}
