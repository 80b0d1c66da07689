"""``customary ssc``: a payload carried out by one of the SunSystems components, from the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

import typer

from customary.actions import ssc as actions
from customary.cli.options import Options
from customary.cli.recording import progress
from customary.components import Request, Result, Wiring, execute, rules_of
from customary.errors import ConfigError, StoreError
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
        """Raises ``ConfigError``, before anything is carried out, where there is no place for the file."""
        if self._path is not None and not self._path.parent.is_dir():
            raise ConfigError(
                f"there is no folder {self._path.parent} to write the answer into; make it first"
            )
        return self

    def write(self, piece: str) -> None:
        """Write a piece of the answer. Raises ``StoreError`` when the file cannot be written."""
        self._begun = True
        if self._path is None:
            sys.stdout.write(piece)
            return
        with self._written():
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8", newline="\n")
            self._file.write(piece)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with self._written():
                self._file.close()
        elif self._begun:
            sys.stdout.write("\n")

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the answer cannot be written to {self._path}: {error.strerror}. What was carried out stays:"
                " look at it by customary runs"
            ) from None
