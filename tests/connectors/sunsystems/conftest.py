"""A running SunSystems for the tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.store.database import Store, open_store
from tests.support.sun import Sun


@pytest.fixture
def store(_hub_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty hub."""
    file = tmp_path / "sun.db"
    shutil.copyfile(_hub_file, file)
    opened = open_store(f"sqlite:///{file.as_posix()}")
    yield opened
    opened.close()


@pytest.fixture
def sun(store: Store) -> Iterator[Sun]:
    """A SunSystems without customers."""
    with Sun(store).running() as running:
        yield running
