"""A business unit's accounts: found by codes that compare without case, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from customary.store import bulk
from customary.store.folding import fold, folded
from customary.store.query import any_of
from customary.store.tables import account


class Account(Struct, frozen=True, kw_only=True):
    """One account of a business unit."""

    code: str
    status: str
    """One of the customer's statuses, ``open`` where nothing else was said."""
    fields: Mapping[str, Any]
    """The vendor's elements and their values; an analysis is a table of its own."""


def find(connection: Connection, unit: str, codes: Sequence[str]) -> dict[str, Account]:
    """Find accounts by their codes, in any spelling: folded code -> account."""
    query = select(account.c.code, account.c.status, account.c.fields).where(
        account.c.business_unit == unit, any_of(folded(account.c.code), [fold(code) for code in codes])
    )
    found = connection.execute(query) if codes else ()
    return {
        fold(code): Account(code=code, status=status, fields=msgspec.json.decode(fields))
        for code, status, fields in found
    }


def put(connection: Connection, unit: str, accounts: Sequence[Account]) -> None:
    """Make accounts, or write them over those with the same code."""
    rows = [(unit, item.code, item.status, msgspec.json.encode(item.fields).decode()) for item in accounts]
    bulk.upsert(connection, account, ("business_unit", "code", "status", "fields"), rows)
