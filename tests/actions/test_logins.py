from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from customary.actions.agent import agent_of
from customary.actions.logins import look_at_logins
from customary.actions.workspace import Where, Workspace, open_workspace
from customary.connectors.contract import LoginEnds
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.support.sage import SYSTEM, local_hub, log_in, write
from tests.support.smtp import HOST, Mailbox, mail_server

NOW = datetime.now(UTC)
OPERATION = """
[[operation]]
name = "download"
command = "DownloadCustomers"
source = "sage"
target = "hub"
notify = { when = "on_issue", to = ["erp@example.com", "it@example.com"] }
"""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Mailbox]:
    with mail_server(tmp_path, "none") as running:
        yield running


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=1) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    local_hub(tmp_path, request)
    return tmp_path


@contextmanager
def opened(
    folder: Path, sandbox: Sage200Sandbox, box: Mailbox | None, age: float | None, mail: str = ""
) -> Iterator[Workspace]:
    """A configuration whose login was ``age`` days ago and lasts 90 days; mail goes to ``box``."""
    more = OPERATION
    if box is not None:
        more += (
            f'[mail]\nhost = "{HOST}"\nport = {box.port}\nsecurity = "none"\nfrom = "c@example.com"\n{mail}'
        )
    else:
        more = more.replace("notify", "#notify")
    with open_workspace(Where(config=write(folder, sandbox, "sqlite:///hub.db", "", more))) as workspace:
        if age is not None:
            log_in(workspace, sandbox, age)
        yield workspace


def test_a_login_that_ends_within_fourteen_days_is_told_once_a_day(
    folder: Path, sandbox: Sage200Sandbox, box: Mailbox
) -> None:
    with opened(folder, sandbox, box, 80.5) as workspace:
        for hours in (0, 1, 23, 24.1, 30, 49):
            look_at_logins(workspace, NOW + timedelta(hours=hours))
    subjects = [message["Subject"].rpartition("sage ")[2] for message in box.messages]
    assert subjects == ["ends in 9 days", "ends in 8 days", "ends in 7 days"]
    assert box.recipients == ["erp@example.com", "it@example.com"] * 3
    assert "customary login sage" in box.messages[0].get_content()
    assert sandbox.state.counts().tokens.refreshes == 0


@pytest.mark.parametrize("age", [75.0, None], ids=["a login that lasts", "nobody logged in"])
def test_a_login_that_lasts_is_not_told(
    folder: Path, sandbox: Sage200Sandbox, box: Mailbox, age: float | None
) -> None:
    with opened(folder, sandbox, box, age) as workspace:
        look_at_logins(workspace, NOW)
    assert box.messages == []


def test_after_another_login_nothing_is_told(folder: Path, sandbox: Sage200Sandbox, box: Mailbox) -> None:
    with opened(folder, sandbox, box, 88.0) as workspace:
        look_at_logins(workspace, NOW)
        log_in(workspace, sandbox)
        look_at_logins(workspace, NOW + timedelta(days=2))
    assert len(box.messages) == 1


def test_whoever_the_mail_settings_name_is_told(folder: Path, sandbox: Sage200Sandbox, box: Mailbox) -> None:
    with opened(folder, sandbox, box, 91.0, 'to = ["boss@example.com"]\n') as workspace:
        look_at_logins(workspace, NOW)
    assert box.recipients == ["boss@example.com"]
    assert box.messages[0]["Subject"].endswith("has ended")


def test_without_a_mail_server_it_is_logged(folder: Path, sandbox: Sage200Sandbox) -> None:
    with opened(folder, sandbox, None, 85.5) as workspace, capture_logs() as logs:
        look_at_logins(workspace, NOW)
    (entry,) = [entry for entry in logs if entry["event"] == "login ends"]
    assert (entry["system"], entry["days_left"], entry["log_level"]) == (SYSTEM, 4, "warning")


def test_a_mail_that_cannot_be_sent_is_logged_and_the_others_go_on(
    folder: Path, sandbox: Sage200Sandbox, box: Mailbox
) -> None:
    box.refuses = {"erp@example.com", "it@example.com"}
    with opened(folder, sandbox, box, 85.0) as workspace, capture_logs() as logs:
        look_at_logins(workspace, NOW)
    assert any(entry["event"] == "mail not sent" for entry in logs)


def test_a_secret_that_is_missing_is_logged(folder: Path, sandbox: Sage200Sandbox, box: Mailbox) -> None:
    with opened(folder, sandbox, box, 85.0) as workspace, capture_logs() as logs:
        (folder / "secret").unlink()
        look_at_logins(workspace, NOW)
    assert [entry["event"] for entry in logs] == ["login not looked at"]


def test_the_agent_looks_when_it_begins_to_serve(folder: Path, sandbox: Sage200Sandbox, box: Mailbox) -> None:
    stop = threading.Event()
    with opened(folder, sandbox, box, 85.0) as workspace:
        agent_of(workspace).serve(stop, stop.set)
    assert len(box.messages) == 1


def test_a_source_tells_when_its_login_ends(folder: Path, sandbox: Sage200Sandbox) -> None:
    with opened(folder, sandbox, None, 80.0) as workspace:
        source = workspace.open_source(workspace.system(SYSTEM), "a test")
        assert isinstance(source, LoginEnds)
        end = source.login_end()
        source.close()
    assert end is not None
    # the tests may be long at work before this one, and the login was made within it
    assert timedelta(days=9, hours=12) < end.at - datetime.now(UTC) <= timedelta(days=10)
    assert end.at - end.warn == timedelta(days=14)
