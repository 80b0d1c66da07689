from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, select

from customary.store import customers
from customary.store.database import Store, open_store
from customary.store.query import any_of
from customary.store.tables import business_unit, customer

UNIT = "PK1"
CODES = ["0000002", "0000038", 'S"12,3', "Ünï", "NULL", "{a}", "back\\slash", " b "]


def fill(store: Store) -> None:
    with store.write() as connection:
        connection.execute(business_unit.insert().values(code=UNIT))
        for code in CODES:
            connection.execute(customer.insert().values(identity=f"id {code}", business_unit=UNIT, code=code))


def test_any_of_finds_exactly_the_texts_that_are_asked_for(hub_url: str) -> None:
    store = open_store(hub_url)
    fill(store)
    with store.read() as connection:

        def found(texts: list[str]) -> list[str]:
            query = select(customer.c.code).where(any_of(customer.c.code, texts)).order_by(customer.c.code)
            return sorted(connection.execute(query).scalars())

        assert found(CODES) == sorted(CODES)
        assert found(['S"12,3', "2", "Ünï", "Ünï"]) == ['S"12,3', "Ünï"]
        assert found([]) == []
        for awkward in ("{", "}", ",", '"', "\\", 'a\\"b', "null", "", " ", "b", "backslash"):
            assert found([awkward]) == []
    store.close()


def test_any_of_takes_no_text_one_or_five_thousand(hub_url: str) -> None:
    store = open_store(hub_url)
    fill(store)
    with store.read() as connection:

        def count(texts: list[str]) -> int:
            return len(
                connection.execute(select(customer.c.code).where(any_of(customer.c.code, texts))).all()
            )

        many = [f"no {number}" for number in range(5_000)]
        assert [count([]), count(many[:1]), count(many)] == [0, 0, 0]
        assert [count(CODES[:1]), count([*many, *CODES])] == [1, len(CODES)]
    store.close()


def test_look_ups_of_a_page_read_no_whole_table_on_sqlite(tmp_path: Path) -> None:
    """A condition that no index answers is not seen on a small hub, and costs hours on a large one."""
    store = open_store(f"sqlite:///{(tmp_path / 'hub.db').as_posix()}")
    fill(store)
    with store.read() as connection:
        plans = plans_of(connection)
        customers.find_known(connection, "syspro", "hub", CODES)
        customers.find_codes(connection, UNIT, "syspro", CODES)
        customers.versions(connection, ["id 0000002"])
        customers.read_held(connection, ["id 0000002"], ("syspro", "hub"), ["name"])
    store.close()
    tables = [step for step in plans if "json_each" not in step and "SUBQUERY" not in step]
    assert len(tables) >= 5
    assert [step for step in tables if not step.startswith("SEARCH")] == []
    codes = next(step for step in tables if "ix_customer_unpadded_code" in step)
    assert "business_unit=? AND <expr>=?" in codes


def plans_of(connection: Connection) -> list[str]:
    """Gather the steps by which SQLite carries out what is executed from now on."""
    steps: list[str] = []

    @event.listens_for(connection, "after_cursor_execute")
    def explain(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps.extend(row[3] for row in cursor.fetchall())
        cursor.close()

    return steps
