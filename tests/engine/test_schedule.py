from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.engine.schedule import Scheduled, begin_due, due_times, forget_others
from customary.model.run import Request, ScopeName, State
from customary.store import operations, runs
from customary.store.database import Store
from tests.support.runs import BETWEEN, messages, read_run

NIGHTLY = "nightly"
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)


def scheduled(cron: str = "0 2 * * *", time_zone: str = "UTC", operation: str = NIGHTLY) -> Scheduled:
    return Scheduled(
        operation=operation,
        between=BETWEEN,
        cron=cron,
        time_zone=time_zone,
        request=Request(scope=ScopeName.ALL),
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(cron: str, time_zone: str, after: str, count: int) -> list[str]:
    found = islice(due_times(scheduled(cron, time_zone), at(after)), count)
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in found]


def finish(store: Store, run_id: int) -> None:
    with store.write() as connection:
        runs.finish(connection, run_id, State.SUCCEEDED, 0)


def newest(store: Store) -> list[int]:
    with store.read() as connection:
        return [run.id for run in runs.recent(connection, 100)]


def test_the_hour_is_that_of_its_time_zone() -> None:
    assert times("0 2 * * *", "Europe/London", "2026-06-01 12:00", 1) == ["2026-06-02 01:00"]
    assert times("0 2 * * *", "Asia/Kolkata", "2026-06-01 12:00", 1) == ["2026-06-01 20:30"]


def test_a_time_that_the_clocks_skip_is_due_when_they_jump() -> None:
    assert times("30 1 * * *", "Europe/London", "2026-03-28 12:00", 2) == [
        "2026-03-29 01:00",
        "2026-03-30 00:30",
    ]


def test_a_time_that_the_clocks_show_twice_is_due_once() -> None:
    assert times("30 1 * * *", "Europe/London", "2026-10-24 12:00", 2) == [
        "2026-10-25 00:30",
        "2026-10-26 01:30",
    ]


def test_an_interval_goes_on_through_both_changes_of_the_clocks() -> None:
    assert times("*/30 * * * *", "Europe/London", "2026-03-29 00:15", 3) == [
        "2026-03-29 00:30",
        "2026-03-29 01:00",
        "2026-03-29 01:30",
    ]
    assert times("0 * * * *", "Europe/London", "2026-10-24 23:30", 4) == [
        "2026-10-25 00:00",
        "2026-10-25 01:00",
        "2026-10-25 02:00",
        "2026-10-25 03:00",
    ]


@given(
    after=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    cron=st.sampled_from(["*/15 6-20 * * 1-5", "30 1 * * *", "0 2 1 * *", "59 23 * * 0", "0 0,12 * * *"]),
    time_zone=st.sampled_from(["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe"]),
)
def test_due_times_only_ever_move_forward(after: datetime, cron: str, time_zone: str) -> None:
    found = list(islice(due_times(scheduled(cron, time_zone), after), 5))
    assert [after, *found] == sorted({after, *found})


