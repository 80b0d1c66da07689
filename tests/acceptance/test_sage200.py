"""The operation ``DownloadCustomers``: a Sage 200 company read into the hub, all of it or what moved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from customary.actions.agent import begin
from customary.actions.request import request_of
from customary.actions.show import Summary, customer_value, find_customer, summary
from customary.actions.tell import scope_in_words
from customary.actions.workspace import Workspace
from customary.engine.carry_out import carry_out
from customary.engine.segments import purpose
from customary.errors import ConfigError
from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_SYSTEM, State
from customary.sandboxes.faults import Fault
from customary.sandboxes.sage200 import Sage200Sandbox
from customary.store import runs, watermarks
from tests.support.sage import SYSTEM, open_logged_in, write

OPERATION = "download"
WRITTEN = """
[[operation]]
name = "download"
command = "DownloadCustomers"
source = "sage"
target = "hub"
scope = "{scope}"
modified = {modified}
limits = {{ create = "100%", update = "100%" }}
"""


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=30) as running:
        yield running


@pytest.fixture(params=["all"])
def workspace(
    request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sage200Sandbox, hub_url: str
) -> Iterator[Workspace]:
    """A configuration whose operation reads what moved, of the scope that the test asks for."""
    more = WRITTEN.format(scope=request.param, modified="true")
    with open_logged_in(write(tmp_path, sandbox, hub_url, "page = 8", more), sandbox) as opened:
        yield opened


known_only = pytest.mark.parametrize("workspace", ["known"], indirect=True)


def run(workspace: Workspace, **asked: Any) -> Summary:
    operation = workspace.operation(OPERATION)
    run_id = begin(workspace, operation, request_of(operation, **asked))
    with workspace.store.read() as connection:
        queued = runs.read(connection, run_id)
    assert queued is not None
    job = replace(workspace.job(queued), pause=0.0)
    carry_out(workspace.store, run_id, job, "a test", threading.Event())
    return summary(workspace.store, run_id)


def counts(told: Summary) -> dict[str, int]:
    return {outcome: count for outcome, count in told.counts.items() if count}


def mark(workspace: Workspace) -> datetime | None:
    with workspace.store.read() as connection:
        return watermarks.read(connection, SYSTEM, purpose(OPERATION))


def change(sandbox: Sage200Sandbox, number: int, **values: Any) -> str:
    row = list(sandbox.state.customers)[number]
    return str(sandbox.state.customers.change(row["id"], values)["reference"])


def test_every_customer_is_loaded_and_then_only_what_moved_is_read(
    workspace: Workspace, sandbox: Sage200Sandbox
) -> None:
    first = run(workspace, initial_load=True)
    assert (counts(first), first.run.exit_code) == ({"created": 30}, EXIT_DONE)
    assert mark(workspace) == first.run.started

    reference = change(sandbox, 4, website="https://moved.example")
    rows = sandbox.state.counts().rows
    second = run(workspace)
    assert (second.scope, counts(second)) == (1, {"updated": 1})
    assert scope_in_words(second.run) == "the customers of sage that changed"
    codes = 10 + 10 + 24 + 5 + 6  # each table of codes once
    assert sandbox.state.counts().rows - rows <= 1 + codes
    held = customer_value(find_customer(workspace.store, reference, None))
    assert held["fields"]["website"] == "https://moved.example"
    assert held["keys"] == {SYSTEM: reference}

    new = str(sandbox.state.customers.new(1)[0]["reference"])
    assert counts(run(workspace)) == {"created": 1, "unchanged": 1}, "the overlap gives one again"
    assert find_customer(workspace.store, new, None).code == new


@known_only
def test_of_what_moved_only_known_customers_are_taken(workspace: Workspace, sandbox: Sage200Sandbox) -> None:
    first, second = (str(row["reference"]) for row in list(sandbox.state.customers)[:2])
    assert counts(run(workspace, customers=f"{first},{second}")) == {"created": 2}
    assert mark(workspace) is None, "naming customers tells nothing of the others"
    assert counts(run(workspace)) == {"unchanged": 2}, "the first time everything is read"
    change(sandbox, 1, website="https://moved.example")
    change(sandbox, 2, website="https://moved.example")
    assert counts(run(workspace)) == {"updated": 1}


def test_a_run_with_issues_is_made_up_for_by_the_next(workspace: Workspace, sandbox: Sage200Sandbox) -> None:
    run(workspace, initial_load=True)
    before = mark(workspace)
    change(sandbox, 3, credit_limit="much", website="https://moved.example")
    told = run(workspace)
    assert (counts(told), told.run.exit_code) == ({"rejected": 1}, EXIT_ISSUES)
    assert mark(workspace) == before
    assert any("reads again" in note.text for note in told.messages)
    change(sandbox, 3, credit_limit=5)
    assert counts(run(workspace)) == {"updated": 1}
    after = mark(workspace)
    assert before is not None
    assert after is not None
    assert after > before


def test_a_failed_run_and_a_dry_run_move_nothing_on(workspace: Workspace, sandbox: Sage200Sandbox) -> None:
    run(workspace, initial_load=True)
    before = mark(workspace)
    change(sandbox, 3, website="https://moved.example")
    assert run(workspace, dry_run=True).run.state is State.PLANNED
    sandbox.state.faults.add(Fault(kind="forbidden", call="GET customers"))
    failed = run(workspace)
    assert (failed.run.state, failed.run.exit_code) == (State.FAILED, EXIT_SYSTEM)
    assert mark(workspace) == before
    assert counts(run(workspace)) == {"updated": 1}


def test_a_page_that_fails_is_read_again_and_no_customer_is_missed(
    workspace: Workspace, sandbox: Sage200Sandbox
) -> None:
    run(workspace, initial_load=True)
    for number in range(20):
        change(sandbox, number, website="https://moved.example")
    sandbox.state.faults.add(Fault(kind="drop_half", call="GET customers", nth=2))
    sandbox.state.faults.add(Fault(kind="token_expired", call="GET customers", nth=3))
    told = run(workspace)
    assert (counts(told), told.run.exit_code) == ({"updated": 20}, EXIT_DONE)


def test_a_source_that_cannot_tell_what_moved_is_refused(
    tmp_path: Path, sandbox: Sage200Sandbox, hub_url: str
) -> None:
    more = WRITTEN.format(scope="all", modified="true").replace('"sage"', '"erp"') + (
        '[systems.erp]\nconnector = "syspro"\nurl = "http://127.0.0.1:9/Rest"\ncompany = "A"\n'
        'operator = "WEB"\npassword = "file:secret"\n'
    )
    with (
        open_logged_in(write(tmp_path, sandbox, hub_url, "", more), sandbox) as workspace,
        pytest.raises(ConfigError, match="modified = true, and erp cannot tell what changed"),
    ):
        run(workspace)
