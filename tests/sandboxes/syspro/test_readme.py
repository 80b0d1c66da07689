from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from customary.sandboxes import syspro
from customary.sandboxes.faults import Faults, Rehearsal
from customary.sandboxes.syspro.control import Control
from customary.sandboxes.syspro.settings import Settings
from customary.sandboxes.syspro.state import KINDS, State

README = (Path(syspro.__file__).parent / "README.md").read_text(encoding="utf-8")


def code(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_every_kind_of_fault_is_told_and_no_other() -> None:
    table = README.partition("| kind | what happens |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(KINDS)


def test_every_setting_is_told() -> None:
    assert {name for name in Settings.__struct_fields__ if f"`{name}" not in README} == set()


def test_every_path_of_the_control_is_told() -> None:
    control = Control(State(Settings(), 1, 1))
    table = README.partition("| request | what it does |")[2]
    assert [f"{method} {path}" for method, path in control.routes if f"`{method} {path}" not in table] == []


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(code("python"), {})  # noqa: S102 - it is our own page
    assert re.fullmatch(
        r"http://127\.0\.0\.1:\d+/SYSPROWCFService/Rest/GetVersion 0\n", capsys.readouterr().out
    )


def test_the_fault_file_example_is_one() -> None:
    example = tomllib.loads(code("toml"))
    settings = Rehearsal(settings=example["settings"]).settings_as(Settings)
    assert settings.operators[0].denied == {"COMFND"}
    faults = msgspec.convert(example["fault"], list[syspro.Fault])
    assert [fault.kind for fault, _ in Faults(KINDS, faults).listing()] == ["session_lost", "slow"]
