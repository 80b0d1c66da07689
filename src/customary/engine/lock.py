"""The agent's place: one process carries the runs of a hub out, whoever else asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from customary.engine.holder import Holder, beating, decode_holder, this_process
from customary.store import agents
from customary.store.clock import present
from customary.store.database import Store


class AgentLock:
    """The right to be the agent.

    A lock on ``agent.lock`` in the data directory, which the system gives back when the process dies; and
    the agent's row in the hub, since another machine may use the same hub with a data directory of its own.
    """

    def __init__(self, store: Store, data: Path, name: str) -> None:
        self._store = store
        self._name = name
        self._lock = FileLock(data / "agent.lock", thread_local=False)
        self._note = data / "agent.json"

    @contextmanager
    def held(self) -> Iterator[threading.Event | None]:
        """Hold the lock while the block runs, or give ``None`` at once when another process holds it.

        The event that is given is set when another process has taken over, because this one was paused.
        """
        self._note.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            yield None
            return
        try:
            holder = this_process()
            if not self._claimed(holder):
                yield None
                return
            self._note.write_text(holder.encode(), encoding="utf-8")
            try:
                with beating(lambda: self._see(holder), "agent") as lost:
                    yield lost
            finally:
                self._note.unlink(missing_ok=True)
                with self._store.write() as connection:
                    agents.leave(connection, self._name, holder.encode())
        finally:
            self._lock.release()

    def holder(self) -> Holder | None:
        """Tell which process is the agent, as far as is known; ``None`` when none is."""
        with suppress(OSError):
            return decode_holder(self._note.read_text(encoding="utf-8"))
        with self._store.read() as connection:
            row = agents.read(connection, self._name)
        return decode_holder(row.holder) if row and row.state == agents.WORKING else None

    def _claimed(self, holder: Holder) -> bool:
        with self._store.read() as connection:
            was = agents.read(connection, self._name)
            other = decode_holder(was.holder) if was and was.state == agents.WORKING else None
            if was and other and not other.gone(was.seen, present(connection)):
                return False
        with self._store.write() as connection:
            return agents.claim(connection, self._name, was, holder.encode())

    def _see(self, holder: Holder) -> bool:
        with self._store.write() as connection:
            return agents.see(connection, self._name, holder.encode())
