"""A running Sage 200 sandbox for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.sandboxes.sage200 import Sage200Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    """A site with 20 customers, whose ids are 27006, 27009 and so on."""
    with Sage200Sandbox(customers=20) as running:
        yield running
