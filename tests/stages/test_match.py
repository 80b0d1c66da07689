from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customary.stages.match import Ambiguous, Candidate, Linked, New, Referenced, match

KEY = "0002"


def fold(key: str) -> str:
    return key.lstrip("0")


candidates = st.lists(
    st.builds(
        Candidate,
        st.uuids().map(str),
        st.sampled_from(["2", "02", "0002", "20", "A"]),
        st.sampled_from(["", "", "7"]),
    ),
    max_size=4,
)


@given(st.uuids().map(str), candidates)
def test_the_cross_reference_decides_whatever_else_looks_alike(
    identity: str, others: list[Candidate]
) -> None:
    assert match(KEY, identity, others, fold) == Linked(identity)


@given(candidates)
def test_a_match_is_never_a_guess(others: list[Candidate]) -> None:
    """One customer that can be it is it, none makes it new, and anything else is for a person."""
    alike = [other for other in others if fold(other.code) == fold(KEY)]
    exact = [other for other in alike if other.code == KEY]
    possible = exact or alike
    found = match(KEY, None, others, fold)
    if not possible:
        assert found == New()
    elif len(possible) == 1 and not possible[0].linked_to:
        assert found == Referenced(possible[0].identity)
    else:
        assert isinstance(found, Ambiguous)


@given(candidates.flatmap(lambda others: st.tuples(st.just(others), st.permutations(others))))
def test_the_order_of_the_candidates_decides_nothing(orders: tuple[list[Candidate], list[Candidate]]) -> None:
    one, other = (match(KEY, None, each, fold) for each in orders)
    assert one == other or (isinstance(one, Ambiguous) and isinstance(other, Ambiguous))


def test_a_code_that_is_written_alike_goes_before_one_that_only_compares_alike() -> None:
    assert match(KEY, None, [Candidate("a", "2"), Candidate("b", "0002")], fold) == Referenced("b")
    assert match(KEY, None, [Candidate("a", "2")], fold) == Referenced("a")


def test_several_customers_that_may_be_it_are_named_to_the_person_who_decides() -> None:
    found = match(KEY, None, [Candidate("a", "2"), Candidate("b", "02")], fold)
    assert isinstance(found, Ambiguous)
    assert "customer 0002 may be any of 2, 02" in found.reason


def test_a_customer_that_another_key_has_is_not_taken_from_it() -> None:
    found = match(KEY, None, [Candidate("a", "0002", "7")], fold)
    assert isinstance(found, Ambiguous)
    assert "customer 0002 is linked to 7 already" in found.reason
