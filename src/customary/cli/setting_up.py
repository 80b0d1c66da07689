"""``customary init`` and ``customary check``."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import typer
from rich.markup import escape

from customary.actions.check import check as look
from customary.actions.check import exit_code
from customary.cli.options import Options
from customary.cli.showing import console, print_json
from customary.config.load import FILE
from customary.config.settings import UNIT_LENGTH
from customary.config.template import Answers, template
from customary.connectors.contract import Verdict
from customary.errors import ConfigError, CustomaryError
from customary.model.run import EXIT_DONE

_COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "red"}


_EXAMPLE = {"url": "http://erp.example:31002/SYSPROWCFService/Rest", "company": "A", "operator": "WEB"}


def check(options: Options, system: str | None, *, json: bool) -> int:
    """Print a report on every system and the mail server; gives the exit code (``actions.check``)."""
    reports = []
    with options.workspace() as workspace:
        for report in look(workspace, system):
            reports.append(report)
            if json:
                continue
            console().print(f"[bold]{escape(report.system)}[/bold]")
            for probe in report.probes:
                colour = _COLOURS[probe.verdict]
                console().print(
                    f"  [{colour}]{probe.verdict.value:<8}[/{colour}] {escape(f'{probe.name}: {probe.text}')}"
                )
    if json:
        print_json([{**msgspec.to_builtins(report), "ok": report.ok} for report in reports])
    return exit_code(reports)


def init(options: Options, named: Path | None, *, ask: bool) -> None:
    """Write a customary.toml; with ``ask``, ask for the systems and try the connections.

    It goes where ``named`` says, or ``--config``. Raises ``ConfigError`` where it cannot be written.
    """
    if named and options.config and named != options.config:
        raise ConfigError(f"{named} and --config {options.config} name two files; give one of them")
    file = named or options.config or Path(FILE)
    if file.exists():
        raise ConfigError(f"{file} exists already; remove it, or name another file: customary init FILE")
    if not file.parent.is_dir():
        raise ConfigError(f"there is no folder {file.parent} to write {file.name} into; make it first")
    answers = _ask() if ask else Answers(**_EXAMPLE)
    try:
        file.write_text(template(answers), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from None
    typer.echo(f"Wrote {file}. Every setting is explained in it.")
    found = "customary" if file == Path(FILE) else f"customary --config {file}"
    well = False
    if ask and typer.confirm("Try the connections now?", default=True):
        try:
            well = check(Options(config=file, data=options.data), None, json=False) == EXIT_DONE
        except CustomaryError as error:
            typer.echo(str(error), err=True)
    load = "run update-customers --initial-load --dry-run, which shows what a first load would do"
    typer.echo(f"Next: {found} {load if well else 'check'}")


def _ask() -> Answers:
    """Ask for what a configuration needs; the password itself is never asked for."""
    url = _prompt("Where does SYSPRO's REST service answer?", r"https?://\S+", _EXAMPLE["url"])
    company = typer.prompt("SYSPRO company", default=_EXAMPLE["company"])
    operator = typer.prompt("SYSPRO operator, one that nobody else uses")
    variable = _prompt(
        "NAME of the environment variable that holds its password (not the password itself)",
        r"[A-Z_][A-Z0-9_]*",
        "SYSPRO_PASSWORD",
    )
    currency = _prompt("The company's own currency, as ISO 4217 writes it", r"[A-Z]{3}", "USD")
    unit = _prompt(
        "Business unit of the hub to load the customers into", rf"\S.{{0,{UNIT_LENGTH - 1}}}", "MAIN"
    )
    mail_host = typer.prompt("Mail server for reports (empty: no mail)", default="", show_default=False)
    mail_to = typer.prompt("Who gets the reports?") if mail_host else ""
    return Answers(
        url=url,
        company=company,
        operator=operator,
        password_variable=variable,
        business_unit=unit,
        currency=currency,
        mail_host=mail_host,
        mail_to=mail_to,
    )


def _prompt(question: str, form: str, default: str) -> str:
    """Ask until the answer has the form of the pattern ``form``."""
    while True:
        answer: str = typer.prompt(question, default=default).strip()
        if re.fullmatch(form, answer):
            return answer
        typer.echo(f"That is not of the right form; an example: {default}", err=True)
