"""The hub's customers: found, read whole, and written in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct
from sqlalchemy import Connection, func, select, text

from customary.model.change import Baseline, Change, Creation, Held
from customary.model.fields import CUSTOMER, Kind, Maybe, Value
from customary.stages.match import Candidate
from customary.store import bulk
from customary.store.query import any_of
from customary.store.tables import baseline, cross_reference, customer

FLAGS = frozenset(name for name, field in CUSTOMER.items() if field.kind is Kind.FLAG)


class Known(Struct, frozen=True, gc=False):
    """What the hub knows of a source's key: enough to tell that nothing moved."""

    identity: str
    version: int
    """The hub customer's version; 0 when the hub does not hold this customer."""
    source_hash: str
    fingerprint: str
    target_version: int


def to_column(value: Maybe) -> str | None:
    """Write a field's state into its column."""
    if value is UNSET:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def from_row(row: Mapping[Any, Any], names: Iterable[str]) -> dict[str, Value]:
    """Read fields from their columns; absent ones are left out."""
    fields: dict[str, Value] = {}
    for name in names:
        text = row[name]
        if text is not None:
            fields[name] = text == "1" if name in FLAGS and text != "" else text
    return fields


def find_known(connection: Connection, source: str, target: str, folded: Sequence[str]) -> dict[str, Known]:
    """Tell what the hub knows of these keys (in the source's folded form).

    Three look-ups by primary key rather than one join: no statistics can mislead them.
    """
    linked = {
        row[0]: row[1]
        for row in connection.execute(
            select(cross_reference.c.folded, cross_reference.c.identity).where(
                cross_reference.c.system == source, any_of(cross_reference.c.folded, folded)
            )
        )
    }
    if not linked:
        return {}
    identities = list(linked.values())
    held = versions(connection, identities)
    query = select(
        baseline.c.identity, baseline.c.source_hash, baseline.c.fingerprint, baseline.c.target_version
    ).where(baseline.c.source == source, baseline.c.target == target, any_of(baseline.c.identity, identities))
    bases = {row[0]: row[1:] for row in connection.execute(query).all()}
    return {
        form: Known(identity, held.get(identity, 0), *bases.get(identity, ("", "", 0)))
        for form, identity in linked.items()
    }


def find_codes(connection: Connection, unit: str, source: str, codes: Sequence[str]) -> list[Candidate]:
    """Find the customers of a business unit whose codes equal these but for leading zeros."""
    unpadded = func.ltrim(customer.c.code, text("'0'"))  # as its index writes it, not as a parameter
    query = (
        select(customer.c.identity, customer.c.code, func.coalesce(cross_reference.c.key, ""))
        .join_from(
            customer,
            cross_reference,
            (cross_reference.c.identity == customer.c.identity) & (cross_reference.c.system == source),
            isouter=True,
        )
        .where(
            customer.c.business_unit == unit, any_of(unpadded, sorted({code.lstrip("0") for code in codes}))
        )
    )
    return [Candidate(*row) for row in connection.execute(query).all()]


def read_held(
    connection: Connection,
    identities: Sequence[str],
    between: tuple[str, str],
    names: Sequence[str],
    *,
    lock: bool = False,
) -> dict[str, Held]:
    """Read these customers' fields and their baselines ``between`` a source and a target.

    ``names`` are the fields that are wanted; ``lock`` keeps others from changing them until the commit.
    """
    wanted = dict.fromkeys(["code", *names])
    query = select(customer.c.identity, customer.c.version, *(customer.c[name] for name in wanted)).where(
        any_of(customer.c.identity, identities)
    )
    if lock:
        query = query.with_for_update()
    bases = read_baselines(connection, identities, between)
    return {
        row["identity"]: Held(
            row["identity"],
            row["code"],
            row["version"],
            from_row(row, wanted),
            bases.get(row["identity"]),
        )
        for row in connection.execute(query).mappings()
    }


def read_baselines(
    connection: Connection, identities: Sequence[str], between: tuple[str, str]
) -> dict[str, Baseline]:
    """Read the baselines of these customers ``between`` a source and a target, by identity."""
    query = select(baseline).where(
        baseline.c.source == between[0],
        baseline.c.target == between[1],
        any_of(baseline.c.identity, identities),
    )
    return {
        row["identity"]: Baseline(
            row["source_hash"],
            row["fingerprint"],
            _decode_fields(row["source_values"]),
            _decode_fields(row["target_values"]),
            row["target_version"],
        )
        for row in connection.execute(query).mappings()
    }


_decode_fields = msgspec.json.Decoder(dict[str, Value]).decode


def count_known(connection: Connection, source: str) -> int:
    """Count the hub's customers that the source knows too."""
    query = (
        select(func.count())
        .select_from(cross_reference)
        .join(customer, customer.c.identity == cross_reference.c.identity)
        .where(cross_reference.c.system == source)
    )
    return int(connection.execute(query).scalar_one())


def count(connection: Connection, unit: str) -> int:
    """Count the customers of a business unit."""
    query = select(func.count()).select_from(customer).where(customer.c.business_unit == unit)
    return int(connection.execute(query).scalar_one())


def is_empty(connection: Connection, unit: str) -> bool:
    """Tell whether a business unit has no customers at all."""
    query = select(customer.c.identity).where(customer.c.business_unit == unit).limit(1)
    return connection.execute(query).first() is None


def create(connection: Connection, unit: str, run: int, changes: Sequence[Change]) -> None:
    """Insert customers from their changes."""
    by_fields: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for change in changes:
        after = _after(change)
        values = [value if value.__class__ is str else to_column(value) for value in after.values()]
        by_fields.setdefault(tuple(after), []).append((change.identity, unit, run, *values))
    for names, rows in by_fields.items():
        bulk.insert(connection, customer, ("identity", "business_unit", "changed_by_run", *names), rows)


def _after(change: Change) -> Mapping[str, Maybe]:
    """Give what a change's fields become."""
    if isinstance(change.fields, Creation):
        return change.fields.after
    return {item.field: item.after for item in change.fields}


def amend(connection: Connection, run: int, changes: Sequence[tuple[Change, Held]]) -> None:
    """Update customers that the caller has locked: the fields that changed, and the version."""
    if not changes:
        return
    names = tuple(dict.fromkeys(item.field for change, _ in changes for item in change.fields))
    rows = []
    for change, held in changes:
        after = _after(change)
        values = [to_column(after.get(name, held.fields.get(name, UNSET))) for name in names]
        rows.append((*values, held.version + 1, run, change.identity))
    bulk.update(connection, customer, (*names, "version", "changed_by_run"), ("identity",), rows)


def versions(connection: Connection, identities: Sequence[str]) -> dict[str, int]:
    """Read the versions of these customers back."""
    query = select(customer.c.identity, customer.c.version).where(any_of(customer.c.identity, identities))
    return {row[0]: row[1] for row in connection.execute(query).all()}
