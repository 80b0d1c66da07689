from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import select, text

from customary.model.change import Action, Baseline, Change, Creation, Cycle, FieldChange, FieldChanges
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import Request
from customary.store import journal, runs
from customary.store.database import Store
from customary.store.journal import CYCLES_PER_PAGE
from customary.store.runs import PageRow
from customary.store.tables import cycle as cycle_table

EVERY_STATE = (
    FieldChange("name", 'O\'B "x"\n', "字 &"),
    FieldChange("fax", UNSET, ""),
    FieldChange("email", "", "a@b", "initial load only"),
    FieldChange("on_hold", False, True, "by hand"),
    FieldChange("trade_promotion_pricing", UNSET, False),
    FieldChange("comment", "true", "null"),
)
WARNING = Message(level=Level.WARNING, text="mind 'this'", field="name")


@pytest.fixture
def run_id(store: Store) -> int:
    with store.write() as connection:
        run_id = runs.begin(connection, "update", ("erp", "hub"), Request())
        runs.take(connection, run_id, "agent")
    return run_id


CREATION = Creation(
    {
        "name": "字 & 'x' \"y\" \\",
        "fax": "",
        "on_hold": True,
        "trade_promotion_pricing": False,
        "comment": "true",
    },
    {"comment": "initial load only"},
)


def cycle(number: int, outcome: Outcome = Outcome.UPDATED, *fields: FieldChange) -> Cycle:
    change = Change(
        identity=f"id-{number}",
        key=f"K{number}",
        code=f"C{number}",
        action=Action.CREATE if outcome is Outcome.CREATED else Action.UPDATE,
        fields=fields or EVERY_STATE,
        target_version=3,
        baseline=Baseline("hash", "print", {"name": "x", "on_hold": True}, {"name": "y"}, 4),
        links=number % 2 == 0,
    )
    return Cycle(number=number, customer=f"C{number}", outcome=outcome, change=change, messages=(WARNING,))


def bare(number: int, outcome: Outcome, **more: Any) -> Cycle:
    return Cycle(number=number, customer=f"C{number}", outcome=outcome, **more)


def write(store: Store, run_id: int, cycles: list[Cycle], *, planned: bool = True) -> str:
    with store.write() as connection:
        return journal.write_cycles(connection, run_id, 1, cycles, planned=planned)


def page(number: int, unchanged: int) -> PageRow:
    return PageRow(
        number=number,
        segment=0,
        cursor=None,
        last=True,
        complete=True,
        keys=(),
        records=0,
        unchanged=unchanged,
        digest="",
    )


def history(store: Store) -> list[tuple[Any, ...]]:
    query = "SELECT customer, field, before, after, source, rule FROM change ORDER BY customer, field"
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_planned_cycle_comes_back_with_all_that_applying_it_needs(store: Store, run_id: int) -> None:
    planned = [cycle(5), cycle(6, Outcome.CREATED), bare(7, Outcome.REJECTED)]
    write(store, run_id, planned)
    write(store, run_id, [cycle(CYCLES_PER_PAGE + 1)])
    with store.read() as connection:
        assert journal.read_planned(connection, run_id, 0) == [
            replace(item, messages=()) for item in planned[:2]
        ]


def created(number: int, fields: FieldChanges) -> Cycle:
    made = cycle(number, Outcome.CREATED)
    assert made.change is not None
    return replace(made, change=replace(made.change, fields=fields))


def test_a_creation_is_kept_as_one_and_shown_field_by_field(store: Store, run_id: int) -> None:
    first, second = created(0, CREATION), created(1, tuple(CREATION))
    write(store, run_id, [first, second])
    with store.read() as connection:
        planned = journal.read_planned(connection, run_id, 0)
        shown, alike = journal.cycles(connection, run_id)
    assert [item.change for item in planned] == [first.change, second.change]
    assert shown.changes == alike.changes
    assert shown.changes[4] == {"field": "comment", "after": "true", "rule": "initial load only"}


