from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import httpx
import pytest

from customary.sandboxes.sage200 import Fault, Sage200Sandbox, Settings
from tests.sandboxes.sage200.asking import Asking


class Opening(Protocol):
    """Starts a sandbox of 120 customers."""

    def __call__(self, *faults: Fault, **settings: Any) -> AbstractContextManager[Asking]: ...


@pytest.fixture
def opening(http: httpx.Client) -> Opening:
    @contextmanager
    def open_(*faults: Fault, **settings: Any) -> Iterator[Asking]:
        with Sage200Sandbox(120, 1, Settings(**settings), faults=faults) as sandbox:
            yield Asking(sandbox, http)

    return open_


@pytest.fixture
def asking(opening: Opening) -> Iterator[Asking]:
    with opening() as asking:
        yield asking
