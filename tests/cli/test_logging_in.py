from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

from customary.actions.login import login
from customary.actions.workspace import Where, open_workspace
from customary.cli.main import app
from customary.connectors.sage200.tokens import Tokens
from customary.engine.lease import HubLease, Seal
from customary.errors import ConfigError
from customary.model.source import Everything
from customary.sandboxes.sage200 import Sage200Sandbox

WRITTEN = """
[[business_unit]]
code = "MAIN"

[systems.sage]
connector = "sage200"
url = "{url}"
identity_url = "{identity_url}"
client_id = "sandbox-client"
client_secret = "file:secret"
site = "11111111-2222-4333-8444-555555555555"
company = 1

[systems.erp]
connector = "syspro"
url = "http://127.0.0.1:9/Rest"
company = "A"
operator = "WEB"
password = "file:secret"
"""


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=7) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path, sandbox: Sage200Sandbox) -> Path:
    (tmp_path / "secret").write_text("sandbox", encoding="utf-8")
    path = tmp_path / "customary.toml"
    text = WRITTEN.format(url=sandbox.url, identity_url=sandbox.identity_url)
    path.write_text(text, encoding="utf-8")
    return path


def log_in(file: Path) -> None:
    with open_workspace(Where(config=file)) as workspace, login(workspace, "sage") as source:
        invitation = source.invite()
        source.admit(invitation, httpx.get(invitation.address).headers["Location"])


def test_the_address_is_printed_and_a_wrong_answer_is_refused(file: Path, sandbox: Sage200Sandbox) -> None:
    done = CliRunner().invoke(app, ["--config", str(file), "login", "sage"], input="no-such-code\n")
    assert f"{sandbox.identity_url}/authorize?" in done.output
    assert done.exit_code != 0
    assert sandbox.state.counts().tokens.refused == 1


def test_a_login_is_kept_for_every_command_that_follows(file: Path, sandbox: Sage200Sandbox) -> None:
    before = CliRunner().invoke(app, ["--config", str(file), "check", "sage"])
    assert before.exit_code == 4
    assert "customary login sage" in before.output
    log_in(file)
    after = CliRunner().invoke(app, ["--config", str(file), "check", "sage"])
    assert after.exit_code == 0, after.output
    assert "90 days left" in after.output


def test_the_tokens_lie_sealed_in_the_hub(file: Path, sandbox: Sage200Sandbox) -> None:
    log_in(file)
    sandbox.state.tokens.expire()
    with open_workspace(Where(config=file)) as workspace:
        source = workspace.open_source(workspace.system("sage"), "a test")
        assert sum(len(page.records) for page in source.read(Everything())) == 7
        source.close()
        place = ("sage", "client sandbox-client")
        with HubLease(workspace.store, place, "a test", Seal(workspace.config.data), 5).hold() as held:
            kept = held.abandoned
        data = workspace.config.data
    assert sandbox.state.counts().tokens.refreshes == 1
    stored = b"".join(path.read_bytes() for path in data.glob("hub.db*"))
    tokens = msgspec.json.decode(kept, type=Tokens)
    assert b"sandbox-client" in stored
    assert tokens.access.encode() not in stored
    assert tokens.refresh.encode() not in stored


def test_a_system_that_nobody_logs_in_to_says_so(file: Path) -> None:
    with (
        open_workspace(Where(config=file)) as workspace,
        pytest.raises(ConfigError, match="credentials stand in"),
        login(workspace, "erp"),
    ):
        pass


def test_a_secret_that_cannot_be_fetched_is_told_first(file: Path) -> None:
    (file.parent / "secret").unlink()
    with (
        open_workspace(Where(config=file)) as workspace,
        pytest.raises(ConfigError, match="client_secret"),
        login(workspace, "sage"),
    ):
        pass


def test_the_mapping_is_shown_and_its_examples_hold(file: Path) -> None:
    done = CliRunner().invoke(app, ["--config", str(file), "mapping", "sage"])
    assert done.exit_code == 0, done.output
    assert "reference" in done.output
