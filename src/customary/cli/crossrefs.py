"""``customary crossref``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import typer

from customary.actions import crossref, crossref_files
from customary.actions.crossref_files import Format, Refused
from customary.actions.whole_file import whole_file
from customary.cli.options import Options
from customary.cli.showing import print_json, print_pieces
from customary.store.truth import Truth

Meant = tuple[str | None, str | None]
"""The options --system and --scope."""


def list_rows(options: Options, meant: Meant, *, json: bool) -> None:
    """Print the rows of a truth table, as they come."""
    with options.workspace() as workspace:
        table = crossref.table(workspace, *meant)
        system, rows = table.system, crossref.rows(workspace.store, table, meant[1])
        if json:
            print_pieces(_json(rows))
            return
        none = True
        for row in rows:
            if none:
                typer.echo(_line("scope", "external id", f"key in {system}", "modified"))
            none = False
            typer.echo(
                _line(row.scope, row.external_id, row.internal_id, f"{row.modified:%Y-%m-%d %H:%M:%S}")
            )
        if none:
            typer.echo(f"no customer of {system} is linked to an external id")


def link(options: Options, meant: Meant, external_id: str, key: str) -> None:
    """Link an external id to a key."""
    with options.workspace() as workspace:
        table = crossref.table(workspace, *meant)
        crossref.link(workspace.store, table, external_id, key)
    typer.echo(f"{external_id} of {table.scope} is linked to {table.system} {key}")


def unlink(options: Options, meant: Meant, external_id: str) -> None:
    """Take a link away."""
    with options.workspace() as workspace:
        table = crossref.table(workspace, *meant)
        key = crossref.unlink(workspace.store, table, external_id)
    typer.echo(f"{external_id} of {table.scope} is no longer linked to {table.system} {key}")


def export(options: Options, meant: Meant, out: Path | None, form: Format | None) -> None:
    """Write a truth table to a file, or to standard output."""
    with options.workspace() as workspace:
        table = crossref.table(workspace, *meant)
        pieces = crossref_files.exported(workspace.store, table, _form(out, form))
        if out is None:
            sys.stdout.flush()
            sys.stdout.buffer.writelines(pieces)
            sys.stdout.buffer.flush()
            return
        with whole_file(out) as file:
            file.writelines(pieces)


def import_rows(options: Options, meant: Meant, file: Path, form: Format | None, *, json: bool) -> int:
    """Read a truth table from a file, and print the rows that are not taken; gives the exit code."""
    refused: list[Refused] = []

    def refuse(row: Refused) -> None:
        if json:
            refused.append(row)
            return
        who = f" ({row.external_id})" if row.external_id else ""
        typer.echo(f"{file.name}, line {row.line}{who}: {row.reason}", err=True)

    with options.workspace() as workspace:
        table = crossref.table(workspace, *meant)
        done = crossref_files.import_file(workspace.store, table, file, _form(file, form), refuse)
    if json:
        counts = {"linked": done.linked, "unchanged": done.unchanged, "refused": done.refused}
        print_json({"scope": table.scope, "system": table.system, **counts, "rows": refused})
    else:
        typer.echo(
            f"{table.scope}: {done.linked:,} linked, {done.unchanged:,} unchanged, {done.refused:,} refused"
        )
    return done.exit_code


def _form(file: Path | None, form: Format | None) -> Format:
    return form or ("csv" if file is not None and file.suffix.lower() == ".csv" else "xml")


def _line(scope: str, external_id: str, key: str, modified: str) -> str:
    return f"{scope:<20}  {external_id:<24}  {key:<16}  {modified}".rstrip()


def _json(rows: Iterator[Truth]) -> Iterator[str]:
    between = "["
    for row in rows:
        yield f"{between}\n  {msgspec.json.encode(row).decode()}"
        between = ","
    yield "[]" if between == "[" else "\n]"
