from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.model.fields import CUSTOMER, Field, Fields, Kind, Value, table, text
from customary.model.outcome import Level
from customary.stages.project import project
from tests.support.values import fields

HOLDS = table(
    text("name", 4, "a name"),
    Field(name="credit_limit", meaning="a limit", kind=Kind.DECIMAL, length=3, decimals=2),
    Field(name="on_hold", meaning="a flag", kind=Kind.FLAG),
)
anything = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=6),
        "credit_limit": st.sampled_from(["", "0", "999.99", "-999", "1000", "0.001", "-0.5"]),
        "on_hold": st.sampled_from(["", True, False]),
        "fax": st.text(max_size=3),
    },
)


@given(anything)
def test_a_value_is_passed_on_as_it_is_or_refused_and_never_changed(desired: Fields) -> None:
    projected = project(desired, HOLDS)
    assert projected.fields == {name: value for name, value in desired.items() if name in HOLDS}


@given(anything)
def test_projecting_twice_is_projecting_once(desired: Fields) -> None:
    once = project(desired, HOLDS)
    assert project(once.fields, HOLDS) == once


@given(fields)
def test_what_the_hub_holds_fits_into_it_again(held: Fields) -> None:
    projected = project(held, CUSTOMER)
    assert (projected.fields, projected.reasons) == (held, ())


@pytest.mark.parametrize(
    ("field", "fits", "too_much", "said"),
    [
        ("name", "four", "fives", "name has 5 characters; the target holds at most 4"),
        ("name", "ßЖ字😀", "ßЖ字😀!", "name has 5 characters; the target holds at most 4"),
        ("credit_limit", "-999.99", "1000", "credit_limit is 1000; the target holds at most 3 digits"),
        ("credit_limit", "0.01", "0.001", "credit_limit is 0.001; the target holds at most 3 digits"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_cut_off(
    field: str, fits: Value, too_much: Value, said: str
) -> None:
    assert project({field: fits}, HOLDS).reasons == ()
    (reason,) = project({field: too_much}, HOLDS).reasons
    assert (reason.level, reason.field) == (Level.ERROR, field)
    assert reason.text.startswith(said)
    assert reason.text.endswith("nothing is cut off")


def test_every_value_that_does_not_fit_is_told() -> None:
    reasons = project({"name": "too long", "on_hold": True, "credit_limit": "12345"}, HOLDS).reasons
    assert [reason.field for reason in reasons] == ["name", "credit_limit"]
