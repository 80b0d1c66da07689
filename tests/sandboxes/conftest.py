"""What the tests of every sandbox ask with."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """One client for all tests: making one costs more than starting a sandbox."""
    with httpx.Client(timeout=20) as client:
        yield client
