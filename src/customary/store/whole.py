"""Customers read and written whole, a page at a time, with the children that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection, select

from customary.model.customer import Address, AddressUse, Child, Customer, Status
from customary.model.fields import CUSTOMER, Maybe
from customary.model.run import HUB
from customary.store import bulk
from customary.store.customers import from_row, to_column
from customary.store.folding import folded
from customary.store.query import any_of
from customary.store.tables import CHILDREN, baseline, customer

PAGE = 500
"""How many customers are read at a time."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.decode
Vendor = Mapping[str, Mapping[str, Any]]


class CustomerWrite(Struct, frozen=True, kw_only=True):
    """What is written of one customer: its columns that change, and its children that change."""

    identity: str
    version: int = 1
    """The version that it gets."""
    fields: Mapping[str, Maybe]
    status: Status | UnsetType = UNSET
    vendor: Vendor | UnsetType = UNSET
    put: tuple[tuple[str, Child], ...] = ()
    """Children to make, or to put in the place of those with the same key; each with their kind's name."""
    drop: tuple[tuple[str, AddressUse | None, str], ...] = ()
    """Kinds, uses and keys of children to delete."""


def find(
    connection: Connection, unit: str, folded_codes: Sequence[str], *, lock: bool = False
) -> list[Customer]:
    """Read the customers of a business unit that have these codes, which are folded.

    Their keys and classes are left out. ``lock`` keeps others from changing them until the commit.
    """
    query = (
        select(customer)
        .where(customer.c.business_unit == unit, any_of(folded(customer.c.code), folded_codes))
        .order_by(customer.c.identity)
    )
    return _whole(connection, query.with_for_update() if lock else query)


def find_exact(connection: Connection, unit: str, codes: Sequence[str]) -> list[Customer]:
    """Read the customers of a business unit that have exactly these codes, in the order of their codes."""
    query = select(customer).where(customer.c.business_unit == unit, any_of(customer.c.code, codes))
    return _whole(connection, query.order_by(customer.c.code))


def behind(connection: Connection, unit: str, code: str, limit: int = PAGE) -> list[Customer]:
    """Read the next customers of a business unit behind a code, at most ``limit``."""
    query = select(customer).where(customer.c.business_unit == unit, customer.c.code > code)
    return _whole(connection, query.order_by(customer.c.code).limit(limit))


def pages(connection: Connection, unit: str) -> Iterator[list[Customer]]:
    """Give all customers of a business unit in the order of their codes, a page at a time."""
    page = behind(connection, unit, "")
    while page:
        yield page
        page = behind(connection, unit, page[-1].code)


def codes(connection: Connection, unit: str) -> Iterator[str]:
    """Give the codes of all customers of a business unit, in their order."""
    query = select(customer.c.code).where(customer.c.business_unit == unit).order_by(customer.c.code)
    yield from connection.execute(query.execution_options(yield_per=PAGE)).scalars()


def existing(connection: Connection, unit: str, folded_codes: Sequence[str]) -> set[str]:
    """Tell which of these codes, which are folded, a business unit has."""
    code = folded(customer.c.code)
    query = select(code).where(customer.c.business_unit == unit, any_of(code, folded_codes))
    return set(connection.execute(query).scalars()) if folded_codes else set()


