"""Who holds something: the process that a lease or the agent's place belongs to, and whether it lives."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import psutil
from msgspec import Struct

from customary.errors import StoreError

_log = logging.getLogger(__name__)

BEAT = 10.0
"""Seconds between two signs of life of a holder."""
SILENCE = timedelta(seconds=60)
"""How long a holder may be silent before others take over what it holds."""
SAME_START = 1.0
"""Seconds by which two readings of one process's start time may differ."""


class Holder(Struct, frozen=True, kw_only=True):
    """A process that holds something, as it describes itself in the hub."""

    host: str
    pid: int
    started: float
    """When the process began, in seconds since 1970; tells it from a later one with the same pid."""
    token: str
    """Unique to each time that something is held, so that threads of one process differ."""
    since: datetime

    def encode(self) -> str:
        """Write it as the hub keeps it."""
        return msgspec.json.encode(self).decode()

    def gone(self, seen: datetime, present: datetime) -> bool:
        """Tell whether what it holds may be taken over.

        So it is when its process is dead, which only the same machine can tell, or was silent for a minute.
        """
        if present - seen > SILENCE:
            return True
        return self.host == socket.gethostname() and not _lives(self.pid, self.started)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M:%S} UTC"


def this_process() -> Holder:
    """Describe this process as a holder; each call gives another token."""
    return Holder(
        host=socket.gethostname(),
        pid=os.getpid(),
        started=psutil.Process().create_time(),
        token=uuid.uuid4().hex,
        since=datetime.now(UTC),
    )


def decode_holder(text: str) -> Holder | None:
    """Read what a holder wrote about itself; ``None`` when nobody holds it, or nobody can read it."""
    try:
        return msgspec.json.decode(text, type=Holder) if text else None
    except msgspec.DecodeError:
        return None


def _lives(pid: int, started: float) -> bool:
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - started) <= SAME_START and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


@contextmanager
def beating(beat: Callable[[], bool], name: str, every: float = BEAT) -> Iterator[threading.Event]:
    """Give signs of life, ``every`` so many seconds, from a thread called ``name``, while the block runs.

    ``beat`` tells whether the thing is still held. The event that is given is set once it is not.
    A beat that the database refuses is logged, and tried again at the next.
    """
    lost, done = threading.Event(), threading.Event()

    def keep_beating() -> None:
        while not done.wait(every):
            try:
                if not beat():
                    lost.set()
                    return
            except StoreError as error:
                _log.warning("%s: no sign of life could be given: %s", name, error)

    thread = threading.Thread(target=keep_beating, name=name, daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        done.set()
        thread.join()
