"""Schedules: when an operation is due, and the run that is begun for it, or recorded as passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection

from customary.model.outcome import Level, Message
from customary.model.run import Request
from customary.store import journal, operations, runs
from customary.store.database import Store
from customary.store.operations import Due

MOST_COUNTED = 1000
"""How many missed due times are counted one by one."""


class Scheduled(Struct, frozen=True, kw_only=True):
    """An operation that is carried out by itself."""

    operation: str
    between: tuple[str, str]
    """Names of its source and target."""
    cron: str
    """Minute, hour, day of month, month, day of week."""
    time_zone: str
    """The zone that ``cron`` means, as ``Europe/London``."""
    request: Request = Request()

    @property
    def text(self) -> str:
        """The schedule in one text; when it changes, the next due time is reckoned anew."""
        return f"{self.cron} {self.time_zone}"


def due_times(scheduled: Scheduled, after: datetime) -> Iterator[datetime]:
    """Give the times in UTC at which an operation is due, after a moment, without end.

    A time that the clocks skip in spring becomes the moment they jump to. A time that they show twice in
    autumn counts once, unless the minute or the hour begins with ``*``: such schedules mean an interval.
    """
    from croniter import croniter  # heavy, and `customary run` has no use for it

    minute, hour = scheduled.cron.split()[:2]
    interval = minute.startswith("*") or hour.startswith("*")
    times = croniter(scheduled.cron, after.astimezone(ZoneInfo(scheduled.time_zone)))
    while True:
        local: datetime = times.get_next(datetime)
        if interval or local.utcoffset() == local.replace(fold=0).utcoffset():
            yield local.astimezone(UTC)


def begin_due(store: Store, schedules: Sequence[Scheduled], now: datetime) -> list[int]:
    """Begin a run of every operation that is due ``now``, and give the runs' ids.

    Due times missed while no agent was at work become one run, which says so. An operation whose last run
    is still going gets a finished run in state ``stopped`` instead, which says that it was passed over; it
    is not among the ids.
    """
    begun = []
    for scheduled in schedules:
        with store.read() as connection:
            known = operations.read_due(connection, scheduled.operation)
        if _reckoned(known, scheduled) and not _is_due(known, now):
            continue
        with store.write() as connection:
            run_id = _begin(connection, scheduled, now)
        if run_id is not None:
            begun.append(run_id)
    return begun


def forget_others(store: Store, schedules: Sequence[Scheduled]) -> None:
    """Forget due times of operations that are not among these any more."""
    with store.write() as connection:
        operations.unschedule_others(connection, [scheduled.operation for scheduled in schedules])


def _begin(connection: Connection, scheduled: Scheduled, now: datetime) -> int | None:
    """Begin one operation's run if it is due, and reckon when it is due next, in the caller's transaction."""
    name, request = scheduled.operation, scheduled.request
    known = operations.read_due(connection, name)
    upcoming = next(due_times(scheduled, now))
    operations.write_due(connection, name, Due(scheduled.text, upcoming))
    if known is None or known.next_due is None or not (_reckoned(known, scheduled) and _is_due(known, now)):
        return None
    passed, more = _passed(scheduled, known.next_due, now)
    try:
        run_id = runs.begin(connection, name, scheduled.between, request)
    except runs.Busy as busy:
        earlier = f" (and {len(passed) - 1} times before)" if len(passed) > 1 else ""
        reason = (
            f"passed over: due at {_when(passed[-1])}{earlier}, when run {busy.run} of this operation was"
            " still going"
        )
        operations.skip(connection, name, scheduled.between, request, (now, reason))
        return None
    if len(passed) > 1:
        missed = f"{'more than ' if more else ''}{len(passed) - 1}"
        text = (
            f"{missed} earlier due times, the first at {_when(passed[0])}, were missed while no agent was at"
            " work; this run stands for all of them"
        )
        journal.write_messages(connection, run_id, [Message(level=Level.WARNING, text=text)])
    return run_id


def _reckoned(known: Due | None, scheduled: Scheduled) -> bool:
    """Tell whether the next due time is the one that this schedule gives."""
    return known is not None and known.schedule == scheduled.text and known.next_due is not None


def _is_due(known: Due | None, now: datetime) -> bool:
    return known is not None and known.next_due is not None and known.next_due <= now


def _passed(scheduled: Scheduled, first: datetime, now: datetime) -> tuple[list[datetime], bool]:
    """Give the due times from ``first`` until ``now``, and whether there are more than are counted."""
    passed = [first]
    for moment in due_times(scheduled, first):
        if moment > now:
            return passed, False
        if len(passed) > MOST_COUNTED:
            break
        passed.append(moment)
    return passed, True


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
