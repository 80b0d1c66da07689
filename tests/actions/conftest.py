"""An open hub, on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.store.database import Store, open_store


@pytest.fixture
def store(hub_url: str) -> Iterator[Store]:
    """An empty hub."""
    store = open_store(hub_url)
    yield store
    store.close()
