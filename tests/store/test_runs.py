from __future__ import annotations

import threading

import pytest

from customary.errors import Superseded
from customary.model.run import EXIT_ISSUES, Request, ScopeName, State, Together
from customary.store import runs
from customary.store.database import Conflict, Store
from customary.store.runs import Busy, PageRow
from customary.store.tables import run

BETWEEN = ("erp", "hub")
REQUEST = Request(
    scope=ScopeName.ALL,
    customers=("0000002", "S'1"),
    classes=("Wholesaler",),
    together=Together.BOTH,
    dry_run=True,
)


def begin(store: Store, operation: str = "update") -> int:
    with store.write() as connection:
        return runs.begin(connection, operation, BETWEEN, REQUEST)


def take(store: Store, run_id: int) -> int:
    with store.write() as connection:
        return runs.take(connection, run_id, "agent")


def finish(store: Store, run_id: int) -> None:
    with store.write() as connection:
        runs.finish(connection, run_id, State.SUCCEEDED, EXIT_ISSUES)


def page(number: int, *keys: str) -> PageRow:
    return PageRow(
        number=number,
        segment=number % 2,
        cursor=None if number == 1 else "0000\u00a0'x ",
        last=number == 1,
        complete=number == 1,
        keys=keys,
        records=len(keys),
        unchanged=number,
        digest="d",
    )


def test_a_run_keeps_what_it_was_asked_for(store: Store) -> None:
    run_id = begin(store)
    with store.read() as connection:
        found = runs.read(connection, run_id)
        assert runs.read(connection, run_id + 1) is None
    assert found is not None
    assert (found.operation, found.source, found.target, found.state) == (
        "update",
        "erp",
        "hub",
        State.QUEUED,
    )
    assert found.request == REQUEST
    assert found.queued.tzinfo is not None
    assert (found.started, found.finished, found.epoch) == (None, None, 0)


def test_a_run_that_ended_says_when_and_how(store: Store) -> None:
    run_id = begin(store)
    take(store, run_id)
    finish(store, run_id)
    with store.read() as connection:
        found = runs.read(connection, run_id)
        assert runs.unfinished(connection, "update") is None
        assert runs.all_unfinished(connection) == []
    assert found is not None
    assert (found.state, found.exit_code) == (State.SUCCEEDED, EXIT_ISSUES)
    assert found.started is not None
    assert found.finished is not None
    assert found.finished.tzinfo is not None
    assert found.queued <= found.started <= found.finished


def test_an_operation_has_one_unfinished_run_at_most(store: Store) -> None:
    run_id = begin(store)
    with pytest.raises(Busy) as caught:
        begin(store)
    assert caught.value.run == run_id
    assert f"run {run_id}" in str(caught.value)
    other = begin(store, "another")
    take(store, run_id)
    finish(store, run_id)
    assert begin(store) > other > run_id


def test_the_database_itself_refuses_a_second_unfinished_run(store: Store) -> None:
    begin(store)
    values = {"operation": "update", "source": "erp", "target": "hub", "state": "queued"}
    with pytest.raises(Conflict), store.write() as connection:
        connection.execute(run.insert().values(values))
    with store.write() as connection:  # one that has ended is no second one
        connection.execute(run.insert().values(**values, finished=runs.now()))


def test_of_two_who_begin_a_run_at_the_same_moment_one_is_told_of_the_other(store: Store) -> None:
    told: list[int] = []

    def begin_too() -> None:
        try:
            begin(store)
        except Busy as busy:
            told.append(busy.run)

    with store.write() as connection:
        run_id = runs.begin(connection, "update", BETWEEN, REQUEST)
        other = threading.Thread(target=begin_too)
        other.start()
    other.join()
    assert told == [run_id]


def test_taking_a_run_raises_its_epoch_and_the_one_before_may_write_no_more(store: Store) -> None:
    run_id = begin(store)
    first = take(store, run_id)
    with store.write() as connection:
        runs.guard(connection, run_id, first)
    second = take(store, run_id)
    assert second == first + 1
    with store.write() as connection, pytest.raises(Superseded, match="taken over"):
        runs.guard(connection, run_id, first)
    with store.write() as connection:
        runs.guard(connection, run_id, second)


def test_a_finished_run_can_be_neither_taken_nor_written(store: Store) -> None:
    run_id = begin(store)
    epoch = take(store, run_id)
    finish(store, run_id)
    with store.write() as connection, pytest.raises(Superseded):
        runs.guard(connection, run_id, epoch)
    with store.write() as connection, pytest.raises(Superseded):
        runs.take(connection, run_id, "agent")
    with store.write() as connection, pytest.raises(Superseded):
        runs.guard(connection, run_id + 1, 1)


def test_a_run_that_is_taken_again_keeps_when_it_began(store: Store) -> None:
    run_id = begin(store)
    moments = []
    for _ in range(2):
        take(store, run_id)
        with store.read() as connection:
            found = runs.read(connection, run_id)
        assert found is not None
        moments.append(found.started)
    assert moments[0] == moments[1] is not None


def test_a_checkpoint_comes_back_as_it_was_written(store: Store) -> None:
    run_id = begin(store)
    pages = [page(0, "0000002", "ü'\"", "S 1"), page(1), page(2, *(str(number) for number in range(3000)))]
    with store.write() as connection:
        assert runs.last_page(connection, run_id) is None
        for row in pages:
            runs.write_page(connection, run_id, row)
    with store.read() as connection:
        assert list(runs.pages(connection, run_id)) == pages
        assert runs.last_page(connection, run_id) == pages[-1]
        assert list(runs.pages(connection, run_id + 1)) == []


def test_pages_are_applied_one_by_one(store: Store) -> None:
    run_id = begin(store)
    with store.write() as connection:
        for number in range(3):
            runs.write_page(connection, run_id, page(number))
        runs.mark_applied(connection, run_id, 1)
    with store.read() as connection:
        assert runs.unapplied(connection, run_id) == [0, 2]


def test_the_newest_runs_come_first_of_one_operation_or_of_all(store: Store) -> None:
    ids = [begin(store, name) for name in ("a", "b", "c")]
    with store.read() as connection:
        assert [run.id for run in runs.recent(connection, 2)] == [ids[2], ids[1]]
        assert [run.id for run in runs.recent(connection, 9, "a")] == [ids[0]]


def test_ids_of_runs_are_never_used_again(store: Store) -> None:
    run_id = begin(store)
    with store.write() as connection:
        connection.execute(run.delete().where(run.c.id == run_id))
    assert begin(store) > run_id


def test_whether_the_mail_was_dealt_with_is_kept(store: Store) -> None:
    run_id = begin(store)
    with store.write() as connection:
        assert not runs.mailed(connection, run_id)
        runs.set_values(connection, run_id, mailed=runs.now())
        assert runs.mailed(connection, run_id)
