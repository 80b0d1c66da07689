import sys
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.errors import ConfigError
from customary.model.change import Action
from customary.model.limits import LIFTED, Limit, Limits, parse_limit


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        ("10%", Limit(share=Decimal("0.1"))),
        (" 0.5 % ", Limit(share=Decimal("0.005"))),
        ("100%", Limit(share=Decimal(1))),
        (500, Limit(count=500)),
        (0, Limit(count=0)),
        (["10%", 500], Limit(count=500, share=Decimal("0.1"))),
        ([500, "10%"], Limit(count=500, share=Decimal("0.1"))),
        (["10%"], Limit(share=Decimal("0.1"))),
    ],
)
def test_a_limit_is_a_share_a_number_or_both(written: Any, limit: Limit) -> None:
    assert parse_limit(written) == limit


@pytest.mark.parametrize(
    "written",
    ["500", "ten", "101%", "-1%", "%", -1, 1.5, True, [], ["10%", "20%"], [1, 2], [1, "10%", 2], {}, [[1]]],
)
def test_anything_else_is_a_mistake_that_says_how_a_limit_is_written(written: Any) -> None:
    with pytest.raises(ConfigError, match=r'\("10%"\), a number \(500\), or both'):
        parse_limit(written)


def test_the_stricter_of_share_and_number_wins() -> None:
    limit = parse_limit(["10%", 500])
    assert limit.allowed(1_000) == 100
    assert limit.allowed(100_000) == 500


def test_a_share_is_rounded_down() -> None:
    assert parse_limit("1%").allowed(199) == 1
    assert parse_limit("1%").allowed(99) == 0


def test_the_defaults_are_those_of_the_design_and_never_off() -> None:
    limits = Limits()
    assert [limits.allowed(action, 5_000) for action in Action] == [500, 1_500, 500, 50]
    assert LIFTED not in [limits.of(action) for action in Action]


def test_ten_creates_or_updates_always_pass_but_no_delete_and_no_status_change() -> None:
    assert [Limits().allowed(action, 0) for action in Action] == [10, 10, 0, 0]


def test_lifting_the_limit_on_creates_leaves_the_others_as_they_are() -> None:
    limits = Limits().lift(Action.CREATE)
    assert limits.create == LIFTED
    assert limits.allowed(Action.CREATE, 0) == sys.maxsize
    assert [limits.of(action) for action in (Action.UPDATE, Action.STATUS, Action.DELETE)] == [
        Limits().of(action) for action in (Action.UPDATE, Action.STATUS, Action.DELETE)
    ]


@pytest.mark.parametrize(
    ("written", "text"), [("10%", "10%"), ("0.5%", "0.5%"), (500, "500"), (["10%", 500], "10% and 500")]
)
def test_a_limit_is_told_as_it_is_written(written: Any, text: str) -> None:
    assert str(parse_limit(written)) == text
    assert str(LIFTED) == "no limit"


@given(st.integers(0, 10**7), st.integers(0, 100), st.integers(0, 10**6))
def test_both_together_never_allow_more_than_either_alone(known: int, percent: int, count: int) -> None:
    both = parse_limit([f"{percent}%", count]).allowed(known)
    assert both == min(parse_limit(f"{percent}%").allowed(known), parse_limit(count).allowed(known))
