"""A business unit's standard texts, each in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from customary.store import bulk
from customary.store.query import any_of
from customary.store.tables import customer, customer_standard_text, standard_text

Texts = dict[str, dict[str, str]]
"""Key -> the vendor's elements and their values."""

PAGE = 500


def find(connection: Connection, unit: str, keys: Sequence[str]) -> Texts:
    """Find standard texts by their keys, which are folded."""
    query = select(standard_text.c.key, standard_text.c.fields).where(
        standard_text.c.business_unit == unit, any_of(standard_text.c.key, keys)
    )
    return {row[0]: msgspec.json.decode(row[1]) for row in connection.execute(query)} if keys else {}


def all_texts(connection: Connection, unit: str) -> Iterator[dict[str, str]]:
    """Give all standard texts of a business unit, in the order of their keys."""
    query = (
        select(standard_text.c.fields)
        .where(standard_text.c.business_unit == unit)
        .order_by(standard_text.c.key)
    )
    for fields in connection.execute(query.execution_options(yield_per=PAGE)).scalars():
        yield msgspec.json.decode(fields)


def put(connection: Connection, unit: str, texts: Mapping[str, Mapping[str, str]]) -> None:
    """Make standard texts, or write them over those with the same key."""
    rows = [(unit, key, msgspec.json.encode(fields).decode()) for key, fields in texts.items()]
    bulk.upsert(connection, standard_text, ("business_unit", "key", "fields"), rows)


def delete(connection: Connection, unit: str, keys: Sequence[str]) -> None:
    """Delete standard texts, and take them off the customers that they were attached to."""
    members = select(customer.c.identity).where(customer.c.business_unit == unit)
    attached = customer_standard_text
    connection.execute(
        attached.delete().where(any_of(attached.c.key, keys), attached.c.identity.in_(members))
    )
    connection.execute(
        standard_text.delete().where(standard_text.c.business_unit == unit, any_of(standard_text.c.key, keys))
    )
