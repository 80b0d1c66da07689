"""One session of one operator: logged on once, shared, logged off always; waited for, and lost."""

from __future__ import annotations

import signal
import time

import pytest

from customary.engine.agent import SAME_ASKING
from customary.model.run import EXIT_DONE, EXIT_SYSTEM
from customary.sandboxes.faults import Fault
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.sessions import SessionCounts
from tests.acceptance.conftest import CUSTOMERS, Make
from tests.support.product import OPERATION, Product, counts, settings, told, wait_until


def sessions(product: Product) -> SessionCounts:
    """What happened to SYSPRO's sessions so far."""
    return product.syspro.state.counts().sessions


def slow(product: Product, seconds: float = 0.3) -> None:
    """Let each page take a while."""
    product.configure(system="page = 5\nlease_wait = 30")
    product.syspro.state.faults.add(Fault(kind="slow", object="COMFND", seconds=seconds, times=0))


def clean(product: Product) -> bool:
    """Whether every session was logged off, and there was never more than one."""
    seen = sessions(product)
    return (seen.open, seen.leaked, seen.most_of_one_operator) == (0, 0, 1) and seen.logons == seen.logoffs


@pytest.mark.parametrize("read", ["batch", "fetch"])
def test_a_run_logs_on_once_and_off_at_its_end(product: Product, read: str) -> None:
    product.configure(system=f'read = "{read}"\npage = 10')
    product.load()

    assert sessions(product).logons == 1
    assert clean(product)


def test_check_tells_version_logon_company_rights_and_session_use_and_leaves_no_session(
    either: Product,
) -> None:
    answer = either.call("check", "--json")
    report = {probe["name"]: probe for probe in answer.json()[1]["probes"]}

    assert answer.exit_code == EXIT_DONE
    assert [system["system"] for system in answer.json()] == ["hub", "syspro"]
    assert all(probe["verdict"] == "ok" for probe in report.values())
    assert "7.0.0.6" in report["server"]["text"]
    assert "no other" in report["session"]["text"]
    assert "WEB in company A" in report["logon"]["text"]
    assert report["lists (COMFND)"]["text"] == report["single customers (COMFCH)"]["text"] == "allowed"
    assert clean(either)


def test_check_says_what_is_wrong_and_ends_with_exit_code_4(make: Make) -> None:
    denied = frozenset({"COMFND", "COMFCH"})
    with SysproSandbox(customers=5, settings=settings(operator={"denied": denied})) as syspro:
        product = make(syspro)
        rights = product.call("check")
        password = product.call("check", SYSPRO_PASSWORD="wrong")
        syspro.state.faults.add(Fault(kind="licence", times=0))
        licence = product.call("check")
        sandbox_is_clean = clean(product)
    gone = product.call("check")

    assert [answer.exit_code for answer in (rights, password, licence, gone)] == [EXIT_SYSTEM] * 4
    assert "Access denied" in rights.out
    assert "give the operator the right" in rights.out
    assert "Invalid operator password" in password.out
    assert "licensed has been exceeded" in licence.out
    assert "no connection" in gone.out
    assert sandbox_is_clean


def test_check_waits_for_a_run_that_is_logged_on(either: Product) -> None:
    slow(either)
    with either.begin("run", OPERATION, "--initial-load") as run:
        wait_until(lambda: sessions(either).open == 1, "the logon")
        answer = either.call("check")
        assert answer.exit_code == EXIT_DONE
        assert run.answer().exit_code == EXIT_DONE

    assert sessions(either).logons == 2
    assert clean(either)


def test_check_says_who_holds_the_session_when_it_has_waited_long_enough(either: Product) -> None:
    slow(either)
    with either.begin("run", OPERATION, "--initial-load") as run:
        wait_until(lambda: sessions(either).open == 1, "the logon")
        either.configure(system="lease_wait = 0.2")
        answer = either.call("check")
        assert answer.exit_code == EXIT_SYSTEM
        assert "run 1 of update-customers" in answer.out
        assert f"process {run.pid}" in answer.out
        assert run.answer().exit_code == EXIT_DONE
    assert clean(either)


def test_two_operations_of_one_operator_never_have_two_sessions(product: Product) -> None:
    slow(product, 0.1)
    second = (
        '[[operation]]\nname = "second"\ncommand = "UpdateAllCustomersSYSPRO"\n'
        'source = "syspro"\ntarget = "hub"\nscope = "all"\n'
    )
    product.configure(system="page = 5", more=second)
    with (
        product.begin("run", OPERATION, "--initial-load") as one,
        product.begin("run", "second", "--initial-load") as two,
        product.begin("check") as three,
    ):
        answers = [command.answer() for command in (one, two, three)]

    assert [answer.exit_code for answer in answers] == [EXIT_DONE] * 3, [answer.told for answer in answers]
    assert product.rows("SELECT count(*) FROM customer") == [(CUSTOMERS,)]
    assert clean(product)


