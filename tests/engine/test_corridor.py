from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from customary.engine.corridor import Course, Expected, plan_record, replan, same_key, troubles, unmapped
from customary.model.change import Action, Baseline, Change, Cycle, FieldChange, Held
from customary.model.fields import CUSTOMER
from customary.model.outcome import Level, Outcome
from customary.model.source import Page, Record, Trouble
from customary.stages.match import Candidate
from tests.support.desk import fold, mapping, native

COURSE = Course(mapping=mapping(), holds=CUSTOMER, source="erp")

texts = st.sampled_from(["", "a", "b", "1", "-1", "2.50", "E", "$", "?", "x" * 31, "y" * 300])
natives = st.fixed_dictionaries(
    {"Customer": st.sampled_from(["0002", "2", "A1", ""])},
    optional=dict.fromkeys([name for name in native("x") if name != "Customer"], texts),
)


def record(**fields: str) -> Record:
    return Record("0002", native("0002", **fields))


def without(one: Record, *names: str) -> Record:
    return Record(one.key, {name: text for name, text in one.native.items() if name not in names})


def known(held: Held) -> Expected:
    """The hub has this customer, and it is linked."""
    return Expected(linked={"2": held.identity}, held={held.identity: held})


def found(held: Held) -> Expected:
    """The hub has a customer of this code, and it is not linked yet."""
    return Expected(held={held.identity: held}, candidates={"2": [Candidate(held.identity, held.code)]})


def changed(cycle: Cycle) -> Change:
    assert cycle.change is not None
    return cycle.change


def applied(cycle: Cycle, held: Held | None = None) -> Held:
    """The customer as the hub holds it once the cycle's change is applied."""
    change = changed(cycle)
    fields: dict[str, str | bool] = dict(held.fields) if held else {}
    for item in change.fields:
        assert item.after is not UNSET
        fields[item.field] = item.after
    version = change.target_version + 1 if change.fields else change.target_version
    return Held(change.identity, change.code, version, fields, change.baseline)


def loaded(**fields: str) -> Held:
    """A customer that was loaded from the source."""
    return applied(plan_record(record(**fields), "2", Expected(), COURSE))


def edited(held: Held, **fields: str) -> Held:
    return replace(held, version=held.version + 1, fields={**held.fields, **fields})


def after(cycle: Cycle) -> dict[str, object]:
    return {item.field: item.after for item in changed(cycle).fields}


# Laws


@given(natives)
def test_once_a_record_is_applied_planning_it_again_changes_nothing(fields: dict[str, str]) -> None:
    given_ = Record(fields["Customer"], fields)
    first = plan_record(given_, "2", Expected(), COURSE)
    if first.outcome is Outcome.REJECTED:
        assert first.change is None
        return
    assert first.outcome is Outcome.CREATED
    again = plan_record(given_, "2", known(applied(first)), COURSE)
    assert (again.outcome, changed(again).fields) == (Outcome.UNCHANGED, ())
    assert changed(again).baseline == changed(first).baseline


@given(natives, natives)
def test_an_update_ends_at_the_same_customer_whatever_was_there_before(
    old: dict[str, str], new: dict[str, str]
) -> None:
    """But for fields that the source does not send, does not own, or that are for the initial load only."""
    start = plan_record(Record("k", {**old, "Customer": "0002"}), "2", Expected(), COURSE)
    update = Record("k", {**new, "Customer": "0002"})
    if start.outcome is Outcome.REJECTED:
        return
    held = applied(start)
    cycle = plan_record(update, "2", known(held), COURSE)
    fresh = plan_record(update, "2", Expected(), COURSE)
    if fresh.outcome is Outcome.REJECTED:
        return
    final, wanted = applied(cycle, held).fields, applied(fresh).fields
    for name in ("name", "credit_limit", "tax_status", "currency", "currency_iso"):
        assert final.get(name) == wanted.get(name, held.fields.get(name))
    for name in ("payment_terms", "warehouse"):
        assert final.get(name) == held.fields.get(name)


