"""The commands below ``customary reference``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from customary.cli.options import Json

reference = typer.Typer(help="The codes that a business unit knows.", no_args_is_help=True)


@reference.command("load")
def reference_load(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The list, as currency.")],
    file: Annotated[Path, typer.Argument(help="A CSV file: code, and text if wanted.")],
    business_unit: Annotated[
        str | None, typer.Option(help="The business unit, where there are several.")
    ] = None,
) -> None:
    """Load a reference list, in the place of what it held."""
    from customary.cli import references

    references.load(context.obj, name, file, business_unit)


@reference.command("show")
def reference_show(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Only this list, with its codes.")] = None,
    business_unit: Annotated[
        str | None, typer.Option(help="The business unit, where there are several.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the reference lists of a business unit, or one with its codes."""
    from customary.cli import references

    references.show(context.obj, name, business_unit, json=json)
