"""An open hub, on each database in turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from customary.store.database import Store, open_store
from tests.support import runs


@pytest.fixture
def store(hub_url: str) -> Iterator[Store]:
    """A hub with the business unit that the runs of ``tests.support.runs`` fill."""
    store = open_store(hub_url)
    runs.ensure_unit(store)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    """A thread of DBOS that outlives its launch would keep the process from ending."""
    yield
    deadline = time.monotonic() + 10
    while left := [thread for thread in threading.enumerate() if thread.name.startswith("dbos-executor")]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
