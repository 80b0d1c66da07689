"""Runs and their pages: begun, taken over, checkpointed and ended."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, and_, func, select
from sqlalchemy.exc import IntegrityError

from customary.errors import StoreError, Superseded
from customary.model.run import EXIT_SYSTEM, Request, Run, State
from customary.store.tables import page, run


class Busy(StoreError):
    """The operation has an unfinished run, whose id is ``run``."""

    def __init__(self, operation: str, unfinished: int) -> None:
        self.run = unfinished
        super().__init__(f"operation '{operation}' has a run that is not finished: run {unfinished}")


class PageRow(Struct, frozen=True, kw_only=True):
    """A checkpoint: how far a run's plan is."""

    number: int
    segment: int
    """Which part of the scope it belongs to."""
    cursor: str | None
    last: bool
    """Whether it ends its segment."""
    complete: bool
    """Whether, being the last, it ends an enumeration that was complete."""
    keys: tuple[str, ...]
    """The source's keys on this page."""
    records: int
    unchanged: int
    digest: str
    """Digest of the page's planned changes."""
    applied: bool = False


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def begin(connection: Connection, operation: str, between: tuple[str, str], request: Request) -> int:
    """Queue a run of an operation ``between`` its source and target, and give its id.

    Raises ``Busy`` when the operation has an unfinished run.
    """
    found = unfinished(connection, operation)
    if found is not None:
        raise Busy(operation, found)
    values = {
        "operation": operation,
        "source": between[0],
        "target": between[1],
        "state": State.QUEUED,
        "request": msgspec.json.encode(request).decode(),
        "queued": now(),
    }
    try:
        with connection.begin_nested():
            return int(connection.execute(run.insert().values(values).returning(run.c.id)).scalar_one())
    except IntegrityError:
        raise Busy(operation, unfinished(connection, operation) or 0) from None


def begin_request(
    connection: Connection, operation: str, between: tuple[str, str], known: int, holder: str
) -> int:
    """Enter the run of a request to a component, and give its id.

    No agent may take it up, so its row has an end from the first, though it counts as running until
    ``finish``. ``known`` is how many records the business unit held; ``holder`` the process that is at it,
    which tells later whether the request was cut off.
    """
    at = now()
    values = {
        "operation": operation,
        "source": between[0],
        "target": between[1],
        "state": State.RUNNING,
        "exit_code": EXIT_SYSTEM,
        "agent": holder,
        "known": known,
        "queued": at,
        "started": at,
        "finished": at,
        "mailed": at,
    }
    return int(connection.execute(run.insert().values(values).returning(run.c.id)).scalar_one())


def holder_of(connection: Connection, run_id: int) -> str:
    """Give the process that a run was begun or taken over by, as it describes itself."""
    return str(connection.execute(select(run.c.agent).where(run.c.id == run_id)).scalar_one())


def unfinished(connection: Connection, operation: str) -> int | None:
    """Tell the id of the operation's unfinished run, if any."""
    query = select(run.c.id).where(run.c.operation == operation, run.c.finished.is_(None))
    return connection.execute(query).scalar_one_or_none()


def all_unfinished(connection: Connection) -> list[int]:
    """Give the ids of all unfinished runs, oldest first."""
    return list(
        connection.execute(select(run.c.id).where(run.c.finished.is_(None)).order_by(run.c.id)).scalars()
    )


def take(connection: Connection, run_id: int, agent: str) -> int:
    """Make a run this process's own: raises its epoch, gives the new one."""
    query = (
        run.update()
        .where(run.c.id == run_id, run.c.finished.is_(None))
        .values(
            epoch=run.c.epoch + 1,
            agent=agent,
            state=State.RUNNING,
            started=func.coalesce(run.c.started, now()),
        )
        .returning(run.c.epoch)
    )
    epoch = connection.execute(query).scalar_one_or_none()
    if epoch is None:
        raise Superseded(f"run {run_id} is finished")
    return int(epoch)


def guard(connection: Connection, run_id: int, epoch: int) -> None:
    """Make sure that the run is still this process's own until the commit. Raises ``Superseded``."""
    query = select(run.c.epoch).where(run.c.id == run_id, run.c.finished.is_(None)).with_for_update(read=True)
    if connection.execute(query).scalar_one_or_none() != epoch:
        raise Superseded(f"run {run_id} was taken over by another process")


