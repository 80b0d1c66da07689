"""Serving as a process of its own: until a signal says to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import FrameType
from typing import Final, TypeVar

_Sandbox = TypeVar("_Sandbox")
_LOOKS: Final = 0.1


def serve(sandbox: AbstractContextManager[_Sandbox], ready: Callable[[_Sandbox], None] | None) -> None:
    """Serve until SIGINT or SIGTERM (on Windows also Ctrl-Break), then stop cleanly.

    ``ready`` is called once the sandbox answers, before this waits. To be called from the main thread, where
    signals arrive.
    """
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        with sandbox as serving:
            if ready:
                ready(serving)
            # A lock must not be taken in a signal's handler, so this looks at a flag.
            while not stopping:
                time.sleep(_LOOKS)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
