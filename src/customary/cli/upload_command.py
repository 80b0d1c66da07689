"""``customary upload`` as it is called; what it does waits in ``uploading``, with its heavy imports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from customary.cli.options import Json


def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The customers, as Zynk's XML.")],
    to: Annotated[str, typer.Option(help="The Sage 200 that they go to, by its name.")],
    success: Annotated[
        Path | None, typer.Option(help="Where those go that were uploaded, with id and reference.")
    ] = None,
    fail: Annotated[
        Path | None, typer.Option(help="Where those go that were not, each with its errors.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="The system by whose name external ids are known.")
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option(
            help="The most that may be updated, as 100%; a number is the most creates too. Else 30%."
        ),
    ] = None,
    ignore_empty: Annotated[
        bool, typer.Option("--ignore-empty", help="Take an empty element for a missing one.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan only; write nothing anywhere.")] = False,
    json: Json = False,
) -> None:
    """Write the customers of a file to a Sage 200."""
    from customary.cli import uploading

    wanted = {"file": file, "to": to, "source": source, "limit": limit, "ignore_empty": ignore_empty}
    given = uploading.Given(wanted, success, fail, dry_run=dry_run)
    raise typer.Exit(uploading.upload(context.obj, given, json=json))
