from __future__ import annotations

import msgspec
import pytest

from customary.sandboxes import sunsystems
from customary.sandboxes.faults import Faults, Rehearsal
from customary.sandboxes.sunsystems.control import Control
from customary.sandboxes.sunsystems.seed import LISTS
from customary.sandboxes.sunsystems.settings import Settings
from customary.sandboxes.sunsystems.state import KINDS, State
from tests.support.sandboxes import example, fault_file, kinds_told, paths_untold, readme_of

README = readme_of(sunsystems)


def test_every_kind_of_fault_is_told_and_no_other() -> None:
    assert kinds_told(README) == list(KINDS)


def test_every_setting_and_every_list_is_told() -> None:
    names = (*Settings.__struct_fields__, *LISTS)
    assert {name for name in names if f"`{name}`" not in README} == set()


def test_every_path_of_the_control_is_told() -> None:
    control = Control(State(Settings()))
    assert paths_untold(README, control.routes) == []


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(example(README, "python"), {})  # noqa: S102 - it is our own page
    assert capsys.readouterr().out == "200 0\n"


def test_the_fault_file_example_is_one() -> None:
    file = fault_file(README)
    assert Rehearsal(settings=file["settings"]).settings_as(Settings).basic == "proxy:proxy password"
    faults = msgspec.convert(file["fault"], list[sunsystems.Fault])
    assert [fault.kind for fault, _ in Faults(KINDS, faults).listing()] == [
        "voucher_expired",
        "batch_refused",
    ]
