"""What the tests' processes do: be an agent, hold a lease, and die at a given moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil
from sqlalchemy import Connection, Engine, event

from customary.engine.lease import HubLease, Seal
from customary.store.database import open_store
from tests.support import runs
from tests.support.runs import MemorySource, Names


def die() -> None:
    """Kill this process as the system would: nothing is cleaned up."""
    psutil.Process().kill()


def carry(url: str, data: Path, source: tuple[Names, int], run_id: int, fault: tuple[str, int]) -> None:
    """Carry a run to its end, or die at the fault: the n-th ``commit`` or ``write`` of it, or page ``read``.

    A ``commit`` is died at just before it, or just behind it for ``committed``.
    """
    kind, at = fault
    store = open_store(url)
    met = 0

    def count(*_: object) -> None:
        nonlocal met
        met += 1
        if met == at:
            die()

    if kind != "read":
        arm(store.engine, kind, count)
    names, page = source
    memory = MemorySource(names, page, gate=count if kind == "read" else lambda: None)
    run = runs.see_through(runs.agent(store, data, memory), run_id)
    assert run.finished is not None


def arm(engine: Engine, kind: str, count: Callable[..., None]) -> None:
    """Have every writing transaction of a run's own thread counted, at its beginning, statements or end."""
    point = {"commit": "commit", "committed": "begin", "write": "before_cursor_execute"}[kind]

    @event.listens_for(engine, point)
    def reached(connection: Connection, *_: object) -> None:
        ours = threading.current_thread().name.startswith("dbos-executor")
        if ours and connection.info.get("immediate"):
            count()


def be_agent(url: str, data: Path, source: tuple[Names, int], started: Event, stop: Event) -> None:
    """Be the agent until ``stop`` is set; ``started`` is set at its first page."""
    store = open_store(url)
    halt = threading.Event()

    def gate() -> None:
        started.set()

    def wait() -> None:
        stop.wait()
        halt.set()

    threading.Thread(target=wait, daemon=True).start()
    names, page = source
    runs.agent(store, data, MemorySource(names, page, gate)).serve(halt)


def hold_lease(url: str, data: Path, place: tuple[str, str], token: str, holding: Event) -> None:
    """Hold a lease with a session's token until killed; ``holding`` is set once it is held."""
    lease = HubLease(open_store(url), place, "a child's run", Seal(data), 30.0)
    with lease.hold() as held:
        held.remember(token)
        holding.set()
        threading.Event().wait()
