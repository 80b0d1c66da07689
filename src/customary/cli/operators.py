"""``customary operator``: who may use the hub's services."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from customary.actions import operators
from customary.cli.options import Options
from customary.cli.showing import console, print_json
from customary.config.references import secret
from customary.model.operator import Operator, Rights


def add(options: Options, name: str, rights: Rights, units: list[str], reference: str | None) -> None:
    """Add an operator and say what it may do."""
    with options.workspace() as workspace:
        configured = [unit.code for unit in workspace.config.business_units]
        chosen = units or (configured if len(configured) == 1 else [])
        new = operators.add(workspace.store, name, _password(reference), rights, chosen)
    typer.echo(f"added: {_told(new)}")


def change(
    options: Options, name: str, rights: Rights | None, units: list[str], password: tuple[bool, str | None]
) -> None:
    """Change an operator and say what it may do; ``password``: whether it gets a new one, and from where."""
    with options.workspace() as workspace:
        changed = operators.change(
            workspace.store,
            name,
            password=_password(password[1]) if any(password) else None,
            rights=rights,
            units=units or None,
        )
    typer.echo(f"changed: {_told(changed)}")


def remove(options: Options, name: str) -> None:
    """Remove an operator; its vouchers are good for nothing from then on."""
    with options.workspace() as workspace:
        typer.echo(f"removed: {operators.remove(workspace.store, name)}")


def show(options: Options, *, json: bool) -> None:
    """Print every operator."""
    with options.workspace() as workspace:
        found = operators.every(workspace.store)
    if json:
        print_json([_value(operator, paused) for operator, paused in found])
        return
    if not found:
        console().print("No operators yet. Add one by: customary operator add NAME")
        return
    table = Table("operator", "rights", "business units", "", box=None, pad_edge=False)
    for operator, paused in found:
        units = escape(", ".join(operator.business_units))
        table.add_row(escape(operator.name), operator.rights.value, units, "paused" if paused else "")
    console().print(table)


def _password(reference: str | None) -> str:
    """Fetch the password from where it is kept or, where that is not said, ask for it twice."""
    if reference is None:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return secret(reference, "--password-from", Path.cwd(), os.environ).reveal()


def _told(operator: Operator) -> str:
    return f"{operator.name}, {operator.rights.value}, {', '.join(operator.business_units)}"


def _value(operator: Operator, paused: bool) -> dict[str, object]:
    return {
        "operator": operator.name,
        "rights": operator.rights.value,
        "business_units": list(operator.business_units),
        "paused": paused,
    }
