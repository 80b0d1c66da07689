"""The product on a sandbox of its own, for each test that asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customary.sandboxes.sage200 import Sage200Sandbox
from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.support.postgres import Postgres
from tests.support.product import DATA, SQLITE, Product, settings
from tests.support.sage_site import Site

CUSTOMERS = 60

Make = Callable[..., Product]
MakeSite = Callable[[Sage200Sandbox], Site]


@pytest.fixture
def syspro() -> Iterator[SysproSandbox]:
    """A SYSPRO with 60 customers."""
    with SysproSandbox(customers=CUSTOMERS, settings=settings()) as sandbox:
        yield sandbox


@pytest.fixture
def make(tmp_path: Path, _hub_file: Path) -> Make:
    """Makes the product before a sandbox, with an empty hub on SQLite, in a folder of this name."""

    def made(syspro: SysproSandbox, name: str = "one") -> Product:
        folder = tmp_path / name
        folder.mkdir()
        return Product(folder, syspro, empty_hub(folder, _hub_file))

    return made


@pytest.fixture
def make_site(tmp_path: Path, _hub_file: Path) -> MakeSite:
    """Makes the product before a Sage 200, logged in, with an empty hub on SQLite."""
    return lambda sandbox: Site(tmp_path, sandbox, empty_hub(tmp_path, _hub_file))


@pytest.fixture
def product(make: Make, syspro: SysproSandbox) -> Product:
    """The product with an empty hub on SQLite."""
    return make(syspro)


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
