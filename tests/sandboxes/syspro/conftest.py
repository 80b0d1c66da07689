from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import httpx
import pytest

from customary.sandboxes.syspro import Fault, Settings, SysproSandbox
from tests.sandboxes.syspro.asking import Asking


class Opening(Protocol):
    """Starts a sandbox of 120 customers, of which S123456 and S123457 have alphanumeric keys."""

    def __call__(self, *faults: Fault, **settings: Any) -> AbstractContextManager[Asking]: ...


@pytest.fixture
def opening(http: httpx.Client) -> Opening:
    @contextmanager
    def open_(*faults: Fault, **settings: Any) -> Iterator[Asking]:
        with SysproSandbox(120, 1, Settings(**settings), faults=faults) as sandbox:
            yield Asking(sandbox, http)

    return open_


@pytest.fixture
def asking(opening: Opening) -> Iterator[Asking]:
    with opening() as asking:
        yield asking
