"""What the tests' processes do: be an agent, hold a lease, and die at a given moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from io import BytesIO
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil
from sqlalchemy import Connection, Engine, event

from customary.actions.crossref import External, Table
from customary.actions.crossref_files import import_file
from customary.components import Request, Rules, Wiring, execute
from customary.connectors.sage200.listing import folded
from customary.connectors.zynk.codec import is_external
from customary.engine.lease import HubLease, Seal
from customary.store.database import open_store
from customary.store.truth import fold_external
from tests.support import runs
from tests.support.components import OPEN
from tests.support.runs import MemorySource, Names


def die() -> None:
    """Kill this process as the system would: nothing is cleaned up."""
    psutil.Process().kill()


class Moment(StrEnum):
    """What a run does over and over, and may be killed at."""

    READ = "read"
    """Just before a page is read."""
    STATEMENT = "statement"
    """Just before a statement of a transaction that writes."""
    COMMIT = "commit"
    """Just before a transaction that writes is committed; so, too, just after the one before."""
    RECORD = "record"
    """Just before DBOS commits what it notes of the run."""
    FOLLOW_UP = "follow up"
    """When the run has ended, and before what follows is done."""


def carry(url: str, data: Path, source: tuple[Names, int], run_id: int, fault: tuple[Moment, int]) -> None:
    """Carry a run to its end, unless the ``fault`` comes first: the n-th time of a moment, 0 for never.

    How often the moment came is written to the file ``met`` in the data directory.
    """
    moment, at = fault
    met = 0

    def count() -> None:
        nonlocal met
        met += 1
        if met == at:
            die()

    def counted(when: Moment) -> Callable[[], None]:
        return count if when is moment else lambda: None

    store = open_store(url)
    watch_transactions(store.engine, counted)
    names, page = source
    carrier = runs.agent(
        store,
        data,
        MemorySource(names, page, gate=counted(Moment.READ)),
        after=lambda _: counted(Moment.FOLLOW_UP)(),
    )
    assert runs.see_through(carrier, run_id).finished is not None
    (data / "met").write_text(str(met), encoding="utf-8")


def watch_transactions(hub: Engine, counted: Callable[[Moment], Callable[[], None]]) -> None:
    """Have what the run's own thread writes counted, whatever the agent's other threads do meanwhile."""

    @event.listens_for(Engine, "before_cursor_execute")
    def statement(connection: Connection, *_: object) -> None:
        if writes(connection):
            counted(Moment.STATEMENT)()

    @event.listens_for(Engine, "commit")
    def commit(connection: Connection) -> None:
        if writes(connection):
            counted(Moment.COMMIT)()
        elif ours() and connection.engine.pool is not hub.pool:
            counted(Moment.RECORD)()

    def ours() -> bool:
        return threading.current_thread().name.startswith("dbos-executor")

    def writes(connection: Connection) -> bool:
        return ours() and connection.engine.pool is hub.pool and bool(connection.info.get("immediate"))


def be_agent(url: str, data: Path, source: tuple[Names, int], events: tuple[Event, Event]) -> None:
    """Be the agent until the second event is set; the first is set at its first page."""
    started, stop = events
    halt = threading.Event()

    def wait() -> None:
        stop.wait()
        halt.set()

    threading.Thread(target=wait, daemon=True).start()
    names, page = source
    store = open_store(url)
    runs.agent(store, data, MemorySource(names, page, started.set)).serve(halt)
    store.close()


def be_stuck_agent(url: str, data: Path, source: tuple[Names, int], events: tuple[Event, Event]) -> None:
    """Be an agent that does not get past its first page until the second event is set."""
    started, go_on = events

    def gate() -> None:
        started.set()
        go_on.wait()

    names, page = source
    runs.agent(open_store(url), data, MemorySource(names, page, gate)).serve(threading.Event())


def hold_lease(url: str, data: Path, place: tuple[str, str], token: str, holding: Event) -> None:
    """Hold a lease with a session's token until killed; ``holding`` is set once it is held."""
    lease = HubLease(open_store(url), place, "a child's run", Seal(data), 30.0)
    with lease.hold() as held:
        held.remember(token)
        holding.set()
        threading.Event().wait()


EXTERNAL: External = lambda scope, key: not scope.startswith("upload:") or is_external(key)  # noqa: E731
TABLE = Table(scope="upload:sage", system="sage", fold_external=fold_external, fold=folded, external=EXTERNAL)
"""The truth table that the tests write."""


def import_truth(url: str, file: Path) -> None:
    """Import truth records; writes how many were linked, unchanged and refused beside the file."""
    store = open_store(url)
    done = import_file(store, TABLE, file, "xml", lambda _: None)
    store.close()
    file.with_suffix(".done").write_text(f"{done.linked} {done.unchanged} {done.refused}", encoding="utf-8")


def ask_components(url: str, asked: Sequence[tuple[str, str, bytes]], begin: Event, answers: Path) -> None:
    """Have payloads carried out, one behind the other, each time writing the answer to a file."""
    store = open_store(url)
    begin.wait()
    for number, (component, method, payload) in enumerate(asked):
        with (answers / f"{number}.xml").open("w", encoding="utf-8") as file:
            request = Request(component=component, method=method, payload=BytesIO(payload))
            execute(request, Wiring(store=store, rules=lambda _: Rules(settings=OPEN)), file.write)
    store.close()
