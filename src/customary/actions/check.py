"""Looking at every configured system: reachable, credentials, rights, versions."""

from __future__ import annotations

from collections.abc import Iterator

from customary.actions.workspace import Workspace
from customary.config.references import unresolved
from customary.connectors.contract import Probe, Report, Verdict
from customary.errors import ConfigError


def check(workspace: Workspace, only: str | None = None) -> Iterator[Report]:
    """Give a report on the hub, and on each system or ``only`` this one; nothing is written anywhere.

    Raises ``ConfigError`` when there is no such system.
    """
    store = workspace.store
    where = store.engine.url.render_as_string(hide_password=True)
    yield Report("hub", (Probe("hub", Verdict.OK, f"open, schema up to date: {where}"),))
    systems = [workspace.system(only)] if only else list(workspace.config.systems.values())
    for system in systems:
        missing = unresolved(workspace.config, frozenset({system.name}))
        if missing:
            yield Report(system.name, tuple(Probe("secret", Verdict.FAILED, text) for text in missing))
            continue
        try:
            source = workspace.open_source(system, "customary check")
        except ConfigError as error:
            yield Report(system.name, (Probe("settings", Verdict.FAILED, str(error)),))
            continue
        try:
            yield source.check()
        finally:
            source.close()
