"""The agent: the one process that carries the runs of a hub out, and begins those that are due."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from msgspec import Struct

from customary.engine.carry_out import Job, Stopping, carry_out, fail
from customary.engine.holder import this_process
from customary.engine.host import Host, launched
from customary.engine.lock import AgentLock
from customary.engine.schedule import Scheduled, begin_due, forget_others
from customary.errors import ConfigError, ConnectorError, StoreError, Superseded
from customary.model.run import EXIT_SYSTEM, EXIT_USAGE, Run
from customary.store import runs
from customary.store.database import Store
from customary.store.progress import Progress, read_progress

_log = logging.getLogger(__name__)

SWEEP = 0.5
"""Seconds between two looks for runs that wait, and for operations that are due."""
LOOK = 0.1
"""Seconds between two looks at the progress of a run."""
UPKEEP = 3600.0
"""Seconds between two times that a serving agent does its upkeep."""
SAME_ASKING = 0.5
"""Seconds within which a repeated signal means no more than the first."""
RESPITE = 30.0
"""Seconds until a run that the hub's database did not let end is tried again."""


class Agent(Struct, frozen=True, kw_only=True):
    """What carries runs out, wired once by ``actions``; it does nothing until it is told to."""

    store: Store
    data: Path
    """The data directory."""
    job_of: Callable[[Run], Job]
    """Gives what a run needs. Raises ``ConfigError`` when its operation is not configured any more."""
    after: Callable[[int], None] = lambda _run_id: None
    """Called with each run's id once it has ended, at least once; an error in it is logged."""
    upkeep: Callable[[], None] = lambda: None
    """Called when the agent begins to serve, and every hour; an error in it is logged."""
    schedules: Sequence[Scheduled] = ()
    name: str = "agent"
    now: Callable[[], datetime] = runs.now

    def serve(self, stop: threading.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Carry out what is queued and due until ``stop`` is set; then finish the current page and return.

        ``ready`` is called once this process is the agent.
        Raises ``StoreError`` naming the process that is the agent already, or took this one's place.
        """
        lock = AgentLock(self.store, self.data, self.name)
        with lock.held() as lost:
            if lost is None:
                raise StoreError(f"this hub has an agent already: {lock.holder() or 'another process'}")
            with _on_duty(self, (stop, lost)) as duty:
                forget_others(self.store, self.schedules)
                ready()
                with _beside(self.upkeep, UPKEEP):
                    while not duty.over():
                        duty.sweep()
                        stop.wait(SWEEP)
            if lost.is_set():
                raise StoreError("another process is the agent now: this one was not heard of for a minute")

    def carry(self, run_id: int, stop: threading.Event) -> Iterator[Progress]:
        """See one run to its end, giving its progress all the while; the last is of the finished run.

        This process is the agent meanwhile, and carries on other unfinished runs too, though it does not
        wait for them; where another process is the agent, the run is followed, and taken over should that
        process end. When ``stop`` is set, the current page is finished, and the run stays unfinished.
        """
        while True:
            with AgentLock(self.store, self.data, self.name).held() as lost:
                if lost is not None:
                    yield from self._carry(run_id, stop, lost)
                    if not lost.is_set():
                        return
            progress = _progress(self.store, run_id)
            yield progress
            if progress.finished or stop.wait(LOOK):
                return

    def _carry(self, run_id: int, stop: threading.Event, lost: threading.Event) -> Iterator[Progress]:
        with _on_duty(self, (stop, lost)) as duty:
            duty.sweep(first=run_id)
            swept = time.monotonic()
            while True:
                progress = _progress(self.store, run_id)
                if progress.finished and not duty.host.under_way(run_id):
                    break
                if not progress.finished:
                    yield progress
                if duty.over() or stop.wait(LOOK):
                    break
                if time.monotonic() - swept >= SWEEP:
                    duty.sweep(first=run_id)
                    swept = time.monotonic()
        yield _progress(self.store, run_id)


@contextmanager
def stop_on_signals(told: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Give an event that is set when the process is asked to stop (Ctrl-C, a service's stop).

    ``told`` is called then, from inside the signal: it may print by ``os.write`` only. The second time, the
    signal does what it does by itself: the process ends at once, and the next agent carries on. A second one
    within ``SAME_ASKING`` seconds is the same asking: a wrapper and the terminal may both have sent it. Only
    the main thread may ask for this.
    """
    stop = threading.Event()
    asked = 0.0
    names = [name for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]

    def ask(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not stop.is_set():
            asked = time.monotonic()
            stop.set()
            told()
        elif time.monotonic() - asked > SAME_ASKING:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    before = {name: signal.signal(getattr(signal, name), ask) for name in names}
    try:
        yield stop
    finally:
        for name, was in before.items():
            signal.signal(getattr(signal, name), was)


def _progress(store: Store, run_id: int) -> Progress:
    with store.read() as connection:
        progress = read_progress(connection, run_id)
    if progress is None:
        raise StoreError(f"run {run_id} does not exist")
    return progress


class _Duty:
    """An agent on duty: it starts what waits, and its threads carry it out."""

    host: Host

    def __init__(self, agent: Agent, ends: tuple[threading.Event, threading.Event]) -> None:
        self._agent = agent
        self._ends = ends
        self._name = f"{agent.name}, {this_process()}"
        self._halt = threading.Event()
        self._slots = threading.BoundedSemaphore(1 if agent.store.is_sqlite else 2)
        self._postponed: dict[int, float] = {}

    def over(self) -> bool:
        """Tell whether the agent was asked to stop, or another process is the agent now."""
        if any(end.is_set() for end in self._ends):
            self._halt.set()
        return self._halt.is_set()

    def end(self) -> None:
        """Have every thread finish its page and leave its run unfinished."""
        self._halt.set()

    def sweep(self, first: int | None = None) -> None:
        """Start every run that waits, ``first`` before the others; unless it is given, begin what is due."""
        try:
            self.host.tidied()
            with self._agent.store.read() as connection:
                waiting = runs.all_unfinished(connection)
            for run_id in sorted(waiting, key=lambda waits: waits != first):
                if self._postponed.get(run_id, 0.0) <= time.monotonic():
                    self.host.start(run_id)
            if first is None:
                begin_due(self._agent.store, self._agent.schedules, self._agent.now())
        except Exception:  # noqa: BLE001  # the agent's outermost boundary: it goes on, whatever happened
            _log.exception("the agent could not look for work; it tries again")
            self._halt.wait(SWEEP)

    def carry(self, run_id: int) -> bool:
        """Carry a run out, in a thread of DBOS; tells whether it has ended.

        Raises ``Stopping`` when the agent is stopping: the run stays unfinished, here and for DBOS.
        """
        while not self._slots.acquire(timeout=LOOK):
            self._stop_here()
        try:
            self._stop_here()
            return self._carry(run_id)
        finally:
            self._slots.release()

    def _stop_here(self) -> None:
        if self._halt.is_set():
            raise Stopping

    def _carry(self, run_id: int) -> bool:
        store = self._agent.store
        try:
            with store.read() as connection:
                run = runs.read(connection, run_id)
            if run is None or run.finished is not None:
                return run is not None
            carry_out(store, run_id, self._agent.job_of(run), self._name, self._halt)
        except Superseded:
            return False
        except Exception as error:  # noqa: BLE001  # the agent's outermost boundary: only this run fails
            return self._fail(run_id, error)
        return True

    def _fail(self, run_id: int, error: Exception) -> bool:
        """End a run that an error stopped outside of its course; tells whether that was possible."""
        told, exit_code = error, EXIT_SYSTEM
        if isinstance(error, ConfigError):
            exit_code = EXIT_USAGE
        elif not isinstance(error, ConnectorError | StoreError):
            _log.error("run %s: internal error", run_id, exc_info=error)
            told = StoreError(f"internal error ({type(error).__name__}): the agent's log says where")
        try:
            with self._agent.store.write() as connection:
                epoch = runs.take(connection, run_id, self._name)
            fail(self._agent.store, run_id, epoch, told, exit_code)
        except StoreError:
            _log.exception("run %s: its failure could not be recorded; it is tried again", run_id)
            self._postponed[run_id] = time.monotonic() + RESPITE
            return False
        return True

    def follow_up(self, run_id: int) -> None:
        """Do what follows a run's end."""
        try:
            self._agent.after(run_id)
        except Exception:  # noqa: BLE001  # the agent's outermost boundary: the run has ended
            _log.exception("run %s: what follows its end went wrong", run_id)


@contextmanager
def _beside(work: Callable[[], None], every: float) -> Iterator[None]:
    """Have work done in a thread of its own while the block runs: at once, and every so many seconds."""
    over = threading.Event()

    def repeat() -> None:
        while True:
            try:
                work()
            except Exception:  # noqa: BLE001  # the agent's outermost boundary: it goes on, whatever happened
                _log.exception("the agent's upkeep went wrong; it is tried again in an hour")
            if over.wait(every):
                return

    thread = threading.Thread(target=repeat, name="upkeep")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _on_duty(agent: Agent, ends: tuple[threading.Event, threading.Event]) -> Iterator[_Duty]:
    duty = _Duty(agent, ends)
    with launched(agent.store, agent.data, duty.carry, duty.follow_up) as duty.host:
        try:
            yield duty
        finally:
            duty.end()
