"""References that were generated for customers of a system: the same customer keeps its own for ever."""

from __future__ import annotations

from sqlalchemy import Connection, select, text

from customary.store.tables import generated_reference

_NOTE = text(
    "INSERT INTO generated_reference (system, source, folded, reference, taken)"
    " VALUES (:system, :source, :folded, :reference, :taken) ON CONFLICT DO NOTHING"
)


def remembered(connection: Connection, between: tuple[str, str], folded: str) -> str:
    """Give the reference that was generated for a customer; ``""`` if none was.

    ``between`` names the source, whose folded key it is, and the system that the reference is for.
    """
    source, system = between
    row = generated_reference.c
    query = select(row.reference).where(row.system == system, row.source == source, row.folded == folded)
    return connection.execute(query).scalar_one_or_none() or ""


def remember(connection: Connection, between: tuple[str, str], folded: str, reference: str) -> str:
    """Note a customer's reference, and give the one that it has from now on.

    That is another one where somebody else noted it first, and ``""`` where another customer has this one:
    references of a system compare without case.
    """
    source, system = between
    values = {"system": system, "source": source, "folded": folded, "reference": reference}
    connection.execute(_NOTE, {**values, "taken": reference.casefold()})
    return remembered(connection, between, folded)
