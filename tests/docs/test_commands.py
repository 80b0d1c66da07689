from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from customary.cli.main import app
from docs.generate import references
from tests.support.places import ROOT, name, pages

CONSOLE = re.compile(r"^ *```console\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
RUN = ("setup", "demo", "test", "bench")


def shown(page: Path) -> Iterator[list[str]]:
    """The words of each command that a page shows behind a ``$``."""
    for block in CONSOLE.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.strip().startswith("$ "):
                yield shlex.split(line.strip()[2:], comments=True)


def mistake(words: list[str]) -> str:
    """What is wrong with a call of ``customary``: a command or an option that it does not have."""
    command: Any = typer.main.get_command(app)
    for word in words[1:]:
        if word.startswith("-"):
            options = {option for parameter in command.params for option in parameter.opts}
            if word.partition("=")[0] not in options | {"--help"}:
                return f"{command.name} has no option {word}"
        elif commands := getattr(command, "commands", None):
            if word not in commands:
                return f"{command.name} has no command {word}"
            command = commands[word]
    return (
        "" if not getattr(command, "commands", None) or len(words) == 1 or "--help" in words else "cut short"
    )


CALLS = [(page, words) for page in pages() if page.name != "cli.md" for words in shown(page)]


@pytest.mark.parametrize(("page", "words"), CALLS, ids=[f"{name(page)}: {' '.join(w)}" for page, w in CALLS])
def test_every_command_that_a_page_shows_exists(page: Path, words: list[str]) -> None:
    if words[0] == "customary":
        assert mistake(words) == ""
    elif words[0] == "./run":
        assert words[1] in RUN
    else:
        assert words[0] in ("uv", "curl", ".venv/bin/python"), "say what this is, or leave it out"


def test_a_command_that_does_not_exist_is_found() -> None:
    assert mistake(["customary", "nonsense"]) != ""
    assert mistake(["customary", "run", "--nonsense"]) != ""


@pytest.mark.parametrize(("file", "content"), references().items(), ids=[name(file) for file in references()])
def test_a_reference_is_what_the_program_says_now(file: Path, content: str) -> None:
    assert file.read_text(encoding="utf-8") == content, "run: .venv/bin/python docs/generate.py"


def test_the_readme_shows_both_commands() -> None:
    assert list(shown(ROOT / "README.md")) == [["./run", "demo"], ["./run", "test"]]
