"""Runs that outlive their process, the agent, and commands that meet each other."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from customary.model.run import EXIT_DONE, EXIT_SYSTEM
from customary.sandboxes.faults import Fault
from customary.sandboxes.syspro.changes import change
from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.acceptance.conftest import CUSTOMERS, Make
from tests.support.product import OPERATION, Command, Product, counts, cycles, settings, told, wait_until

SCHEDULE = 'schedule = { cron = "0 3 * * *", time_zone = "Europe/London" }'


def slow(product: Product) -> None:
    """Let each page take a while."""
    product.configure(system="page = 5")
    product.syspro.state.faults.add(Fault(kind="slow", object="COMFND", seconds=0.2, times=0))


def state(product: Product, run: int) -> str:
    """The state of a run."""
    found = product.rows(f"SELECT state FROM run WHERE id = {run}")  # noqa: S608  # a number
    return str(found[0][0]) if found else ""


def pages(product: Product, run: int) -> int:
    """How many pages of a run are planned."""
    query = f"SELECT count(*) FROM page WHERE run_id = {run}"  # noqa: S608  # a number
    return int(product.rows(query)[0][0])


def no_session_leaked(product: Product) -> bool:
    """Whether every session was logged off, and there was never more than one."""
    sessions = product.syspro.state.counts().sessions
    return (sessions.leaked, sessions.most) == (0, 1) and sessions.logons == sessions.logoffs


under_way: dict[str, Callable[[Product], bool]] = {
    "planning": lambda product: pages(product, 2) >= 20,
    "applying": lambda product: (
        product.rows("SELECT count(*) FROM cycle WHERE outcome = 'updated'")[0][0] >= 5
    ),
}


@pytest.mark.parametrize("phase", under_way)
def test_an_update_that_is_killed_in_either_half_is_carried_on_and_done_once(make: Make, phase: str) -> None:
    with SysproSandbox(customers=300, settings=settings()) as syspro:
        product = make(syspro)
        product.load()
        product.configure(system="page = 1", operation='scope = "all"\nlimits = { update = "100%" }')
        changed = change(syspro.state.customers, 300, seed=5)
        with product.begin("run", OPERATION) as command:
            wait_until(lambda: under_way[phase](product), f"{phase} to be under way")
            command.kill()
        assert state(product, 2) == "running"
        written = product.rows("SELECT count(*) FROM customer WHERE version > 1")[0][0]
        assert (written > 0) is (phase == "applying"), "nothing is written before the limits were checked"
        assert written < 250, "it was killed in the middle"

        run = product.run_json()

        updated = sum(each.fields.keys() != {"TermsCode"} for each in changed)
        assert run["run"] == 2
        assert counts(run) == {"updated": updated, "unchanged": 300 - updated}
        assert len(cycles(run)) == updated
        assert product.rows("SELECT count(*) FROM customer WHERE version = 2") == [(updated,)]
        assert product.rows("SELECT count(*) FROM customer WHERE version > 2") == [(0,)], "none twice"
        assert counts(product.run_json()) == {"unchanged": 300}
        assert no_session_leaked(product)


def test_a_second_call_of_the_same_command_follows_the_run_that_is_under_way(product: Product) -> None:
    slow(product)
    arguments = ("run", OPERATION, "--initial-load", "--json")
    with product.begin(*arguments) as first:
        wait_until(lambda: pages(product, 1) > 0, "the first page")
        with product.begin(*arguments) as second:
            answers = [first.answer(), second.answer()]

    assert [answer.exit_code for answer in answers] == [EXIT_DONE] * 2
    assert answers[0].json() == answers[1].json()
    assert "run 1; carrying it on" in answers[1].err
    assert product.rows("SELECT count(*) FROM run") == [(1,)]
    assert no_session_leaked(product)


def test_the_second_call_takes_over_when_the_first_is_killed(product: Product) -> None:
    slow(product)
    with product.begin("run", OPERATION, "--initial-load") as first:
        wait_until(lambda: pages(product, 1) > 0, "the first page")
        with product.begin("run", OPERATION, "--initial-load", "--json") as second:
            wait_until(lambda: "carrying it on" in second.told(), "the second call")
            first.kill()
            answer = second.answer()

    assert answer.exit_code == EXIT_DONE
    assert counts(answer.json()) == {"created": CUSTOMERS}
    assert no_session_leaked(product)


def test_a_call_that_asks_for_something_else_never_carries_an_unfinished_run_on(loaded: Product) -> None:
    slow(loaded)
    loaded.syspro.state.customers.change("0000002", {"Name": "Moved"})
    with loaded.begin("run", OPERATION) as command:
        wait_until(lambda: pages(loaded, 2) > 0, "the first page")
        command.kill()

    for other in (("--dry-run",), ("--customers", "0000003"), ("--initial-load",)):
        answer = loaded.run(*other)
        assert answer.exit_code == EXIT_SYSTEM
        assert "nothing was done" in answer.err
        assert "run 2 (every customer of syspro)" in answer.err
        assert "customary run update-customers" in answer.err
    assert loaded.customer("0000002")["fields"]["name"] != "Moved"

    loaded.syspro.state.faults.clear()
    assert counts(loaded.run_json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}


def serving(product: Product, agent: Command) -> None:
    """Wait until an agent is at work."""
    wait_until(lambda: "at work" in agent.told(), "the agent")


def test_serve_carries_out_what_commands_queue_and_stops_cleanly_on_a_signal(either: Product) -> None:
    with either.begin("serve") as agent:
        serving(either, agent)
        answer = either.run("--initial-load", "--json")
        either.run("--customers", "NOBODY,0000002")
        second = either.call("serve")
        agent.signal(signal.SIGTERM)
        stopped = agent.answer()

    assert counts(answer.json()) == {"created": CUSTOMERS}
    assert f"process {agent.pid} " in either.rows("SELECT agent FROM run")[0][0]
    assert second.exit_code == EXIT_SYSTEM
    assert f"process {agent.pid} " in second.err
    assert stopped.exit_code == 0
    assert "The agent has stopped." in stopped.err
    log = [line for line in stopped.err.splitlines() if "customer with an issue" in line]
    assert "NOBODY" in log[0], "what caused an error is in the log"
    assert "state=succeeded created=60" in stopped.err, "and what was done"
    assert no_session_leaked(either)


def test_serve_finishes_its_page_on_a_signal_and_the_next_agent_carries_the_run_on(product: Product) -> None:
    slow(product)
    with product.begin("serve") as agent:
        serving(product, agent)
        with product.begin("run", OPERATION, "--initial-load") as follower:
            wait_until(lambda: pages(product, 1) >= 3, "some pages")
            agent.signal(signal.SIGTERM)
            assert agent.answer().exit_code == 0
            assert follower.answer().exit_code == EXIT_DONE, "the follower took over"

    assert product.rows("SELECT state, exit_code FROM run") == [("succeeded", 0)]
    assert product.rows("SELECT count(*) FROM customer") == [(CUSTOMERS,)]
    assert no_session_leaked(product)


def due(product: Product, ago: timedelta) -> None:
    """Let the operation have been due so long ago, no agent having been at work."""
    moment = (datetime.now(UTC) - ago).isoformat(sep=" ")
    product.rows(f"UPDATE operation SET next_due = '{moment}'")  # noqa: S608  # our own text


def test_what_is_due_is_carried_out_and_times_that_were_missed_become_one_run(either: Product) -> None:
    either.load()
    either.configure(operation=f'scope = "all"\n{SCHEDULE}')
    either.syspro.state.customers.change("0000002", {"Name": "Moved"})
    with either.begin("serve") as agent:
        serving(either, agent)
        wait_until(lambda: bool(either.rows("SELECT 1 FROM operation")), "the schedule")
        agent.signal(signal.SIGTERM)
        assert agent.answer().exit_code == 0
    assert either.rows("SELECT count(*) FROM run") == [(1,)], "nothing was due yet"
    due(either, timedelta(days=3))

    with either.begin("serve") as agent:
        wait_until(lambda: state(either, 2) == "succeeded", "the scheduled run")

    run = either.call("show", "run", "2", "--json").json()
    assert counts(run) == {"updated": 1, "unchanged": CUSTOMERS - 1}
    assert "were missed while no agent was at work" in told(run)
    assert either.rows("SELECT count(*) FROM run") == [(2,)]


def test_an_operation_never_overlaps_itself_and_a_due_time_that_is_passed_over_is_recorded(
    loaded: Product,
) -> None:
    slow(loaded)
    text = (loaded.folder / "customary.toml").read_text(encoding="utf-8")
    (loaded.folder / "customary.toml").write_text(
        text.replace('scope = "all"', f'scope = "all"\n{SCHEDULE}'), encoding="utf-8"
    )
    with loaded.begin("serve") as agent:
        serving(loaded, agent)
        wait_until(lambda: bool(loaded.rows("SELECT 1 FROM operation")), "the schedule")
        with loaded.begin("run", OPERATION) as command:
            wait_until(lambda: pages(loaded, 2) > 0, "the first page")
            due(loaded, timedelta(minutes=1))
            wait_until(lambda: state(loaded, 3) == "stopped", "the due time to be passed over")
            assert command.answer().exit_code == EXIT_DONE

    passed = loaded.call("show", "run", "3", "--json").json()
    assert "run 2 of this operation was still going" in told(passed)
    assert passed["scope"] == 0


@pytest.mark.soak
def test_a_schedule_of_every_minute_runs_every_minute(loaded: Product) -> None:
    loaded.configure(operation='scope = "all"\nschedule = { cron = "* * * * *" }')
    with loaded.begin("serve") as agent:
        serving(loaded, agent)
        for _ in range(4):
            if state(loaded, 3) == "succeeded":
                break
            with pytest.raises(AssertionError):  # waits as long as it may
                wait_until(lambda: False, "a minute")
        assert [state(loaded, run) for run in (2, 3)] == ["succeeded"] * 2


def test_a_run_whose_operation_is_configured_no_more_ends_and_says_so(loaded: Product) -> None:
    slow(loaded)
    with loaded.begin("run", OPERATION) as command:
        wait_until(lambda: pages(loaded, 2) > 0, "the first page")
        command.kill()
    loaded.syspro.state.faults.clear()
    file = loaded.folder / "customary.toml"
    text = file.read_text(encoding="utf-8").replace(f'name = "{OPERATION}"', 'name = "renamed"')
    file.write_text(text, encoding="utf-8")

    with loaded.begin("serve"):
        wait_until(lambda: state(loaded, 2) == "failed", "the end of the old run")

    run = loaded.call("show", "run", "2", "--json").json()
    assert "there is no operation 'update-customers'" in told(run)
    assert loaded.syspro.state.counts().sessions.open == 0


def test_serve_logs_off_what_a_killed_check_left_behind(product: Product) -> None:
    product.syspro.state.faults.add(Fault(kind="slow", object="COMFND", seconds=2))
    with product.begin("check") as command:
        wait_until(lambda: bool(product.rows("SELECT 1 FROM lease WHERE sealed IS NOT NULL")), "the logon")
        command.kill()
    assert product.syspro.state.counts().sessions.open == 1

    with product.begin("serve") as agent:
        serving(product, agent)
        assert product.syspro.state.counts().sessions.open == 0
