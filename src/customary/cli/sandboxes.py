"""``customary sandbox``."""

from __future__ import annotations

import errno
from pathlib import Path

import typer

from customary.model.run import EXIT_USAGE
from customary.sandboxes.faults import FaultError, Rehearsal, read_rehearsal
from customary.sandboxes.sage200.sandbox import Sage200Sandbox
from customary.sandboxes.sage200.sandbox import run as run_sage200
from customary.sandboxes.serving import serve
from customary.sandboxes.sunsystems.sandbox import SunSystemsSandbox
from customary.sandboxes.sunsystems.settings import Settings
from customary.sandboxes.sunsystems.state import KINDS
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
        return _failed(error, port)
    return 0


def sunsystems(port: int, customers: int, seed: int, faults: Path | None) -> int:
    """Be SunSystems Connect until a signal stops it; gives the exit code."""
    from customary.cli.sunsystems_sandbox import sunsystems as running  # heavy: it has a server behind it

    def ready(sandbox: SunSystemsSandbox) -> None:
        settings = sandbox.state.settings
        typer.echo(f"SunSystems sandbox with {customers:,} customers at {sandbox.url}")
        typer.echo(f"operator {settings.operator}, password {settings.password}")
        units = f"{settings.business_unit}, and {settings.financial_unit}, which is financials only"
        typer.echo(f"business units {units}")
        typer.echo("Stop it with Ctrl-C.")

    try:
        rehearsal = read_rehearsal(faults, KINDS) if faults else Rehearsal()
        serve(running(customers, seed, rehearsal.settings_as(Settings), port, rehearsal.faults), ready)
    except (FaultError, OSError) as error:
        return _failed(error, port)
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
        return _failed(error, port)
    return 0


def _failed(error: Exception, port: int) -> int:
    taken = (
        isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EACCES) and not error.filename
    )
    reason = (
        f"port {port} is taken or not allowed; choose another by --port, or --port 0 for any"
        if taken
        else error
    )
    typer.echo(f"the sandbox cannot start: {reason}", err=True)
    return EXIT_USAGE
