from __future__ import annotations

import pytest
from hypothesis import given
from msgspec import UNSET

from customary.mapping.spec import Blank, Compare, FieldMapping, Owner, Row, When
from customary.model.change import Baseline
from customary.model.fields import Fields, Maybe, Value
from customary.model.outcome import Level
from customary.stages.merge import (
    INITIAL_LOAD,
    MOVED,
    SET_BACK,
    Merged,
    merge,
    merge_new,
    next_baseline,
    same,
)
from tests.support.values import baseline_of, baselines, fields, mappings


def fold(key: str) -> str:
    return key.lstrip("0")


def known_as(fields: Fields) -> Baseline:
    """Both sides held the same at the last run."""
    return baseline_of(fields, fields)


def one(row: Row, new: Maybe, old: Maybe, baseline: Baseline | None) -> Merged:
    """Merge a single field."""
    incoming, existing = ({} if value is UNSET else {row.field: value} for value in (new, old))
    return merge(incoming, baseline, existing, FieldMapping(rows=(row,), fold=fold))


def applied(merged: Merged, existing: Fields) -> Fields:
    return {**existing, **merged.desired}


def after(merged: Merged, incoming: Fields, final: Fields, previous: Baseline | None) -> Baseline:
    source, target = next_baseline(merged, incoming, final, previous)
    return Baseline("hash", "print", source, target, 2)


NAME = Row(field="name", native="Name")
TERMS = Row(field="payment_terms", native="Terms", when=When.CREATE)
OWN = Row(field="warehouse", native="Warehouse", owner=Owner.TARGET)
SHARED = Row(field="salesperson", native="Salesperson", owner=Owner.NOBODY)


# Laws, for any rows, any states of the fields and any baseline


