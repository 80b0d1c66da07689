"""``customary run``, ``edit`` and ``serve``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from customary.actions.agent import agent_of, begin, log_off_abandoned, refuse_unusable
from customary.actions.edit import Edit, read_edit, read_file
from customary.actions.edit import edit as carry_out_edit
from customary.actions.request import request_of
from customary.actions.show import run_json, summary
from customary.actions.tell import scope_in_words
from customary.actions.workspace import Workspace
from customary.cli.options import Options
from customary.cli.serving import serving
from customary.cli.showing import FIRST, print_pieces, print_run
from customary.cli.stopping import stop_when_asked
from customary.errors import ConfigError, PlanRefused, StoreError
from customary.model.limits import Limits, parse_limit
from customary.model.run import EXIT_SYSTEM, Request, Run, State
from customary.store import edits, runs
from customary.store.progress import Progress as RunProgress

LINE_EVERY = 10.0
"""Seconds between two lines about the progress, where it is not shown on a terminal."""
STOPPED = 130
"""Exit code when a person stopped the command; the run is carried on by the next agent."""


def run(options: Options, name: str, asked: dict[str, Any], *, json: bool) -> int:
    """Carry an operation out and print what it did; gives the exit code."""
    with options.workspace() as workspace:
        operation = workspace.operation(name)
        request = request_of(operation, **asked)
        try:
            run_id = begin(workspace, operation, request)
        except runs.Busy as busy:
            run_id = busy.run
            if any(asked.values()):
                _refuse_another(workspace, busy, request)
            typer.echo(f"{busy}; carrying it on, with what it was asked for", err=True)
        with stop_when_asked() as stop:
            watch(agent_of(workspace).carry(run_id, stop), run_id)
        told = summary(workspace.store, run_id)
        if told.run.finished is None:
            typer.echo(f"run {run_id} is not finished; carry it on by: {_command(name, {})}", err=True)
            return STOPPED
        if json:
            print_pieces(run_json(workspace.store, run_id))
        else:
            print_run(workspace.store, run_id, FIRST)
            _advise(told.run, _command(name, {**asked, "dry_run": False}))
        return told.run.exit_code


def _refuse_another(workspace: Workspace, busy: runs.Busy, request: Request) -> None:
    """Refuse to carry on a run that was asked for something else: a dry run must not end up writing.

    Raises ``StoreError`` saying what to do.
    """
    unfinished = summary(workspace.store, busy.run).run
    if unfinished.request != request:
        again = _command(unfinished.operation, {})
        raise StoreError(
            f"{busy} ({scope_in_words(unfinished)}). This call asks for something else, so nothing was done."
            f" Carry that run on, or wait for it, by: {again}"
        )


def _command(name: str, asked: dict[str, Any]) -> str:
    """Write the command that carries an operation out, with its options."""
    words = ["customary run", _quoted(name)]
    for option, value in asked.items():
        if value:
            words.append(f"--{option.replace('_', '-')}")
            words += [_quoted(value)] if isinstance(value, str) else []
    return " ".join(words)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _advise(run: Run, command: str) -> None:
    """Say what to do next, where that is not plain from what the run told."""
    if run.state is State.PLANNED:
        typer.echo(f"Nothing was written. Carry it out by: {command}")
    elif run.state is State.FAILED and run.exit_code == EXIT_SYSTEM:
        typer.echo("Find out what is wrong by: customary check")


def watch(progress: Iterator[RunProgress], run_id: int) -> None:
    """Show a bar on a terminal, and a line now and then elsewhere."""
    out = Console(stderr=True)
    if not out.is_terminal:
        _watch_plainly(progress, run_id)
        return
    from customary.cli.bar import bar_on

    with bar_on(out) as bars:
        bar = bars.add_task(f"run {run_id}", total=None, rate="")
        for now in progress:
            bars.update(bar, **_bar(now, bars.tasks[0].elapsed or 0.0))


def _bar(now: RunProgress, elapsed: float) -> dict[str, Any]:
    rate = f"{now.records / elapsed:,.0f}/s" if elapsed and now.records else ""
    if now.applied < now.pages and now.applied:
        return {"description": "writing", "completed": now.applied, "total": now.pages, "rate": rate}
    return {"description": "reading", "completed": now.records, "total": now.known or None, "rate": rate}


def _watch_plainly(progress: Iterator[RunProgress], run_id: int) -> None:
    told = time.monotonic()
    for now in progress:
        if time.monotonic() >= told + LINE_EVERY:
            told = time.monotonic()
            written = f", {now.applied:,} of {now.pages:,} pages written" if now.applied else ""
            typer.echo(f"run {run_id}: {now.records:,} customers read{written}", err=True)


def wanted_edits(code: str | None, settings: list[str], file: Path | None, encoding: str) -> list[Edit]:
    """Read what is to be edited: one customer's settings, or a file's. Raises ``ConfigError``."""
    if (file is None) == (code is None):
        raise ConfigError("name a customer and its FIELD=VALUE settings, or a file: --from FILE.csv")
    if code is not None and not settings:
        raise ConfigError(f"say what to change of {code}, as: customary edit {code} telephone=555-0100")
    return read_file(file, encoding) if file is not None else [read_edit(str(code), settings)]


def edit(options: Options, wanted: list[Edit], within: tuple[str | None, str], *, json: bool) -> int:
    """Change customers by hand and print what changed; gives the exit code.

    ``within`` is the business unit, where one was named, and the limit on how many customers may change.
    """
    unit, limit = within
    limits = Limits(update=parse_limit(int(limit) if limit.isdecimal() else limit))
    with options.workspace() as workspace:
        try:
            run_id = carry_out_edit(workspace.store, wanted, _unit(workspace, unit, wanted), limits)
        except PlanRefused as refused:
            raise PlanRefused(f"{refused}. Allow more with --limit, as --limit 100%") from None
        if json:
            print_pieces(run_json(workspace.store, run_id))
        else:
            print_run(workspace.store, run_id, FIRST)
        return summary(workspace.store, run_id).run.exit_code


def _unit(workspace: Workspace, named: str | None, wanted: list[Edit]) -> str:
    units = [unit.code for unit in workspace.config.business_units]
    if named is not None:
        if named not in units:
            raise ConfigError(f"there is no business unit '{named}'; configured: {', '.join(units)}")
        return named
    if len(units) == 1:
        return units[0]
    with workspace.store.read() as connection:
        holding = edits.units_of(connection, wanted[0].code) if len(wanted) == 1 else []
    if len(holding) == 1:
        return holding[0]
    raise ConfigError(f"choose the business unit with --business-unit: {', '.join(units)}")


def serve(options: Options) -> int:
    """Be the agent, and answer over HTTP where ``[web]`` says so, until a signal stops it.

    Gives the exit code.
    """
    with options.workspace(quiet=False) as workspace, stop_when_asked() as stop:
        refuse_unusable(workspace)
        schedules = sum(1 for item in workspace.config.operations if item.schedule)
        text = f"The agent is at work; scheduled operations: {schedules}. Stop it with Ctrl-C."
        with serving(workspace):
            log_off_abandoned(workspace)
            agent_of(workspace).serve(stop, lambda: typer.echo(text, err=True))
        typer.echo("The agent has stopped.", err=True)
    return 0
