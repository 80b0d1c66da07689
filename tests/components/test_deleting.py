"""A customer that a component deletes while another system still has it."""

from __future__ import annotations

from pathlib import Path

from customary.model.outcome import Level
from customary.model.run import Request
from customary.store import journal
from tests.support import runs
from tests.support.components import Office, fields


def test_what_another_system_s_run_does_with_a_deleted_customer(office: Office, tmp_path: Path) -> None:
    store = office.store
    agent = runs.agent(store, tmp_path, runs.MemorySource({"1": "one", "2": "two"}, 10))

    def run(request: Request) -> dict[str, int]:
        return runs.counts(store, runs.see_through(agent, runs.begin(store, request)).id)

    assert run(runs.INITIAL) == {"created": 2}
    assert office.ask("Delete", fields(CustomerCode="1")).statuses == ["success"]
    assert run(Request()) == {"unchanged": 1}
    assert run(runs.ALL) == {"created": 1, "unchanged": 1}
    with store.read() as connection:
        (cycle,) = journal.cycles(connection, runs.read_run(store, 4).id)
    (note,) = cycle.messages
    assert note.level is Level.WARNING
    assert "was deleted here, and erp still has 1, so it is created again" in note.text
    assert run(runs.ALL) == {"unchanged": 2}

    office.ask("Delete", fields(CustomerCode="2"))
    office.ask("Create", fields(CustomerCode="2", Name="by hand"))
    assert run(runs.ALL) == {"updated": 1, "unchanged": 1}
    assert office.stored("2")["Name"] == "two"
    assert run(runs.ALL) == {"unchanged": 2}
