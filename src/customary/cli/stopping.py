"""Ctrl-C, and what is said about it at once."""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager

from customary.engine.agent import stop_on_signals

STOPPING = (
    "\nStopping after the answer that is under way. Ctrl-C once more ends it at once, which is safe: the next"
    " run carries on where this one was.\n"
)
_STANDARD_ERROR = 2


def stop_when_asked() -> AbstractContextManager[threading.Event]:
    """Give an event that is set by Ctrl-C or a service's stop, which says at once what happens now."""
    return stop_on_signals(_tell)


def _tell() -> None:
    # a signal may come in the middle of a print, which only the system's own write can bear
    os.write(_STANDARD_ERROR, STOPPING.encode())
