from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.store.database import open_store
from tests.support.components import Office


@pytest.fixture
def office(hub_url: str) -> Iterator[Office]:
    store = open_store(hub_url)
    yield Office(store)
    store.close()
