"""An open hub, on each database in turn."""

from __future__ import annotations

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
