"""``customary upload``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import typer
from msgspec import Struct

from customary.actions.agent import agent_of, begin
from customary.actions.show import run_json, summary
from customary.actions.upload_files import Files
from customary.actions.upload_results import write_results
from customary.actions.uploading import Wanted, system_of
from customary.actions.workspace import Workspace
from customary.cli.options import Options
from customary.cli.running import STOPPED, watch
from customary.cli.showing import FIRST, print_pieces, print_run
from customary.cli.stopping import stop_when_asked
from customary.connectors.contract import Verdict
from customary.errors import ConfigError
from customary.model.run import EXIT_SYSTEM, Request, ScopeName, State, Upload
from customary.store import runs


class Given(Struct, frozen=True):
    """What the command line gives."""

    wanted: dict[str, Any]
    """What ``actions.uploading.Wanted`` takes; ``None`` where it was not given."""
    success: Path | None
    fail: Path | None
    dry_run: bool

    def read(self) -> tuple[Wanted, Files | None]:
        """Give what is to be uploaded, and where the results go. Raises ``ConfigError``."""
        wanted = Wanted(**{name: value for name, value in self.wanted.items() if value is not None})
        if self.success is None or self.fail is None:
            if self.dry_run:
                return wanted, None
            raise ConfigError("say where the records go: --success OK.xml --fail FAIL.xml")
        files = Files(self.success, self.fail)
        files.refuse_overlap(wanted.file)
        return wanted, None if self.dry_run else files


def upload(options: Options, given: Given, *, json: bool) -> int:
    """Upload a file and print what was done; gives the exit code."""
    wanted, files = given.read()
    with options.workspace() as workspace:
        operation = wanted.operation()
        told = wanted.upload()
        _refuse_broken(workspace, operation.source, operation.target, told)
        request = Request(scope=ScopeName.ALL, dry_run=given.dry_run, upload=told)
        while True:
            try:
                run_id = begin(workspace, operation, request)
            except runs.Busy as busy:
                # Another upload, or this one interrupted: what it left in doubt is for a run of its own.
                earlier = f"run {busy.run} is an earlier upload to {operation.target}"
                typer.echo(f"{earlier}, and not finished: it is carried to its end first", err=True)
                if not _carry(workspace, busy.run):
                    return STOPPED
            else:
                break
        if not _carry(workspace, run_id):
            return STOPPED
        if files is not None:
            done, failed = write_results(workspace, run_id, files)
        if json:
            print_pieces(run_json(workspace.store, run_id))
        else:
            print_run(workspace.store, run_id, FIRST)
        run = summary(workspace.store, run_id).run
        if files is not None:
            typer.echo(f"{done:,} uploaded: {files.success}; {failed:,} not: {files.fail}", err=json)
        elif run.state is State.PLANNED and not json:
            typer.echo("Nothing was written, and no file. Upload it by the same command without --dry-run")
        if run.state is State.FAILED and run.exit_code == EXIT_SYSTEM:
            typer.echo("Find out what is wrong by: customary check", err=True)
        return run.exit_code


def _carry(workspace: Workspace, run_id: int) -> bool:
    """See a run to its end; tells whether it came there, and was not stopped."""
    with stop_when_asked() as stop:
        watch(agent_of(workspace).carry(run_id, stop), run_id)
    if summary(workspace.store, run_id).run.finished is not None:
        return True
    typer.echo(f"run {run_id} is not finished; carry it on by the same command", err=True)
    return False


def _refuse_broken(workspace: Workspace, name: str, target: str, told: Upload) -> None:
    """Read the file through before anything is begun. Raises ``ConfigError`` when it is not whole."""
    goal = workspace.system(target)
    system = system_of(told, name, workspace.config.systems.get(name), goal)
    with closing(workspace.open_source(system, "looking at the file")) as source:
        failed = [probe.text for probe in source.check().probes if probe.verdict is Verdict.FAILED]
    if failed:
        raise ConfigError(failed)
