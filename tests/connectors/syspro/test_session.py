from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from customary.connectors.contract import HeldLease
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.syspro.client import SysproClient
from customary.connectors.syspro.session import SysproSession
from customary.errors import ConfigError, NotPermitted, StoreError, Unreachable
from customary.model.secret import Secret
from customary.protocols.enet import TABLE, FetchRequest
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.settings import Settings, Texts
from tests.connectors.syspro.file_lease import FileLease
from tests.connectors.syspro.rig import calls, config, fault, source
from tests.support.pages import everything, keys, listed

ROOT = Path(__file__).parents[3]
FETCH = FetchRequest(TABLE, "0000001").to_xml()


def test_nothing_is_sent_before_it_is_needed(sandbox: SysproSandbox) -> None:
    with source(sandbox):
        pass

    assert sandbox.state.counts().total == 0


def test_one_logon_serves_every_call(sandbox: SysproSandbox) -> None:
    with source(sandbox, read="fetch") as made:
        made.check()
        everything(made)
        listed(made, "0000001", "0000002")

    assert (calls(sandbox, "Logon"), calls(sandbox, "Logoff")) == (1, 1)
    assert sandbox.state.counts().sessions.open == 0


def test_a_lost_session_is_opened_again_and_the_call_repeated(sandbox: SysproSandbox) -> None:
    with source(sandbox, page=5) as made:
        fault(sandbox, "session_lost", nth=3)
        assert len(keys(everything(made))) == 20

    counts = sandbox.state.counts().sessions
    assert (counts.logons, counts.open) == (2, 0)


def test_a_session_that_is_lost_twice_in_a_row_means_that_somebody_else_uses_the_operator(
    sandbox: SysproSandbox,
) -> None:
    lease = MemoryLease("erp", 0)
    with source(sandbox, lease) as made:
        fault(sandbox, "session_lost", times=0)
        with pytest.raises(NotPermitted, match=r"operator WEB .*somebody else"):
            everything(made)
        assert calls(sandbox, "Logon") == 2, "no fight over the session"

    with lease.hold() as held:
        assert held.abandoned == ""


def test_a_person_who_logs_on_as_the_operator_costs_one_logon(sandbox: SysproSandbox) -> None:
    with source(sandbox) as made:
        listed(made, "0000001")
        other = SysproClient("person", config(sandbox.url))
        other.log_on()
        assert keys(listed(made, "0000002")) == ["0000002"]
        other.close()

    assert sandbox.state.counts().sessions.open == 0


def test_a_lost_session_is_known_in_any_language() -> None:
    german = Settings(texts=Texts(session="ERROR: Die UserID ist ungültig", missing="ERROR: Schlüssel fehlt"))
    with SysproSandbox(customers=3, settings=german) as sandbox, source(sandbox, read="fetch") as made:
        listed(made, "0000001")
        sandbox.state.sessions.expire()
        assert keys(listed(made, "0000002")) == ["0000002"]
        pages = listed(made, "NOBODY")
        assert "Schlüssel fehlt" in pages[0].unreadable[0].reason, (
            "an error of one customer is not a lost session"
        )

        assert calls(sandbox, "Logon") == 2


@pytest.mark.parametrize("kind", ["wrong_password", "licence"])
def test_a_refused_logon_gives_the_lease_back(sandbox: SysproSandbox, kind: str) -> None:
    lease = MemoryLease("erp", 0)
    fault(sandbox, kind, times=0)
    with source(sandbox, lease) as made:
        with pytest.raises(NotPermitted, match="refuses the logon"):
            everything(made)
        with lease.hold() as held:
            assert held.abandoned == ""


def test_a_logon_is_tried_again_by_the_next_call(sandbox: SysproSandbox) -> None:
    fault(sandbox, "http_500", call="Logon")
    with source(sandbox) as made:
        with pytest.raises(Unreachable):
            everything(made)
        assert len(keys(everything(made))) == 20


def test_a_session_that_was_left_behind_is_ended_before_a_new_one_is_opened() -> None:
    lease = MemoryLease("erp", 0)
    with SysproSandbox(customers=3, settings=Settings(evicts=False)) as sandbox:
        client = SysproClient("erp", config(sandbox.url))
        with lease.hold() as held:
            held.remember(client.log_on())
        client.close()

        with source(sandbox, lease) as made:
            everything(made)
            assert sandbox.state.counts().sessions.open == 1

        assert sandbox.state.counts().sessions.most == 1
        assert sandbox.state.counts().sessions.open == 0