@given(natives)
def test_a_change_holds_what_is_mapped_and_nothing_else(fields: dict[str, str]) -> None:
    cycle = plan_record(Record("k", fields), "2", Expected(), COURSE)
    mapped = {row.field: row.native for row in COURSE.mapping.rows}
    for item in cycle.change.fields if cycle.change else ():
        assert mapped[item.field] in fields
        assert item.before is UNSET


# What becomes of a record


def test_a_new_customer_is_created_under_its_code_and_linked() -> None:
    cycle = plan_record(record(), "2", Expected(), COURSE)
    change = changed(cycle)
    assert (cycle.outcome, cycle.customer, change.action, change.links) == (
        Outcome.CREATED,
        "0002",
        Action.CREATE,
        True,
    )
    assert after(cycle)["credit_limit"] == "1000"
    assert after(cycle)["payment_terms"] == "30"
    assert change.target_version == 0
    assert change.baseline is not None
    assert change.baseline.target_version == 1
    assert cycle.messages == ()


def test_every_new_customer_has_an_identity_of_its_own() -> None:
    many = {changed(plan_record(record(), "2", Expected(), COURSE)).identity for _ in range(50)}
    assert len(many) == 50


def test_a_customer_that_moved_in_the_source_is_updated_in_what_moved() -> None:
    held = loaded()
    cycle = plan_record(record(Name="New", Terms="60"), "2", known(held), COURSE)
    assert cycle.outcome is Outcome.UPDATED
    assert changed(cycle).fields == (FieldChange("name", "Name of 0002", "New"),)
    assert (changed(cycle).target_version, changed(cycle).links) == (1, False)
    (told,) = cycle.messages
    assert (told.level, told.field) == (Level.INFORMATION, "payment_terms")


def test_a_customer_of_the_hub_with_that_code_is_linked_and_brought_up_to_date() -> None:
    held = Held("id", "2", 5, {"code": "2", "name": "Mine", "warehouse": "W9"}, None)
    cycle = plan_record(record(), "2", found(held), COURSE)
    assert (cycle.outcome, cycle.customer, changed(cycle).links) == (Outcome.UPDATED, "2", True)
    assert "code" not in after(cycle)
    assert "warehouse" not in after(cycle)
    assert after(cycle)["payment_terms"] == "30"
    assert "linked to 0002 of erp" in [note.text for note in cycle.messages]


def test_a_customer_that_only_has_to_be_linked_counts_as_updated_and_keeps_its_version() -> None:
    full = loaded()
    held = replace(full, version=7, baseline=None)
    cycle = plan_record(
        record(),
        "2",
        Expected(held={held.identity: held}, candidates={"2": [Candidate(held.identity, "0002")]}),
        COURSE,
    )
    assert (cycle.outcome, changed(cycle).fields) == (Outcome.UPDATED, ())
    assert changed(cycle).baseline is not None
    assert replace(changed(cycle).baseline or Baseline("", "", {}), target_version=1) == full.baseline


def test_what_only_a_person_can_tell_is_rejected() -> None:
    candidates = [Candidate("a", "02"), Candidate("b", "2")]
    cycle = plan_record(record(), "2", Expected(candidates={"2": candidates}), COURSE)
    assert (cycle.outcome, cycle.change, cycle.customer) == (Outcome.REJECTED, None, "0002")
    assert "may be any of 02, 2" in cycle.messages[0].text


def test_a_rejection_lists_the_reasons_of_the_source_and_a_known_customer_keeps_its_identity() -> None:
    held = loaded()
    cycle = plan_record(record(Tax="X", Limit="-1"), "2", known(held), COURSE)
    assert (cycle.outcome, cycle.change, cycle.identity) == (Outcome.REJECTED, None, held.identity)
    assert [note.field for note in cycle.messages] == ["credit_limit", "tax_status"]


def test_a_rejection_lists_everything_that_the_hub_cannot_hold() -> None:
    long = record(Name="n" * 151, Salesperson="s" * 31, Limit="1234567890123456")
    for expected in (Expected(), known(loaded())):
        cycle = plan_record(long, "2", expected, COURSE)
        assert (cycle.outcome, cycle.change) == (Outcome.REJECTED, None)
        errors = [note.field for note in cycle.messages if note.level is Level.ERROR]
        assert errors == ["name", "credit_limit", "salesperson"]


