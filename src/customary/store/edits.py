"""Changes by hand: fields and classes of customers, written with their history like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from customary.store import bulk
from customary.store.query import any_of
from customary.store.tables import customer, customer_class


def identities(connection: Connection, unit: str, codes: Sequence[str]) -> dict[str, str]:
    """Find customers of a business unit by their codes: code -> identity."""
    query = select(customer.c.code, customer.c.identity).where(
        customer.c.business_unit == unit, any_of(customer.c.code, codes)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def units_of(connection: Connection, code: str) -> list[str]:
    """Tell in which business units there is a customer of this code."""
    query = select(customer.c.business_unit).where(customer.c.code == code)
    return list(connection.execute(query.order_by(customer.c.business_unit)).scalars())


def classes_of(connection: Connection, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Tell the classes of these customers: identity -> names, sorted."""
    query = (
        select(customer_class.c.identity, customer_class.c.name)
        .where(any_of(customer_class.c.identity, wanted))
        .order_by(customer_class.c.identity, customer_class.c.name)
    )
    found: dict[str, tuple[str, ...]] = {}
    for identity, name in connection.execute(query):
        found[identity] = (*found.get(identity, ()), name)
    return found


def set_classes(connection: Connection, classes: Mapping[str, Iterable[str]]) -> None:
    """Put customers into exactly these classes: identity -> names."""
    connection.execute(customer_class.delete().where(any_of(customer_class.c.identity, list(classes))))
    rows = [(identity, name) for identity, names in classes.items() for name in names]
    bulk.insert(connection, customer_class, ("identity", "name"), rows)
