"""Which item customers a business unit holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from customary.store import bulk
from customary.store.tables import customer, item_customer

PAGE = 500


def count(connection: Connection, unit: str) -> int:
    """Count the item customers of a business unit."""
    query = select(func.count()).join_from(customer, item_customer).where(customer.c.business_unit == unit)
    return int(connection.execute(query).scalar_one())


def keys(connection: Connection, unit: str) -> Iterator[tuple[str, str]]:
    """Give each item customer's key, which is its item's folded code, and its customer's code, in order."""
    query = (
        select(item_customer.c.key, customer.c.code)
        .join_from(customer, item_customer)
        .where(customer.c.business_unit == unit)
        .order_by(customer.c.code, item_customer.c.key)
    )
    for row in connection.execute(query.execution_options(yield_per=PAGE)):
        yield row[0], row[1]


def holding(connection: Connection, unit: str, text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Find the item customers whose vendor values hold a text: customer's identity, key and vendor values."""
    written = msgspec.json.encode(text).decode()
    query = (
        select(item_customer.c.identity, item_customer.c.key, item_customer.c.vendor)
        .join_from(customer, item_customer)
        .where(customer.c.business_unit == unit, item_customer.c.vendor.contains(written, autoescape=True))
    )
    return [(row[0], row[1], msgspec.json.decode(row[2])) for row in connection.execute(query)]


def put_vendor(connection: Connection, rows: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    """Write the vendor values of item customers that exist: customer's identity, key and vendor values."""
    written = [(msgspec.json.encode(vendor).decode(), identity, key) for identity, key, vendor in rows]
    bulk.update(connection, item_customer, ("vendor",), ("identity", "key"), written)
