"""Processes to be killed: started from a server that has the heavy imports, so that each starts at once."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

ONE_AT_A_TIME = threading.Lock()
"""Starting a process also asks after the others, which two threads must not do at once."""
PRELOADED = ["dbos", "tests.support.children", "tests.support.command"]


def context() -> BaseContext:
    """How processes are started: as everywhere, where there is no such server (Windows)."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def run(target: Callable[..., None], *arguments: Any) -> int:
    """Run a function of ``tests.support.children`` in a process of its own; gives the exit code."""
    with running(target, *arguments) as process:
        connection.wait([process.sentinel])
        with ONE_AT_A_TIME:
            process.join()
        assert process.exitcode is not None
        return process.exitcode


@contextmanager
def running(target: Callable[..., None], *arguments: Any) -> Iterator[BaseProcess]:
    """Have a function run in a process of its own while the block runs; it is killed at the end."""
    process: BaseProcess = context().Process(target=target, args=arguments)  # type: ignore[attr-defined]  # it has
    with ONE_AT_A_TIME:
        process.start()
    try:
        yield process
    finally:
        with ONE_AT_A_TIME:
            process.kill()
            process.join()