def account_users(
    connection: Connection, unit: str, folded_accounts: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Tell which customers post to these accounts, which are folded: account, identity and code of each."""
    query = select(customer.c.account_code, customer.c.identity, customer.c.code).where(
        customer.c.business_unit == unit, any_of(folded(customer.c.account_code), folded_accounts)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def invoiced_to(connection: Connection, unit: str, folded_codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """Tell which customers are invoiced to these, by folded codes: whom to, identity and code of each."""
    query = select(customer.c.invoicing_customer, customer.c.identity, customer.c.code).where(
        customer.c.business_unit == unit, any_of(folded(customer.c.invoicing_customer), folded_codes)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def insert(connection: Connection, unit: str, run: int, writes: Sequence[CustomerWrite]) -> None:
    """Insert customers with their children."""
    by_fields: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for write in writes:
        fields = {name: value for name, value in write.fields.items() if value is not UNSET}
        row = (write.identity, unit, run, _status(write), write.version, _vendor(write.vendor))
        by_fields.setdefault(tuple(fields), []).append((*row, *map(to_column, fields.values())))
    fixed = ("identity", "business_unit", "changed_by_run", "status", "version", "vendor")
    for names, rows in by_fields.items():
        bulk.insert(connection, customer, (*fixed, *names), rows)
    _put(connection, writes)


def update(connection: Connection, run: int, writes: Sequence[CustomerWrite]) -> None:
    """Update customers that the caller has locked, and their children."""
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for write in writes:
        columns: dict[str, Any] = {name: to_column(value) for name, value in write.fields.items()}
        if write.status is not UNSET:
            columns["status"] = _status(write)
        if write.vendor is not UNSET:
            columns["vendor"] = _vendor(write.vendor)
        columns |= {"version": write.version, "changed_by_run": run}
        by_columns.setdefault(tuple(columns), []).append((*columns.values(), write.identity))
    for names, rows in by_columns.items():
        bulk.update(connection, customer, names, ("identity",), rows)
    for write in writes:
        for kind, use, key in write.drop:
            _drop(connection, write.identity, kind, use, key)
    _put(connection, writes)


def delete(connection: Connection, identities: Sequence[str]) -> None:
    """Delete customers with their children. Their keys stay known; what was last written to them does not."""
    connection.execute(
        baseline.delete().where(baseline.c.target == HUB, any_of(baseline.c.identity, identities))
    )
    connection.execute(customer.delete().where(any_of(customer.c.identity, identities)))


def _whole(connection: Connection, query: Any) -> list[Customer]:
    rows = connection.execute(query).mappings().all()
    identities = [row["identity"] for row in rows]
    found = {kind: _children(connection, kind, identities) for kind in CHILDREN} if rows else {}
    return [
        Customer(
            identity=row["identity"],
            business_unit=row["business_unit"],
            status=Status(row["status"]),
            version=row["version"],
            fields=from_row(row, CUSTOMER),
            vendor=_decode(row["vendor"]) if row["vendor"] else {},
            **_of(row["identity"], found),
        )
        for row in rows
    ]


def _of(identity: str, found: Mapping[str, Mapping[str, Sequence[Any]]]) -> dict[str, Any]:
    return {kind: tuple(children.get(identity, ())) for kind, children in found.items()}


def _children(connection: Connection, kind: str, identities: Sequence[str]) -> dict[str, list[Any]]:
    table = CHILDREN[kind]
    query = select(table).where(any_of(table.c.identity, identities)).order_by(*table.primary_key.columns)
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query).mappings():
        values: dict[str, Any] = {
            "key": row["key"],
            "fields": _decode(row["fields"]),
            "vendor": _decode(row["vendor"]) if row["vendor"] else {},
        }
        child = Address(use=AddressUse(row["use"]), **values) if kind == "addresses" else Child(**values)
        found.setdefault(row["identity"], []).append(child)
    return found


def _put(connection: Connection, writes: Iterable[CustomerWrite]) -> None:
    by_kind: dict[str, list[tuple[Any, ...]]] = {}
    for write in writes:
        for kind, child in write.put:
            use = (child.use.value,) if isinstance(child, Address) else ()
            by_kind.setdefault(kind, []).append(
                (write.identity, *use, child.key, _encode(child.fields).decode(), _vendor(child.vendor))
            )
    for kind, rows in by_kind.items():
        use = ("use",) if kind == "addresses" else ()
        bulk.upsert(connection, CHILDREN[kind], ("identity", *use, "key", "fields", "vendor"), rows)


def _drop(connection: Connection, identity: str, kind: str, use: AddressUse | None, key: str) -> None:
    table = CHILDREN[kind]
    which = (table.c.identity == identity) & (table.c.key == key)
    connection.execute(table.delete().where(which & (table.c.use == use.value) if use else which))


def _status(write: CustomerWrite) -> str:
    return Status.OPEN.value if write.status is UNSET else write.status.value


def _vendor(vendor: Vendor | UnsetType) -> str | None:
    return None if vendor is UNSET or not vendor else _encode(vendor).decode()
