"""``customary init`` and ``customary check``."""

from __future__ import annotations

import re
from collections.abc import Collection
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
from customary.config.template import (
    Answers,
    SageAnswers,
    SunAnswers,
    SysproAnswers,
    first_operation,
    template,
)
from customary.connectors.contract import Verdict
from customary.errors import ConfigError, CustomaryError
from customary.model.run import EXIT_DONE

_COLOURS = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "red"}


_NONE = "none"
_VARIABLE = "[A-Z_][A-Z0-9_]*"
_URL = r"https?://\S+"
_PASSWORD = "NAME of the environment variable that holds its password (not the password itself)"  # noqa: S105
_SYSPRO_URL = "http://erp.example:31002/SYSPROWCFService/Rest"
_SUN_URL = "http://sunsystems.example:81"
SYSTEMS = ("syspro", "sage200", "sunsystems", "program")
"""What can be asked for; ``program``: one written for SunSystems, that is to talk to the hub."""


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


def init(options: Options, named: Path | None, *, ask: bool, systems: str | None) -> None:
    """Write a customary.toml; with ``ask``, ask for the systems and try the connections.

    It goes where ``named`` says, or ``--config``. ``systems`` are some of ``SYSTEMS``, separated by commas;
    which there are is asked where it is ``None``. Raises ``ConfigError`` where it cannot be written.
    """
    if named and options.config and named != options.config:
        raise ConfigError(f"{named} and --config {options.config} name two files; give one of them")
    file = named or options.config or Path(FILE)
    if file.exists():
        raise ConfigError(f"{file} exists already; remove it, or name another file: customary init FILE")
    if not file.parent.is_dir():
        raise ConfigError(f"there is no folder {file.parent} to write {file.name} into; make it first")
    wanted = _listed(systems) if systems is not None else _which() if ask else SYSTEMS[:1]
    answers = _ask(wanted) if ask else _example(wanted)
    try:
        file.write_text(template(answers), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from None
    typer.echo(f"Wrote {file}. Every setting is explained in it.")
    well = False
    if ask and typer.confirm("Try the connections now?", default=True):
        try:
            well = check(Options(config=file, data=options.data), None, json=False) == EXIT_DONE
        except CustomaryError as error:
            typer.echo(str(error), err=True)
    found = "customary" if file == Path(FILE) else f"customary --config {file}"
    typer.echo(f"Next: {found} {_next(answers, well=well)}")


def _next(answers: Answers, *, well: bool) -> str:
    """Give the command to go on with; ``well``: the connections were tried."""
    first = first_operation(answers)
    if not first:
        return "operator add NAME, and then customary serve, which answers"
    if well:
        return f"run {first} --initial-load --dry-run, which shows what a first load would do"
    return "login sage" if answers.sage else "check"


def _listed(text: str) -> tuple[str, ...]:
    """Read a list of ``SYSTEMS``. Raises ``ConfigError`` naming those that there are."""
    names = tuple(name for part in text.split(",") if (name := part.strip().lower()))
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        raise ConfigError(f"'{', '.join(unknown)}' is not one of {', '.join(SYSTEMS)}")
    return names


def _which() -> tuple[str, ...]:
    question = (
        "Which of these are there? syspro, sage200, sunsystems, program (one written for SunSystems, that is"
        " to talk to the hub); several with commas"
    )
    while True:
        try:
            return _listed(typer.prompt(question, default=SYSTEMS[0]))
        except ConfigError as error:
            typer.echo(str(error), err=True)


def _example(wanted: Collection[str]) -> Answers:
    """Answer the questions as in an example."""
    return Answers(
        syspro=SysproAnswers(url=_SYSPRO_URL, company="A", operator="WEB") if "syspro" in wanted else None,
        sage=SageAnswers(client_id="YOUR-CLIENT-ID") if "sage200" in wanted else None,
        sun=SunAnswers(url=_SUN_URL, unit="PK1", operator="CUS") if "sunsystems" in wanted else None,
        programs="program" in wanted,
    )


def _ask(wanted: Collection[str]) -> Answers:
    """Ask for what a configuration needs; passwords and secrets themselves are never asked for."""
    answers = Answers(
        syspro=_ask_syspro() if "syspro" in wanted else None,
        sage=_ask_sage() if "sage200" in wanted else None,
        sun=_ask_sun() if "sunsystems" in wanted else None,
        programs="program" in wanted,
    )
    unit = _prompt("Business unit of the hub for these customers", rf"\S.{{0,{UNIT_LENGTH - 1}}}", "MAIN")
    mail_host = typer.prompt("Mail server for reports (empty: no mail)", default="", show_default=False)
    mail_to = typer.prompt("Who gets the reports?") if mail_host else ""
    return replace(answers, business_unit=unit, mail_host=mail_host, mail_to=mail_to)


def _ask_syspro() -> SysproAnswers:
    url = _prompt("Where does SYSPRO's REST service answer?", _URL, _SYSPRO_URL)
    company = typer.prompt("SYSPRO company", default="A")
    operator = typer.prompt("SYSPRO operator, one that nobody else uses")
    variable = _prompt(_PASSWORD, _VARIABLE, "SYSPRO_PASSWORD")
    currency = _prompt("The company's own currency, as ISO 4217 writes it", r"[A-Z]{3}", "USD")
    return SysproAnswers(
        url=url, company=company, operator=operator, password_variable=variable, currency=currency
    )


def _ask_sun() -> SunAnswers:
    url = _prompt("Where does SunSystems Connect answer?", _URL, _SUN_URL)
    unit = _prompt("SunSystems' business unit", r"[A-Za-z0-9]{1,3}", "PK1")
    operator = typer.prompt("SunSystems operator")
    variable = _prompt(_PASSWORD, _VARIABLE, "SUNSYSTEMS_PASSWORD")
    return SunAnswers(url=url, unit=unit, operator=operator, password_variable=variable)


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
