from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from customary.sandboxes import sunsystems
from customary.sandboxes.faults import Faults, Rehearsal
from customary.sandboxes.sunsystems.control import Control
from customary.sandboxes.sunsystems.seed import LISTS
from customary.sandboxes.sunsystems.settings import Settings
from customary.sandboxes.sunsystems.state import KINDS, State

README = (Path(sunsystems.__file__).parent / "README.md").read_text(encoding="utf-8")


def code(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_every_kind_of_fault_is_told_and_no_other() -> None:
    table = README.partition("| kind | what happens |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(KINDS)


def test_every_setting_and_every_list_is_told() -> None:
    names = (*Settings.__struct_fields__, *LISTS)
    assert {name for name in names if f"`{name}`" not in README} == set()


def test_every_path_of_the_control_is_told() -> None:
    control = Control(State(Settings()))
    table = README.partition("| request | what it does |")[2]
    assert [f"{method} {path}" for method, path in control.routes if f"`{method} {path}" not in table] == []


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(code("python"), {})  # noqa: S102 - it is our own page
    assert capsys.readouterr().out == "200 0\n"


def test_the_fault_file_example_is_one() -> None:
    example = tomllib.loads(code("toml"))
    assert Rehearsal(settings=example["settings"]).settings_as(Settings).basic == "proxy:proxy password"
    faults = msgspec.convert(example["fault"], list[sunsystems.Fault])
    assert [fault.kind for fault, _ in Faults(KINDS, faults).listing()] == [
        "voucher_expired",
        "batch_refused",
    ]
