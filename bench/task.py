"""What a measured process is told, and what it tells at its end."""

from __future__ import annotations

import sys
import time
from enum import StrEnum

import msgspec
from msgspec import Struct


class Scenario(StrEnum):
    """What happened at the source since the run before; carried out in this order."""

    FIRST = "first load"
    SAME = "nothing changed"
    CHANGED = "10 % changed, 5 % new"


class Task(Struct, frozen=True, kw_only=True):
    """One scenario for one side."""

    scenario: Scenario
    recording: str
    """Folder of the recorded answers."""
    folder: str
    """Where the side keeps what its next scenario builds upon."""
    url: str = ""
    """The database, as SQLAlchemy writes it; ``""`` for the floor."""
    csv: bool = False
    """Whether dlt is told to load by CSV, its fastest way, and does not choose by itself."""


class Done(Struct, frozen=True, kw_only=True):
    """What a side did."""

    seconds: float
    """For the work alone: the start of Python, imports and opening the database are not in it."""
    processor: float
    """Seconds of a processor that this process took for it; other programs on the machine hardly matter."""
    outcomes: dict[str, int]
    """How many customers ended how, without zeros; checked against what the recording knows."""


class Clock:
    """Measures the work inside a ``with``."""

    def __enter__(self) -> Clock:
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        start, processor = self._start
        self.seconds = time.perf_counter() - start
        self.processor = time.process_time() - processor


def read_task() -> Task:
    """Read the task that this process was started with."""
    return msgspec.json.decode(sys.argv[1], type=Task)


def tell(clock: Clock, outcomes: dict[str, int]) -> None:
    """Print what was done as this process's last line, a ``Done``."""
    found = {outcome: count for outcome, count in outcomes.items() if count}
    done = Done(seconds=clock.seconds, processor=clock.processor, outcomes=found)
    print("\n" + msgspec.json.encode(done).decode(), flush=True)
