"""``customary reference``: reference lists loaded and shown."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from customary.actions import reference
from customary.actions.workspace import Workspace
from customary.cli.options import Options
from customary.cli.showing import console, print_json
from customary.config.settings import BusinessUnit
from customary.errors import ConfigError


def load(options: Options, name: str, file: Path, unit: str | None) -> None:
    """Load a list, in the place of what it held, and say how many codes it has."""
    codes = reference.read_list(file)
    with options.workspace() as workspace:
        chosen = _unit(workspace, unit)
        reference.load(workspace.store, chosen.code, name, codes)
        state = _state(chosen, name)
    how = "" if state == "closed" else f'; to close it: closed_lists = ["{name}"] in its [[business_unit]]'
    count = "1 code" if len(codes) == 1 else f"{len(codes):,} codes"
    console().print(escape(f"{count} in list {name} of {chosen.code}, which is {state}{how}"))


def show(options: Options, name: str | None, unit: str | None, *, json: bool) -> None:
    """Print the lists of a business unit, or the codes of one."""
    with options.workspace() as workspace:
        chosen = _unit(workspace, unit)
        if name is None:
            _print_lists(chosen, reference.sizes(workspace.store, chosen.code), json=json)
            return
        codes = reference.codes(workspace.store, chosen.code, name)
    if json:
        print_json({"list": name, "state": _state(chosen, name), "codes": codes})
        return
    table = Table("code", "text", box=None, pad_edge=False)
    for code, text in codes.items():
        table.add_row(escape(code), escape(text))
    console().print(table)


def _print_lists(unit: BusinessUnit, sizes: dict[str, int], *, json: bool) -> None:
    lists = {name: sizes.get(name, 0) for name in sorted({*sizes, *unit.closed_lists})}
    if json:
        told = [{"list": name, "state": _state(unit, name), "codes": count} for name, count in lists.items()]
        print_json(told)
        return
    table = Table("list", "state", "codes", box=None, pad_edge=False)
    for name, count in lists.items():
        table.add_row(escape(name), _state(unit, name), f"{count:,}")
    console().print(table)


def _state(unit: BusinessUnit, name: str) -> str:
    return "closed" if name in unit.closed_lists else "open"


def _unit(workspace: Workspace, named: str | None) -> BusinessUnit:
    units = workspace.config.business_units
    found = [unit for unit in units if unit.code == named] if named else list(units)
    if len(found) == 1:
        return found[0]
    known = ", ".join(unit.code for unit in units) or "none"
    raise ConfigError(f"choose the business unit with --business-unit; configured: {known}")
