"""The command line. Each command parses, calls an action and prints; heavy imports wait for their use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from customary import __version__
from customary.cli.crossref_commands import crossref
from customary.cli.operator_commands import operator
from customary.cli.options import Json, Options
from customary.cli.reference_commands import reference
from customary.cli.sandbox_commands import sandbox
from customary.cli.upload_command import upload

app = typer.Typer(
    name="customary",
    help="Keeps customer master data in step between business systems, and records why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(sandbox, name="sandbox")
app.add_typer(crossref, name="crossref")
app.add_typer(reference, name="reference")
app.add_typer(operator, name="operator")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"customary {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The configuration; else ./customary.toml.")] = None,
    data: Annotated[Path | None, typer.Option(help="The data directory; else as configured.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
    version: Annotated[  # noqa: ARG001  # the callback prints it
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Options(config=config, data=data, verbose=verbose)


@app.command()
def init(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it; else as --config says, else ./customary.toml.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing; write the example.")] = False,
    systems: Annotated[
        str | None,
        typer.Option(
            "--systems",
            help="What there is, with commas: syspro, sage200, sunsystems, program (for SunSystems).",
        ),
    ] = None,
) -> None:
    """Write a commented customary.toml: asks for the systems, and tries the connections."""
    from customary.cli import setting_up

    setting_up.init(context.obj, file, ask=not defaults, systems=systems)


@app.command()
def check(
    context: typer.Context,
    system: Annotated[str | None, typer.Argument(help="Only this system.")] = None,
    json: Json = False,
) -> None:
    """Look at every system: reachable, credentials, rights, versions. Writes nothing."""
    from customary.cli import setting_up

    raise typer.Exit(setting_up.check(context.obj, system, json=json))


@app.command()
def login(
    context: typer.Context,
    system: Annotated[str, typer.Argument(help="The system's name in customary.toml.")],
    browser: Annotated[
        bool, typer.Option("--browser", help="Open this computer's browser, and wait for it to come back.")
    ] = False,
) -> None:
    """Log in to a system that a person logs in to in a browser, such as Sage 200."""
    from customary.cli import logging_in

    raise typer.Exit(logging_in.login(context.obj, system, browser=browser))


@app.command()
def run(
    context: typer.Context,
    operation: Annotated[str, typer.Argument(help="The operation's name in customary.toml.")],
    customers: Annotated[str | None, typer.Option(help="Only these numbers, comma-separated.")] = None,
    classes: Annotated[
        str | None, typer.Option(help="Only customers in these classes, comma-separated, or all.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop after the plan, and print it.")] = False,
    initial_load: Annotated[
        bool, typer.Option("--initial-load", help="Every customer of the source; no limit on creates.")
    ] = False,
    json: Json = False,
) -> None:
    """Carry an operation out, and print what it did to which customers."""
    from customary.cli import running

    asked = {"customers": customers, "classes": classes, "dry_run": dry_run, "initial_load": initial_load}
    raise typer.Exit(running.run(context.obj, operation, asked, json=json))


@app.command()
def runs(
    context: typer.Context,
    operation: Annotated[str | None, typer.Option(help="Only this operation's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most to list.")] = 20,
    json: Json = False,
) -> None:
    """List the newest runs."""
    from customary.cli import showing

    showing.runs(context.obj, operation, limit, json=json)


show = typer.Typer(help="Show a run, or a customer.", no_args_is_help=True)
app.add_typer(show, name="show")


@show.command("run")
def show_run(
    context: typer.Context,
    run: Annotated[int, typer.Argument(help="The run's number.")],
    all_cycles: Annotated[bool, typer.Option("--all", help="Every cycle, not the first ones.")] = False,
    json: Json = False,
) -> None:
    """Show what a run did to which customers, and why."""
    from customary.cli import showing

    showing.run(context.obj, run, all_cycles=all_cycles, json=json)


@show.command("customer")
def show_customer(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The customer's code; zeros count.")],
    business_unit: Annotated[
        str | None, typer.Option(help="Its business unit, where several have it.")
    ] = None,
    json: Json = False,
) -> None:
    """Show a customer of the hub, with its keys and classes."""
    from customary.cli import showing

    showing.customer(context.obj, code, business_unit, json=json)


@app.command()
def edit(
    context: typer.Context,
    code: Annotated[str | None, typer.Argument(help="The customer's code.")] = None,
    settings: Annotated[
        list[str] | None, typer.Argument(help="FIELD=VALUE, or classes=Wholesaler,Dealer.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--from", help="A CSV file: code, and a column a field.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="What the file is in, as windows-1252.")] = "utf-8",
    business_unit: Annotated[
        str | None, typer.Option(help="The business unit, where there are several.")
    ] = None,
    limit: Annotated[
        str, typer.Option(help="The most customers that may change: a share of all, as 30%, or a number.")
    ] = "30%",
    json: Json = False,
) -> None:
    """Change customers by hand, with history and limits like any other change."""
    from customary.cli import running

    what = running.wanted_edits(code, settings or [], file, encoding)
    raise typer.Exit(running.edit(context.obj, what, (business_unit, limit), json=json))


@app.command()
def ssc(
    context: typer.Context,
    component: Annotated[str, typer.Argument(help="Customer, ItemCustomer, StandardTextLanguageVariants.")],
    method: Annotated[str, typer.Argument(help="The component's method, as CreateOrAmend.")],
    payload: Annotated[Path, typer.Argument(help="The payload, an SSC document.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where the answer goes; else here.")] = None,
    business_unit: Annotated[
        str | None, typer.Option(help="The business unit, where the payload names none.")
    ] = None,
    system: Annotated[
        str | None, typer.Option(help="A SunSystems of the configuration, in the place of the hub.")
    ] = None,
) -> None:
    """Have a SunSystems Connect payload carried out by the hub or a SunSystems, and write the answer."""
    from customary.cli import components

    if system is not None:
        raise typer.Exit(components.send(context.obj, system, (component, method), payload, out))
    raise typer.Exit(components.ssc(context.obj, (component, method), payload, out, business_unit))


app.command()(upload)


@app.command()
def download(
    context: typer.Context,
    system: Annotated[str, typer.Option("--from", help="The system's name in customary.toml.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file; replaced when all of it has come.")],
    modified: Annotated[
        bool, typer.Option("--modified", help="Only what changed since the last download; at first, all.")
    ] = False,
    filter: Annotated[
        str, typer.Option("--filter", help="Only customers that pass it; OData, as: balance gt 0")
    ] = "",
    scope: Annotated[
        str | None, typer.Option(help="Whose external ids are told; else those of uploads to the system.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="--modified goes on from the last download for the same purpose.")
    ] = None,
    json: Json = False,
) -> None:
    """Download a system's customers, whole, as Zynk's customer XML."""
    from customary.actions.download import Wanted
    from customary.cli import downloading

    wanted = Wanted(
        system=system,
        file=out,
        scope=scope or "",
        modified=modified,
        filter=filter,
        purpose=purpose or "",
    )
    raise typer.Exit(downloading.download(context.obj, wanted, json=json))


@app.command()
def serve(context: typer.Context) -> None:
    """Be the agent, and answer over HTTP if [web] says where, until stopped."""
    from customary.cli import running

    raise typer.Exit(running.serve(context.obj))


@app.command()
def mapping(
    context: typer.Context,
    system: Annotated[str, typer.Argument(help="The system's name in customary.toml.")],
    json: Json = False,
) -> None:
    """Show which native field fills which customer field, by which rule; tests the mapping's examples."""
    from customary.cli import showing

    raise typer.Exit(showing.mapping(context.obj, system, json=json))


def main() -> Any:
    """Run the command line; every error that is raised on purpose becomes a line and an exit code."""
    from customary.errors import ConfigError, CustomaryError, PlanRefused, RequestRefused

    for stream in (sys.stdout, sys.stderr):
        # a console that cannot show a customer's name shows a substitute instead of failing
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except (ConfigError, RequestRefused) as error:
        return _fail(error, 2)
    except PlanRefused as error:
        return _fail(error, 3)
    except CustomaryError as error:
        return _fail(error, 4)
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
        return 130
    return 0


def _fail(error: Exception, code: int) -> int:
    for line in str(error).splitlines():
        typer.echo(line, err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
