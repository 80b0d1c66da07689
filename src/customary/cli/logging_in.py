"""``customary login``."""

from __future__ import annotations

import typer

from customary.actions.login import login as begin
from customary.cli.options import Options


def login(options: Options, system: str, *, browser: bool) -> int:
    """Print the address to log in at, take the answer, and keep what it gives; gives the exit code."""
    with options.workspace() as workspace, begin(workspace, system) as source:
        invitation = source.invite()
        typer.echo("Open this address in a browser, on any computer, and log in:\n")
        typer.echo(f"  {invitation.address}\n")
        typer.echo(f"The browser is then led to {invitation.back}?... which may show an error: that is")
        typer.echo("no matter. Copy the whole address from its address line.")
        if browser:
            typer.launch(invitation.address)
        source.admit(invitation, typer.prompt("Paste it here"))
    typer.echo(f"Logged in to {system}. Next: customary check {system}")
    return 0
