from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from customary.errors import StoreError
from customary.store import bulk
from customary.store.database import Conflict, Store
from customary.store.tables import account, baseline, contact, customer, reference_list

AWKWARD = [
    "plain",
    "O'Brien",
    'say "hello"',
    "back\\slash \\N \\t",
    "tab\tand\r\nline",
    "percent %s :name ?",
    "Ünïcödé 字 😀 \u200f عربى",
    "",
    "\\.",
    "{curly,array}",
    "x" * 5000,
]


def rows_of(store: Store, *columns: Any) -> list[tuple[Any, ...]]:
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def test_texts_of_every_kind_come_back_to_the_letter(store: Store) -> None:
    rows = [("PK1", "list", str(number), text) for number, text in enumerate(AWKWARD)]
    with store.write() as connection:
        bulk.insert(connection, reference_list, ("business_unit", "name", "code", "text"), rows)
    assert sorted(rows_of(store, *reference_list.c)) == sorted(rows)


def test_nothing_is_a_null_and_not_a_text(store: Store) -> None:
    rows = [("1", "PK1", "a", None), ("2", "PK1", "b", ""), ("3", "PK1", "c", "None")]
    with store.write() as connection:
        bulk.insert(connection, customer, ("identity", "business_unit", "code", "name"), rows)
    found = rows_of(store, customer.c.code, customer.c.name)
    assert sorted(found) == [("a", None), ("b", ""), ("c", "None")]


@pytest.mark.parametrize("count", [1, 49, 50, 51, 230])
def test_any_number_of_rows_is_written_each_once(store: Store, count: int) -> None:
    rows = [("PK1", "list", f"{number:03}", str(number)) for number in range(count)]
    with store.write() as connection:
        bulk.insert(connection, reference_list, ("business_unit", "name", "code", "text"), rows)
    assert sorted(rows_of(store, *reference_list.c)) == rows


def test_columns_that_are_left_out_have_their_defaults(store: Store) -> None:
    with store.write() as connection:
        bulk.insert(connection, customer, ("identity", "business_unit", "code"), [("1", "PK1", "a")])
    assert rows_of(store, customer.c.status, customer.c.version, customer.c.name) == [("open", 1, None)]


def test_an_upsert_inserts_what_is_new_and_replaces_what_is_there(store: Store) -> None:
    columns = ("business_unit", "name", "code", "text")
    with store.write() as connection:
        bulk.upsert(connection, reference_list, columns, [("PK1", "l", "a", "A"), ("PK1", "l", "b", "B")])
        bulk.upsert(connection, reference_list, columns, [("PK1", "l", "b", "'B\\'"), ("PK1", "l", "c", "C")])
    found = rows_of(store, reference_list.c.code, reference_list.c.text)
    assert sorted(found) == [("a", "A"), ("b", "'B\\'"), ("c", "C")]


def test_an_upsert_leaves_other_columns_alone(store: Store) -> None:
    with store.write() as connection:
        connection.execute(account.insert().values(business_unit="PK1", code="1", status="closed"))
        bulk.upsert(connection, account, ("business_unit", "code", "fields"), [("PK1", "1", '{"a":"b"}')])
    assert rows_of(store, account.c.status, account.c.fields) == [("closed", '{"a":"b"}')]


def test_an_update_sets_the_rows_that_it_names_and_no_others(store: Store) -> None:
    names = ("identity", "business_unit", "code", "name", "version")
    rows = [(str(number), "PK1", str(number), f"n{number}", 1) for number in range(4)]
    with store.write() as connection:
        bulk.insert(connection, customer, names, rows)
        changes = [("O'B\t", 2, "1"), (None, 7, "3"), ("nobody", 9, "unknown")]
        bulk.update(connection, customer, ("name", "version"), ("identity",), changes)
    found = rows_of(store, customer.c.identity, customer.c.name, customer.c.version)
    assert sorted(found) == [("0", "n0", 1), ("1", "O'B\t", 2), ("2", "n2", 1), ("3", None, 7)]


def test_an_update_may_find_its_rows_by_several_columns(store: Store) -> None:
    columns = ("business_unit", "name", "code", "text")
    with store.write() as connection:
        bulk.insert(connection, reference_list, columns, [("PK1", "l", "a", "A"), ("PK1", "m", "a", "A")])
        bulk.update(
            connection,
            reference_list,
            ("text",),
            ("business_unit", "name", "code"),
            [("new", "PK1", "m", "a")],
        )
    found = rows_of(store, reference_list.c.name, reference_list.c.text)
    assert sorted(found) == [("l", "A"), ("m", "new")]


