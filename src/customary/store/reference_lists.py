"""Reference lists: the codes that a business unit knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from customary.store import bulk
from customary.store.folding import fold, folded
from customary.store.query import any_of
from customary.store.tables import reference_list


def replace(connection: Connection, unit: str, name: str, codes: Mapping[str, str]) -> None:
    """Make these codes, each with its text, the whole of a list."""
    connection.execute(
        reference_list.delete().where(reference_list.c.business_unit == unit, reference_list.c.name == name)
    )
    rows = [(unit, name, code, text) for code, text in codes.items()]
    bulk.insert(connection, reference_list, ("business_unit", "name", "code", "text"), rows)


def sizes(connection: Connection, unit: str) -> dict[str, int]:
    """Tell the lists of a business unit and how many codes each holds."""
    query = (
        select(reference_list.c.name, func.count())
        .where(reference_list.c.business_unit == unit)
        .group_by(reference_list.c.name)
        .order_by(reference_list.c.name)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def read(connection: Connection, unit: str, name: str) -> dict[str, str]:
    """Read a list: code -> text, in the order of the codes."""
    query = (
        select(reference_list.c.code, reference_list.c.text)
        .where(reference_list.c.business_unit == unit, reference_list.c.name == name)
        .order_by(reference_list.c.code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def known(connection: Connection, unit: str, name: str, codes: Sequence[str]) -> set[str]:
    """Tell which of these codes a list has, in any spelling; folded."""
    wanted = [fold(code) for code in codes]
    query = select(reference_list.c.code).where(
        reference_list.c.business_unit == unit,
        reference_list.c.name == name,
        any_of(folded(reference_list.c.code), wanted),
    )
    return {fold(code) for code in connection.execute(query).scalars()} if codes else set()
