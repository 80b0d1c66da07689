from __future__ import annotations

import pytest

from customary.errors import ListingRefused, Unreachable
from tests.connectors.sunsystems.rig import everything, fill, keys, listed, source
from tests.support.sun import Sun


def test_everything_costs_two_lists_of_keys_and_a_call_a_page(sun: Sun) -> None:
    fill(sun, *(f"C{number:03}" for number in range(250)))
    with source(sun, page=100) as made:
        pages = everything(made)
    assert len(keys(pages)) == 250
    assert pages[-1].complete
    assert sun.count("Query") == 2 + 3


def test_an_empty_system_is_complete(sun: Sun) -> None:
    with source(sun) as made:
        (page,) = everything(made)
    assert (list(page.records), page.complete) == ([], True)


def test_where_the_end_cannot_be_proven_nothing_is_called_complete(sun: Sun) -> None:
    fill(sun, "A", "B")
    sun.trouble("fault", method="Query", holding='operator="GT"', times=0)
    with source(sun) as made:
        pages = everything(made)
        assert keys(pages) == ["A", "B"]
        assert not pages[-1].complete
        assert "may not be the last" in pages[-1].notices[0].text
        assert sorted(made.all_keys()) == ["A", "B"]


@pytest.mark.parametrize("kind", ["cut", "truncated", "silent", "empty"])
def test_a_cut_answer_stops_a_reading(sun: Sun, kind: str) -> None:
    fill(sun, "A", "B")
    sun.trouble(kind)
    with source(sun) as made, pytest.raises(Unreachable):
        everything(made)


def test_a_refused_list_is_told_apart_from_a_refused_customer(sun: Sun) -> None:
    fill(sun, "A", "B", "C")
    sun.trouble("fault", method="Query")
    with source(sun) as made, pytest.raises(ListingRefused, match="Debit/Credit"):
        everything(made)
    sun.trouble("fault", method="Query", holding='value="B"', times=0)
    with source(sun) as made:
        (page,) = listed(made, "A", "B", "C")
    assert keys([page]) == ["A", "C"]
    assert [trouble.key for trouble in page.unreadable] == ["B"]


def test_listed_customers_come_in_groups_in_any_case_each_once(sun: Sun) -> None:
    fill(sun, "Aa", "B", "C", "D")
    with source(sun, page=3) as made:
        pages = listed(made, "AA", "b", "aa", "X", " C ", "D")
    assert keys(pages) == ["Aa", "B", "C", "D"]
    assert [page.missing for page in pages] == [("X",), ()]


def test_many_unknown_customers_cost_few_calls_once_groups_are_known_to_be_whole(sun: Sun) -> None:
    fill(sun, "A", "B")
    with source(sun, page=100) as made:
        wanted = [f"N{number:03}" for number in range(300)]
        pages = listed(made, *wanted)
        assert [key for page in pages for key in page.missing] == wanted
        assert sun.count("Query") == 3 + 3  # a Query a page; two lists of keys and the proof, once


def test_many_unknown_customers_of_an_empty_system_cost_few_calls(sun: Sun) -> None:
    with source(sun, page=100) as made:
        pages = listed(made, *[f"N{number:03}" for number in range(300)])
    assert sum(len(page.missing) for page in pages) == 300
    assert sun.count("Query") == 6


def test_a_few_unknown_customers_are_asked_for_singly_first(sun: Sun) -> None:
    fill(sun, "A")
    with source(sun) as made:
        (page,) = listed(made, "A", "X", "Y")
    assert (keys([page]), page.missing) == (["A"], ("X", "Y"))
    assert sun.count("Query") == 1 + 2


@pytest.mark.parametrize("key", ["", " ", "A\x00B", "X" * 16])
def test_a_key_that_no_customer_can_have_is_not_asked_for(sun: Sun, key: str) -> None:
    with source(sun) as made:
        (page,) = listed(made, key)
    assert [trouble.key for trouble in page.unreadable] == [key]
    assert sun.calls == []


def test_what_was_not_selected_is_not_there_and_what_has_no_value_is_blank(sun: Sun) -> None:
    fill(sun, "A", Comment="x")
    with source(sun, ("Comment", "Name", "Tax", "Accounts.CreditLimit")) as made:
        (page,) = listed(made, "A")
    assert page.records[0].native == {
        "CustomerCode": "A",
        "Comment": "x",
        "Name": "Customer A",
        "Tax": "",
        "Accounts.CreditLimit": "",
    }
