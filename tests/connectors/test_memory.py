from __future__ import annotations

import pytest

from customary.connectors.conformance import SOURCE_PROMISES, Promise, Subject, name_of
from customary.connectors.memory import WELL, Manner, MemorySource
from customary.errors import ListingRefused, Unreachable
from customary.model.source import Everything, Keys, Record

CUSTOMERS = {key: {"Customer": key, "Name": f"Name of {key}"} for key in ("0002", "0007", "10", "A1", "Z9")}


def fold(key: str) -> str:
    return key.lstrip("0")


def fail(page: int) -> None:
    raise Unreachable("memory", f"page {page} is lost")


def source(manner: Manner = WELL) -> MemorySource:
    return MemorySource("memory", CUSTOMERS, manner, fold=fold)


@pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
def test_keeps_the_promises_of_a_source(promise: Promise) -> None:
    promise(
        Subject(
            open=lambda page: source(Manner(sizes=(page,))),
            keys=tuple(CUSTOMERS),
            unknown=("3", "x"),
            contents=lambda: tuple(CUSTOMERS),
            sessions=lambda: 0,
            unreachable=lambda: source(Manner(before=fail)),
        )
    )


def test_keys_are_found_in_any_form_that_compares_equal() -> None:
    (page,) = source().read(Keys(("2", "00010", "3")))
    assert [record.key for record in page.records] == ["0002", "10"]
    assert page.missing == ("3",)


def test_a_listing_gives_what_it_is_told_to_in_that_order_and_in_pages_of_those_sizes() -> None:
    manner = Manner(listing=("Z9", "10", "10", "A1"), sizes=(1, 2), complete=False)
    pages = list(source(manner).read(Everything()))
    assert [[record.key for record in page.records] for page in pages] == [["Z9"], ["10", "10"], ["A1"], []]
    assert not pages[-1].complete


def test_what_is_hidden_is_not_sent_and_what_cannot_be_read_is_told() -> None:
    manner = Manner(hidden=frozenset({"Name"}), unreadable={"10": "locked"})
    (page,) = source(manner).read(Keys(("0002", "10")))
    assert page.records == [Record("0002", {"Customer": "0002"})]
    assert [(trouble.key, trouble.reason) for trouble in page.unreadable] == [("10", "locked")]


def test_listings_may_be_refused_while_single_customers_are_given() -> None:
    refusing = source(Manner(refused="no right"))
    with pytest.raises(ListingRefused, match="no right"):
        next(iter(refusing.read(Everything())))
    assert len(next(iter(refusing.read(Keys(("10",))))).records) == 1


def test_pages_are_counted_as_long_as_the_source_lives() -> None:
    turns: list[int] = []
    counting = source(Manner(sizes=(3,), before=turns.append))
    for _ in range(2):
        list(counting.read(Everything()))
    assert turns == [1, 2, 3, 4, 5, 6]
