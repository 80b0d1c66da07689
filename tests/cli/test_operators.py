from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command import ERR, OUT, customary_command
from tests.support.processes import run

PASSWORD = "a good password"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    units = '[[business_unit]]\ncode = "PK1"\n[[business_unit]]\ncode = "FIN"\n'
    (tmp_path / "customary.toml").write_text(units, encoding="utf-8")
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    return tmp_path


def customary(folder: Path, *words: str) -> tuple[int, str]:
    """Run ``customary operator`` with nobody to type; gives the exit code, and what it printed."""
    arguments = ["operator", *words]
    code = run(customary_command, arguments, folder, {"SUN_PASSWORD": PASSWORD}, folder)
    told = [(folder / name).read_text(encoding="utf-8") for name in (OUT, ERR)]
    assert PASSWORD not in "".join(told)
    return code, told[0] or told[1]


def test_operators_are_added_listed_changed_and_removed(folder: Path) -> None:
    added = customary(folder, "add", "sun", "--business-unit", "pk1", "--password-from", "env:SUN_PASSWORD")
    assert added == (0, "added: sun, read, PK1\n")
    code, told = customary(
        folder, "change", "SUN", "--rights", "write", "--business-unit", "PK1", "--business-unit", "FIN"
    )
    assert (code, told) == (0, "changed: sun, write, FIN, PK1\n")
    assert customary(folder, "change", "sun", "--password-from", "file:password")[0] == 0
    _, told = customary(folder, "list", "--json")
    assert json.loads(told) == [
        {"operator": "sun", "rights": "write", "business_units": ["FIN", "PK1"], "paused": False}
    ]
    assert customary(folder, "remove", "Sun") == (0, "removed: sun\n")
    assert "No operators yet" in customary(folder, "list")[1]


def test_a_password_is_asked_for_and_never_an_argument(folder: Path) -> None:
    code, told = customary(folder, "add", "sun", "--business-unit", "PK1", "--password-from", PASSWORD)
    assert (code, 'write where it is kept: "env:NAME"' in told) == (2, True)
    assert customary(folder, "add", "sun", "--business-unit", "PK1", "--password-from", "env:NO_SUCH")[0] == 2
    assert customary(folder, "add", "sun")[0] != 0  # there is nobody to type it


def test_what_is_wrong_is_told(folder: Path) -> None:
    assert customary(folder, "remove", "sun") == (
        2,
        "there is no operator 'sun'; see them by: customary operator list\n",
    )