@given(mappings, fields, baselines, fields)
def test_what_the_source_owns_and_sent_is_what_the_target_ends_up_with(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    final = applied(merge(incoming, baseline, existing, mapping), existing)
    for row in mapping.rows:
        sent = incoming.get(row.field, UNSET)
        kept = sent == "" and row.blank is Blank.KEEP
        if row.owner is Owner.SOURCE and row.when is When.ALWAYS and sent is not UNSET and not kept:
            assert final[row.field] == sent


@given(mappings, fields, baselines, fields)
def test_whoever_changed_what_the_source_owns_is_told_that_it_was_set_back(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    merged = merge(incoming, baseline, existing, mapping)
    warned = {note.field for note in merged.messages if note.level is Level.WARNING}
    for row in mapping.rows:
        if row.owner is not Owner.SOURCE or row.when is not When.ALWAYS or baseline is None:
            continue
        here = existing.get(row.field, UNSET)
        base = baseline.target_value(row.field)
        changed_here = here is not UNSET and here != base and (here != "" or base is not UNSET)
        set_back = row.field in merged.desired and changed_here
        assert (merged.rules.get(row.field) == SET_BACK) == set_back
        assert (row.field in warned) == set_back


@given(mappings, fields, baselines, fields)
def test_what_the_target_owns_is_never_written_and_a_difference_is_told(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    merged = merge(incoming, baseline, existing, mapping)
    for row in mapping.rows:
        if row.owner is Owner.TARGET and row.when is When.ALWAYS:
            assert row.field not in merged.desired
            sent = incoming.get(row.field, UNSET)
            differs = sent is not UNSET and sent != existing.get(row.field, UNSET)
            told = [note for note in merged.messages if note.field == row.field]
            assert bool(told) == (differs and not (sent == "" and row.blank is Blank.KEEP))
            assert all(note.level is Level.INFORMATION for note in told)


@given(mappings, fields, baselines, fields)
def test_what_was_not_sent_is_left_alone_and_not_spoken_of(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    merged = merge(incoming, baseline, existing, mapping)
    assert merged.desired.keys() <= incoming.keys()
    assert {note.field for note in merged.messages} <= incoming.keys()
    assert merge({}, baseline, existing, mapping) == Merged({}, {})


@given(mappings, fields, baselines, fields)
def test_a_value_is_only_ever_taken_from_the_source_and_only_where_it_differs(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    for name, value in merge(incoming, baseline, existing, mapping).desired.items():
        assert value == incoming[name] != existing.get(name, UNSET)


@given(mappings, fields, baselines, fields)
def test_merging_twice_writes_what_merging_once_does(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    merged = merge(incoming, baseline, existing, mapping)
    final = applied(merged, existing)
    again = merge(incoming, after(merged, incoming, final, baseline), final, mapping)
    assert again.desired == {}
    assert again.rules == {}
    assert again.open == merged.open
    assert not any(note.field in merged.desired for note in again.messages)


@given(mappings, fields, baselines, fields)
def test_a_conflict_left_to_a_person_stays_one_until_a_side_gives_in(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    first = merge(incoming, baseline, existing, mapping)
    final = applied(first, existing)
    known = after(first, incoming, final, baseline)
    for name in first.open:
        assert known.source.get(name, UNSET) == (baseline.source.get(name, UNSET) if baseline else UNSET)
        assert known.target_value(name) == (baseline.target_value(name) if baseline else UNSET)
        agreed = merge(incoming, known, {**final, name: incoming[name]}, mapping)
        assert name not in agreed.open


@given(mappings, fields, baselines, fields)
def test_what_is_not_sent_stays_in_the_baseline_as_it_was_known(
    mapping: FieldMapping, incoming: Fields, baseline: Baseline | None, existing: Fields
) -> None:
    merged = merge(incoming, baseline, existing, mapping)
    known = after(merged, incoming, applied(merged, existing), baseline)
    for name, value in (baseline.source if baseline else {}).items():
        if name not in incoming:
            assert known.source[name] == value
    for name in incoming.keys() - merged.open:
        assert known.source[name] == incoming[name]


@given(mappings, fields)
def test_a_new_customer_gets_everything_that_was_sent(mapping: FieldMapping, incoming: Fields) -> None:
    merged = merge_new(incoming, mapping)
    assert merged.desired == incoming
    assert merged.messages == ()
    initial = {row.field for row in mapping.rows if row.when is When.CREATE}
    assert merged.rules == dict.fromkeys(initial & incoming.keys(), INITIAL_LOAD)


# The three-way table, all its cases: what both held at the last run, what the source sends, what is here

A, B, C = "a", "b", "c"

THREE_WAY: list[tuple[tuple[Maybe, Maybe] | None, Maybe, Maybe, str]] = [
    # (source, target) at the last run; source now; target now; what is done
    ((A, A), A, A, "nothing"),
    ((A, A), B, A, "take"),
    ((A, A), A, B, "nothing"),
    ((A, A), B, B, "nothing"),
    ((A, A), B, C, "tell"),
    ((A, A), "", A, "take"),
    ((A, A), A, "", "nothing"),
    ((A, A), "", "", "nothing"),
    ((A, A), "", B, "tell"),
    ((A, A), UNSET, A, "nothing"),
    ((A, A), UNSET, B, "nothing"),
    ((A, C), A, C, "nothing"),
    ((A, C), B, C, "take"),
    ((A, C), A, A, "nothing"),
    ((A, C), A, B, "nothing"),
    ((A, C), B, A, "tell"),
    ((A, C), C, C, "nothing"),
    ((UNSET, UNSET), A, UNSET, "take"),
    ((UNSET, UNSET), A, A, "nothing"),
    ((UNSET, UNSET), A, B, "tell"),
    ((UNSET, UNSET), A, "", "tell"),
    (None, A, UNSET, "take"),
    (None, A, "", "take"),
    (None, A, A, "nothing"),
    (None, A, B, "tell"),
    (None, "", B, "tell"),
    (None, "", UNSET, "take"),
    (None, UNSET, A, "nothing"),
]


@pytest.mark.parametrize(("known", "new", "old", "done"), THREE_WAY)
def test_a_field_that_nobody_owns_follows_the_side_that_moved(
    known: tuple[Maybe, Maybe] | None, new: Maybe, old: Maybe, done: str
) -> None:
    baseline = None
    if known is not None:
        source, target = ({} if value is UNSET else {"salesperson": value} for value in known)
        baseline = baseline_of(source, target)
    merged = one(SHARED, new, old, baseline)
    assert merged.desired == ({"salesperson": new} if done == "take" else {})
    assert merged.rules == ({"salesperson": MOVED} if done == "take" else {})
    assert merged.open == (frozenset({"salesperson"}) if done == "tell" else frozenset())
    assert [note.level for note in merged.messages] == ([Level.WARNING] if done == "tell" else [])


# Initial load only


@pytest.mark.parametrize("old", [UNSET, ""])
def test_what_is_for_the_initial_load_is_written_at_the_first_link_while_nothing_is_here(old: Maybe) -> None:
    merged = one(TERMS, "30", old, None)
    assert (merged.desired, merged.rules) == ({"payment_terms": "30"}, {"payment_terms": INITIAL_LOAD})
    assert merged.messages == ()


@pytest.mark.parametrize(
    ("old", "baseline"),
    [
        ("60", None),
        ("60", known_as({"payment_terms": "60"})),
        ("", known_as({"payment_terms": "30"})),
        (UNSET, known_as({"name": "x"})),
    ],
)
def test_what_is_for_the_initial_load_is_afterwards_told_and_not_written(
    old: Maybe, baseline: Baseline | None
) -> None:
    merged = one(TERMS, "30", old, baseline)
    assert (merged.desired, merged.rules, merged.open) == ({}, {}, frozenset())
    (note,) = merged.messages
    assert (note.level, note.field) == (Level.INFORMATION, "payment_terms")
    assert "only written on the initial load" in note.text


# Blanks


@pytest.mark.parametrize("owner", [Owner.SOURCE, Owner.NOBODY])
def test_a_blank_clears_or_keeps_as_the_row_says(owner: Owner) -> None:
    known = known_as({"name": "Bayside"})
    clear = Row(field="name", native="Name", owner=owner)
    keep = Row(field="name", native="Name", owner=owner, blank=Blank.KEEP)
    assert one(clear, "", "Bayside", known).desired == {"name": ""}
    assert one(keep, "", "Bayside", known) == Merged({}, {})


def test_a_kept_value_is_no_conflict_when_the_source_has_one_again() -> None:
    keep = Row(field="name", native="Name", blank=Blank.KEEP)
    first = one(keep, "", "Bayside", known_as({"name": "Bayside"}))
    known = after(first, {"name": ""}, {"name": "Bayside"}, known_as({"name": "Bayside"}))
    again = one(keep, "Seaside", "Bayside", known)
    assert (again.desired, again.rules, again.messages) == ({"name": "Seaside"}, {}, ())


# What is said


def test_what_was_set_back_is_told_with_all_three_values() -> None:
    (note,) = one(NAME, "New", "Mine", known_as({"name": "Old"})).messages
    assert note.level is Level.WARNING
    assert note.text == ("name was changed here from 'Old' to 'Mine', but the source owns it: set to 'New'")


def test_a_blank_field_that_the_source_fills_for_the_first_time_was_changed_by_nobody() -> None:
    before = known_as({"code": "A"})
    assert one(NAME, "New", "", before) == Merged({"name": "New"}, {})
    assert one(NAME, "New", "Mine", before).rules == {"name": SET_BACK}
    assert one(NAME, "New", "", known_as({"name": "Old"})).rules == {"name": SET_BACK}


def test_the_first_link_overwrites_what_the_source_owns_without_speaking_of_a_conflict() -> None:
    merged = one(NAME, "New", "Mine", None)
    assert (merged.desired, merged.rules, merged.messages) == ({"name": "New"}, {}, ())


def test_a_change_here_to_what_the_source_has_is_no_conflict() -> None:
    assert one(NAME, "New", "New", known_as({"name": "Old"})) == Merged({}, {})


def test_what_the_target_owns_is_told_with_both_values() -> None:
    (note,) = one(OWN, "W1", UNSET, known_as({"warehouse": "W0"})).messages
    assert note.text == "warehouse is 'W1' in the source and nothing here, and stays: the target owns it"


@pytest.mark.parametrize(
    ("new", "old", "equal"),
    [
        ("2", "0002", True),
        ("0002", "2", True),
        ("2", "3", False),
        ("", UNSET, False),
        (True, True, True),
        (True, "1", False),
    ],
)
def test_a_row_may_compare_as_its_source_compares_keys(new: Value, old: Maybe, equal: bool) -> None:
    row = Row(field="code", native="Customer", compare=Compare.KEY)
    assert same(row, new, old, fold) == equal
    exact = Row(field="code", native="Customer")
    assert same(exact, new, old, fold) == (new == old)
