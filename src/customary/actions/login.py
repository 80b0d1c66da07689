"""Logging in to a system in a browser, where a system wants a person to do that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from customary.actions.workspace import Workspace
from customary.config.references import unresolved
from customary.connectors.contract import BrowserLogin
from customary.errors import ConfigError


@contextmanager
def login(workspace: Workspace, name: str) -> Iterator[BrowserLogin]:
    """Give what a person logs in to the system ``name`` by; what it gives is kept in the hub, sealed.

    Raises ``ConfigError`` when there is no such system, when one of its secrets cannot be fetched, or when
    nobody logs in to it in a browser.
    """
    system = workspace.system(name)
    if problems := unresolved(workspace.system(name).settings):
        raise ConfigError(problems)
    source = workspace.open_source(system, "customary login")
    try:
        if not isinstance(source, BrowserLogin):
            raise ConfigError(
                f"nobody logs in to {name} in a browser: its credentials stand in {workspace.config.path}"
            )
        yield source
    finally:
        source.close()