def test_columns_named_like_words_of_sql_work(store: Store) -> None:
    """``key``, ``text``, ``use`` and ``name`` are words of SQL too."""
    with store.write() as connection:
        bulk.insert(connection, customer, ("identity", "business_unit", "code"), [("1", "PK1", "a")])
        bulk.insert(connection, contact, ("identity", "key", "fields"), [("1", "order", "{}")])
        bulk.upsert(connection, contact, ("identity", "key", "fields"), [("1", "order", '{"a":"1"}')])
        bulk.update(connection, contact, ("vendor",), ("identity", "key"), [("{}", "1", "order")])
    assert rows_of(store, contact.c.key, contact.c.fields, contact.c.vendor) == [("order", '{"a":"1"}', "{}")]


def test_an_upsert_does_not_remember_an_earlier_one(store: Store) -> None:
    columns = tuple(column.name for column in baseline.c)
    with store.write() as connection:
        for number in range(3):
            row = (str(number), "s", "t", "h", "f", number, "{}", "{}")
            bulk.upsert(connection, baseline, columns, [row])
        connection.execute(baseline.delete().where(baseline.c.identity == "0"))
        bulk.upsert(connection, baseline, columns, [("9", "s", "t", "h", "f", 9, "{}", "{}")])
    assert sorted(rows_of(store, baseline.c.identity)) == [("1",), ("2",), ("9",)]


def test_no_rows_are_no_work(store: Store) -> None:
    with store.write() as connection:
        bulk.insert(connection, customer, ("identity",), [])
        bulk.upsert(connection, customer, ("identity",), [])
        bulk.update(connection, customer, ("name",), ("identity",), [])
    assert rows_of(store, customer.c.identity) == []


SWALLOW = {
    True: "CREATE TRIGGER swallow BEFORE INSERT ON account BEGIN SELECT RAISE(IGNORE); END",
    False: "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
    " CREATE TRIGGER swallow BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION swallow()",
}
"""By whether it is SQLite: a trigger that lets no row in, and says nothing."""


def test_rows_that_a_database_does_not_take_are_told(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql(SWALLOW[store.is_sqlite])
    rows = [("PK1", "1"), ("PK1", "2")]
    with pytest.raises(StoreError, match="took 0 of 2 rows of account"), store.write() as connection:
        bulk.insert(connection, account, ("business_unit", "code"), rows)


@pytest.mark.parametrize("text", AWKWARD)
def test_updates_and_upserts_carry_texts_of_every_kind(store: Store, text: str) -> None:
    columns = ("business_unit", "name", "code", "text")
    with store.write() as connection:
        bulk.upsert(connection, reference_list, columns, [("PK1", "l", "a", text), ("PK1", "l", "b", "B")])
        bulk.update(connection, reference_list, ("text",), ("business_unit", "code"), [(text, "PK1", "b")])
    assert rows_of(store, reference_list.c.text) == [(text,), (text,)]


def test_a_row_that_is_there_already_is_a_conflict_and_nothing_of_it_is_kept(store: Store) -> None:
    names = ("identity", "business_unit", "code")
    with pytest.raises(Conflict), store.write() as connection:
        bulk.insert(connection, customer, names, [("1", "PK1", "a"), ("2", "PK1", "a")])
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        bulk.insert(connection, customer, names, [("1", "PK1", "a"), ("1", "PK1", "b")])
    assert rows_of(store, customer.c.code) == []


def test_what_the_database_cannot_hold_is_told_without_the_rows(store: Store) -> None:
    names = ("identity", "business_unit", "code", "name")
    if store.is_sqlite:  # it holds any text; what may reach it is decided before
        with store.write() as connection:
            bulk.insert(connection, customer, names, [("1", "PK1", "a", "a\x00b")])
        assert rows_of(store, customer.c.name) == [("a\x00b",)]
        return
    with pytest.raises(DataError), store.engine.begin() as connection:
        bulk.insert(connection, customer, names, [("1", "PK1", "a", "a\x00secret")])
    with pytest.raises(StoreError) as caught, store.write() as connection:
        bulk.insert(connection, customer, names, [("1" * 37, "PK1", "a", "secret")])
    assert "secret" not in str(caught.value)


def test_a_connection_can_be_used_again_after_a_refusal(store: Store) -> None:
    names = ("identity", "business_unit", "code")
    with store.engine.connect() as connection:
        for code in ("a", "a", "b"):
            try:
                with connection.begin():
                    bulk.insert(connection, customer, names, [(code, "PK1", code)])
            except IntegrityError:
                assert code == "a"
    assert sorted(rows_of(store, customer.c.code)) == [("a",), ("b",)]
