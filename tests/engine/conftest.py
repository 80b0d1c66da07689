"""An open hub, on each database in turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from customary.store.database import Store, open_store
from tests.support import runs

PATIENCE = 60.0
"""Seconds that a thread may take to end."""


@pytest.fixture
def store(hub_url: str) -> Iterator[Store]:
    """A hub with the business unit that the runs of ``tests.support.runs`` fill."""
    before = set(threading.enumerate())
    store = open_store(hub_url)
    runs.ensure_unit(store)
    yield store
    # While the database is still there: a thread that looks into it in vain would try for ever.
    wait_for_threads(before)
    store.close()


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    """A thread of DBOS that outlives its launch would keep the process from ending."""
    before = set(threading.enumerate())
    yield
    wait_for_threads(before)


def wait_for_threads(before: set[threading.Thread]) -> None:
    """Wait until the threads of DBOS have ended that were not there before; fails when they do not."""
    deadline = time.monotonic() + PATIENCE
    while left := [thread for thread in set(threading.enumerate()) - before if is_of_dbos(thread)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def is_of_dbos(thread: threading.Thread) -> bool:
    """Whether DBOS carries a run out on it."""
    return thread.name.startswith("dbos-executor")
