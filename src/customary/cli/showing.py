"""Printing runs, customers and mappings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from customary.actions import show
from customary.actions.mapping import examples, mapping_table
from customary.actions.tell import scope_in_words
from customary.cli.options import Options
from customary.model.change import WHOLE, changes_line
from customary.model.fields import CUSTOMER, shown
from customary.model.outcome import ISSUES, Level, Message, Outcome
from customary.model.run import CycleRow, Run
from customary.store.database import Store

FIRST = 20
"""How many cycles are printed where not all are asked for."""

_USUAL = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.REJECTED)
COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.INFORMATION: "cyan"}
"""The colour of each level of message."""


def console() -> Console:
    """Where results are printed; wide enough when it is no terminal, so that lines are not cut."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)


def runs(options: Options, operation: str | None, limit: int, *, json: bool) -> None:
    """Print the newest runs."""
    with options.workspace() as workspace:
        found = show.summaries(workspace.store, limit, operation)
    if json:
        print_json([show.summary_value(told) for told in found])
        return
    if not found:
        console().print("No runs yet. Carry an operation out by: customary run NAME")
        return
    table = Table("run", "operation", "state", "started", "scope", "outcomes", box=None, pad_edge=False)
    for told in found:
        run = told.run
        table.add_row(
            str(run.id),
            escape(run.operation),
            run.state.value,
            _moment(run.started),
            f"{told.scope:,}",
            counted(told, usual=()),
        )
    console().print(table)


def run(options: Options, run_id: int, *, all_cycles: bool, json: bool) -> None:
    """Print a run."""
    with options.workspace() as workspace:
        if json:
            print_pieces(show.run_json(workspace.store, run_id))
        else:
            print_run(workspace.store, run_id, None if all_cycles else FIRST)


def print_run(store: Store, run_id: int, limit: int | None) -> None:
    """Print what a run did: its sums, its messages and, up to ``limit`` each, its issues and its changes."""
    out = console()
    told = show.summary(store, run_id)
    run = told.run
    out.print(
        f"[bold]run {run.id} of {escape(run.operation)}: {run.state.value}[/bold]"
        f"  ({escape(scope_in_words(run))}; {_moment(run.started)} to {_moment(run.finished)})"
    )
    planned = " planned" if run.request.dry_run else ""
    customers = "customer" if told.scope == 1 else "customers"
    out.print(f"  {told.scope:,} {customers} in scope{planned}: {counted(told)}")
    _print_messages(out, told.messages, limit)
    _print_cycles(out, store, run, limit)


def _print_messages(out: Console, messages: tuple[Message, ...], limit: int | None) -> None:
    ordered = sorted(messages, key=lambda note: note.customer != "")
    for note in ordered[:limit]:
        who = f"{note.customer}: " if note.customer else ""
        colour = COLOURS[note.level]
        out.print(f"  [{colour}]{note.level.value}[/{colour}]: {escape(who + note.text)}")
    if limit is not None and len(ordered) > limit:
        out.print(f"  ... and {len(ordered) - limit:,} more messages")


def _print_cycles(out: Console, store: Store, run: Run, limit: int | None) -> None:
    whole = limit is None or run.request.dry_run
    issues = 0
    changed = 0
    for cycle in show.cycles(store, run.id):
        if cycle.outcome is Outcome.SKIPPED and limit is not None:
            continue  # the run's messages say why, with examples
        if cycle.outcome in ISSUES:
            issues += 1
            number = issues
        else:
            changed += 1
            number = changed
        if limit is None or number <= limit:
            _print_cycle(out, cycle, whole=whole)
    left = [
        f"{count - limit:,} more {what}"
        for count, what in ((issues, "with issues"), (changed, "changed"))
        if limit is not None and count > limit
    ]
    if left:
        out.print(f"  ... and {' and '.join(left)}: customary show run {run.id} --all")


def _print_cycle(out: Console, cycle: CycleRow, *, whole: bool) -> None:
    """Print a cycle; the fields of a customer that comes or goes only with ``whole``, and no blank ones."""
    outcome = cycle.outcome.value if cycle.outcome else "planned"
    colour = "red" if cycle.outcome in ISSUES else "green"
    fields = changes_line(cycle.action, cycle.changes)
    if cycle.action in WHOLE and not whole:
        fields = f"{len(cycle.changes)} fields"
    out.print(f"  [{colour}]{outcome:<9}[/{colour}] {escape(cycle.customer)}  {escape(fields)}")
    for note in cycle.messages:
        out.print(f"            [{COLOURS[note.level]}]{note.level.value}[/]: {escape(note.text)}")


def counted(told: show.Summary, usual: tuple[Outcome, ...] = _USUAL) -> str:
    """Say how many customers ended with which outcome; the usual ones also where there were none."""
    return ", ".join(f"{count:,} {name}" for name, count in told.counts.items() if count or name in usual)


def customer(options: Options, code: str, unit: str | None, *, json: bool) -> None:
    """Print a customer of the hub."""
    with options.workspace() as workspace:
        found = show.find_customer(workspace.store, code, unit)
    if json:
        print_json(show.customer_value(found))
        return
    out = console()
    out.print(
        f"[bold]customer {escape(found.code)}[/bold] of {escape(found.business_unit)}, {found.status.value}"
    )
    for name in CUSTOMER:
        if name in found.fields:
            value = found.fields[name]
            text = "(blank)" if value == "" else shown(value).strip("'")
            out.print(f"  {name:<24} {escape(text)}")
    out.print(f"  {'classes':<24} {escape(', '.join(found.classes) or '(none)')}")
    for system, key in found.keys.items():
        out.print(f"  {'key in ' + system:<24} {escape(key)}")


def mapping(options: Options, system: str, *, json: bool) -> int:
    """Print a system's mapping in force and test its examples; gives the exit code."""
    with options.workspace() as workspace:
        rows = workspace.mapping(workspace.system(system)).rows
    wrong = list(examples(rows))
    if json:
        print_json({"rows": msgspec.to_builtins(rows), "failed_examples": wrong})
        return 1 if wrong else 0
    table = Table(*("field", "from", "when", "owner", "blank", "rules", "evidence"), box=None, pad_edge=False)
    for line in mapping_table(rows):
        table.add_row(*(escape(cell) for cell in line))
    console().print(table)
    for text in wrong:
        console().print(f"[red]{escape(text)}[/red]")
    return 1 if wrong else 0


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "-"


def print_json(value: object) -> None:
    """Print a value as JSON."""
    print_pieces(iter([msgspec.json.format(msgspec.json.encode(value), indent=2).decode()]))


def print_pieces(pieces: Iterator[str]) -> None:
    """Print JSON that comes in pieces: in UTF-8 whatever the console's encoding is, as programs expect it."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
