"""A lease for one process: for tests, and for commands that run without a hub."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from customary.connectors.contract import HeldLease
from customary.errors import NotPermitted


class _Held:
    """A ``HeldLease`` of a ``MemoryLease``."""

    def __init__(self, abandoned: str, keep: Callable[[str], None]) -> None:
        self.abandoned = abandoned
        self._keep = keep

    def remember(self, token: str) -> None:
        self._keep(token)


class MemoryLease:
    """A ``Lease`` (``connectors.contract``) that the threads of one process share.

    Make one for each system and operator. It remembers the session's token as long as the process lives.
    """

    def __init__(self, system: str, wait: float = 60) -> None:
        """``wait`` is how many seconds ``hold`` waits for another holder."""
        self._system = system
        self._wait = wait
        self._lock = threading.Lock()
        self._holder = ""
        self._token = ""

    @contextmanager
    def hold(self) -> Iterator[HeldLease]:
        """Wait for the lease and hold it. Raises ``NotPermitted`` naming the thread that holds it."""
        if not self._lock.acquire(timeout=self._wait):
            raise NotPermitted(
                self._system, f"the session is in use by {self._holder}, for longer than {self._wait:g} s"
            )
        try:
            self._holder = f"thread {threading.current_thread().name}"
            yield _Held(self._token, self._keep)
        finally:
            self._lock.release()

    def _keep(self, token: str) -> None:
        self._token = token
