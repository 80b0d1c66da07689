"""``./run demo``: the whole product on one machine, in a minute, with a SYSPRO that is a sandbox."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import typer

from customary.actions.agent import agent_of, begin
from customary.actions.request import request_of
from customary.actions.show import Summary, summary
from customary.actions.workspace import Where, Workspace, open_workspace
from customary.cli.showing import console, counted, print_run
from customary.cli.stopping import stop_when_asked
from customary.config.template import Answers, SysproAnswers, template
from customary.logs import configure
from customary.sandboxes.syspro.changes import change
from customary.sandboxes.syspro.sandbox import SysproSandbox

CUSTOMERS = 5000
CHANGED = 250
OPERATION = "update-customers"
SHOWN = 4
"""How many of the changed customers, and of the messages, are printed."""


def main(folder: Path = Path("demo")) -> int:
    """Load a sandbox's customers into a hub, change some at the source, update them; gives the exit code."""
    configure("warning")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    out = console()
    with SysproSandbox(customers=CUSTOMERS, seed=1) as sandbox, stop_when_asked() as stop:
        file = _configure(folder, sandbox)
        out.print(f"A SYSPRO sandbox with {CUSTOMERS:,} made-up customers answers on this computer.")
        with open_workspace(Where(config=file)) as workspace:

            def carry_out(*, initial_load: bool = False) -> Summary:
                request = request_of(workspace.operation(OPERATION), initial_load=initial_load)
                run_id = begin(workspace, workspace.operation(OPERATION), request)
                for _ in agent_of(workspace).carry(run_id, stop):
                    pass
                return summary(workspace.store, run_id)

            out.print("\n[bold]1. The initial load into an empty hub (SQLite)[/bold]")
            loaded = carry_out(initial_load=True)
            _print_summary(loaded)
            out.print("\n[bold]2. The same again: nothing moved, so nothing is written[/bold]")
            _print_summary(carry_out())
            changed = change(sandbox.state.customers, CHANGED, seed=7)
            out.print(
                f"\n[bold]3. {len(changed)} customers change in SYSPRO, then the nightly update runs[/bold]"
            )
            updated = carry_out()
            print_run(workspace.store, updated.run.id, SHOWN)
            _advise(workspace, file, updated)
        return max(loaded.run.exit_code, updated.run.exit_code)


def _configure(folder: Path, sandbox: SysproSandbox) -> Path:
    """Write the configuration that ``customary init`` would write, and the sandbox's password beside it."""
    (folder / "password").write_text("sandbox", encoding="utf-8")
    text = template(Answers(syspro=SysproAnswers(url=sandbox.url, company="A", operator="WEB")))
    text = text.replace('"env:SYSPRO_PASSWORD"', '"file:password"')
    file = folder / "customary.toml"
    file.write_text(text, encoding="utf-8")
    return file


def _print_summary(told: Summary) -> None:
    run = told.run
    seconds = (run.finished - run.started).total_seconds() if run.finished and run.started else 0.0
    console().print(f"   {told.scope:,} customers in scope: {counted(told)} ({seconds:.1f} s)")
    for note in told.messages:
        console().print(f"   {note.level.value}: {note.text}", markup=False)


def _advise(workspace: Workspace, file: Path, updated: Summary) -> None:
    code = "0000002"
    typer.echo(
        f"\nThe hub is {workspace.config.data / 'hub.db'}. What to try next"
        f" (customary is in .venv/{'Scripts' if sys.platform == 'win32' else 'bin'}):\n"
        f"  customary --config {file} show run {updated.run.id} --all     what changed, on which customers\n"
        f"  customary --config {file} show customer {code}   a customer as the hub holds it\n"
        "  customary sandbox syspro                              the sandbox, for a configuration of yours\n"
        "  customary init                                        a configuration for your SYSPRO"
    )


if __name__ == "__main__":
    sys.exit(main())
