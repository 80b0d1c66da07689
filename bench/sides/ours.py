"""Customary: a whole run through the corridor, from the recorded bytes to the last commit of the journal."""

from __future__ import annotations

import threading
from pathlib import Path

from bench.record import mapping_rows
from bench.recording import read_recording
from bench.replay import CURRENCIES, SYSTEM, ReplaySource
from bench.task import Clock, Scenario, read_task, tell
from customary.engine.carry_out import Job, carry_out
from customary.mapping.spec import FieldMapping
from customary.model.limits import Limits
from customary.model.run import Request, ScopeName, State
from customary.store import journal, runs
from customary.store.database import Store, open_store
from customary.store.tables import business_unit

UNIT = "PK1"


def main() -> None:
    """Carry one run out, with the default limits and page size."""
    task = read_task()
    folder = Path(task.recording)
    recording = read_recording(folder)
    source = ReplaySource(folder, recording, recording.listed(task.scenario))
    job = Job(
        source=source,
        mapping=FieldMapping(rows=mapping_rows(), lookups={"currencies": CURRENCIES}, fold=source.fold),
        unit=UNIT,
        limits=Limits(),
    )
    store = open_store(task.url)
    run = _begin(store, first=task.scenario is Scenario.FIRST)
    with Clock() as clock:
        state = carry_out(store, run, job, "bench", threading.Event())
    with store.read() as connection:
        messages = [message.text for message in journal.run_messages(connection, run)]
        outcomes = journal.counts(connection, run)
    store.close()
    if state is not State.SUCCEEDED:
        raise SystemExit(f"the run {state}: {messages}")
    tell(clock, outcomes)


def _begin(store: Store, *, first: bool) -> int:
    with store.write() as connection:
        if first:
            connection.execute(business_unit.insert().values(code=UNIT))
        request = Request(scope=ScopeName.ALL, initial_load=first)
        return runs.begin(connection, "bench", (SYSTEM, "hub"), request)


if __name__ == "__main__":
    main()
