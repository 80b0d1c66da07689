from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from customary.engine.agent import LOOK, Agent, stop_on_signals
from customary.engine.carry_out import Job
from customary.engine.schedule import Scheduled
from customary.errors import ConfigError, StoreError
from customary.model.run import Request, Run, ScopeName, State
from customary.store import runs as store_runs
from customary.store.database import Store, open_store
from tests.support import children, processes, runs
from tests.support.runs import ALL, BETWEEN, INITIAL, OPERATION, MemorySource

PATIENCE = 60.0
NAMES = {f"{number:04d}": f"Customer {number}" for number in range(20)}


@contextmanager
def serving(agent: Agent) -> Iterator[None]:
    """Have an agent serve in a thread while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=agent.serve, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_for(store: Store, run_id: int) -> Run:
    """Wait until a run has ended, and give it; not for ever, lest a broken engine stops the tests."""
    deadline = time.monotonic() + PATIENCE
    while (found := runs.read_run(store, run_id)).finished is None and time.monotonic() < deadline:
        time.sleep(LOOK)
    return found


def test_what_is_queued_is_carried_out(store: Store, tmp_path: Path) -> None:
    with serving(runs.agent(store, tmp_path, MemorySource(NAMES, 10))):
        first = wait_for(store, runs.begin(store, INITIAL))
        second = wait_for(store, runs.begin(store))
    assert (first.state, runs.counts(store, first.id)) == (State.SUCCEEDED, {"created": 20})
    assert (second.state, runs.counts(store, second.id)) == (State.SUCCEEDED, {"unchanged": 20})


def test_a_run_is_seen_through_with_its_progress(store: Store, tmp_path: Path) -> None:
    agent = runs.agent(store, tmp_path, MemorySource(NAMES, 10))
    run_id = runs.begin(store, INITIAL)
    *_, last = agent.carry(run_id, threading.Event())
    assert (last.finished, last.state, last.records, last.pages, last.applied) == (
        True,
        State.SUCCEEDED,
        20,
        3,
        3,
    )


def test_seeing_a_run_through_carries_others_on_and_leaves_schedules_alone(
    store: Store, tmp_path: Path
) -> None:
    others = Scheduled(operation="scheduled", between=BETWEEN, cron="* * * * *", time_zone="UTC")
    agent = runs.agent(store, tmp_path, MemorySource(NAMES, 10), schedules=[others])
    waiting = runs.begin(store, INITIAL, operation="waiting")
    runs.see_through(agent, runs.begin(store, INITIAL))
    runs.see_through(agent, waiting)
    with store.read() as connection:
        operations = {run.operation for run in store_runs.recent(connection, 10)}
    assert operations == {"waiting", OPERATION}


def test_when_stopped_the_page_is_finished_and_the_run_waits_for_the_next_agent(
    store: Store, tmp_path: Path
) -> None:
    stop = threading.Event()

    def stop_soon() -> None:
        stop.set()
        time.sleep(0.2)  # in which the agent passes it on to the run's thread

    run_id = runs.begin(store, INITIAL)
    source = MemorySource(NAMES, 5, gate=stop_soon)
    *_, last = runs.agent(store, tmp_path, source).carry(run_id, stop)
    assert not last.finished
    assert source.closed == 1
    run = runs.see_through(runs.agent(store, tmp_path, MemorySource(NAMES, 5)), run_id)
    assert run.state is State.SUCCEEDED
    assert run.epoch == 2
    assert runs.counts(store, run_id) == {"created": 20}


def test_a_bug_fails_its_run_and_the_agent_goes_on(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def job_of(run: Run) -> Job:
        if run.operation == "broken":
            raise ZeroDivisionError("secret")
        return runs.job(MemorySource(NAMES, 10))

    with serving(Agent(store=store, data=tmp_path, job_of=job_of)):
        broken = wait_for(store, runs.begin(store, INITIAL, operation="broken"))
        sound = wait_for(store, runs.begin(store, INITIAL))
    assert (broken.state, broken.exit_code) == (State.FAILED, 4)
    assert runs.messages(store, broken.id) == [
        "internal error (ZeroDivisionError): the agent's log says where"
    ]
    assert "ZeroDivisionError: secret" in caplog.text
    assert sound.state is State.SUCCEEDED


def test_a_bug_in_the_middle_of_a_run_fails_it(store: Store, tmp_path: Path) -> None:
    def gate() -> None:
        raise KeyError("secret")

    source = MemorySource(NAMES, 10, gate)
    run = runs.see_through(runs.agent(store, tmp_path, source), runs.begin(store, INITIAL))
    assert run.state is State.FAILED
    assert runs.messages(store, run.id) == ["internal error (KeyError): the agent's log says where"]
    assert source.closed == 1


def test_a_run_whose_operation_is_gone_fails_and_says_so(store: Store, tmp_path: Path) -> None:
    def job_of(run: Run) -> Job:
        raise ConfigError(f"there is no operation '{run.operation}' any more")

    run = runs.see_through(Agent(store=store, data=tmp_path, job_of=job_of), runs.begin(store))
    assert (run.state, run.exit_code) == (State.FAILED, 2)
    assert runs.messages(store, run.id) == [f"there is no operation '{OPERATION}' any more"]


def test_what_follows_is_done_when_a_run_has_ended(store: Store, tmp_path: Path) -> None:
    ended: list[tuple[int, bool]] = []

    def after(run_id: int) -> None:
        ended.append((run_id, runs.read_run(store, run_id).finished is not None))

    agent = runs.agent(store, tmp_path, MemorySource(NAMES, 10), after=after)
    first = runs.see_through(agent, runs.begin(store, INITIAL))
    second = runs.see_through(agent, runs.begin(store))
    assert ended == [(first.id, True), (second.id, True)]


def test_an_error_in_what_follows_does_not_concern_the_run(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def after(_run_id: int) -> None:
        raise ZeroDivisionError

    agent = runs.agent(store, tmp_path, MemorySource(NAMES, 10), after=after)
    run = runs.see_through(agent, runs.begin(store, INITIAL))
    assert run.state is State.SUCCEEDED
    assert f"run {run.id}: what follows its end went wrong" in caplog.text


def test_there_is_one_agent_and_a_second_is_told_which(store: Store, tmp_path: Path) -> None:
    agent = runs.agent(store, tmp_path, MemorySource(NAMES, 10))
    with serving(agent):
        wait_for(store, runs.begin(store, INITIAL))
        with pytest.raises(StoreError, match=r"this hub has an agent already: process \d+ on"):
            agent.serve(threading.Event())


def test_a_run_that_another_process_carries_out_is_followed(
    hub_url: str, store: Store, tmp_path: Path
) -> None:
    started, stop = processes.context().Event(), processes.context().Event()
    with processes.running(children.be_agent, hub_url, tmp_path, (NAMES, 5), (started, stop)) as process:
        first = wait_for(store, runs.begin(store, INITIAL))
        assert first.state is State.SUCCEEDED
        never = MemorySource({}, 5)
        second = runs.see_through(runs.agent(store, tmp_path, never), runs.begin(store))
        stop.set()
        process.join()
    assert (process.exitcode, never.closed) == (0, 0)
    assert runs.counts(store, second.id) == {"unchanged": 20}


def test_a_run_is_taken_over_when_the_agent_that_carries_it_out_dies(
    hub_url: str, store: Store, tmp_path: Path
) -> None:
    started, never = processes.context().Event(), processes.context().Event()
    run_id = runs.begin(store, INITIAL)
    stuck = (NAMES, 5)
    with processes.running(children.be_stuck_agent, hub_url, tmp_path, stuck, (started, never)) as process:
        assert started.wait(PATIENCE)
        progress = runs.agent(store, tmp_path, MemorySource(NAMES, 5)).carry(run_id, threading.Event())
        assert not next(progress).finished
        process.kill()
        *_, last = progress
    assert last.state is State.SUCCEEDED
    assert runs.counts(store, run_id) == {"created": 20}


def test_operations_run_side_by_side_where_the_database_can(postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url)
    runs.ensure_unit(store)
    meeting = threading.Barrier(2, timeout=PATIENCE)

    def meet() -> None:
        meeting.wait()

    agent = Agent(
        store=store,
        data=tmp_path,
        job_of=lambda _: runs.job(MemorySource(NAMES, 100, gate=meet)),
    )
    asked = Request(scope=ScopeName.ALL, dry_run=True)
    one, two = (runs.begin(store, asked, operation=name) for name in ("one", "two"))
    with serving(agent):
        states = {wait_for(store, run_id).state for run_id in (one, two)}
    store.close()
    assert states == {State.PLANNED}


def test_what_is_due_is_begun_and_carried_out(store: Store, tmp_path: Path) -> None:
    today = datetime.now(UTC)
    moments = iter([today])
    done = threading.Event()
    agent = runs.agent(
        store,
        tmp_path,
        MemorySource(NAMES, 10),
        schedules=[
            Scheduled(operation=OPERATION, between=BETWEEN, cron="0 2 * * *", time_zone="UTC", request=ALL)
        ],
        now=lambda: next(moments, today + timedelta(days=1)),
        after=lambda _: done.set(),
    )
    with serving(agent):
        assert done.wait(PATIENCE)
    with store.read() as connection:
        (run,) = store_runs.recent(connection, 10)
    assert (run.operation, run.state) == (OPERATION, State.SUCCEEDED)


def test_nothing_is_written_to_the_console_or_the_log_of_a_sound_run(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING):
        runs.see_through(runs.agent(store, tmp_path, MemorySource(NAMES, 10)), runs.begin(store, INITIAL))
    assert caplog.messages == []
    assert capfd.readouterr() == ("", "")


def test_a_signal_asks_to_stop_and_one_right_behind_it_asks_no_more() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as stop:
        assert not stop.is_set()
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()
        signal.raise_signal(signal.SIGTERM)  # the same asking, by a wrapper and the terminal
        assert signal.getsignal(signal.SIGTERM) not in (before, signal.SIG_DFL)
    assert signal.getsignal(signal.SIGTERM) is before
