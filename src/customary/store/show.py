"""A customer read whole, with its children, keys and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, text

from customary.model.customer import Address, AddressUse, Child, Customer, Status
from customary.model.fields import CUSTOMER
from customary.store import links
from customary.store.customers import from_row
from customary.store.query import any_of
from customary.store.tables import CHILDREN, customer, customer_class


def find(connection: Connection, code: str, unit: str | None = None) -> list[Customer]:
    """Find the customers with this code, in one business unit or in all; each is read whole."""
    query = select(customer).where(customer.c.code == code).order_by(customer.c.business_unit)
    if unit is not None:
        query = query.where(customer.c.business_unit == unit)
    return [_whole(connection, row) for row in connection.execute(query).mappings()]


def alike(connection: Connection, codes: Sequence[str], unit: str | None = None) -> dict[str, list[str]]:
    """Find customers whose codes equal these but for leading zeros; their codes, by the one asked for."""
    unpadded = func.ltrim(customer.c.code, text("'0'"))  # as its index writes it, not as a parameter
    query = select(customer.c.code).where(any_of(unpadded, sorted({code.lstrip("0") for code in codes})))
    if unit is not None:
        query = query.where(customer.c.business_unit == unit)
    found: dict[str, list[str]] = {}
    for code in connection.execute(query.distinct().order_by(customer.c.code)).scalars():
        found.setdefault(code.lstrip("0"), []).append(code)
    return {code: found[code.lstrip("0")] for code in codes if code.lstrip("0") in found}


def _whole(connection: Connection, row: Any) -> Customer:
    identity = row["identity"]
    classes = select(customer_class.c.name).where(customer_class.c.identity == identity)
    return Customer(
        identity=identity,
        business_unit=row["business_unit"],
        status=Status(row["status"]),
        version=row["version"],
        fields=from_row(row, CUSTOMER),
        vendor=msgspec.json.decode(row["vendor"]) if row["vendor"] else {},
        keys=links.keys_of(connection, identity),
        classes=tuple(connection.execute(classes.order_by(customer_class.c.name)).scalars()),
        **{name: _children(connection, name, identity) for name in CHILDREN},
    )


def _children(connection: Connection, name: str, identity: str) -> tuple[Any, ...]:
    table = CHILDREN[name]
    query = select(table).where(table.c.identity == identity).order_by(*table.primary_key.columns)
    children = []
    for row in connection.execute(query).mappings():
        values: dict[str, Any] = {
            "key": row["key"],
            "fields": msgspec.json.decode(row["fields"]),
            "vendor": msgspec.json.decode(row["vendor"]) if row["vendor"] else {},
        }
        children.append(
            Address(use=AddressUse(row["use"]), **values) if name == "addresses" else Child(**values)
        )
    return tuple(children)
