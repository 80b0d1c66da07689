"""Customary before a Sage 200 sandbox: a configuration with an open hub, logged in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from customary.actions.workspace import Where, Workspace, open_workspace, place
from customary.engine.lease import HubLease, Seal
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.connectors.sage200.rig import logged_in

SYSTEM = "sage"
WRITTEN = """
[hub]
url = "{hub}"

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
rate = 1000
read_timeout = 60
{settings}
{more}
"""


def write(folder: Path, sandbox: Sage200Sandbox, hub: str, settings: str = "", more: str = "") -> Path:
    """Write a customary.toml for a sandbox; ``settings`` are the system's, ``more`` stands behind it."""
    (folder / "secret").write_text(sandbox.state.settings.client_secret, encoding="utf-8")
    file = folder / "customary.toml"
    text = WRITTEN.format(
        hub=hub.replace("+psycopg", ""),
        url=sandbox.url,
        identity_url=sandbox.identity_url,
        settings=settings,
        more=more,
    )
    file.write_text(text, encoding="utf-8")
    return file


def log_in(workspace: Workspace, sandbox: Sage200Sandbox, age_days: float = 0.0) -> None:
    """Keep the tokens of a login of so many days ago in the hub."""
    account = place(workspace.system(SYSTEM))
    lease = HubLease(workspace.store, account, "a test", Seal(workspace.config.data), 5)
    logged_in(sandbox, age_days, lease)


@contextmanager
def open_logged_in(file: Path, sandbox: Sage200Sandbox) -> Iterator[Workspace]:
    """Open the configuration, and log in."""
    with open_workspace(Where(config=file)) as workspace:
        log_in(workspace, sandbox)
        yield workspace


def local_hub(folder: Path, request: pytest.FixtureRequest) -> str:
    """Put an empty hub on SQLite into a folder, which beats migrating; gives its address."""
    data = folder / "customary-data"
    data.mkdir()
    shutil.copyfile(request.getfixturevalue("_hub_file"), data / "hub.db")
    return "sqlite:///hub.db"
