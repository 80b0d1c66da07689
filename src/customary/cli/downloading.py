"""``customary download``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from customary.actions.download import Downloaded, Wanted
from customary.actions.download import download as carry_out
from customary.cli.options import Options
from customary.cli.showing import COLOURS, console, print_json

LINE_EVERY = 10.0
"""Seconds between two lines about the progress, where it is not shown on a terminal."""


class Count(Protocol):
    """Is told how many customers there are by now."""

    def __call__(self, customers: int, /) -> None:
        """Take the count."""


def download(options: Options, wanted: Wanted, *, json: bool) -> int:
    """Download customers and print how it went; gives the exit code."""
    with options.workspace() as workspace, _counting(wanted.system) as count:
        done = carry_out(workspace, wanted, count)
    if json:
        print_json(_value(done))
    else:
        _print(done)
    return done.exit_code


def _print(done: Downloaded) -> None:
    out = console()
    what = "customer" if done.customers == 1 else "customers"
    since = f", changed since {done.since:%Y-%m-%d %H:%M:%S} UTC" if done.since else ""
    left_out = f"; {done.left_out:,} left out" if done.left_out else ""
    out.print(
        escape(f"{done.wanted.file}: {done.customers:,} {what} of {done.wanted.system}{since}{left_out}")
    )
    for note in done.messages:
        who = f"{note.customer}: " if note.customer else ""
        out.print(f"  [{COLOURS[note.level]}]{note.level.value}[/]: {escape(who + note.text)}")


def _value(done: Downloaded) -> dict[str, Any]:
    return {
        "system": done.wanted.system,
        "file": str(done.wanted.file),
        "modified": done.wanted.modified,
        "since": done.since.isoformat() if done.since else None,
        "customers": done.customers,
        "left_out": done.left_out,
        "messages": [
            {"level": note.level.value, "customer": note.customer, "text": note.text}
            for note in done.messages
        ],
    }


@contextmanager
def _counting(system: str) -> Iterator[Count]:
    """Show the count on a terminal as it grows, and a line now and then elsewhere."""
    out = Console(stderr=True)
    if not out.is_terminal:
        yield _plainly(system)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as bars:
        bar = bars.add_task(f"reading {system}")

        def count(customers: int, /) -> None:
            elapsed = bars.tasks[0].elapsed or 0.0
            rate = f", {customers / elapsed:,.0f}/s" if elapsed else ""
            bars.update(bar, description=f"reading {system}: {customers:,} customers{rate}")

        yield count


def _plainly(system: str) -> Count:
    told = time.monotonic()

    def count(customers: int, /) -> None:
        nonlocal told
        if time.monotonic() >= told + LINE_EVERY:
            told = time.monotonic()
            typer.echo(f"{system}: {customers:,} customers read", err=True)

    return count
