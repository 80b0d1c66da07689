from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.model.change import Action
from customary.model.limits import LIFTED, Limit, Limits
from customary.stages.plan import Plan, Refusal, page_digest, plan

counts = st.integers(0, 3_000)
known = st.integers(0, 10_000)
limit = st.builds(
    Limit,
    count=st.none() | st.integers(0, 2_000),
    share=st.none() | st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("0.3"), Decimal(1)]),
)
limits = st.builds(Limits, create=limit, update=limit, status=limit, delete=limit)
actions = st.dictionaries(st.sampled_from(Action), counts)


def passes(many: dict[Action, int], customers: int, held: Limits) -> bool:
    return isinstance(plan(["x"], many, customers, held), Plan)


@given(actions, known, limits, st.sampled_from(Action), counts)
def test_fewer_changes_never_make_a_plan_refused(
    many: dict[Action, int], customers: int, held: Limits, action: Action, fewer: int
) -> None:
    less = {**many, action: min(fewer, many.get(action, 0))}
    assert passes(less, customers, held) or not passes(many, customers, held)


@given(actions, known, known, limits)
def test_more_known_customers_never_make_a_plan_refused(
    many: dict[Action, int], customers: int, more: int, held: Limits
) -> None:
    assert passes(many, customers + more, held) or not passes(many, customers, held)


@given(actions, known, limits, st.sampled_from(Action))
def test_lifting_a_limit_never_makes_a_plan_refused(
    many: dict[Action, int], customers: int, held: Limits, action: Action
) -> None:
    assert passes(many, customers, held.lift(action)) or not passes(many, customers, held)


@given(actions, known, limits)
def test_a_plan_is_refused_exactly_where_one_kind_of_change_passes_its_limit(
    many: dict[Action, int], customers: int, held: Limits
) -> None:
    over = [action for action, count in many.items() if count > held.allowed(action, customers)]
    decided = plan(["x"], many, customers, held)
    if over:
        assert isinstance(decided, Refusal)
        assert decided.action in over
    else:
        assert isinstance(decided, Plan)


def test_a_refusal_says_what_how_much_and_which_limit() -> None:
    decided = plan([], {Action.UPDATE: 1_501}, 5_000, Limits())
    assert decided == Refusal(
        Action.UPDATE,
        "1501 customers would be updated, and the limit 'update' (30%) allows 1500 when 5000 are known:"
        " nothing was written",
    )


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_ten_creates_or_updates_pass_and_the_eleventh_does_not(action: Action) -> None:
    none = Limits(create=Limit(count=0), update=Limit(count=0))
    assert passes({action: 10}, 0, none)
    assert not passes({action: 11}, 0, none)


@pytest.mark.parametrize("action", [Action.STATUS, Action.DELETE])
def test_no_delete_and_no_status_change_passes_by_itself(action: Action) -> None:
    assert not passes({action: 1}, 50, Limits(status=Limit(count=0), delete=Limit(share=Decimal("0.01"))))


def test_without_limits_anything_passes() -> None:
    assert passes(dict.fromkeys(Action, 10**9), 0, Limits(**dict.fromkeys((a.value for a in Action), LIFTED)))


@given(st.lists(st.binary(max_size=4), max_size=5), st.lists(st.binary(max_size=4), max_size=5))
def test_the_fingerprint_is_of_this_plan_and_no_other(one: list[bytes], other: list[bytes]) -> None:
    prints = []
    for pages in (one, other):
        decided = plan([page_digest(page) for page in pages], {}, 0, Limits())
        assert isinstance(decided, Plan)
        prints.append(decided.fingerprint)
    assert (prints[0] == prints[1]) == (one == other)
