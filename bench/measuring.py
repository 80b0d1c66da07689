"""Starting a side in a process of its own, and watching the memory of its whole tree of processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from bench.task import Done, Task

ROOT = Path(__file__).resolve().parents[1]
EVERY = 0.02
"""Seconds between two looks at a process's memory."""
FAMILY = 25
"""Every so many looks the process's children and the server are looked up anew: that is not cheap."""


class Measured(Struct, frozen=True, kw_only=True):
    """What one side did in one scenario, once."""

    done: Done
    peak: int
    """Most bytes of memory that its tree of processes held at once, shared pages counted in each of them."""
    server: int
    """Most bytes that the database server's tree held at once, a shared page counted once; 0 without one."""


def measure(module: str, task: Task, python: str = sys.executable, server: int | None = None) -> Measured:
    """Run a side of ``bench.sides`` to its end; ``server`` is the database server's process.

    Raises ``SystemExit`` with what it said when it fails.
    """
    command = [python, "-m", f"bench.sides.{module}", msgspec.json.encode(task).decode()]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, cwd=ROOT, env=_environment(), stdout=said, stderr=subprocess.STDOUT
        ) as process,
    ):
        peak, server_peak = _watch(process, server)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if process.returncode:
        raise SystemExit(f"bench: {module}, {task.scenario}: it failed\n{text[-4000:]}")
    done = msgspec.json.decode(text.splitlines()[-1], type=Done)
    return Measured(done=done, peak=peak, server=server_peak)


def _environment() -> Mapping[str, str]:
    """Both of the checkout's roots, for an environment that the program is not installed in."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))}


def _watch(process: subprocess.Popen[bytes], server: int | None) -> tuple[int, int]:
    peak = server_peak = looks = 0
    family: list[psutil.Process] = []
    servers: list[psutil.Process] = []
    while process.poll() is None:
        if looks % FAMILY == 0:
            family = _family(process.pid)
            servers = _family(server) if server else []
            server_peak = max(server_peak, sum(map(_own, servers)))
        peak = max(peak, sum(map(_held, family)))
        looks += 1
        time.sleep(EVERY)
    return peak, server_peak


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def _own(process: psutil.Process) -> int:
    """A process's memory, its share of what it shares with others (all of it where that is not told)."""
    try:
        full = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return _held(process)
    return int(getattr(full, "pss", full.rss))


def median(values: Iterable[float]) -> float:
    """The middle of some values, the lower one of two."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]
