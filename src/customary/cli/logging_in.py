"""``customary login``."""

from __future__ import annotations

import typer

from customary.actions.login import login as begin
from customary.cli.options import Options
from customary.cli.redirect import answer_at, can_wait_at
from customary.connectors.contract import Invitation

PATIENCE = 300.0
"""Seconds that the browser gets to come back, before the address is asked for instead."""


def login(options: Options, system: str, *, browser: bool) -> int:
    """Let somebody log in, in this computer's browser or any other, and keep what it gives.

    Gives the exit code.
    """
    with options.workspace() as workspace, begin(workspace, system) as source:
        invitation = source.invite()
        typer.echo("Open this address in a browser, on any computer, and log in:\n")
        typer.echo(f"  {invitation.address}\n")
        source.admit(invitation, (_came_back(invitation) if browser else None) or _pasted(invitation))
    typer.echo(f"Logged in to {system}. Next: customary check {system}")
    return 0


def _pasted(invitation: Invitation) -> str:
    typer.echo(f"The browser is then led to {invitation.back}?... which may show an error: that is")
    typer.echo("no matter. Copy the whole address from its address line.")
    return str(typer.prompt("Paste it here"))


def _came_back(invitation: Invitation) -> str | None:
    typer.launch(invitation.address)
    if not can_wait_at(invitation.back):
        return None
    typer.echo("Waiting for the browser to come back (Ctrl-C stops).")
    try:
        return answer_at(invitation.back, PATIENCE)
    except OSError as error:
        typer.echo(f"It cannot be waited for at {invitation.back}: {error.strerror}", err=True)
        return None
