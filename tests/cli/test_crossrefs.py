from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from customary.cli.main import app
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.support.sage import local_hub, write


@pytest.fixture
def config(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    with Sage200Sandbox(customers=1) as sandbox:  # nothing is asked of it
        return write(tmp_path, sandbox, local_hub(tmp_path, request))


def call(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), "crossref", *words])


def test_a_customer_is_linked_listed_and_unlinked(config: Path) -> None:
    assert "no customer of sage is linked" in call(config, "list").output
    assert "5230 of upload:sage is linked to sage ZYNK001" in call(config, "link", "5230", "ZYNK001").output
    call(config, "link", "S1", "ZYNK001", "--scope", "shop")
    lines = call(config, "list").output.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["scope", "external", "id"],
        ["shop", "S1", "ZYNK001"],
        ["upload:sage", "5230", "ZYNK001"],
    ]
    assert "no longer linked to sage ZYNK001" in call(config, "unlink", "5230").output
    (row,) = json.loads(call(config, "list", "--json").stdout)
    assert (row["scope"], row["external_id"], row["system"], row["internal_id"]) == (
        "shop",
        "S1",
        "sage",
        "ZYNK001",
    )
    assert {"type", "hash", "created", "modified", "record_id", "identity"} <= set(row)
    assert json.loads(call(config, "list", "--json", "--scope", "upload:sage").stdout) == []


def test_a_file_is_imported_and_what_is_refused_has_its_line(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_text("Type,InternalId,ExternalId\nCustomer,A,1\nCustomer,B,1\n", encoding="utf-8")
    done = call(config, "import", str(file))
    assert done.exit_code == 1
    assert "truth.csv, line 3 (1): 1 of upload:sage is linked to sage A already" in done.output
    assert "upload:sage: 1 linked, 0 unchanged, 1 refused" in done.output
    told = json.loads(call(config, "import", str(file), "--json").stdout)
    assert (told["linked"], told["unchanged"], told["refused"]) == (0, 1, 1)
    assert told["rows"][0]["line"] == 3


def test_an_export_goes_to_a_file_or_here_in_the_form_of_its_name(config: Path, tmp_path: Path) -> None:
    call(config, "link", "5230", "ZYNK001")
    assert 'InternalId="ZYNK001" ExternalId="5230"' in call(config, "export").stdout
    assert call(config, "export", "--format", "csv").stdout.startswith("Id,Profile,Type,InternalId")
    for name, beginning in (("t.csv", b"Id,Profile"), ("t.xml", b"<?xml")):
        call(config, "export", "-o", str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(beginning)
