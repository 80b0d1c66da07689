"""Which item customers a business unit holds."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

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
