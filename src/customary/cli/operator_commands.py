"""The commands below ``customary operator``."""

from __future__ import annotations

from typing import Annotated

import typer

from customary.cli.options import Json
from customary.model.operator import Rights

operator = typer.Typer(help="Who may use the hub's services, and what they may do.", no_args_is_help=True)

Units = Annotated[
    list[str] | None, typer.Option("--business-unit", help="A business unit that it may use; once for each.")
]
From = Annotated[
    str | None,
    typer.Option("--password-from", help="Where its password is: env:NAME, file:PATH or keyring:NAME."),
]


@operator.command("add")
def operator_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The operator's name.")],
    business_unit: Units = None,
    rights: Annotated[Rights, typer.Option(help="read: Query only; write: every method.")] = Rights.READ,
    password_from: From = None,
) -> None:
    """Add an operator; asks for the password, unless --password-from says where it is."""
    from customary.cli import operators

    operators.add(context.obj, name, rights, business_unit or [], password_from)


@operator.command("list")
def operator_list(context: typer.Context, json: Json = False) -> None:
    """Show every operator, and whether its password was wrong so often that none is taken for a while."""
    from customary.cli import operators

    operators.show(context.obj, json=json)


@operator.command("change")
def operator_change(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The operator's name.")],
    business_unit: Units = None,
    rights: Annotated[Rights | None, typer.Option(help="read: Query only; write: every method.")] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a new password. Its vouchers are revoked.")
    ] = False,
    password_from: From = None,
) -> None:
    """Change an operator; what is not said stays, and its wrong passwords are forgotten."""
    from customary.cli import operators

    operators.change(context.obj, name, rights, business_unit or [], (password, password_from))


@operator.command("remove")
def operator_remove(
    context: typer.Context, name: Annotated[str, typer.Argument(help="The operator's name.")]
) -> None:
    """Remove an operator, whose vouchers are good for nothing from then on."""
    from customary.cli import operators

    operators.remove(context.obj, name)
