"""The customers of one company: reading, creating, amending and deleting them, with their rules."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from customary.protocols.sage200 import ADDRESS, CUSTOMER
from customary.sandboxes.sage200.contacts import Contact, amended, blank
from customary.sandboxes.sage200.errors import Refused
from customary.sandboxes.sage200.lookups import Resource, resources
from customary.sandboxes.sage200.rules import checked, rate_allowed
from customary.sandboxes.sage200.seed import BLANK, BLANK_ADDRESS, IDS_EACH, Seed
from customary.sandboxes.sage200.settings import Company, Settings

_PARTS: Final = ("main_address", "contacts")


class Customers:
    """The customers of a company by id, in the order of their ids. Safe for threads.

    What reading gives must not be changed in place; use ``change``.
    """

    def __init__(self, company: Company, settings: Settings, customers: int, seed: int) -> None:
        self.company = company
        self.resources: dict[str, Resource] = resources(company.company_id)
        self._settings = settings
        self._seed = Seed(seed + company.company_id - 1, self.resources)
        self._guard = threading.RLock()
        self._rows: dict[int, dict[str, Any]] = {}
        self._references: dict[str, int] = {}
        self._next_id = company.first_id
        self._next_number = 1
        self._seeded(int(customers * company.share))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        with self._guard:
            return iter(tuple(self._rows.values()))

    def find(self, id_: int) -> dict[str, Any] | None:
        """Give the customer of this id, or ``None``."""
        return self._rows.get(id_)

    def get(self, id_: int) -> dict[str, Any]:
        """Give the customer of this id. Raises ``Refused`` with 404."""
        found = self._rows.get(id_)
        if found is None:
            raise Refused(404, f"The customer {id_} does not exist.")
        return found

    def by_reference(self, reference: str) -> dict[str, Any] | None:
        """Give the customer of this reference, in any case, or ``None``."""
        return self._rows.get(self._references.get(reference.casefold(), -1))

    def new(self, count: int) -> list[dict[str, Any]]:
        """Add this many more seeded customers, the next of the series, made just now; gives them."""
        with self._guard:
            stamp = {"date_time_created": _now(), "date_time_updated": _now()}
            return [self._keep(row | stamp) for row in self._seeded(count)]

    def _seeded(self, count: int) -> list[dict[str, Any]]:
        made = []
        for _ in range(count):
            made.append(self._keep(self._seed.customer(self._next_number, self._take_ids())))
            self._next_number += 1
        return made

    def defaults(self) -> dict[str, Any]:
        """Give a customer as the company's defaults make one; it is not kept."""
        base = next(row for row in self.resources["currencies"].rows if row["is_base_currency"])
        country = next(row for row in self.resources["country_codes"].rows if row["code"] == "GB")
        return BLANK | {
            "id": 0,
            "currency_id": base["id"],
            "country_code_id": country["id"],
            "default_tax_code_id": self.resources["tax_codes"].rows[1]["id"],
            "main_address": dict(BLANK_ADDRESS),
            "contacts": [],
        }

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a customer. Raises ``Refused`` with 400 for its first mistake."""
        with self._guard:
            record = self.defaults()
            values = self._checked(body)
            values["reference"] = self._reference(values.get("reference", ""))
            if not values.get("name"):
                raise Refused(400, "The field name is required.")
            id_ = self._take_ids()
            record |= {"id": id_, "date_time_created": _now(), "date_time_updated": _now()} | values
            self._referring(record)
            record["main_address"] = self._address(record, body.get("main_address") or {}, id_ + 1)
            record["contacts"] = self._contacts(record, body.get("contacts") or [], id_ + 2)
            return self._keep(record)

    def amend(self, id_: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change what the body holds and nothing else. Raises ``Refused`` with 404, or 400 for a mistake."""
        with self._guard:
            record = deepcopy(self.get(id_))
            values = self._checked(body)
            if self._settings.on_hold_locked and record["on_hold"] and values.get("on_hold") is not False:
                raise Refused(400, "The customer account is on hold and cannot be amended.")
            if values.get("reference", record["reference"]).casefold() != record["reference"].casefold():
                raise Refused(400, "The field reference cannot be changed.")
            values.pop("reference", None)
            if "name" in values and not values["name"]:
                raise Refused(400, "The field name is required.")
            record |= values
            if values or self._settings.parts_move_customer:
                record["date_time_updated"] = _now()
            self._referring(record)
            if body.get("main_address"):
                record["main_address"] = self._address(record, body["main_address"], id_ + 1)
            if body.get("contacts"):
                record["contacts"] = self._contacts(record, body["contacts"], 0)
            return self._keep(record)

    def delete(self, id_: int) -> None:
        """Delete a customer without a balance. Raises ``Refused`` with 404, or 400 where one is owed."""
        with self._guard:
            if self.get(id_)["balance"]:
                raise Refused(400, "The customer has transactions and cannot be deleted.")
            self.forget(id_)

    def change(self, id_: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set fields as an owner of the database could, whatever the rules say; gives the customer."""
        with self._guard:
            record = deepcopy(self.get(id_))
            self._references.pop(record["reference"].casefold(), None)
            return self._keep(record | {"date_time_updated": _now()} | dict(values))

    def forget(self, id_: int) -> None:
        """Take a customer away, whatever the rules say. Raises ``Refused`` with 404."""
        with self._guard:
            self._references.pop(self.get(id_)["reference"].casefold(), None)
            del self._rows[id_]

    def _checked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return checked(
            {name: each for name, each in body.items() if name not in _PARTS},
            CUSTOMER,
            self._settings.edition,
        )

    def _keep(self, record: dict[str, Any]) -> dict[str, Any]:
        self._rows[record["id"]] = record
        self._references[record["reference"].casefold()] = record["id"]
        return record

    def _take_ids(self) -> int:
        self._next_id += IDS_EACH
        return self._next_id - IDS_EACH

    def _reference(self, reference: str) -> str:
        if self._settings.automatic_numbers:
            if reference:
                raise Refused(400, "Account references are generated automatically and cannot be entered.")
            number = 1
            while f"{number:08d}" in self._references:
                number += 1
            return f"{number:08d}"
        if not reference:
            raise Refused(400, "The field reference is required.")
        if not reference.isalnum():
            raise Refused(400, "The field reference may hold letters and digits only.")
        if reference.casefold() in self._references:
            raise Refused(400, f"The reference {reference} is already in use.")
        return reference

    def _referring(self, record: Mapping[str, Any]) -> None:
        """Look that what a customer refers to exists, and fits together."""
        for field, table in (
            ("currency_id", "currencies"),
            ("country_code_id", "country_codes"),
            ("default_tax_code_id", "tax_codes"),
        ):
            self._exists(field, record[field], table)
        currency = next(r for r in self.resources["currencies"].rows if r["id"] == record["currency_id"])
        rate_allowed(str(record["exchange_rate_type"]), str(currency["exchange_rate_type"]))

    def _exists(self, field: str, id_: Any, table: str) -> None:
        if id_ is not None and not any(row["id"] == id_ for row in self.resources[table].rows):
            raise Refused(400, f"The {field} {id_} does not exist.")

    def _address(self, record: Mapping[str, Any], body: Mapping[str, Any], id_: int) -> dict[str, Any]:
        values = checked(body, ADDRESS, self._settings.edition)
        self._exists("address_country_code_id", values.get("address_country_code_id"), "country_codes")
        before = record.get("main_address") or {}
        made = {"id": id_, "customer_id": record["id"], "date_time_created": _now()}
        return (
            BLANK_ADDRESS
            | made
            | {k: v for k, v in before.items() if k not in made or v}
            | values
            | {"id": id_, "customer_id": record["id"], "date_time_updated": _now()}
        )

    def _contacts(self, record: Mapping[str, Any], bodies: Any, first_id: int) -> list[dict[str, Any]]:
        free = [first_id] if first_id else []

        def made() -> tuple[int, Contact]:
            return (free.pop() if free else self._take_ids()), blank(record["id"], _now())

        for body in bodies if isinstance(bodies, list) else ():
            if isinstance(body, dict):
                self._exists("salutation_id", body.get("salutation_id"), "salutations")
        contacts = amended(record.get("contacts") or (), bodies, self._settings.edition, made)
        before = {contact["id"]: contact for contact in record.get("contacts") or ()}
        return [
            each if before.get(each["id"]) == each else each | {"date_time_updated": _now()}
            for each in contacts
        ]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")[:-6]


def plain(value: Any) -> Any:
    """Make a customer's value one that JSON has: decimals become numbers."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value