def test_the_history_of_a_creation_is_the_same_however_it_is_written(store: Store, run_id: int) -> None:
    write(store, run_id, [created(0, CREATION), created(1, tuple(CREATION))], planned=False)
    write(store, run_id, [created(2, CREATION)])  # planned only: no history
    rows = history(store)
    own = [row[1:] for row in rows if row[0] == "C0"]
    assert own == [row[1:] for row in rows if row[0] == "C1"]
    assert own == [
        ("comment", None, "true", "erp", "initial load only"),
        ("fax", None, "", "erp", "owner = source"),
        ("name", None, "字 & 'x' \"y\" \\", "erp", "owner = source"),
        ("on_hold", None, "1", "erp", "owner = source"),
        ("trade_promotion_pricing", None, "0", "erp", "owner = source"),
    ]
    assert len(rows) == 2 * len(own)


def test_settling_gives_outcomes_as_planned_but_for_the_exceptions(store: Store, run_id: int) -> None:
    write(store, run_id, [cycle(0), cycle(1, Outcome.CREATED), cycle(2), cycle(3), bare(4, Outcome.FAILED)])
    write(store, run_id, [cycle(CYCLES_PER_PAGE)])
    again = replace(cycle(2, Outcome.UPDATED, FieldChange("fax", "1", "2")), messages=())
    refused = bare(3, Outcome.REJECTED, messages=(Message(level=Level.ERROR, text="gone"),))
    with store.write() as connection:
        journal.settle(connection, run_id, 0, [again, refused])
    with store.read() as connection:
        rows = list(journal.cycles(connection, run_id))
        left = connection.execute(
            select(cycle_table.c.number).where(cycle_table.c.baseline.is_not(None))
        ).scalars()
        assert list(left) == [CYCLES_PER_PAGE]  # what applying needs is dropped once it is done
    assert [(row.number, row.outcome) for row in rows] == [
        (0, Outcome.UPDATED),
        (1, Outcome.CREATED),
        (2, Outcome.UPDATED),
        (3, Outcome.REJECTED),
        (4, Outcome.FAILED),
        (CYCLES_PER_PAGE, None),
    ]
    assert rows[2].changes == ({"field": "fax", "before": "1", "after": "2"},)
    assert [note.text for note in rows[3].messages] == ["mind 'this'", "gone"]


def test_every_field_change_is_in_the_history_with_its_source_and_rule(store: Store, run_id: int) -> None:
    write(store, run_id, [cycle(0)], planned=False)
    assert history(store) == [
        ("C0", "comment", "true", "null", "erp", "owner = source"),
        ("C0", "email", "", "a@b", "erp", "initial load only"),
        ("C0", "fax", None, "", "erp", "owner = source"),
        ("C0", "name", 'O\'B "x"\n', "字 &", "erp", "owner = source"),
        ("C0", "on_hold", "0", "1", "erp", "by hand"),
        ("C0", "trade_promotion_pricing", None, "0", "erp", "owner = source"),
    ]


def test_what_was_not_written_is_not_in_the_history(store: Store, run_id: int) -> None:
    write(store, run_id, [cycle(0), cycle(1), bare(2, Outcome.REJECTED)])
    assert history(store) == []
    with store.write() as connection:
        journal.settle(connection, run_id, 0, [bare(1, Outcome.SKIPPED)])
    assert {row[0] for row in history(store)} == {"C0"}


def test_a_cycle_is_shown_with_its_changes_and_messages(store: Store, run_id: int) -> None:
    write(store, run_id, [cycle(0), bare(1, Outcome.REJECTED, messages=(WARNING, WARNING))], planned=False)
    with store.read() as connection:
        first, second = journal.cycles(connection, run_id)
    assert (first.customer, first.outcome, first.action) == ("C0", Outcome.UPDATED, "update")
    assert first.changes[1:4] == (
        {"field": "fax", "after": ""},
        {"field": "email", "before": "", "after": "a@b", "rule": "initial load only"},
        {"field": "on_hold", "before": False, "after": True, "rule": "by hand"},
    )
    assert first.messages == (replace(WARNING, customer="C0"),)
    assert (second.action, second.changes, len(second.messages)) == ("", (), 2)


