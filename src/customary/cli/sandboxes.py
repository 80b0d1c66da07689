"""``customary sandbox``."""

from __future__ import annotations

from pathlib import Path

import typer

from customary.sandboxes.faults import FaultError
from customary.sandboxes.syspro.sandbox import SysproSandbox, run


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
