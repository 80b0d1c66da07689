from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from customary.model.change import SOURCE_OWNS, Creation, FieldChange
from customary.model.fields import Fields
from customary.stages.diff import diff
from tests.support.values import NAMES, fields

rules = st.dictionaries(st.sampled_from(NAMES), st.just("another rule"))


def applied(changes: tuple[FieldChange, ...], existing: Fields) -> Fields:
    return {**existing, **{item.field: item.after for item in changes if item.after is not UNSET}}


@given(fields)
def test_the_difference_of_a_customer_with_itself_is_empty(held: Fields) -> None:
    assert diff(held, held, {}) == ()


@given(fields, fields, rules)
def test_after_the_changes_are_applied_there_is_no_difference(
    desired: Fields, existing: Fields, by: dict[str, str]
) -> None:
    assert diff(desired, applied(diff(desired, existing, by), existing), by) == ()


@given(fields, fields, rules)
def test_each_change_tells_what_was_before_and_what_comes_and_by_which_rule(
    desired: Fields, existing: Fields, by: dict[str, str]
) -> None:
    for item in diff(desired, existing, by):
        assert item.before == existing.get(item.field, UNSET)
        assert item.after == desired[item.field] != item.before
        assert item.rule == by.get(item.field, SOURCE_OWNS)


@given(fields, rules)
def test_a_creation_is_the_difference_with_nothing(desired: Fields, by: dict[str, str]) -> None:
    creation = Creation(desired, by)
    assert (tuple(creation), len(creation)) == (diff(desired, {}, by), len(desired))


@given(fields, fields)
def test_what_is_not_desired_is_not_touched(desired: Fields, existing: Fields) -> None:
    final = applied(diff(desired, existing, {}), existing)
    assert final == {**existing, **desired}


@given(fields, fields)
def test_undoing_the_changes_gives_what_was(desired: Fields, existing: Fields) -> None:
    changes = diff(desired, existing, {})
    back = dict(applied(changes, existing))
    for item in changes:
        if item.before is UNSET:
            del back[item.field]
        else:
            back[item.field] = item.before
    assert back == existing


def test_absent_blank_and_a_flag_that_is_off_differ() -> None:
    assert diff({"on_hold": ""}, {}, {}) == (FieldChange("on_hold", UNSET, ""),)
    assert diff({"on_hold": False}, {"on_hold": ""}, {}) == (FieldChange("on_hold", "", False),)
