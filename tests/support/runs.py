"""Runs to test the engine with: a source in memory, the job that reads it, and a hub to look into."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from customary.connectors.contract import Report
from customary.engine.agent import Agent
from customary.engine.carry_out import Job
from customary.mapping.load import load_rows
from customary.mapping.spec import FieldMapping
from customary.model.limits import LIFTED, Limits
from customary.model.run import Request, Run, ScopeName
from customary.model.source import Everything, Page, Record, Scope
from customary.store import business_units, journal, runs
from customary.store.database import Store
from customary.store.tables import baseline, cross_reference, customer, cycle

UNIT = "PK1"
SYSTEM = "erp"
OPERATION = "update-customers"
BETWEEN = (SYSTEM, "hub")
ALL = Request(scope=ScopeName.ALL)
INITIAL = Request(scope=ScopeName.ALL, initial_load=True)

MAPPING = """
[[field]]
field = "code"
native = "Customer"
when = "create"
compare = "key"
required = true
examples = [["0000002", "0000002"]]

[[field]]
field = "name"
native = "Name"
examples = [["Bayside Bikes", "Bayside Bikes"]]
"""

Names = dict[str, str]
"""What a source has: each customer's key and name."""


class MemorySource:
    """A source that has its customers in memory, and a gate before each page."""

    name = SYSTEM
    bulk = True

    def __init__(self, names: Names, page: int, gate: Callable[[], None] = lambda: None) -> None:
        self._records = [Record(key, {"Customer": key, "Name": name}) for key, name in sorted(names.items())]
        self._page = page
        self._gate = gate
        self.closed = 0

    def check(self) -> Report:
        return Report(SYSTEM, ())

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        if not isinstance(scope, Everything):
            wanted = set(scope.keys)
            found = [record for record in self._records if record.key in wanted]
            yield Page(records=found, missing=tuple(wanted - {record.key for record in found}))
            return
        rest = [record for record in self._records if after is None or record.key > after]
        for start in range(0, len(rest), self._page):
            self._gate()
            page = rest[start : start + self._page]
            yield Page(records=page, cursor=page[-1].key)
        yield Page(records=(), complete=True)

    def fold(self, key: str) -> str:
        return key

    def close(self) -> None:
        self.closed += 1


def job(source: MemorySource, limits: Limits | None = None) -> Job:
    """What carrying a run out of this source needs."""
    return Job(
        source=source,
        mapping=FieldMapping(rows=load_rows(MAPPING, "test"), fold=source.fold),
        unit=UNIT,
        limits=limits or Limits(create=LIFTED, update=LIFTED),
        pause=0.0,
    )


def agent(store: Store, data: Path, source: MemorySource, **more: Any) -> Agent:
    """An agent that carries every run out of this source."""

    def job_of(_run: Run) -> Job:
        return job(source)

    return Agent(store=store, data=data, **{"job_of": job_of, **more})


def begin(store: Store, request: Request = ALL, operation: str = OPERATION) -> int:
    """Queue a run and give its id."""
    with store.write() as connection:
        return runs.begin(connection, operation, BETWEEN, request)


def ensure_unit(store: Store) -> None:
    """Make the business unit that the runs fill."""
    business_units.ensure(store, {UNIT: False})


def see_through(carrier: Agent, run_id: int) -> Run:
    """Carry a run to its end, and give it."""
    for _ in carrier.carry(run_id, threading.Event()):
        pass
    return read_run(carrier.store, run_id)


def read_run(store: Store, run_id: int) -> Run:
    """Read a run that exists."""
    with store.read() as connection:
        run = runs.read(connection, run_id)
    assert run is not None
    return run


def counts(store: Store, run_id: int) -> dict[str, int]:
    """A run's customers by outcome, those outcomes only that there are."""
    with store.read() as connection:
        return {name: count for name, count in journal.counts(connection, run_id).items() if count}


def messages(store: Store, run_id: int) -> list[str]:
    """The texts that are told about a run."""
    with store.read() as connection:
        return [message.text for message in journal.run_messages(connection, run_id)]


class Hub(msgspec.Struct, frozen=True):
    """Everything that runs left in the hub, without what differs from one time to the next (ids, moments)."""

    customers: Sequence[tuple[str, str, int]]
    """Code, name and version."""
    linked: Sequence[tuple[str, str]]
    """The source's key, and the code of the customer that it is linked to."""
    baselines: Sequence[tuple[str, str, int]]
    """Code, the source's values and the target's version."""
    cycles: Sequence[tuple[int, str, str, str]]
    """Run, customer, outcome and changes."""


def look(store: Store) -> Hub:
    """Look into the hub."""
    with store.read() as connection:
        named = select(customer.c.code, customer.c.name, customer.c.version)
        linked = select(cross_reference.c.key, customer.c.code).join_from(
            cross_reference, customer, customer.c.identity == cross_reference.c.identity
        )
        known = select(customer.c.code, baseline.c.source_values, baseline.c.target_version).join_from(
            baseline, customer, customer.c.identity == baseline.c.identity
        )
        done = select(cycle.c.run_id, cycle.c.customer, cycle.c.outcome, cycle.c.changes)
        rows = [
            sorted(tuple(row) for row in connection.execute(query)) for query in (named, linked, known, done)
        ]
    return Hub(*rows)
