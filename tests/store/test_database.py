from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect, select, text

from customary.errors import StoreError
from customary.model.fields import CUSTOMER
from customary.store import whole
from customary.store.database import (
    ATTEMPTS,
    HEAD,
    MIGRATIONS,
    Conflict,
    Store,
    commit_without_waiting,
    open_store,
    reading,
    writing,
    writing_again,
)
from customary.store.tables import business_unit, metadata

OVER_EXPRESSIONS = {
    "ix_customer_unpadded_code",
    "ix_customer_folded_code",
    "ix_customer_folded_account",
    "ix_account_folded_code",
    "ix_operator_folded_name",
}


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """An empty hub on PostgreSQL."""
    store = open_store(postgres_url)
    yield store
    store.close()


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_exactly_the_tables(empty_url: str) -> None:
    store = open_store(empty_url)
    with store.engine.connect() as connection:
        # the index over an expression is compared by its statement below, and a view is not compared at all
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda _, name, *rest: name not in OVER_EXPRESSIONS}
        )
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_view_names()) == {"change"}
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    store.close()


def test_the_index_for_codes_without_zeros_is_over_the_expression_that_is_asked_for(empty_url: str) -> None:
    store = open_store(empty_url)
    asked = (
        "SELECT sql FROM sqlite_master WHERE name = 'ix_customer_unpadded_code'"
        if store.is_sqlite
        else "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_customer_unpadded_code'"
    )
    with store.read() as connection:
        made = str(connection.execute(text(asked)).scalar_one())
    assert "(business_unit, ltrim(code, '0'" in made
    store.close()


def test_customers_are_found_by_their_account_through_its_index_although_it_has_no_others(
    store: Store,
) -> None:
    asked: list[tuple[str, Any]] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def ask(_: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    with store.write() as connection:
        assert whole.account_users(connection, "PK1", ["a1"]) == []
        statement, parameters = asked[-1]
        if store.is_sqlite:
            plan = "EXPLAIN QUERY PLAN "
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = "EXPLAIN "
        told = connection.exec_driver_sql(plan + statement, parameters).all()
    assert "ix_customer_folded_account" in str(told)


def test_the_newest_step_is_the_one_that_opening_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_every_customer_field_has_a_column_that_can_be_absent(store: Store) -> None:
    columns = {column["name"]: column["nullable"] for column in inspect(store.engine).get_columns("customer")}
    assert {name: columns[name] for name in CUSTOMER if name != "code"} == dict.fromkeys(
        (name for name in CUSTOMER if name != "code"), True
    )
    assert columns["code"] is False


def test_opening_a_hub_again_changes_nothing(hub_url: str) -> None:
    for _ in range(2):
        store = open_store(hub_url)
        with store.write() as connection:
            found = connection.execute(select(business_unit.c.code)).scalars().all()
            if not found:
                connection.execute(business_unit.insert().values(code="PK1"))
        store.close()
    assert found == ["PK1"]


def test_several_processes_may_open_a_new_hub_at_once(empty_url: str) -> None:
    failures: list[Exception] = []

    def open_and_close() -> None:
        try:
            open_store(empty_url).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=open_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_hub_from_the_future_is_refused_and_left_as_it_is(hub_url: str) -> None:
    store = open_store(hub_url)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="was written by a newer Customary") as caught:
        open_store(hub_url)
    assert "schema 9999" in str(caught.value)
    engine = create_engine(hub_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    engine.dispose()


def test_what_is_no_database_is_told_without_a_password(tmp_path: Path, postgres_url: str) -> None:
    file = tmp_path / "hub.db"
    file.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError):
        open_store(f"sqlite:///{file.as_posix()}")
    nowhere = postgres_url.replace("postgres@", "anna:hunter2@").rpartition("/")[0] + "/nowhere"
    with pytest.raises(StoreError) as caught:
        open_store(nowhere)
    assert "hunter2" not in str(caught.value)


def test_what_was_written_before_an_error_is_not_kept(store: Store) -> None:
    def write() -> None:
        with store.write() as connection:
            connection.execute(business_unit.insert().values(code="X"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with store.read() as connection:
        assert connection.execute(select(business_unit.c.code)).scalars().all() == ["PK1"]


def test_a_reading_sees_one_moment_whatever_is_written_meanwhile(store: Store) -> None:
    codes = select(business_unit.c.code).order_by(business_unit.c.code)
    with store.read() as reading:
        before = reading.execute(codes).scalars().all()
        with store.write() as connection:
            connection.execute(business_unit.insert().values(code="X"))
        assert reading.execute(codes).scalars().all() == before == ["PK1"]
    with store.read() as reading:
        assert reading.execute(codes).scalars().all() == ["PK1", "X"]


def test_a_transaction_that_meets_a_conflict_is_tried_again_from_its_beginning(store: Store) -> None:
    tried = 0
    with store.engine.connect() as connection:
        for attempt in writing_again(connection):
            with attempt:
                tried += 1
                connection.execute(business_unit.insert().values(code=f"TRY{tried}"))
                if tried < 3:
                    connection.execute(business_unit.insert().values(code="PK1"))
    with store.read() as connection:
        found = connection.execute(select(business_unit.c.code).order_by(business_unit.c.code))
        assert found.scalars().all() == ["PK1", "TRY3"]


def test_a_conflict_that_does_not_go_away_is_told_after_the_last_attempt(store: Store) -> None:
    tried = 0

    def write(connection: Connection) -> None:
        nonlocal tried
        for attempt in writing_again(connection):
            with attempt:
                tried += 1
                connection.execute(business_unit.insert().values(code="PK1"))

    with store.engine.connect() as connection, pytest.raises(Conflict, match="at the same moment"):
        write(connection)
    assert tried == ATTEMPTS


@pytest.mark.parametrize("way", [reading, writing])
def test_a_database_that_drops_the_connection_is_told_as_the_hubs_fault(
    postgres_store: Store, way: Callable[[Connection], AbstractContextManager[object]]
) -> None:
    def look() -> None:
        with postgres_store.connection() as connection:
            with reading(connection):
                process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with postgres_store.read() as other:
                other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
            with way(connection):
                connection.execute(text("SELECT 1"))

    with pytest.raises(StoreError, match="the hub's database failed"):
        look()


def test_a_server_that_is_gone_is_told_as_the_hubs_fault(postgres_store: Store) -> None:
    nowhere = postgres_store.engine.url.set(port=1)
    store = Store(create_engine(nowhere))
    with pytest.raises(StoreError, match="the hub's database failed"), store.connection():
        pass


def test_a_commit_waits_for_the_disk_unless_it_says_otherwise(store: Store) -> None:
    if store.is_sqlite:  # its commits are on the disk at the next checkpoint, in any case
        return
    ways = []
    with store.engine.connect() as connection:
        with connection.begin():
            connection.execute(text("SET synchronous_commit = on"))
        for without_waiting in (True, False):
            with writing(connection):
                if without_waiting:
                    commit_without_waiting(connection)
                ways.append(connection.execute(text("SHOW synchronous_commit")).scalar_one())
    assert ways == ["off", "on"]
