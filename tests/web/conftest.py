from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.soap import Desk, answering


@pytest.fixture
def desk(hub_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A server on each database in turn, and somebody who asks it."""
    with answering(hub_url, tmp_path) as desk:
        yield desk


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One server for all tests of a module, for what does not depend on the database."""
    folder = tmp_path_factory.mktemp("shared")
    with answering(f"sqlite:///{(folder / 'hub.db').as_posix()}", folder) as desk:
        yield desk


@pytest.fixture(scope="module")
def voucher(shared: Desk) -> str:
    """A voucher of the operator who may write."""
    return shared.authenticate()
