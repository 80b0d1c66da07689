"""The API's resources of one company: which path answers what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from customary.protocols.sage200 import (
    ADDRESS,
    CONTACT,
    CONTACT_PARTS,
    CUSTOMER,
    EXPANDABLE,
    Column,
    Kind,
    columns,
)
from customary.sandboxes.sage200.contacts import PART_RESOURCES
from customary.sandboxes.sage200.customers import Customers, plain
from customary.sandboxes.sage200.errors import Refused
from customary.sandboxes.sage200.odata import Options, Row, apply, parse
from customary.sandboxes.sage200.settings import Settings
from customary.sandboxes.server import Request

_JOINED: Final = {
    "country_code": ("country_code_id", "country_codes"),
    "currency": ("currency_id", "currencies"),
    "default_tax_code": ("default_tax_code_id", "tax_codes"),
}


class Answer(Struct, frozen=True):
    """What a resource answers."""

    body: Any
    status: int = 200
    listed: bool = False
    count: int | None = None
    """How many records passed the filter, where ``$count=true`` asked for it."""


class Resources:
    """The resources of one company, in one edition."""

    def __init__(self, settings: Settings, customers: Customers) -> None:
        self._settings = settings
        self._customers = customers
        self._columns = columns(CUSTOMER, settings.edition)

    def about(self, path: str, body: Any) -> Collection[str]:
        """Give the references and ids, in lower case, of the customers that a request is about."""
        found: set[str] = set()
        kind, _, rest = path.partition("/")
        id_ = rest.partition("/")[0]
        if kind == "customers" and id_.isdecimal():
            record = self._customers.find(int(id_))
            found |= {id_} | ({str(record["reference"]).casefold()} if record else set())
        if isinstance(body, dict) and isinstance(body.get("reference"), str):
            found.add(body["reference"].casefold())
        return found

    def answer(self, request: Request, path: str, body: Any, *, repeat: bool) -> Answer:
        """Answer a request. Raises ``Refused`` with 400, 404 or 405."""
        match path.split("/"):
            case ["customers"]:
                return self._customers_all(request, body, repeat)
            case ["customers", id_] if id_.isdecimal():
                return self._customers_one(request, int(id_), body)
            case ["customers", id_, "customer_contacts"] if id_.isdecimal():
                return self._contacts_of(request, int(id_), body, repeat)
            case ["customers", id_, "customer_contacts", contact] if id_.isdecimal() and contact.isdecimal():
                return self._contact(request, self._customers.get(int(id_)), int(contact), body)
            case ["customer_contacts"]:
                _only(request, "GET")
                rows = [contact for each in self._customers for contact in each["contacts"]]
                return self._listed(request, rows, CONTACT, ("salutation",), repeat)
            case ["customer_contacts", contact] if contact.isdecimal():
                return self._contact(request, self._owner(int(contact)), int(contact), body)
            case [name] if name in PART_RESOURCES:
                _only(request, "GET")
                rows = [row for each in self._customers for row in _parts(each, PART_RESOURCES[name])]
                return self._listed(request, rows, _of_contact(PART_RESOURCES[name]), (), repeat)
            case [name, id_] if name in PART_RESOURCES and id_.isdecimal():
                return self._part(request, PART_RESOURCES[name], int(id_), body)
            case [*before, "customer_contacts", contact, name] if name in PART_RESOURCES:
                owner = self._owner(int(contact) if contact.isdecimal() else 0)
                if before and before != ["customers", str(owner["id"])]:
                    raise Refused(404, f"The contact {contact} does not exist.")
                return self._parts_of(request, owner, (int(contact), PART_RESOURCES[name]), body)
            case ["customers_new"]:
                _only(request, "POST")
                return Answer(self._shown(self._customers.defaults(), EXPANDABLE[:2]))
            case ["current_user"]:
                _only(request, "GET")
                return Answer({"id": 1, "name": "Sandbox User", "email": "user@example.com"})
            case ["sales_ledger_settings"]:
                _only(request, "GET")
                return Answer(self._ledger())
            case [name] if name in self._customers.resources:
                _only(request, "GET")
                table = self._customers.resources[name]
                return self._listed(request, table.rows, table.columns, table.expandable, repeat)
            case [name, id_] if name in self._customers.resources and id_.isdecimal():
                _only(request, "GET")
                return self._lookup_one(name, int(id_))
        raise Refused(404, "No HTTP resource was found that matches the request.")

    def _customers_all(self, request: Request, body: Any, repeat: bool) -> Answer:
        if request.method == "POST":
            record = self._customers.create(_object(body))
            return Answer(self._shown(record, EXPANDABLE[:2]), self._settings.created_status)
        _only(request, "GET")
        return self._listed(request, self._customers, self._columns, EXPANDABLE, repeat, self._shown)

    def _customers_one(self, request: Request, id_: int, body: Any) -> Answer:
        match request.method:
            case "GET":
                options = parse(request.query, self._columns, EXPANDABLE)
                return Answer(_selected(self._shown(self._customers.get(id_), options.expand), options))
            case "PUT":
                return Answer(self._shown(self._customers.amend(id_, _object(body)), EXPANDABLE[:2]))
            case "DELETE":
                self._customers.delete(id_)
                return Answer({})
        raise Refused(405, "Method not allowed.")

    def _contacts_of(self, request: Request, id_: int, body: Any, repeat: bool) -> Answer:
        customer = self._customers.get(id_)
        if request.method == "POST":
            before = {contact["id"] for contact in customer["contacts"]}
            sent = {name: value for name, value in _object(body).items() if name != "id"}
            made = self._customers.amend(id_, {"contacts": [sent]})["contacts"]
            contact = next(each for each in made if each["id"] not in before)
            return Answer(plain(contact), self._settings.created_status)
        _only(request, "GET")
        return self._listed(request, customer["contacts"], CONTACT, ("salutation",), repeat)

    def _contact(self, request: Request, customer: Row, id_: int, body: Any) -> Answer:
        def found(record: Row) -> Any:
            for contact in record["contacts"]:
                if contact["id"] == id_:
                    return contact
            raise Refused(404, f"The contact {id_} does not exist.")

        contact = found(customer)
        match request.method:
            case "GET":
                return Answer(self._with_salutation(contact, parse(request.query, CONTACT, ("salutation",))))
            case "PUT":
                values = {**_object(body), "id": id_}
                return Answer(plain(found(self._customers.amend(customer["id"], {"contacts": [values]}))))
            case "DELETE":
                gone = {"id": id_, "is_to_delete": True}
                self._customers.amend(customer["id"], {"contacts": [gone]})
                return Answer({})
        raise Refused(405, "Method not allowed.")

    def _parts_of(self, request: Request, customer: Row, of: tuple[int, str], body: Any) -> Answer:
        """Answer a request to a list of one contact: ``of`` is the contact's id and the list's name."""
        contact, name = of
        if request.method == "POST":
            before = {row["id"] for row in _parts(customer, name)}
            sent = {key: value for key, value in _object(body).items() if key != "id"}
            self._customers.amend(customer["id"], {"contacts": [{"id": contact, name: [sent]}]})
            made = _parts(self._customers.get(customer["id"]), name)
            new = next(row for row in made if row["id"] not in before)
            return Answer(new, self._settings.created_status)
        _only(request, "GET")
        rows = [row for row in _parts(customer, name) if row["customer_contact_id"] == contact]
        return self._listed(request, rows, _of_contact(name), (), False)

    def _part(self, request: Request, name: str, id_: int, body: Any) -> Answer:
        def found() -> tuple[Row, Row]:
            for customer in self._customers:
                for row in _parts(customer, name):
                    if row["id"] == id_:
                        return customer, row
            raise Refused(404, f"The {name} have no {id_}.")

        customer, row = found()
        if request.method == "GET":
            return Answer(row)
        if request.method not in ("PUT", "DELETE"):
            raise Refused(405, "Method not allowed.")
        sent = {**_object(body)} if request.method == "PUT" else {"is_to_delete": True}
        change = {"id": row["customer_contact_id"], name: [{**sent, "id": id_}]}
        self._customers.amend(customer["id"], {"contacts": [change]})
        return Answer(found()[1] if request.method == "PUT" else {})

    def _owner(self, contact: int) -> Row:
        for each in self._customers:
            if any(one["id"] == contact for one in each["contacts"]):
                return each
        raise Refused(404, f"The contact {contact} does not exist.")

    def _with_salutation(self, contact: Row, options: Options) -> Any:
        shown = plain(contact)
        if "salutation" in options.expand:
            shown = {**shown, "salutation": self._joined("salutations", contact["salutation_id"])}
        return _selected(shown, options)

    def _listed(
        self,
        request: Request,
        rows: Iterable[Row],
        known: Mapping[str, Column],
        expandable: tuple[str, ...],
        repeat: bool,
        show: Callable[[Row, Collection[str]], Any] | None = None,
    ) -> Answer:
        options = parse(request.query, known, expandable)
        if repeat:
            options = Options(top=options.top, order=options.order, expand=options.expand)
        part, number = apply(rows, options)
        shown: list[Any] = []
        for row in part:
            if show is not None:
                shown.append(_selected(show(row, options.expand), options))
            elif "salutation" in expandable:
                shown.append(self._with_salutation(row, options))
            else:
                hidden = set(expandable) - set(options.expand)
                whole = {name: value for name, value in row.items() if name not in hidden}
                shown.append(_selected(whole, options))
        return Answer(shown, listed=True, count=number if options.count else None)

    def _lookup_one(self, name: str, id_: int) -> Answer:
        found = self._joined(name, id_)
        if found is None:
            raise Refused(404, f"{name} has no {id_}.")
        return Answer(found)

    def _joined(self, table: str, id_: Any) -> Any:
        return next((dict(row) for row in self._customers.resources[table].rows if row["id"] == id_), None)

    def _shown(self, record: Row, expand: Collection[str]) -> dict[str, Any]:
        """Show a customer as the edition has it; parts and joined tables only where they are expanded."""
        shown = {name: plain(record[name]) for name in self._columns if name in record}
        if "main_address" in expand:
            shown["main_address"] = {name: record["main_address"][name] for name in ADDRESS}
        if "contacts" in expand:
            shown["contacts"] = [plain(contact) for contact in record["contacts"]]
        for name in expand:
            if name in _JOINED:
                field, table = _JOINED[name]
                joined = self._joined(table, record[field]) or {}
                shown[name] = {k: v for k, v in joined.items() if k != "currency_iso_code"} or None
        return shown

    def _ledger(self) -> dict[str, Any]:
        return {
            "auto_generate_account_numbers": self._settings.automatic_numbers,
            "next_account_number": 1,
            "default_tax_code_id": self._customers.resources["tax_codes"].rows[1]["id"],
            "default_payment_terms_basis": "PaymentDueFromCalendarMonth",
            "default_payment_terms_days": 30,
        }


def _parts(customer: Row, name: str) -> list[dict[str, Any]]:
    """Give what hangs on a customer's contacts, each with the id of its contact."""
    return [
        {**row, "customer_contact_id": contact["id"]}
        for contact in customer["contacts"]
        for row in contact[name]
    ]


def _of_contact(name: str) -> dict[str, Column]:
    return CONTACT_PARTS[name] | {
        "customer_contact_id": Column(name="customer_contact_id", kind=Kind.INTEGER)
    }


def _only(request: Request, method: str) -> None:
    if request.method != method:
        raise Refused(405, "Method not allowed.")


def _object(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise Refused(400, "The request body is not a JSON object.")
    return body


def _selected(row: Mapping[str, Any], options: Options) -> Mapping[str, Any]:
    if not options.select:
        return row
    return {name: row[name] for name in (*options.select, *options.expand) if name in row}
