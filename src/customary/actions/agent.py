"""The agent as this configuration wants it: its jobs, its schedules, and the mail after each run."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

import structlog

from customary.actions.logins import look_at_logins
from customary.actions.request import request_of
from customary.actions.tell import tell
from customary.actions.workspace import Workspace, place
from customary.config.references import unresolved
from customary.config.settings import Config, OperationConfig, SystemConfig
from customary.connectors.contract import LogsOn
from customary.engine.agent import Agent
from customary.engine.lease import left_behind
from customary.engine.schedule import Scheduled
from customary.engine.segments import moved_since, refuse_empty, segments
from customary.errors import ConfigError, CustomaryError
from customary.model.run import Request
from customary.store import runs

log = structlog.get_logger()


def agent_of(workspace: Workspace) -> Agent:
    """Wire the agent."""
    return Agent(
        store=workspace.store,
        data=workspace.config.data,
        job_of=workspace.job,
        after=lambda run_id: tell(workspace, run_id),
        upkeep=lambda: look_at_logins(workspace),
        schedules=[_scheduled(item) for item in workspace.config.operations if item.schedule],
    )


def begin(workspace: Workspace, operation: OperationConfig, request: Request) -> int:
    """Queue a run of an operation and give its id.

    Raises ``ConfigError`` before anything is queued when a secret is missing or the scope is empty, and
    ``runs.Busy`` when the operation has an unfinished run.
    """
    config = workspace.config
    used = _used(config, [operation])
    missing = unresolved(config.hub, config.mail, *(system.settings for system in used))
    if missing:
        raise ConfigError(missing)
    job = workspace.wired(operation, "looking at the scope", request.upload)
    try:
        with workspace.store.write() as connection:
            since = moved_since(connection, request, operation.name, job.source)
            parts = segments(request, job.sides(since))
            busy = runs.unfinished(connection, operation.name)
            if busy is not None:
                raise runs.Busy(operation.name, busy)
            job.end().refold(connection, job.source.fold)
            refuse_empty(connection, parts, request, operation.source)
            return runs.begin(connection, operation.name, (operation.source, operation.target), request)
    finally:
        job.close()


def refuse_unusable(workspace: Workspace) -> None:
    """See to it that no operation will fail for want of a secret or a mapping.

    Raises ``ConfigError`` with everything that is missing.
    """
    config = workspace.config
    used = _used(config, config.operations)
    problems = list(unresolved(config.hub, config.mail, *(system.settings for system in used)))
    for system in used:
        try:
            workspace.mapping(system)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)


def _used(config: Config, operations: Iterable[OperationConfig]) -> list[SystemConfig]:
    ends = {end for operation in operations for end in (operation.source, operation.target)}
    return [system for name, system in config.systems.items() if name in ends]


def log_off_abandoned(workspace: Workspace) -> None:
    """End the sessions that killed processes left behind, also where no run of theirs is to be carried on.

    What cannot be ended is logged: whoever uses that system next tries again.
    """
    for system in workspace.config.systems.values():
        if not left_behind(workspace.store, place(system)):
            continue
        try:
            source = workspace.open_source(system, "ending an abandoned session")
            with closing(source):
                if isinstance(source, LogsOn):
                    source.log_off_abandoned()
        except CustomaryError as error:
            log.warning("abandoned session not ended", system=system.name, reason=str(error))


def _scheduled(operation: OperationConfig) -> Scheduled:
    schedule = operation.schedule
    if schedule is None:
        raise ConfigError(f"operation '{operation.name}' has no schedule")
    return Scheduled(
        operation=operation.name,
        between=(operation.source, operation.target),
        cron=schedule.cron,
        time_zone=schedule.time_zone,
        request=request_of(operation),
    )
