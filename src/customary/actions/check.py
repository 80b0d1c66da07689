"""Looking at everything that is configured: reachable, credentials, rights, versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from customary.actions.workspace import Workspace
from customary.config.references import unresolved
from customary.config.settings import MailConfig, SystemConfig
from customary.connectors.contract import Probe, Report, Verdict
from customary.errors import ConfigError, MailNotSent
from customary.model.run import EXIT_DONE, EXIT_SYSTEM, EXIT_USAGE
from customary.notify.send import log_on

HUB, MAIL = "hub", "mail"
"""What the reports on the hub and on the mail server are called."""

SECRET, SETTINGS = "secret", "settings"
"""The probes that fail because of the configuration, whatever the systems do."""


def check(workspace: Workspace, only: str | None = None) -> Iterator[Report]:
    """Give a report on the hub, each system and the mail server, or on the hub and ``only`` this system.

    Nothing is written anywhere, and no mail is sent. Raises ``ConfigError`` when there is no such system.
    """
    store = workspace.store
    where = store.engine.url.render_as_string(hide_password=True)
    yield Report(HUB, (Probe(HUB, Verdict.OK, f"open, schema up to date: {where}"),))
    systems = [workspace.system(only)] if only else list(workspace.config.systems.values())
    for system in systems:
        yield _system(workspace, system)
    if only is None and workspace.config.mail is not None:
        yield _mail(workspace.config.mail)


def exit_code(reports: Iterable[Report]) -> int:
    """Give the exit code of ``customary check``: a mistake in the configuration comes before all else."""
    failed = [probe for report in reports for probe in report.probes if probe.verdict is Verdict.FAILED]
    if any(probe.name in (SECRET, SETTINGS) for probe in failed):
        return EXIT_USAGE
    return EXIT_SYSTEM if failed else EXIT_DONE


def _system(workspace: Workspace, system: SystemConfig) -> Report:
    if missing := unresolved(system.settings):
        return _failed(system.name, SECRET, missing)
    try:
        source = workspace.open_source(system, "customary check")
    except ConfigError as error:
        return _failed(system.name, SETTINGS, error.problems)
    try:
        return source.check()
    finally:
        source.close()


def _mail(config: MailConfig) -> Report:
    if missing := unresolved(config):
        return _failed(MAIL, SECRET, missing)
    try:
        with log_on(config):
            pass
    except MailNotSent as error:
        return _failed(MAIL, "server", [str(error)])
    who = f", logged on as {config.username}" if config.username else ", without a logon"
    text = f"{config.host}:{config.port_in_use} answers ({config.security}{who}); nothing was sent"
    return Report(MAIL, (Probe("server", Verdict.OK, text),))


def _failed(name: str, probe: str, texts: Iterable[str]) -> Report:
    return Report(name, tuple(Probe(probe, Verdict.FAILED, text) for text in texts))
