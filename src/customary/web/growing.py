"""An answer that a thread makes while it is already being sent; what is not sent yet waits in a file.

So a client that reads slowly holds neither a thread nor a transaction, and the memory stays flat.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import threading
from collections.abc import AsyncIterator, Callable

from anyio import CapacityLimiter, to_thread

_log = logging.getLogger(__name__)

IN_MEMORY = 256 * 1024
"""The most bytes of an answer that are kept out of a file."""
AT_A_TIME = 64 * 1024
"""How many bytes are gathered before they can be sent."""


class Stopping(Exception):
    """The server stops, and nobody gets this answer any more."""


class Growing:
    """An answer that grows. Made in the event loop; ``write`` is called by one thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._more = asyncio.Event()
        self._guard = threading.Lock()
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # ``pieces`` closes it
        self._waiting = bytearray()
        self._written = 0
        self._done = False
        self._stopping = False
        self._error: BaseException | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def length(self) -> int | None:
        """All its bytes; ``None`` while it still grows."""
        return self._written if self._done and not self._error else None

    def write(self, piece: bytes) -> None:
        """Add a piece. Raises ``Stopping``, so that what makes the answer ends too."""
        if self._stopping:
            raise Stopping
        self._waiting += piece
        if len(self._waiting) >= AT_A_TIME:
            self._put()

    def begin(self, make: Callable[[], None], limiter: CapacityLimiter) -> None:
        """Have a thread call ``make``, which writes the answer and may raise anything."""
        self._task = asyncio.create_task(self._make(make, limiter))

    async def begun(self) -> None:
        """Wait until something can be sent; raises what ``make`` raised before that."""
        await self._more.wait()
        if not self._written:
            self._file.close()
            if self._error:
                raise self._error

    async def pieces(self) -> AsyncIterator[bytes]:
        """Give the answer as it grows; raises what ``make`` raised, behind what it wrote."""
        sent = 0
        try:
            while True:
                self._more.clear()
                ended = self._done
                while sent < self._written:
                    piece = self._take(sent)
                    sent += len(piece)
                    yield piece
                if ended:
                    break
                await self._more.wait()
            if self._error:
                raise self._error
        finally:
            self._close()

    async def _make(self, make: Callable[[], None], limiter: CapacityLimiter) -> None:
        try:
            await to_thread.run_sync(make, abandon_on_cancel=True, limiter=limiter)
            self._put()
        except asyncio.CancelledError:
            self._stopping = True
            raise
        except BaseException as error:  # noqa: BLE001  # it is raised where the answer is sent
            self._error = error
            if self._written:
                _log.error("an answer was cut off", exc_info=error)
        self._done = True
        self._more.set()

    def _put(self) -> None:
        with self._guard:
            if not self._file.closed:
                self._file.seek(self._written)
                self._file.write(self._waiting)
                self._written += len(self._waiting)
        self._waiting.clear()
        try:
            self._loop.call_soon_threadsafe(self._more.set)
        except RuntimeError:  # the loop has ended meanwhile
            raise Stopping from None

    def _take(self, start: int) -> bytes:
        with self._guard:
            self._file.seek(start)
            return self._file.read(AT_A_TIME)

    def _close(self) -> None:
        with self._guard:
            self._file.close()
