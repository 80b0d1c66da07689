"""The commands below ``customary crossref``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from customary.cli.options import Json

crossref = typer.Typer(
    help="The truth table: which external id is which customer of a system.", no_args_is_help=True
)
System = Annotated[
    str | None, typer.Option("--system", help="Whose keys are meant, where there are several systems.")
]
Scope = Annotated[
    str | None, typer.Option("--scope", help="Whose external ids are meant; else those of uploads to it.")
]
Form = Annotated[
    Literal["xml", "csv"] | None, typer.Option("--format", help="xml or csv; else what the file's name says.")
]


@crossref.command("list")
def crossref_list(
    context: typer.Context, system: System = None, scope: Scope = None, json: Json = False
) -> None:
    """List what is linked, in one scope or in all."""
    from customary.cli import crossrefs

    crossrefs.list_rows(context.obj, (system, scope), json=json)


@crossref.command("link")
def crossref_link(
    context: typer.Context,
    external_id: Annotated[str, typer.Argument(help="The id by which the other side knows the customer.")],
    key: Annotated[str, typer.Argument(help="The system's key of that customer, as its reference.")],
    system: System = None,
    scope: Scope = None,
) -> None:
    """Link an external id to a customer; refuses what is linked already."""
    from customary.cli import crossrefs

    crossrefs.link(context.obj, (system, scope), external_id, key)


@crossref.command("unlink")
def crossref_unlink(
    context: typer.Context,
    external_id: Annotated[str, typer.Argument(help="The id by which the other side knows the customer.")],
    system: System = None,
    scope: Scope = None,
) -> None:
    """Take the link of an external id away."""
    from customary.cli import crossrefs

    crossrefs.unlink(context.obj, (system, scope), external_id)


@crossref.command("export")
def crossref_export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; else standard output.")] = None,
    form: Form = None,
    system: System = None,
    scope: Scope = None,
) -> None:
    """Write a scope's links as Zynk's truth records, or as CSV."""
    from customary.cli import crossrefs

    crossrefs.export(context.obj, (system, scope), out, form)


@crossref.command("import")
def crossref_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Zynk's truth records, as XML or CSV.")],
    form: Form = None,
    system: System = None,
    scope: Scope = None,
    json: Json = False,
) -> None:
    """Link what a file says; rows that cannot be taken are told, and the others go on."""
    from customary.cli import crossrefs

    raise typer.Exit(crossrefs.import_rows(context.obj, (system, scope), file, form, json=json))