def test_it_logs_off_after_a_failure(product: Product) -> None:
    product.configure(system="page = 10")
    product.syspro.state.faults.add(Fault(kind="exception_100000", object="COMFND", nth=3, times=0))

    assert product.run().exit_code == EXIT_SYSTEM
    assert clean(product)


def test_it_logs_off_when_it_is_stopped_by_a_signal(product: Product) -> None:
    slow(product)
    for number in (signal.SIGINT, signal.SIGTERM):
        with product.begin("run", OPERATION, "--initial-load") as run:
            wait_until(lambda: sessions(product).open == 1, "the logon")
            run.signal(number)
            answer = run.answer()
            assert answer.exit_code == 130
            assert "Stopping after the answer that is under way" in answer.err
            assert "is not finished; carry it on by: customary run update-customers" in answer.err
        assert clean(product)

    product.syspro.state.faults.clear()
    assert counts(product.run_json()) == {"created": CUSTOMERS}


def test_ctrl_c_is_answered_at_once_and_ends_the_run_the_second_time(product: Product) -> None:
    slow(product, 20)
    with product.begin("run", OPERATION, "--initial-load") as run:
        wait_until(
            lambda: "Query/Query COMFND" in product.syspro.state.counts().calls, "an answer that hangs"
        )
        run.signal(signal.SIGINT)
        wait_until(lambda: "Ctrl-C once more ends it at once" in run.told(), "a word about it")
        assert run.alive
        time.sleep(SAME_ASKING * 1.5)
        run.signal(signal.SIGINT)
        assert run.answer().exit_code == -signal.SIGINT

    product.syspro.state.faults.clear()
    assert counts(product.run_json()) == {"created": CUSTOMERS}


def test_a_session_that_is_lost_once_is_replaced_and_the_run_goes_on(loaded: Product) -> None:
    loaded.configure(system="page = 10")
    loaded.syspro.state.faults.add(Fault(kind="session_lost", object="COMFND", nth=3))
    loaded.syspro.state.customers.change("0000040", {"Name": "Moved"})

    answer = loaded.run("--json")

    assert answer.exit_code == EXIT_DONE
    assert counts(answer.json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}
    assert (sessions(loaded).expired, sessions(loaded).open) == (1, 0)


def test_a_session_that_is_lost_twice_stops_the_run_which_says_so(loaded: Product) -> None:
    loaded.configure(system="page = 10")
    loaded.syspro.state.faults.add(Fault(kind="session_lost", object="COMFND", nth=3, times=2))
    loaded.syspro.state.customers.change("0000002", {"Name": "Moved"})

    answer = loaded.run("--json")

    assert answer.exit_code == EXIT_SYSTEM
    assert answer.json()["state"] == "failed"
    assert "twice in a row" in told(answer.json())
    assert "operator of its own" in told(answer.json())
    assert sessions(loaded).open == 0
    loaded.syspro.state.faults.clear()
    assert counts(loaded.run_json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}, "nothing was lost"


@pytest.mark.parametrize("kind", ["wrong_password", "licence"])
def test_a_refused_logon_or_an_exhausted_licence_stops_the_run_and_loses_nothing(
    loaded: Product, kind: str
) -> None:
    loaded.syspro.state.faults.add(Fault(kind=kind, times=1))
    loaded.syspro.state.customers.change("0000002", {"Name": "Moved"})

    refused = loaded.run("--json")
    later = loaded.run("--json")

    assert refused.exit_code == EXIT_SYSTEM
    assert refused.json()["state"] == "failed"
    assert "refuses the logon of operator WEB" in told(refused.json())
    assert refused.json()["scope"] == 0
    assert counts(later.json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}


def test_a_connection_lost_for_good_stops_the_run_which_says_so_and_loses_nothing(loaded: Product) -> None:
    loaded.configure(system="page = 10")
    for key in ("0000002", "0000055"):
        loaded.syspro.state.customers.change(key, {"Name": "Moved"})
    loaded.syspro.state.faults.add(Fault(kind="drop_before", object="COMFND", nth=3, times=0))

    lost = loaded.run("--json")
    loaded.syspro.state.faults.clear()
    later = loaded.run("--json")

    assert lost.exit_code == EXIT_SYSTEM
    assert "the connection broke" in told(lost.json())
    assert counts(lost.json()) == {"unchanged": 19, "skipped": 1}
    assert "1 customer was planned and not written" in told(lost.json())
    assert counts(later.json()) == {"updated": 2, "unchanged": CUSTOMERS - 2}
    assert clean(loaded)
