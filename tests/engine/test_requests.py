from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from msgspec.structs import replace

from customary.engine.holder import decode_holder
from customary.engine.requests import LONGEST, requester, settle_abandoned
from customary.model.run import EXIT_SYSTEM, REQUEST, Run, State
from customary.store import journal, runs
from customary.store.database import Store

PROGRAM = "from customary.engine.requests import requester; print(requester(), end='')"


def begun(store: Store, holder: str, operation: str = "ssc Customer/Create", target: str = "hub") -> Run:
    with store.write() as connection:
        run_id = runs.begin_request(connection, operation, (REQUEST, target), 0, holder)
        found = runs.read(connection, run_id)
    assert found is not None
    return found


def now(store: Store, run: Run) -> tuple[State, int, list[str]]:
    with store.read() as connection:
        found = runs.read(connection, run.id)
        told = [note.text for note in journal.run_messages(connection, run.id)]
    assert found is not None
    return found.state, found.exit_code, told


def dead() -> str:
    """A process that is gone, as it described itself."""
    return subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout


def elsewhere(ago: timedelta) -> str:
    """A process of another machine that began so long ago."""
    here = decode_holder(requester())
    assert here is not None
    return replace(here, host="elsewhere", since=here.since - ago).encode()


@pytest.mark.parametrize("holder", [dead, lambda: "", lambda: elsewhere(LONGEST * 2)])
def test_a_request_whose_process_is_gone_has_failed_and_says_so(store: Store, holder: object) -> None:
    assert callable(holder)
    run = begun(store, holder())
    assert run.state is State.RUNNING

    assert settle_abandoned(store, [run])

    state, exit_code, (text,) = now(store, run)
    assert (state, exit_code) == (State.FAILED, EXIT_SYSTEM)
    assert "cut off before its end" in text


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("ssc Customer/CreateOrAmend", "look by Query before you send it again"),
        ("ssc Customer/Query", "changes nothing, so send it again"),
    ],
)
def test_a_request_to_a_system_that_is_gone_is_not_told_to_be_sent_again_without_a_look(
    store: Store, operation: str, told: str
) -> None:
    run = begun(store, "", operation, "sun")

    assert settle_abandoned(store, [run])

    assert told in now(store, run)[2][0]


@pytest.mark.parametrize("holder", [requester, lambda: elsewhere(LONGEST / 2)])
def test_a_request_that_may_be_going_on_is_left_alone(store: Store, holder: object) -> None:
    assert callable(holder)
    run = begun(store, holder())
    assert not settle_abandoned(store, [run])
    assert now(store, run) == (State.RUNNING, EXIT_SYSTEM, [])


def test_no_agent_takes_a_request_up_and_several_of_a_kind_may_go_on_at_once(store: Store) -> None:
    begun(store, requester())
    begun(store, requester())
    with store.read() as connection:
        assert runs.all_unfinished(connection) == []


def test_how_a_process_describes_itself_fits_the_column_also_with_a_long_name() -> None:
    here = decode_holder(requester())
    assert here is not None
    assert len(replace(here, host="h" * 64, pid=2**31).encode()) <= 200
