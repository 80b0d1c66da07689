"""A lease that outlives its process: a locked file, and the token in another beside it. For tests only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from customary.connectors.contract import HeldLease
from customary.errors import NotPermitted


class FileLease:
    """A ``Lease`` that several processes share by its file."""

    def __init__(self, file: Path, wait: float = 0) -> None:
        self._lock = filelock.FileLock(f"{file}.lock", timeout=wait, thread_local=False)
        self._tokens = file

    @contextmanager
    def hold(self) -> Iterator[HeldLease]:
        """Hold the lease. Raises ``NotPermitted`` when another process does."""
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise NotPermitted("erp", "another process holds the session") from None
        try:
            yield _Held(self._tokens)
        finally:
            self._lock.release()


class _Held:
    def __init__(self, tokens: Path) -> None:
        self._tokens = tokens
        self.abandoned = tokens.read_text() if tokens.exists() else ""

    def remember(self, token: str) -> None:
        self._tokens.write_text(token)
