"""What the journal and the cross-reference tell of an uploaded file's records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, select

from customary.model.outcome import Level, Outcome
from customary.store.journal import CYCLES_PER_PAGE
from customary.store.query import any_of
from customary.store.tables import cross_reference, cycle, generated_reference, message, page


class Ended(Struct, frozen=True):
    """How one customer of a run ended."""

    customer: str
    """The target's key, where something was done."""
    outcome: Outcome | None
    """``None``: it was planned only."""
    errors: tuple[str, ...]


class Names(Struct, frozen=True):
    """By what keys the target knows customers."""

    keys: Mapping[str, str]
    """Key of the source -> key of the target."""
    of_ids: Mapping[str, str]
    """Id of the target's own -> key of the target."""


def pages(connection: Connection, run_id: int) -> Iterator[tuple[int, int]]:
    """Give the numbers of a run's pages that have records, each with the number of its last record."""
    query = select(page.c.number, page.c.cursor).where(page.c.run_id == run_id).order_by(page.c.number)
    for number, cursor in connection.execute(query.execution_options(yield_per=500)):
        if cursor:
            yield number, int(cursor)


def ended(connection: Connection, run_id: int, number: int) -> dict[str, Ended]:
    """Give how the customers of a page ended: key of the source -> ending; without the unchanged ones."""
    first = number * CYCLES_PER_PAGE
    on_page = cycle.c.number.between(first, first + CYCLES_PER_PAGE - 1)
    errors: dict[int, list[str]] = {}
    told = select(message.c.cycle, message.c.field, message.c.text).where(
        message.c.run_id == run_id,
        message.c.cycle.between(first, first + CYCLES_PER_PAGE - 1),
        message.c.level == Level.ERROR.value,
    )
    for at, field, text in connection.execute(told.order_by(message.c.id)):
        errors.setdefault(at, []).append(text if not field or field in text else f"{field}: {text}")
    query = select(cycle.c.number, cycle.c.key, cycle.c.customer, cycle.c.outcome)
    rows = connection.execute(query.where(cycle.c.run_id == run_id, on_page)).all()
    return {
        row.key: Ended(
            row.customer, Outcome(row.outcome) if row.outcome else None, tuple(errors.get(row.number, ()))
        )
        for row in rows
    }


def names(
    connection: Connection, between: tuple[str, str], folded: Mapping[str, str], ids: Sequence[str]
) -> Names:
    """Find the target's keys of customers, by the source's keys (each with its folded form) and by ids.

    A key of the source is looked up in the cross-reference, then among the generated references.
    """
    source, target = between
    forms = list(folded.values())
    other = cross_reference.alias()
    linked = (
        select(cross_reference.c.folded, other.c.key)
        .join(other, (other.c.identity == cross_reference.c.identity) & (other.c.system == target))
        .where(cross_reference.c.system == source, any_of(cross_reference.c.folded, forms))
    )
    row = generated_reference.c
    made = select(row.folded, row.reference).where(
        row.system == target, row.source == source, any_of(row.folded, forms)
    )
    known = {form: key for query in (made, linked) for form, key in connection.execute(query)}
    numbered = select(cross_reference.c.record_id, cross_reference.c.key).where(
        cross_reference.c.system == target, any_of(cross_reference.c.record_id, ids)
    )
    of_ids = {row.record_id: row.key for row in connection.execute(numbered)} if ids else {}
    return Names({key: known[form] for key, form in folded.items() if form in known}, of_ids)


def ids(connection: Connection, target: str, folded: Sequence[str]) -> dict[str, str]:
    """Give the target's own ids of the customers with these folded keys of it."""
    query = select(cross_reference.c.folded, cross_reference.c.record_id).where(
        cross_reference.c.system == target, any_of(cross_reference.c.folded, folded)
    )
    return {row.folded: row.record_id for row in connection.execute(query)} if folded else {}
