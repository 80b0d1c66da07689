from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from customary.cli.main import app


@pytest.mark.parametrize(
    ("words", "answers", "systems", "after"),
    [
        ((), ("sage200", "standard", "my-client", "none", "MAIN", "", "n"), ["sage"], "login sage"),
        (
            ("--systems", "syspro, sage200"),
            ("", "A", "WEB", "", "GBP", "extra", "my-client", "MY_SECRET", "MAIN", "", "n"),
            ["syspro", "sage"],
            "login sage",
        ),
        ((), ("", "", "A", "WEB", "", "GBP", "MAIN", "", "n"), ["syspro"], "check"),
        ((), ("sunsystems", "", "XYZ", "CUS", "", "MAIN", "", "n"), ["sunsystems"], "check"),
        ((), ("sap", "program", "MAIN", "", "n"), [], "operator add NAME"),
    ],
    ids=["only a Sage 200", "both", "only a SYSPRO", "only a SunSystems", "only a program"],
)
def test_init_asks_for_the_systems_that_there_are(
    tmp_path: Path, words: tuple[str, ...], answers: tuple[str, ...], systems: list[str], after: str
) -> None:
    file = tmp_path / "customary.toml"
    done = CliRunner().invoke(app, ["init", str(file), *words], input="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    written: Any = tomllib.loads(file.read_text(encoding="utf-8"))
    assert list(written.get("systems", {})) == systems
    ends = [{item["source"], item["target"]} - {"hub"} for item in written.get("operation", [])]
    assert [end for (end,) in ends] == systems
    assert ("web" in written) is (not systems)
    assert f"Next: customary --config {file} {after}" in done.output
    if "sage" in systems:
        assert written["systems"]["sage"]["client_id"] == "my-client"


def test_a_wrong_edition_is_asked_for_again(tmp_path: Path) -> None:
    file = tmp_path / "customary.toml"
    answers = ("sage200", "fifty", "extra", "my-client", "MY_SECRET", "MAIN", "", "n")
    done = CliRunner().invoke(app, ["init", str(file)], input="\n".join(answers) + "\n")
    assert "not of the right form" in done.output
    assert 'client_secret = "env:MY_SECRET"' in file.read_text(encoding="utf-8")
