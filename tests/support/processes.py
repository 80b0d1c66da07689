"""Processes to be killed: started from a server that has the heavy imports, so that each starts at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

PRELOADED = ["dbos", "tests.support.children"]


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
        process.join()
        return process.exitcode or 0


@contextmanager
def running(target: Callable[..., None], *arguments: Any) -> Iterator[BaseProcess]:
    """Have a function run in a process of its own while the block runs; it is killed at the end."""
    process = context().Process(target=target, args=arguments)  # type: ignore[attr-defined]  # every context has it
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