def test_a_logoff_that_did_not_arrive_is_left_to_the_next_holder(
    sandbox: SysproSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    lease = MemoryLease("erp", 0)
    with source(sandbox, lease) as made:
        listed(made, "0000001")
        fault(sandbox, "drop_before", call="Logoff")
    assert sandbox.state.counts().sessions.open == 1
    assert "logoff did not arrive" in caplog.text

    with source(sandbox, lease) as made:
        made.check()
    counts = sandbox.state.counts().sessions
    assert (counts.open, counts.evicted) == (0, 0)


class ForgetfulLease:
    """A lease whose memory fails."""

    @contextmanager
    def hold(self) -> Iterator[HeldLease]:
        yield self

    abandoned = ""

    def remember(self, token: str) -> None:
        """Fail for every token."""
        if token:
            raise StoreError("the hub is gone")


def test_a_session_that_cannot_be_remembered_is_ended_at_once(sandbox: SysproSandbox) -> None:
    with source(sandbox, ForgetfulLease()) as made, pytest.raises(StoreError):
        everything(made)

    assert (calls(sandbox, "Logon"), sandbox.state.counts().sessions.open) == (1, 0)


class LostLease(ForgetfulLease):
    """A lease that another process has taken over, so that nothing can be given back."""

    @contextmanager
    def hold(self) -> Iterator[HeldLease]:
        yield self
        raise StoreError("the hub is gone")

    def remember(self, token: str) -> None:
        """Fail when the session has ended."""
        if not token:
            raise NotPermitted("erp", "another process took over")


def test_closing_never_raises_and_says_what_failed(
    sandbox: SysproSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with source(sandbox, LostLease()) as made:
        everything(made)

    assert sandbox.state.counts().sessions.open == 0
    assert "took over" in caplog.text
    assert "not given back" in caplog.text


def test_a_process_that_has_lost_its_lease_does_not_log_on_again(sandbox: SysproSandbox) -> None:
    with source(sandbox, LostLease()) as made:
        listed(made, "0000001")
        sandbox.state.sessions.expire()
        with pytest.raises(NotPermitted, match="took over"):
            listed(made, "0000002")

    assert calls(sandbox, "Logon") == 1


def test_a_lease_in_use_is_waited_for_and_its_holder_named(sandbox: SysproSandbox) -> None:
    lease = MemoryLease("erp", 0)
    with source(sandbox, lease) as first, source(sandbox, lease) as second:
        listed(first, "0000001")
        with pytest.raises(NotPermitted, match="in use by thread"):
            everything(second)
        assert calls(sandbox, "Logon") == 1


def test_closing_again_does_nothing(sandbox: SysproSandbox) -> None:
    client = SysproClient("erp", config(sandbox.url))
    session = SysproSession(client, "WEB", MemoryLease("erp", 0))
    session.ask(lambda token: client.fetch(token, FETCH))
    session.close()
    session.close()

    assert calls(sandbox, "Logoff") == 1


def test_threads_and_checks_never_have_two_sessions_at_once() -> None:
    lease = MemoryLease("erp", 60)
    failures: list[str] = []
    with SysproSandbox(customers=20, settings=Settings(evicts=False)) as sandbox:

        def work() -> None:
            with source(sandbox, lease, page=7) as made:
                if not made.check().ok or len(keys(everything(made))) != 20:
                    failures.append(threading.current_thread().name)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts = sandbox.state.counts().sessions

    assert not failures
    assert (counts.logons, counts.most, counts.open) == (8, 1, 0)


def test_threads_that_share_a_source_share_its_session(sandbox: SysproSandbox) -> None:
    found: list[int] = []
    with source(sandbox, page=3) as made:
        threads = [
            threading.Thread(target=lambda: found.append(len(keys(everything(made))))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == [20] * 4
    assert sandbox.state.counts().sessions.logons == 1


def test_the_session_of_a_killed_process_is_ended_by_the_next_one(tmp_path: Path) -> None:
    file = tmp_path / "session"
    with SysproSandbox(customers=5, settings=Settings(evicts=False)) as sandbox:
        reader = subprocess.Popen(
            [sys.executable, "-m", "tests.connectors.syspro.reader_process", sandbox.url, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        )
        with reader:
            assert reader.stdout is not None
            assert reader.stdout.readline().strip() == b"2"
            with source(sandbox, FileLease(file)) as made, pytest.raises(NotPermitted):
                everything(made)
            reader.kill()
        assert sandbox.state.counts().sessions.open == 1

        with source(sandbox, FileLease(file, wait=10)) as made:
            assert len(keys(everything(made))) == 5
        counts = sandbox.state.counts().sessions

    assert (counts.logons, counts.most, counts.open) == (2, 1, 0)
    assert file.read_text() == ""


def test_a_secret_that_is_not_there_leaves_no_lease_held(sandbox: SysproSandbox) -> None:
    lease = MemoryLease("erp", 0)

    def gone() -> str:
        raise ConfigError("no such secret")

    with source(sandbox, lease, password=Secret(gone)) as made:
        with pytest.raises(ConfigError):
            everything(made)
        with lease.hold():
            pass
