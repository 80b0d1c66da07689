"""An open hub with a business unit, on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.store import business_units
from customary.store.database import Store, open_store


@pytest.fixture
def store(hub_url: str) -> Iterator[Store]:
    """A hub with the business unit PK1."""
    store = open_store(hub_url)
    business_units.ensure(store, {"PK1": False})
    yield store
    store.close()
