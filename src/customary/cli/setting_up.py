"""``customary init`` and ``customary check``."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import typer
from msgspec.structs import replace
from rich.markup import escape

from customary.actions.check import check as look
from customary.actions.check import exit_code
from customary.cli.options import Options
from customary.cli.showing import console, print_json
from customary.config.load import FILE
from customary.config.settings import UNIT_LENGTH
from customary.config.template import Answers, SageAnswers, template
from customary.connectors.contract import Verdict
from customary.errors import ConfigError, CustomaryError
from customary.model.run import EXIT_DONE

_COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "red"}


_NONE = "none"
_VARIABLE = "[A-Z_][A-Z0-9_]*"
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


def init(options: Options, named: Path | None, *, ask: bool, sage200: bool) -> None:
    """Write a customary.toml; with ``ask``, ask for the systems and try the connections.

    It goes where ``named`` says, or ``--config``. ``sage200`` asks for a Sage 200 beside a SYSPRO too; where
    there is no SYSPRO, it is asked for anyway. Raises ``ConfigError`` where it cannot be written.
    """
    if named and options.config and named != options.config:
        raise ConfigError(f"{named} and --config {options.config} name two files; give one of them")
    file = named or options.config or Path(FILE)
    if file.exists():
        raise ConfigError(f"{file} exists already; remove it, or name another file: customary init FILE")
    if not file.parent.is_dir():
        raise ConfigError(f"there is no folder {file.parent} to write {file.name} into; make it first")
    answers = _ask(sage200=sage200) if ask else _example(sage200=sage200)
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
    first = "update-customers" if answers.url else "download-customers"
    load = f"run {first} --initial-load --dry-run, which shows what a first load would do"
    look = "login sage" if answers.sage else "check"
    typer.echo(f"Next: {found} {load if well else look}")


def _example(*, sage200: bool) -> Answers:
    sage = SageAnswers(client_id="YOUR-CLIENT-ID") if sage200 else None
    return Answers(**_EXAMPLE, sage=sage)


def _ask(*, sage200: bool) -> Answers:
    """Ask for what a configuration needs; passwords and secrets themselves are never asked for."""
    where = "Where does SYSPRO's REST service answer? (none: there is only a Sage 200)"
    url = _prompt(where, r"https?://\S+|none", _EXAMPLE["url"])
    syspro = _ask_syspro(url) if url != _NONE else Answers()
    sage = _ask_sage() if sage200 or url == _NONE else None
    unit = _prompt(
        "Business unit of the hub to load the customers into", rf"\S.{{0,{UNIT_LENGTH - 1}}}", "MAIN"
    )
    mail_host = typer.prompt("Mail server for reports (empty: no mail)", default="", show_default=False)
    mail_to = typer.prompt("Who gets the reports?") if mail_host else ""
    return replace(syspro, sage=sage, business_unit=unit, mail_host=mail_host, mail_to=mail_to)


def _ask_syspro(url: str) -> Answers:
    company = typer.prompt("SYSPRO company", default=_EXAMPLE["company"])
    operator = typer.prompt("SYSPRO operator, one that nobody else uses")
    variable = _prompt(
        "NAME of the environment variable that holds its password (not the password itself)",
        _VARIABLE,
        "SYSPRO_PASSWORD",
    )
    currency = _prompt("The company's own currency, as ISO 4217 writes it", r"[A-Z]{3}", "USD")
    return Answers(url=url, company=company, operator=operator, password_variable=variable, currency=currency)


def _ask_sage() -> SageAnswers:
    edition = _prompt("Sage 200 edition: extra (Professional too) or standard", "extra|standard", "extra")
    client_id = typer.prompt("The id of your client of Sage's API")
    variable = _prompt(
        "NAME of the environment variable that holds its secret (none: a public client, which has no secret)",
        f"{_VARIABLE}|none",
        "SAGE_SECRET",
    )
    return SageAnswers(
        client_id=client_id, secret_variable="" if variable == _NONE else variable, edition=edition
    )


def _prompt(question: str, form: str, default: str) -> str:
    """Ask until the answer has the form of the pattern ``form``."""
    while True:
        answer: str = typer.prompt(question, default=default).strip()
        if re.fullmatch(form, answer):
            return answer
        typer.echo(f"That is not of the right form; an example: {default}", err=True)
