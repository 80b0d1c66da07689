"""What the tables leave out on purpose, and what stands in for it."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import Connection, func, select

from customary.errors import Superseded
from customary.model.change import Cycle
from customary.model.outcome import Outcome
from customary.store import journal, runs
from customary.store.database import Store
from customary.store.tables import cycle, metadata
from tests.support.places import SOURCES

WITHOUT = {("customer", "business_unit"), ("cycle", "run_id")}
"""References without a foreign key: docs/decisions/0018."""


def test_every_reference_but_two_has_a_foreign_key() -> None:
    bare = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name in ("run_id", "business_unit") and not column.foreign_keys
    }
    assert bare == WITHOUT


def test_nothing_deletes_a_run_or_a_business_unit() -> None:
    deleted = {
        ast.unparse(node.func.value)
        for file in (SOURCES / "store").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delete"
    }
    assert "customer" in deleted, "this is how deletes are written"
    assert deleted.isdisjoint({"run", "business_unit"})


def test_no_cycle_is_written_for_a_run_that_is_gone(store: Store) -> None:
    def write(connection: Connection) -> None:
        runs.guard(connection, 99, 1)
        lost = Cycle(number=0, customer="A", outcome=Outcome.REJECTED)
        journal.write_cycles(connection, 99, 1, [lost], planned=False)

    with pytest.raises(Superseded), store.write() as connection:
        write(connection)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(cycle)).scalar_one() == 0
