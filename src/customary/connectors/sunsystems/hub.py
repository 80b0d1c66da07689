"""What the hub knows of a customer beyond its fields, in SunSystems' words: for going over to a SunSystems.

The hub keeps it as its own components took it in: elements without a common name under this product's name,
children on their own, accounts and standard texts for the whole business unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from customary.connectors.sunsystems import children
from customary.connectors.sunsystems.fields import ACCOUNTS, HOLDS, STATUS, TEXTS
from customary.model.customer import AddressUse, Child, Customer, Status

WORDS: Final = "sunsystems"
_STATUSES: Final = {
    Status.OPEN: "0",
    Status.HIDDEN: "1",
    Status.SUSPENDED: "2",
    Status.CLOSED: "3",
    Status.DRAFT: "4",
}
_ADDRESSES: Final = {
    AddressUse.DELIVERY: "DeliveryToAddress",
    AddressUse.INVOICE: "InvoiceAddress",
    AddressUse.CONTACT: "ContactAddress",
    AddressUse.ACKNOWLEDGEMENT: "AcknowledgedAddress",
}
_COMMON: Final = {"Description": "description", "ShortHeading": "short_name", "LookupCode": "lookup_code"}
"""Elements of a child that the hub keeps under a common name."""


def told(
    customer: Customer, account: Mapping[str, Any], texts: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Give the native fields that the hub knows; what it does not know is not in it.

    ``account`` has the elements of the linked account, its status as the hub says it; empty: there is none.
    A kind of child that the customer has none of is left out, because it may be kept in SunSystems only.
    """
    native = {STATUS: _STATUSES[customer.status]}
    native |= _flat("", customer.vendor.get(WORDS, {}))
    if account:
        status = _STATUSES[Status(account.get(STATUS, Status.OPEN))]
        native |= _flat(f"{ACCOUNTS}.", {**account, STATUS: status})
    kinds: dict[str, list[Mapping[str, str]]] = {}
    for name, child in _children(customer):
        if elements := _elements(name, child):
            kinds.setdefault(name, []).append(elements)
    if texts:
        kinds[TEXTS] = [_only(TEXTS, text) for text in texts]
    native |= {name: children.written(name, found) for name, found in kinds.items()}
    return {name: text for name, text in native.items() if name in HOLDS}


def _flat(above: str, values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, str):
            found[above + name] = value
        elif isinstance(value, Mapping):
            found |= _flat(f"{above}{name}.", value)
    return found


def _children(customer: Customer) -> Iterator[tuple[str, Child]]:
    for address in customer.addresses:
        if address.use in _ADDRESSES:
            yield _ADDRESSES[address.use], address
    for tax in customer.tax_registrations:
        yield "Tax", tax
    for form in customer.document_formats:
        yield "DocumentFormat", form


def _elements(name: str, child: Child) -> dict[str, str]:
    """Give a child's elements; one that another product made may lack its keys, and does not go over."""
    common = {element: str(child.fields.get(field, "")) for element, field in _COMMON.items()}
    found = _only(name, {**common, **child.vendor.get(WORDS, {})})
    return found if all(found.get(key) for key in children.node_of(name).mandatory) else {}


def _only(name: str, values: Mapping[str, Any]) -> dict[str, str]:
    return {key: values[key] for key in children.elements_of(name) if isinstance(values.get(key), str)}
