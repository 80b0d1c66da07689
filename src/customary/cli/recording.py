"""How far a payload is: a bar with the rate on a terminal, and a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from customary.cli.bar import bar_on

EVERY = 10_000
"""After how many records a line is printed, where there is no bar."""

Tell = Callable[[int, int], None]
"""Told how many records are done, and of how many; 0: that is not known."""


@contextmanager
def progress(*, aside: bool) -> Iterator[Tell]:
    """Show how far a payload is, on the standard error, as long as this lasts.

    ``aside`` says that the answer goes elsewhere than to the terminal, so that a bar stands in nobody's way.
    """
    out = Console(stderr=True)
    if not (out.is_terminal and aside):
        yield _lines()
        return
    with bar_on(out) as bars:
        bar = bars.add_task("reading", total=None, rate="")
        begun = time.monotonic()

        def tell(records: int, total: int) -> None:
            rate = f"{_rate(records, begun)}/s"
            bars.update(bar, description="records", completed=records, total=total or None, rate=rate)

        yield tell


def _lines() -> Tell:
    begun = time.monotonic()
    told = 0

    def tell(records: int, total: int) -> None:
        nonlocal told
        if records // EVERY > told:
            told = records // EVERY
            of = f" of {total:,}" if total else ""
            typer.echo(f"{records:,}{of} records, {_rate(records, begun)}/s", err=True)

    return tell


def _rate(records: int, begun: float) -> str:
    return f"{records / max(time.monotonic() - begun, 0.001):,.0f}"
