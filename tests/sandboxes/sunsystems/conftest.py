from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from customary.cli.sunsystems_sandbox import sunsystems
from customary.sandboxes.sunsystems import SunSystemsSandbox
from tests.support.soap import Desk


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SunSystemsSandbox]:
    """One sandbox of 120 customers for all tests of a module."""
    with sunsystems(120) as sandbox:
        yield sandbox


@pytest.fixture
def desk(sandbox: SunSystemsSandbox) -> Iterator[Desk]:
    """Somebody who asks it, with no fault set."""
    sandbox.state.faults.clear()
    with httpx.Client(timeout=20) as http:
        yield Desk(sandbox.origin, http)


@pytest.fixture
def voucher(desk: Desk) -> str:
    return desk.authenticate("SUN", "sandbox password")
