"""A customer's contacts: amended by id, with their e-mails, numbers and websites (sections 12 and 15)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from customary.protocols.sage200 import CONTACT, CONTACT_PARTS, Edition
from customary.sandboxes.sage200.errors import Refused
from customary.sandboxes.sage200.rules import checked
from customary.sandboxes.sage200.seed import BLANK_CONTACT

Contact = dict[str, Any]
PART_RESOURCES: Final = {f"customer_{name}": name for name in CONTACT_PARTS}
"""The resource of each list in a contact."""
IDS_OF_PARTS: Final = 10
"""The ids of what hangs on a contact begin at ten times the contact's (a decision)."""

_NUMBER: Final = ("country_code", "area_code", "subscriber_number")


def amended(
    kept: Sequence[Contact], bodies: Any, edition: Edition, made: Callable[[], tuple[int, Contact]]
) -> list[Contact]:
    """Give the contacts of a customer after a body's ``contacts``.

    A body with an id amends that contact, or with ``is_to_delete`` takes it away; one without an id adds a
    contact, whose id and first values ``made`` gives. Raises ``Refused`` with 400.
    """
    contacts = {int(contact["id"]): contact for contact in kept}
    for body in _objects(bodies, "contacts"):
        id_ = int(body.get("id") or 0)
        if id_ and id_ not in contacts:
            raise Refused(400, f"The contact {id_} does not exist.")
        if body.get("is_to_delete") is True:
            contacts.pop(id_, None)
            continue
        values = checked(body, CONTACT, edition)
        if not id_:
            id_, first = made()
            contacts[id_] = first | {"is_default": not contacts}
        contacts[id_] = _whole(contacts[id_] | values | {"id": id_}, body, edition)
    if edition == "standard" and len(contacts) > 1:
        raise Refused(400, "A customer can have one contact only.")
    return list(contacts.values())


def blank(customer: int, now: str) -> Contact:
    """Give a contact of which nothing is known."""
    return BLANK_CONTACT | {"customer_id": customer, "date_time_created": now, "date_time_updated": now}


def _whole(contact: Contact, body: Mapping[str, Any], edition: Edition) -> Contact:
    """Amend what hangs on a contact, and make what is made of other fields."""
    for name in CONTACT_PARTS:
        if body.get(name) is not None:
            contact[name] = _part(contact, name, _objects(body[name], name), edition)
    names = (contact["first_name"], contact["middle_name"], contact["last_name"])
    contact["name"] = " ".join(each for each in names if each)
    if body.get("emails") is not None:
        contact["default_email"] = _default(contact["emails"]).get("email", "")
    if body.get("telephones") is not None:
        contact["default_telephone"] = _default(contact["telephones"]).get("full_number", "")
    return contact


def _part(
    contact: Contact, name: str, bodies: Sequence[Mapping[str, Any]], edition: Edition
) -> list[Contact]:
    rows = {int(row["id"]): row for row in contact[name]}
    for body in bodies:
        id_ = int(body.get("id") or 0)
        if id_ and id_ not in rows:
            raise Refused(400, f"The {name} of contact {contact['id']} have no {id_}.")
        if body.get("is_to_delete") is True:
            rows.pop(id_, None)
            continue
        values = checked(body, CONTACT_PARTS[name], edition)
        if not id_:
            id_ = max(rows, default=int(contact["id"]) * IDS_OF_PARTS) + 1
        if values.get("is_default"):
            rows = {key: row | {"is_default": False} for key, row in rows.items()}
        rows[id_] = completed(name, rows.get(id_, {}) | values | {"id": id_})
    if rows and not any(row["is_default"] for row in rows.values()):
        first = next(iter(rows))
        rows[first] = rows[first] | {"is_default": True}
    return list(rows.values())


def completed(name: str, row: Mapping[str, Any]) -> Contact:
    """Give an e-mail, number or website with all of its fields, and a number with its full one."""
    table = CONTACT_PARTS[name]
    made = {column: False if column == "is_default" else "" for column in table} | dict(row)
    if "full_number" in table:
        made["full_number"] = " ".join(made[each] for each in _NUMBER if made[each])
    return made


def _default(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((row for row in rows if row["is_default"]), {})


def _objects(bodies: Any, name: str) -> Sequence[Mapping[str, Any]]:
    if not isinstance(bodies, list) or not all(isinstance(body, dict) for body in bodies):
        raise Refused(400, f"The field {name} is no list of objects.")
    return bodies