def set_values(connection: Connection, run_id: int, **values: Any) -> None:
    """Set columns of a run."""
    connection.execute(run.update().where(run.c.id == run_id).values(values))


def finish(connection: Connection, run_id: int, state: State, exit_code: int) -> None:
    """End a run."""
    set_values(connection, run_id, state=state, exit_code=exit_code, finished=now())


def read(connection: Connection, run_id: int) -> Run | None:
    """Read a run, or ``None`` when there is none of this id."""
    row = connection.execute(select(run).where(run.c.id == run_id)).mappings().one_or_none()
    return None if row is None else _run(row)


def recent(connection: Connection, limit: int, operation: str | None = None) -> list[Run]:
    """Give the newest runs first, of one operation or of all."""
    query = select(run).order_by(run.c.id.desc()).limit(limit)
    if operation is not None:
        query = query.where(run.c.operation == operation)
    return [_run(row) for row in connection.execute(query).mappings()]


def _run(row: Any) -> Run:
    values = {name: row[name] for name in Run.__struct_fields__}
    values["request"] = msgspec.json.decode(row["request"], type=Request)
    values["state"] = State(row["state"])
    for name in ("queued", "started", "finished"):
        if values[name] is not None and values[name].tzinfo is None:
            values[name] = values[name].replace(tzinfo=UTC)
    if values["state"] is State.RUNNING:
        values["finished"] = None  # a request's row has an end before the request has
    return Run(**values)


def write_page(connection: Connection, run_id: int, row: PageRow) -> None:
    """Write a checkpoint; it commits together with what it covers."""
    values = {name: getattr(row, name) for name in PageRow.__struct_fields__}
    values["keys"] = zlib.compress("\n".join(row.keys).encode(), 1)
    for name in ("last", "complete", "applied"):
        values[name] = int(values[name])
    connection.execute(page.insert().values(run_id=run_id, **values))


def pages(connection: Connection, run_id: int) -> Iterator[PageRow]:
    """Give a run's checkpoints in order."""
    query = select(page).where(page.c.run_id == run_id).order_by(page.c.number)
    for row in connection.execute(query).mappings():
        yield _page(row)


def last_page(connection: Connection, run_id: int) -> PageRow | None:
    """Give the checkpoint that a run has reached, or ``None`` at its beginning."""
    query = select(page).where(page.c.run_id == run_id).order_by(page.c.number.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _page(row)


def listed_whole(connection: Connection, run_id: int) -> bool:
    """Tell whether a run's first segment ended as a complete enumeration."""
    of_it = (page.c.run_id == run_id, page.c.segment == 0, page.c.complete == 1)
    return connection.execute(select(page.c.number).where(*of_it).limit(1)).first() is not None


def lists_gone(connection: Connection, run_id: int) -> bool:
    """Tell whether what a run's listing lacks may be taken for gone: it was complete, and not of nobody."""
    query = select(page.c.number).where(page.c.run_id == run_id, page.c.segment == 0, page.c.records > 0)
    return listed_whole(connection, run_id) and connection.execute(query.limit(1)).first() is not None


def unapplied(connection: Connection, run_id: int) -> list[int]:
    """Give the numbers of the pages that are planned and not applied, in order."""
    query = (
        select(page.c.number)
        .where(and_(page.c.run_id == run_id, page.c.applied == 0))
        .order_by(page.c.number)
    )
    return list(connection.execute(query).scalars())


def mark_applied(connection: Connection, run_id: int, number: int) -> None:
    """Note that a page is applied; commits together with what was applied."""
    connection.execute(
        page.update().where(page.c.run_id == run_id, page.c.number == number).values(applied=1)
    )


def _page(row: Any) -> PageRow:
    text = zlib.decompress(row["keys"]).decode()
    keys: Sequence[str] = text.split("\n") if text else ()
    return PageRow(
        number=row["number"],
        segment=row["segment"],
        cursor=row["cursor"],
        last=bool(row["last"]),
        complete=bool(row["complete"]),
        keys=tuple(keys),
        records=row["records"],
        unchanged=row["unchanged"],
        digest=row["digest"],
        applied=bool(row["applied"]),
    )


def mailed(connection: Connection, run_id: int) -> bool:
    """Tell whether the mail about a run was dealt with."""
    return connection.execute(select(run.c.mailed).where(run.c.id == run_id)).scalar_one_or_none() is not None
