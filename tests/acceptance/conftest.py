"""The product on a sandbox of its own, for each test that asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.support.postgres import Postgres
from tests.support.product import DATA, SQLITE, Product, settings

CUSTOMERS = 60


@pytest.fixture
def syspro() -> Iterator[SysproSandbox]:
    """A SYSPRO with 60 customers."""
    with SysproSandbox(customers=CUSTOMERS, settings=settings()) as sandbox:
        yield sandbox


@pytest.fixture
def product(tmp_path: Path, syspro: SysproSandbox, _hub_file: Path) -> Product:
    """The product with an empty hub on SQLite."""
    return Product(tmp_path, syspro, empty_hub(tmp_path, _hub_file))


@pytest.fixture
def loaded(product: Product) -> Product:
    """The product with every customer of the sandbox in its hub."""
    product.load()
    return product


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path, syspro: SysproSandbox) -> Iterator[Product]:
    """The product with an empty hub on each database in turn."""
    if request.param == "sqlite":
        yield Product(tmp_path, syspro, empty_hub(tmp_path, request.getfixturevalue("_hub_file")))
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("_hub_template"))
    yield Product(tmp_path, syspro, server.url(name))
    server.drop(name)


def empty_hub(folder: Path, template: Path) -> str:
    """Put an empty hub where the product looks for it, which beats migrating; gives its address."""
    (folder / DATA).mkdir()
    shutil.copyfile(template, folder / DATA / "hub.db")
    return SQLITE