@given(after=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_a_daily_time_comes_once_a_day_whatever_the_clocks_do(after: datetime) -> None:
    found = list(islice(due_times(scheduled("30 1 * * *", "Europe/London"), after), 3))
    steps = [later - earlier for earlier, later in pairwise(found)]
    assert all(timedelta(hours=22) <= step <= timedelta(hours=26) for step in steps)


def test_nothing_begins_before_it_is_due(store: Store) -> None:
    assert begin_due(store, [scheduled()], MONDAY) == []
    assert begin_due(store, [scheduled()], MONDAY + timedelta(hours=1, minutes=59)) == []
    assert newest(store) == []


def test_what_is_due_begins_once_with_what_it_asks_for(store: Store) -> None:
    begin_due(store, [scheduled()], MONDAY)
    due = MONDAY + timedelta(hours=2)
    (run_id,) = begin_due(store, [scheduled()], due)
    assert begin_due(store, [scheduled()], due + timedelta(minutes=1)) == []
    run = read_run(store, run_id)
    assert (run.operation, run.state, run.request) == (NIGHTLY, State.QUEUED, Request(scope=ScopeName.ALL))
    assert messages(store, run_id) == []


def test_it_is_due_again_the_next_day(store: Store) -> None:
    begin_due(store, [scheduled()], MONDAY)
    (first,) = begin_due(store, [scheduled()], MONDAY + timedelta(hours=2))
    finish(store, first)
    (second,) = begin_due(store, [scheduled()], MONDAY + timedelta(hours=26))
    assert newest(store) == [second, first]


def test_a_due_time_while_the_last_run_is_going_is_recorded_as_passed_over(store: Store) -> None:
    begin_due(store, [scheduled()], MONDAY)
    (going,) = begin_due(store, [scheduled()], MONDAY + timedelta(hours=2))
    assert begin_due(store, [scheduled()], MONDAY + timedelta(hours=26)) == []
    skipped = read_run(store, newest(store)[0])
    assert skipped.state is State.STOPPED
    assert skipped.exit_code == 0
    assert skipped.finished == MONDAY + timedelta(hours=26)
    assert messages(store, skipped.id) == [
        f"passed over: due at 2026-06-02 02:00 UTC, when run {going} of this operation was still going"
    ]


def test_times_missed_while_no_agent_was_at_work_become_one_run(store: Store) -> None:
    begin_due(store, [scheduled("0 * * * *")], MONDAY)
    (run_id,) = begin_due(store, [scheduled("0 * * * *")], MONDAY + timedelta(hours=3, minutes=5))
    assert newest(store) == [run_id]
    assert messages(store, run_id) == [
        "2 earlier due times, the first at 2026-06-01 01:00 UTC, were missed while no agent was at work;"
        " this run stands for all of them"
    ]


def test_very_many_missed_times_are_not_counted_one_by_one(store: Store) -> None:
    begin_due(store, [scheduled("* * * * *")], MONDAY)
    (run_id,) = begin_due(store, [scheduled("* * * * *")], MONDAY + timedelta(days=365))
    assert messages(store, run_id)[0].startswith("more than 1000 earlier due times")


def test_a_changed_schedule_is_reckoned_anew_and_owes_nothing(store: Store) -> None:
    begin_due(store, [scheduled("0 1 * * *")], MONDAY)
    assert begin_due(store, [scheduled("0 9 * * *")], MONDAY + timedelta(hours=2)) == []
    with store.read() as connection:
        due = operations.read_due(connection, NIGHTLY)
    assert due is not None
    assert due.next_due == MONDAY + timedelta(hours=9)


def test_a_changed_time_zone_is_a_changed_schedule(store: Store) -> None:
    begin_due(store, [scheduled("0 1 * * *")], MONDAY)
    assert begin_due(store, [scheduled("0 1 * * *", "Asia/Tokyo")], MONDAY + timedelta(hours=2)) == []
    assert len(begin_due(store, [scheduled("0 1 * * *", "Asia/Tokyo")], MONDAY + timedelta(hours=16))) == 1


def test_an_operation_whose_schedule_was_removed_owes_nothing_when_it_gets_it_back(store: Store) -> None:
    begin_due(store, [scheduled()], MONDAY)
    forget_others(store, [])
    assert begin_due(store, [scheduled()], MONDAY + timedelta(days=9)) == []
    assert newest(store) == []


@pytest.mark.parametrize("hours", [2, 26])
def test_operations_are_due_independently(store: Store, hours: int) -> None:
    both = [scheduled("0 2 * * *", operation="one"), scheduled("0 2 * * *", operation="two")]
    begin_due(store, both, MONDAY)
    begun = begin_due(store, both, MONDAY + timedelta(hours=hours))
    assert {read_run(store, run_id).operation for run_id in begun} == {"one", "two"}