def test_cycles_are_given_in_order_and_as_many_of_those_as_are_asked_for(store: Store, run_id: int) -> None:
    many = [cycle(n) if n % 3 else bare(n, Outcome.FAILED, messages=(WARNING,)) for n in range(1_201)]
    write(store, run_id, many)
    with store.read() as connection:
        found = list(journal.cycles(connection, run_id))
        assert [row.number for row in found] == list(range(1_201))
        assert all(len(row.messages) == 1 for row in found)
        failed = [
            row.number for row in journal.cycles(connection, run_id, outcomes=[Outcome.FAILED], limit=3)
        ]
        assert failed == [0, 3, 6]
        updates = [row.number for row in journal.cycles(connection, run_id, action=Action.UPDATE, limit=2)]
        assert updates == [1, 2]


def test_the_sums_are_over_stored_cycles_and_the_unchanged_of_every_page(store: Store, run_id: int) -> None:
    write(store, run_id, [cycle(0), cycle(1, Outcome.CREATED), bare(2, Outcome.REJECTED)])
    with store.write() as connection:
        for number, unchanged in enumerate((3, 0, 4)):
            runs.write_page(connection, run_id, page(number, unchanged))
    expected = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    expected |= {"updated": 1, "created": 1, "rejected": 1, "unchanged": 7}
    with store.read() as connection:
        assert journal.counts(connection, run_id) == expected
        assert journal.planned_actions(connection, run_id) == {Action.UPDATE: 1, Action.CREATE: 1}
        assert journal.counts(connection, run_id + 1) == dict.fromkeys(expected, 0)
    with store.write() as connection:
        assert journal.skip_planned(connection, run_id) == 2
    with store.read() as connection:
        counted = journal.counts(connection, run_id)
        assert (counted["skipped"], counted["updated"], counted["created"]) == (2, 0, 0)


def test_rejected_failed_and_unknown_are_issues_and_nothing_else_is(store: Store, run_id: int) -> None:
    issues = set()
    for number, outcome in enumerate(Outcome):
        write(store, run_id, [bare(number, outcome)])
        with store.write() as connection:
            if journal.has_issues(connection, run_id):
                issues.add(outcome)
            connection.execute(cycle_table.delete())
    assert issues == {Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN}


def test_a_message_about_the_run_is_told_once_and_one_about_a_customer_each_time(
    store: Store, run_id: int
) -> None:
    about = Message(level=Level.INFORMATION, text="same", customer="C1", field="name")
    note = Message(level=Level.WARNING, text="same")
    with store.write() as connection:
        journal.write_messages(connection, run_id, [about])
        journal.write_once(connection, run_id, [note, note])
        journal.write_once(connection, run_id, [note, replace(note, text="other")])
        journal.write_once(connection, run_id, [])
    with store.read() as connection:
        assert journal.run_messages(connection, run_id) == [about, note, replace(note, text="other")]


def test_the_digest_of_a_page_tells_its_changes_apart(store: Store, run_id: int) -> None:
    planned = [
        [],
        [cycle(0)],
        [cycle(0), cycle(1)],
        [cycle(1), cycle(0)],
        [cycle(0, Outcome.UPDATED, FieldChange("fax", "1", "2"))],
        [cycle(0, Outcome.CREATED)],
    ]
    digests = []
    for cycles in planned:
        digests.append(write(store, run_id, cycles))
        with store.write() as connection:
            connection.execute(text("DELETE FROM message"))
            connection.execute(cycle_table.delete())
    assert len(set(digests)) == len(planned)
    assert write(store, run_id, [cycle(0), bare(5, Outcome.REJECTED)]) == digests[1]


def test_a_customer_of_any_length_can_be_told_of(store: Store, run_id: int) -> None:
    long = "x" * 5_000
    note = Message(level=Level.ERROR, text="unknown")
    write(store, run_id, [Cycle(number=0, customer=long, outcome=Outcome.REJECTED, messages=(note,))])
    with store.read() as connection:
        (row,) = journal.cycles(connection, run_id)
    assert row.customer == row.messages[0].customer == long