def test_a_value_that_is_not_written_cannot_reject() -> None:
    """The hub keeps its own warehouse, so it does not matter that the source's would not fit."""
    cycle = plan_record(record(Warehouse="w" * 31), "2", known(loaded()), COURSE)
    assert cycle.outcome is Outcome.UNCHANGED


def test_a_field_that_is_not_sent_leaves_the_hubs_value_and_what_is_known_of_the_source() -> None:
    held = loaded()
    cycle = plan_record(without(record(Limit="5"), "Name", "Terms"), "2", known(held), COURSE)
    assert after(cycle) == {"credit_limit": "5"}
    assert changed(cycle).baseline is not None
    source = (changed(cycle).baseline or Baseline("", "", {})).source
    assert source["name"] == "Name of 0002"


# Planning again


def test_planning_again_upon_another_customer_overwrites_only_what_the_source_owns() -> None:
    held = loaded()
    planned = changed(plan_record(record(Name="New", Limit="5"), "2", known(held), COURSE))
    now = edited(held, name="Mine", fax="1", salesperson="EVE")
    cycle = replan(planned, now, COURSE)
    assert cycle is not None
    assert after(cycle) == {"name": "New", "credit_limit": "5"}
    assert next(iter(changed(cycle).fields)).before == "Mine"
    assert changed(cycle).target_version == now.version
    final = applied(cycle, now)
    assert (final.fields["fax"], final.fields["salesperson"]) == ("1", "EVE")
    assert final.baseline is not None
    assert final.baseline.target_version == final.version
    again = plan_record(record(Name="New", Limit="5"), "2", known(final), COURSE)
    assert again.outcome is Outcome.UNCHANGED


def test_planning_again_leaves_nothing_to_do_where_a_person_did_the_same() -> None:
    held = loaded()
    planned = changed(plan_record(record(Name="New"), "2", known(held), COURSE))
    assert replan(planned, edited(held, name="New"), COURSE) is None


def test_planning_again_still_links() -> None:
    full = loaded()
    held = replace(full, baseline=None)
    planned = changed(plan_record(record(), "2", found(held), COURSE))
    cycle = replan(planned, replace(held, version=9), COURSE)
    assert cycle is not None
    assert changed(cycle).links
    assert changed(cycle).baseline is not None
    assert (changed(cycle).baseline or Baseline("", "", {})).target_version == 9


# Customers without a record


def test_missing_customers_are_rejected_and_unreadable_ones_fail_each_with_its_reason() -> None:
    page = Page(
        records=[record()], missing=("7", "8"), unreadable=(Trouble("9", "not XML"), Trouble("10", "no"))
    )
    cycles = troubles(page, {"7": "id", "9": None})
    assert [(one.customer, one.outcome, one.identity) for one in cycles] == [
        ("7", Outcome.REJECTED, "id"),
        ("9", Outcome.FAILED, None),
    ]
    assert "the source has no customer 7: nothing was changed here" in cycles[0].messages[0].text
    assert [note.text for note in cycles[1].messages] == ["not XML"]


def test_keys_that_compare_alike_are_for_a_person() -> None:
    cycle = same_key("2", "0002")
    assert (cycle.customer, cycle.outcome) == ("2", Outcome.REJECTED)
    assert "the source has 2 and 0002" in cycle.messages[0].text


def test_codes_that_no_table_has_are_told_each_once() -> None:
    records = [record(Currency=code) for code in ("?", "$", "?", "X", "")]
    page = Page(records=[*records, without(record(), "Currency")])
    assert unmapped(page, COURSE.mapping, COURSE.source) == {
        "'?' is not in the table 'currencies' of erp: currency_iso is blank for it",
        "'X' is not in the table 'currencies' of erp: currency_iso is blank for it",
    }


@pytest.mark.parametrize(("key", "folded"), [("0002", "2"), ("000", "0"), ("A02", "A02"), ("", "")])
def test_the_desk_compares_keys_as_its_tests_expect(key: str, folded: str) -> None:
    assert fold(key) == fold(fold(key)) == folded
