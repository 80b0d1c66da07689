from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from customary.store import seen
from customary.store.database import Store


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    """A connection that has met nothing yet."""
    with store.engine.connect() as connection, connection.begin():
        seen.open_seen(connection)
        yield connection


def test_a_key_is_met_exactly_where_it_was_noted(connection: Connection) -> None:
    keys = [("2", "0002"), ("A'B", "A'B"), ("", " "), ("ü" * 300, "Ü" * 300)]
    assert seen.remember(connection, 0, keys) == {}
    assert seen.met(connection, [*(folded for folded, _ in keys), "02", "a'b", "3"]) == dict(keys)
    assert seen.met(connection, []) == {}


def test_keys_of_another_page_are_told_as_they_were_met_first(connection: Connection) -> None:
    seen.remember(connection, 0, [("2", "0002"), ("3", "3")])
    assert seen.remember(connection, 1, [("2", "2"), ("4", "4")]) == {"2": "0002"}
    assert seen.remember(connection, 2, [("2", "02"), ("4", "04"), ("5", "5")]) == {"2": "0002", "4": "4"}


def test_a_key_that_repeats_on_its_own_page_is_noted_once(connection: Connection) -> None:
    assert seen.remember(connection, 0, [("2", "0002"), ("2", "2"), ("2", "0002")]) == {}
    assert seen.met(connection, ["2"]) == {"2": "0002"}


def test_nothing_is_remembered_of_a_page_that_was_undone(store: Store) -> None:
    with store.engine.connect() as connection:
        with connection.begin():
            seen.open_seen(connection)
        with connection.begin() as transaction:
            seen.remember(connection, 0, [("2", "2")])
            transaction.rollback()
        with connection.begin():
            assert seen.remember(connection, 0, [("2", "0002")]) == {}
            assert seen.met(connection, ["2"]) == {"2": "0002"}


def test_another_run_on_the_same_connection_begins_with_nothing(connection: Connection) -> None:
    seen.remember(connection, 0, [("2", "2")])
    seen.open_seen(connection)
    assert seen.met(connection, ["2"]) == {}


def test_two_runs_at_once_do_not_see_each_others_keys(store: Store) -> None:
    with store.engine.connect() as one, store.engine.connect() as other:
        for connection in (one, other):
            with connection.begin():
                seen.open_seen(connection)
        with one.begin():
            seen.remember(one, 0, [("2", "2")])
        with other.begin():
            assert seen.met(other, ["2"]) == {}


def test_thousands_of_keys_are_told_apart(connection: Connection) -> None:
    for page in range(4):
        keys = [(str(number), f"{number:07}") for number in range(page * 1000, (page + 1) * 1000)]
        assert seen.remember(connection, page, keys) == {}
    found = seen.remember(connection, 9, [(str(number), "x") for number in range(3500, 4500)])
    assert found == {str(number): f"{number:07}" for number in range(3500, 4000)}
