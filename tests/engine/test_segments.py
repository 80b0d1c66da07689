from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection

from customary.engine.segments import (
    Keys,
    Listed,
    Listing,
    Segment,
    Sides,
    refuse_empty,
    segments,
    unknown_classes,
)
from customary.errors import ConfigError
from customary.model.run import Request, ScopeName, Together
from customary.store.database import Store
from customary.store.links import known_keys
from tests.support.desk import ALL, INITIAL, KNOWN, SYSTEM, Desk, fold, natives


@pytest.fixture
def desk(store: Store) -> Desk:
    """A hub that knows five customers of the source: two Dealers, two Wholesalers, one of them both."""
    desk = Desk(store, natives("0001", "0002", "0003", "0004", "A5"))
    desk.run(INITIAL)
    desk.classify(**{"0002": ("Dealer",), "0003": ("Dealer", "Wholesaler"), "A5": ("Wholesaler",)})
    desk.add("99")
    return desk


def members(connection: Connection, after: str, limit: int, classes: Sequence[str] | None) -> Keys:
    return known_keys(connection, SYSTEM, after, limit, classes)


def cut(request: Request, *, bulk: bool = True) -> tuple[Segment, ...]:
    return segments(request, Sides(fold, members, bulk))


def keys(desk: Desk, parts: Sequence[Segment], limit: int = 2) -> list[list[str]]:
    """The keys of each segment that lists any, read ``limit`` at a time."""
    found: list[list[str]] = []
    with desk.store.read() as connection:
        for part in parts:
            if isinstance(part, Listed):
                given: list[str] = []
                after = ""
                while page := part.give(connection, after, limit):
                    assert len(page) <= limit
                    given += [key for _, key in page]
                    after = page[-1][0]
                found.append(given)
    return found


def asked(desk: Desk, **request: object) -> list[list[str]]:
    return keys(desk, cut(Request(**request)))  # type: ignore[arg-type]


def test_everything_is_a_listing_and_then_whoever_it_lacked(desk: Desk) -> None:
    for request in (ALL, INITIAL):
        first, second = cut(request, bulk=False)
        assert first == Listing(only_known=False)
        assert keys(desk, [second]) == [["0001", "0002", "0003", "0004", "A5"]]


def test_the_known_customers_are_listed_where_that_is_cheaper_and_asked_for_by_key_otherwise(
    desk: Desk,
) -> None:
    assert [type(part) for part in cut(KNOWN)] == [Listing, Listed]
    assert cut(KNOWN)[0] == Listing(only_known=True)
    assert [type(part) for part in cut(KNOWN, bulk=False)] == [Listed]
    assert keys(desk, cut(KNOWN, bulk=False)) == [["0001", "0002", "0003", "0004", "A5"]]


def test_named_customers_are_each_asked_for_once_whatever_zeros_they_are_written_with(desk: Desk) -> None:
    (found,) = asked(desk, customers=("0002", "2", "S1", "00077"))
    assert sorted(fold(key) for key in found) == ["2", "77", "S1"]


def test_classes_are_their_members_that_the_source_knows_in_any_case(desk: Desk) -> None:
    assert asked(desk, classes=("dealer",)) == [["0002", "0003"]]
    assert asked(desk, classes=("Dealer", "WHOLESALER")) == [["0002", "0003", "A5"]]
    assert asked(desk, all_classes=True) == [["0002", "0003", "A5"]]
    assert asked(desk, classes=("Nobody",)) == [[]]


def test_customers_and_classes_mean_either(desk: Desk) -> None:
    found = asked(desk, customers=("0001", "0002"), classes=("Dealer",))
    assert found == [["0001", "0002"], ["0002", "0003"]]


def test_customers_and_classes_mean_both_where_that_is_set(desk: Desk) -> None:
    request = Request(customers=("A5", "1", "3"), classes=("Dealer", "Wholesaler"), together=Together.BOTH)
    with_all = Request(customers=("A5", "0001"), all_classes=True, together=Together.BOTH)
    for limit in (1, 2, 10):
        assert keys(desk, cut(request), limit) == [["0003", "A5"]]
        assert keys(desk, cut(with_all), limit) == [["A5"]]


def test_named_customers_go_before_the_scope_of_the_operation(desk: Desk) -> None:
    assert asked(desk, scope=ScopeName.ALL, customers=("0001",)) == [["0001"]]


def test_classes_that_nobody_is_in_are_told(desk: Desk) -> None:
    request = Request(classes=("DEALER", "Nobody", "Dealers"))
    with desk.store.read() as connection:
        assert list(unknown_classes(connection, request)) == ["Nobody", "Dealers"]
        assert list(unknown_classes(connection, Request(all_classes=True))) == []


def test_a_scope_with_somebody_in_it_is_not_refused(desk: Desk) -> None:
    wanted = [
        ALL,
        INITIAL,
        KNOWN,
        Request(customers=("nobody knows",)),
        Request(classes=("Dealer",)),
        Request(all_classes=True),
        Request(classes=("Nobody",), customers=("1",)),
    ]
    with desk.store.read() as connection:
        for request in wanted:
            refuse_empty(connection, cut(request), request, SYSTEM)


def test_an_empty_scope_of_classes_names_the_classes_that_there_are(desk: Desk) -> None:
    empty = [
        Request(classes=("Nobody",)),
        Request(customers=("0001",), classes=("Dealer",), together=Together.BOTH),
    ]
    with desk.store.read() as connection:
        for request in empty:
            with pytest.raises(ConfigError, match="Classes that have customers: Dealer, Wholesaler"):
                refuse_empty(connection, cut(request), request, SYSTEM)


@pytest.mark.parametrize("bulk", [True, False])
def test_an_empty_scope_of_known_customers_names_what_loads_them(store: Store, bulk: bool) -> None:
    with store.read() as connection:
        for request in (KNOWN, Request(dry_run=True)):
            with pytest.raises(ConfigError, match="--initial-load") as caught:
                refuse_empty(connection, cut(request, bulk=bulk), request, SYSTEM)
            assert "knows no customer of erp yet" in str(caught.value)
        with pytest.raises(ConfigError, match="customary edit CODE classes="):
            refuse_empty(connection, cut(Request(all_classes=True)), Request(all_classes=True), SYSTEM)
