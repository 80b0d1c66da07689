"""Operations as the hub knows them: when each is due next, and due times that were passed over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from customary.model.outcome import Level, Message
from customary.model.run import EXIT_DONE, Request, State
from customary.store import journal
from customary.store.clock import aware
from customary.store.tables import operation, run


class Due(Struct, frozen=True):
    """When an operation is due next, and the schedule that says so."""

    schedule: str
    """The schedule's text, by which a changed one is recognised."""
    next_due: datetime | None
    """In UTC; ``None`` when it has no schedule any more."""


def read_due(connection: Connection, name: str) -> Due | None:
    """Read when an operation is due next, or ``None`` when it was never scheduled."""
    query = select(operation.c.schedule, operation.c.next_due).where(operation.c.name == name)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Due(row.schedule, None if row.next_due is None else aware(row.next_due))


def write_due(connection: Connection, name: str, due: Due) -> None:
    """Write when an operation is due next."""
    values = {"schedule": due.schedule, "next_due": due.next_due}
    changed = connection.execute(operation.update().where(operation.c.name == name).values(values))
    if changed.rowcount == 0:
        connection.execute(operation.insert().values(name=name, **values))


def unschedule_others(connection: Connection, names: Collection[str]) -> None:
    """Forget when operations other than these are due: they have no schedule any more."""
    query = operation.update().where(operation.c.name.not_in(names), operation.c.schedule != "")
    connection.execute(query.values(schedule="", next_due=None))


def skip(
    connection: Connection, name: str, between: tuple[str, str], request: Request, at: tuple[datetime, str]
) -> int:
    """Record a run that did not take place: ``at`` is when it was recorded and why. Gives its id.

    It is finished, in state ``stopped``, and has no customers.
    """
    moment, reason = at
    values = {
        "operation": name,
        "source": between[0],
        "target": between[1],
        "state": State.STOPPED,
        "request": msgspec.json.encode(request).decode(),
        "exit_code": EXIT_DONE,
        "queued": moment,
        "finished": moment,
    }
    run_id = int(connection.execute(run.insert().values(values).returning(run.c.id)).scalar_one())
    journal.write_messages(connection, run_id, [Message(level=Level.WARNING, text=reason)])
    return run_id
