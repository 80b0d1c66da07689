from __future__ import annotations

import msgspec
import pytest

from customary.sandboxes import sage200
from customary.sandboxes.faults import Faults, Rehearsal
from customary.sandboxes.sage200.control import Control
from customary.sandboxes.sage200.settings import Settings
from customary.sandboxes.sage200.state import KINDS, State
from tests.support.sandboxes import example, fault_file, kinds_told, paths_untold, readme_of

README = readme_of(sage200)


def test_every_kind_of_fault_is_told_and_no_other() -> None:
    assert kinds_told(README) == list(KINDS)


def test_every_setting_is_told() -> None:
    assert {name for name in Settings.__struct_fields__ if f"`{name}" not in README} == set()


def test_every_path_of_the_control_is_told() -> None:
    control = Control(State(Settings(), 1, 1))
    assert paths_untold(README, control.routes) == []


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(example(README, "python"), {})  # noqa: S102 - it is our own page
    assert capsys.readouterr().out == "200 1\n"


def test_the_fault_file_example_is_one() -> None:
    file = fault_file(README)
    assert Rehearsal(settings=file["settings"]).settings_as(Settings).edition == "standard"
    faults = msgspec.convert(file["fault"], list[sage200.Fault])
    assert [fault.kind for fault, _ in Faults(KINDS, faults).listing()] == [
        "token_expired",
        "commit_then_time_out",
    ]
