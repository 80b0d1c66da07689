"""Looking once a day whether a login ends soon, and telling those who can log in again."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from customary.actions.workspace import Workspace
from customary.config.references import unresolved
from customary.config.settings import SystemConfig, When
from customary.connectors.contract import LoginEnd, LoginEnds
from customary.connectors.registry import connector
from customary.errors import ConfigError, CustomaryError, MailNotSent
from customary.notify.login_mail import LoginMail, compose_login
from customary.notify.send import send
from customary.store import runs, watermarks

log = structlog.get_logger()

PURPOSE = "login looked at"
"""The purpose by which the hub keeps when a system's login was looked at last."""
EVERY = timedelta(days=1)


def look_at_logins(workspace: Workspace, now: datetime | None = None) -> None:
    """Look at every login that was not looked at for a day, and mail about those that end soon.

    ``now`` is the present moment unless it is given. What cannot be looked at, or told, is logged: a login is
    never mailed about twice a day.
    """
    for system in workspace.config.systems.values():
        if not connector(system.connector).offers(LoginEnds):
            continue
        try:
            _look(workspace, system, now or runs.now())
        except CustomaryError as error:
            log.error("login not looked at", system=system.name, reason=str(error))


def _look(workspace: Workspace, system: SystemConfig, now: datetime) -> None:
    if problems := unresolved(system.settings):
        raise ConfigError(problems)
    with workspace.store.write() as connection:
        before = watermarks.read(connection, system.name, PURPOSE)
        if before is not None and now - before < EVERY:
            return
        # Noted first: whatever goes wrong below, nobody gets a mail an hour.
        watermarks.advance(connection, system.name, PURPOSE, now)
    source = workspace.open_source(system, "looking when the login ends")
    try:
        end = source.login_end() if isinstance(source, LoginEnds) else None
    finally:
        source.close()
    if end is not None and now >= end.warn:
        _tell(workspace, system, end, now)


def _tell(workspace: Workspace, system: SystemConfig, end: LoginEnd, now: datetime) -> None:
    concerned = [item for item in workspace.config.operations if system.name in (item.source, item.target)]
    mail = LoginMail(
        system=system.name, ends=end.at, now=now, operations=tuple(item.name for item in concerned)
    )
    log.warning("login ends", system=system.name, ends=end.at.isoformat(), days_left=mail.days)
    config = workspace.config.mail
    if config is None:
        return
    notified = [
        address for item in concerned if item.notify.when is not When.NEVER for address in item.notify.to
    ]
    to = config.to or tuple(dict.fromkeys(notified))
    if not to:
        log.warning("nobody is told: set to = [...] in [mail]", system=system.name)
        return
    try:
        send(compose_login(mail, config.sender, to), config)
    except MailNotSent as error:
        log.error("mail not sent", system=system.name, reason=str(error))
