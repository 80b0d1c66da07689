"""``customary sandbox``."""

from __future__ import annotations

from pathlib import Path

import typer

from customary.sandboxes.faults import FaultError
from customary.sandboxes.sage200.sandbox import Sage200Sandbox
from customary.sandboxes.sage200.sandbox import run as run_sage200
from customary.sandboxes.syspro.sandbox import SysproSandbox, run


def sage200(port: int, customers: int, seed: int, faults: Path | None) -> int:
    """Be Sage 200 until a signal stops it; gives the exit code."""

    def ready(sandbox: Sage200Sandbox) -> None:
        settings = sandbox.state.settings
        typer.echo(f"Sage 200 sandbox with {customers:,} customers at {sandbox.url}")
        typer.echo(f"identity service {sandbox.identity_url}")
        typer.echo(f"client {settings.client_id}, secret {settings.client_secret or 'none'}")
        for each in settings.companies:
            typer.echo(f"site {each.site_id}, company {each.company_id}: {each.company_name}")
        typer.echo("Stop it with Ctrl-C.")

    try:
        run_sage200(port, customers, seed, faults, ready)
    except (FaultError, OSError) as error:
        typer.echo(f"the sandbox cannot start: {error}", err=True)
        return 2
    return 0


def syspro(port: int, customers: int, seed: int, faults: Path | None) -> int:
    """Be SYSPRO until a signal stops it; gives the exit code."""

    def ready(sandbox: SysproSandbox) -> None:
        operator, company = sandbox.state.settings.operators[0], sandbox.state.settings.companies[0]
        typer.echo(f"SYSPRO sandbox with {customers:,} customers at {sandbox.url}")
        typer.echo(f"operator {operator.code}, password {operator.password}, company {company.code}")
        typer.echo("Stop it with Ctrl-C.")

    try:
        run(port, customers, seed, faults, ready)
    except (FaultError, OSError) as error:
        typer.echo(f"the sandbox cannot start: {error}", err=True)
        return 2
    return 0
