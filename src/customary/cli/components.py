"""``customary ssc``: a payload carried out by one of the SunSystems components, from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, BinaryIO

import typer

from customary.actions import ssc as actions
from customary.cli.options import Options
from customary.cli.recording import progress
from customary.components import Request, Result, Wiring, execute, rules_of
from customary.errors import ConfigError
from customary.model.run import EXIT_DONE, EXIT_ISSUES


def ssc(options: Options, what: tuple[str, str], payload: Path, out: Path | None, unit: str | None) -> int:
    """Carry a payload out and write its answer; gives the exit code."""
    with options.workspace() as workspace, _opened(payload) as file, _Answer(out) as answer:
        units = [item.code for item in workspace.config.business_units]
        request = Request(
            component=what[0],
            method=what[1],
            payload=file,
            business_unit=unit or (units[0] if len(units) == 1 else ""),
        )
        rules = rules_of(workspace.config)
        with progress(aside=answer.aside) as tell:
            wiring = Wiring(store=workspace.store, rules=rules, progress=tell)
            result = execute(request, wiring, answer.write)
    _tell(result)
    return EXIT_ISSUES if result.failed else EXIT_DONE


def send(options: Options, system: str, what: tuple[str, str], payload: Path, out: Path | None) -> int:
    """Have a payload carried out by a SunSystems, and write its answer; gives the exit code."""
    with options.workspace() as workspace, _opened(payload) as file, _Answer(out) as answer:
        run, result = actions.send(workspace, system, what, file, answer.write)
    _say(run, result.records, result.failed)
    return EXIT_ISSUES if result.failed else EXIT_DONE


def _tell(result: Result) -> None:
    for note in result.notes:
        typer.echo(f"{note.level.value}: {note.text}", err=True)
    _say(result.run, result.records, result.failed)


def _say(run: int, records: int, failed: int) -> None:
    refused = f", {failed:,} failed" if failed else ""
    count = "1 record" if records == 1 else f"{records:,} records"
    typer.echo(f"run {run}: {count}{refused}", err=True)


def _opened(payload: Path) -> BinaryIO:
    try:
        return payload.open("rb")
    except OSError as error:
        raise ConfigError(f"{payload} cannot be read: {error.strerror}") from None


class _Answer:
    """Where the answer goes: a file that is made when the answer begins, or standard output."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._begun = False

    @property
    def aside(self) -> bool:
        """Whether it goes elsewhere than to a terminal."""
        return self._path is not None or not sys.stdout.isatty()

    def __enter__(self) -> _Answer:
        return self

    def write(self, piece: str) -> None:
        """Write a piece of the answer. Raises ``ConfigError`` when the file cannot be made."""
        self._begun = True
        if self._path is None:
            sys.stdout.write(piece)
            return
        if self._file is None:
            self._file = _open(self._path)
        self._file.write(piece)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        elif self._begun:
            sys.stdout.write("\n")


def _open(path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
