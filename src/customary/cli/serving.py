"""The HTTP server beside the agent of ``customary serve``."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from customary.actions.workspace import Workspace
from customary.config.settings import WebConfig
from customary.protocols.ssc_soap import SOAP_PATH


@contextmanager
def serving(workspace: Workspace) -> Iterator[None]:
    """Answer over HTTP meanwhile, if ``[web]`` says where. Raises ``ConfigError`` when that cannot be."""
    web = workspace.config.web
    if web is None:
        yield
        return
    from customary.web.app import application  # heavy, and only needed here
    from customary.web.server import GRACE, WebServer

    with WebServer(application(workspace.store, workspace.config, web), web) as server:
        typer.echo(f"SunSystems Connect is answered at {server.url}{SOAP_PATH.rstrip('/')}", err=True)
        if not web.certificate and not _is_here(web):
            typer.echo("warning: without web.certificate, passwords can be read on the way", err=True)
        yield
        typer.echo(f"Requests that are under way get {GRACE} seconds to end.", err=True)


def _is_here(web: WebConfig) -> bool:
    """Tell whether only this computer can ask."""
    try:
        return ipaddress.ip_address(web.host).is_loopback
    except ValueError:
        return web.host == "localhost"
