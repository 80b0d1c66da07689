"""A running SYSPRO sandbox for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.sandboxes.syspro.sandbox import SysproSandbox


@pytest.fixture
def sandbox() -> Iterator[SysproSandbox]:
    """A SYSPRO with 20 customers, 0000001 and so on among them."""
    with SysproSandbox(customers=20) as running:
        yield running
