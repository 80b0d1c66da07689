from __future__ import annotations

from customary.model.change import changes_line
from customary.model.fields import Value

CHANGES: list[dict[str, Value]] = [
    {"field": "name", "before": "Old", "after": "New"},
    {"field": "comment", "before": "one\ntwo", "after": ""},
    {"field": "on_hold", "after": True},
]


def test_an_update_is_told_by_both_sides_of_each_field_in_one_line() -> None:
    told = changes_line("update", CHANGES)
    assert told == r"name 'Old' -> 'New', comment 'one\ntwo' -> '', on_hold nothing -> yes"
    assert changes_line("", CHANGES[:1]) == "name 'Old' -> 'New'"


def test_who_comes_or_goes_is_told_by_what_the_fields_hold() -> None:
    assert changes_line("create", CHANGES) == "name 'New', on_hold yes"
    assert changes_line("delete", CHANGES[:2]) == r"name 'Old', comment 'one\ntwo'"
