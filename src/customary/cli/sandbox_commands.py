"""The commands below ``customary sandbox``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

sandbox = typer.Typer(help="A local server that behaves like a vendor's, to try, test and rehearse faults.")


@sandbox.command("syspro")
def sandbox_syspro(
    port: Annotated[int, typer.Option(help="The port on this computer; 0 picks one.")] = 31002,
    customers: Annotated[int, typer.Option(min=0, help="How many customers it has.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers.")] = 1,
    faults: Annotated[Path | None, typer.Option(help="A TOML file of faults and settings.")] = None,
) -> None:
    """Be a SYSPRO server with made-up customers, on this computer only."""
    from customary.cli import sandboxes

    raise typer.Exit(sandboxes.syspro(port, customers, seed, faults))


@sandbox.command("sage200")
def sandbox_sage200(
    port: Annotated[int, typer.Option(help="The port on this computer; 0 picks one.")] = 32000,
    customers: Annotated[int, typer.Option(min=0, help="How many customers it has.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers.")] = 1,
    faults: Annotated[Path | None, typer.Option(help="A TOML file of faults and settings.")] = None,
) -> None:
    """Be a Sage 200 site with made-up customers, on this computer only."""
    from customary.cli import sandboxes

    raise typer.Exit(sandboxes.sage200(port, customers, seed, faults))


@sandbox.command("sunsystems")
def sandbox_sunsystems(
    port: Annotated[int, typer.Option(help="The port on this computer; 0 picks one.")] = 8088,
    customers: Annotated[int, typer.Option(min=0, help="How many customers it has.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers.")] = 1,
    faults: Annotated[Path | None, typer.Option(help="A TOML file of faults and settings.")] = None,
) -> None:
    """Be a SunSystems Connect with made-up customers, on this computer only."""
    from customary.cli import sandboxes

    raise typer.Exit(sandboxes.sunsystems(port, customers, seed, faults))
