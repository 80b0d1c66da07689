from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT

RUN = ROOT / "run"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Carry out the ``run`` of a checkout in another folder, which has nothing installed."""
    command = [sys.executable, str(folder / "run"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, stdin=subprocess.DEVNULL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with ``run`` and lock files that name nothing, so that installing the project must fail."""
    shutil.copy(RUN, tmp_path / "run")
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / lock).write_text("# nothing\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "none"\n', encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("arguments", [("--help",), ()])
def test_help_names_every_command_and_sets_nothing_up(checkout: Path, arguments: tuple[str, ...]) -> None:
    done = run(checkout, *arguments)
    assert done.returncode == 0
    assert all(f"./run {command}" in done.stdout for command in ("setup", "demo", "test", "bench"))
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("arguments", [("nonsense",), ("setup", "now")])
def test_a_wrong_call_ends_with_2_and_sets_nothing_up(checkout: Path, arguments: tuple[str, ...]) -> None:
    done = run(checkout, *arguments)
    assert done.returncode == 2
    assert f"cannot {' '.join(arguments)}" in done.stderr
    assert not (checkout / ".venv").exists()


def test_after_an_interrupted_set_up_the_next_one_starts_afresh_and_says_in_one_line_what_fails(
    checkout: Path,
) -> None:
    left_over = checkout / ".venv" / "left-over"
    left_over.parent.mkdir()
    left_over.touch()
    done = run(checkout, "setup")
    assert not left_over.exists()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Set-up stopped: pip could not install")
    assert not (checkout / ".venv" / "set-up.json").exists()


def test_an_older_python_can_read_the_file_and_so_say_what_is_wrong() -> None:
    """The check of the version stands before anything that such a Python would fail at."""
    tree = ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 7))
    before = tree.body[1:3]
    assert isinstance(before[0], ast.Import)
    assert isinstance(before[1], ast.If)
    assert "Customary needs Python 3.11 or newer" in ast.unparse(before[1])
