from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from customary.cli.main import app
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.support.sage import local_hub, open_logged_in, write


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=7) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sage200Sandbox, request: pytest.FixtureRequest) -> Path:
    file = write(
        tmp_path,
        sandbox,
        local_hub(tmp_path, request),
        more="""
[systems.erp]
connector = "syspro"
url = "http://127.0.0.1:9/Rest"
company = "A"
operator = "WEB"
password = "file:secret"
""",
    )
    with open_logged_in(file, sandbox):
        pass
    return file


def call(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), *words])


def test_it_says_how_many_customers_are_in_the_file(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "CUSTOMERS.xml"
    done = call(config, "download", "--from", "sage", "-o", str(file))
    assert done.exit_code == 0, done.output
    assert "CUSTOMERS.xml: 7 customers of sage" in done.output
    assert len(etree.parse(str(file)).getroot()) == 7


def test_json_tells_since_when_and_what_was_left_out(
    config: Path, tmp_path: Path, sandbox: Sage200Sandbox
) -> None:
    words = ("download", "--from", "sage", "-o", str(tmp_path / "x.xml"), "--modified", "--json")
    first: Any = json.loads(call(config, *words).stdout)
    assert (first["customers"], first["since"], first["modified"]) == (7, None, True)
    one = next(iter(sandbox.state.customers))
    sandbox.state.customers.change(one["id"], {"name": "Bell \x07"})
    done = call(config, *words)
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (told["system"], told["customers"], told["left_out"]) == ("sage", 0, 1)
    assert told["since"] is not None
    (note,) = told["messages"]
    assert (note["level"], note["customer"]) == ("error", one["reference"])


def test_a_system_that_gives_no_whole_customers_says_so(config: Path, tmp_path: Path) -> None:
    done = call(config, "download", "--from", "erp", "-o", str(tmp_path / "x.xml"))
    assert done.exit_code != 0
    assert "erp gives no whole customers" in str(done.exception)


def test_a_purpose_or_a_scope_of_its_own_can_be_named(config: Path, tmp_path: Path) -> None:
    words = ("download", "--from", "sage", "-o", str(tmp_path / "x.xml"), "--modified", "--scope", "shop")
    assert "7 customers" in call(config, *words).output
    assert "7 customers" in call(config, *words, "--purpose", "shop").output
    assert "0 customers" in call(config, *words, "--purpose", "shop").output
