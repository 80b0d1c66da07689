"""One run from its first page to its end: planned, held against the limits, applied, summed up."""

from __future__ import annotations

import threading
from datetime import datetime
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from customary.connectors.contract import HasOnlySome, Source
from customary.engine.ends import End, FarEnd, HubEnd
from customary.engine.far import Far
from customary.engine.garbage import seldom_collected
from customary.engine.patience import wait_again
from customary.engine.planning import Work
from customary.engine.segments import (
    Listing,
    Sides,
    moved_since,
    purpose,
    refuse_empty,
    segments,
    unknown_classes,
)
from customary.errors import ConfigError, ConnectorError, StoreError, Superseded, Unreachable
from customary.mapping.spec import FieldMapping
from customary.model.change import Action, changes_line
from customary.model.limits import Limits
from customary.model.outcome import Level, Message
from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_REFUSED, EXIT_SYSTEM, EXIT_USAGE, Run, State
from customary.stages.plan import Plan, Refusal, plan
from customary.store import journal, runs, watermarks
from customary.store.database import Store, reading, writing

EXAMPLES = 5
"""How many customers a refusal names."""
EXAMPLES_FOLLOW = ". For example:"
"""What stands before them."""


class Stopping(BaseException):
    """The agent is stopping: leave the run where its last page left it. Not an error, so not an Exception."""


class Job(Struct, frozen=True, kw_only=True):
    """Everything that an operation needs to be carried out, wired once by ``actions``."""

    source: Source
    mapping: FieldMapping
    """The source's."""
    unit: str
    """Business unit of the hub that the customers belong to."""
    limits: Limits
    far: Far | None = None
    """The target, where it is another system than the hub."""
    page: int = 1000
    """Customers on a page of listed keys."""
    pause: float = 2.0
    """Seconds to wait before a source that cannot be reached is tried again; doubled each time."""

    def end(self) -> End:
        """Give what the run leads to."""
        if self.far is None:
            return HubEnd(self.source.name, self.unit, self.mapping)
        return FarEnd(self.source.name, self.unit, self.mapping, self.far)

    def sides(self, since: datetime | None = None) -> Sides:
        """Give what cutting a scope needs; ``since``: only what moved after that moment is read."""
        source, end = self.source, self.end()
        partial = isinstance(source, HasOnlySome)
        return Sides(source.fold, end.members, source.bulk, partial, since, end.gone)

    def close(self) -> None:
        """End the sessions with both systems."""
        self.source.close()
        if self.far is not None:
            self.far.target.close()


def carry_out(store: Store, run_id: int, job: Job, agent: str, stop: threading.Event) -> State:
    """Carry a run out to its end, from wherever an earlier process left it.

    ``agent`` names this process. Raises ``Stopping`` when ``stop`` is set, and ``Superseded`` when another
    process took the run over; the run stays unfinished then. Every other failure ends the run, and says so
    in its messages.
    """
    with store.write() as connection:
        epoch = runs.take(connection, run_id, agent)
        run = runs.read(connection, run_id)
    if run is None:
        raise Superseded(f"run {run_id} does not exist")
    try:
        with seldom_collected(), store.connection() as connection:
            ended = _carry_out(connection, run, epoch, job, stop)
            return _finish(connection, run, epoch, job.source, ended)
    except ConfigError as error:
        return fail(store, run_id, epoch, error, EXIT_USAGE)
    except (ConnectorError, StoreError) as error:
        if isinstance(error, Superseded):
            raise
        return fail(store, run_id, epoch, error, EXIT_SYSTEM)
    finally:
        job.close()


def _carry_out(
    connection: Connection, run: Run, epoch: int, job: Job, stop: threading.Event
) -> tuple[State, int]:
    source, request, end = job.source, run.request, job.end()
    with writing(connection):
        runs.guard(connection, run.id, epoch)
        parts = segments(request, job.sides(moved_since(connection, request, run.operation, source)))
        fresh = run.started is None or runs.last_page(connection, run.id) is None
        if fresh:
            end.refold(connection, source.fold)
            refuse_empty(connection, parts, request, run.source)
            runs.set_values(connection, run.id, known=end.count(connection))
            journal.write_once(connection, run.id, map(_no_class, unknown_classes(connection, request)))
        at_once = end.takes_at_once(connection) and request.initial_load and not request.dry_run
        run = runs.read(connection, run.id) or run
    if not run.known and isinstance(parts[0], Listing):
        parts = parts[:1]  # behind it come the known ones that it lacked: nobody was known when this began
    limits = job.limits.lift(Action.CREATE) if request.initial_load else job.limits

    def wait(seconds: float) -> None:
        if seconds > 0 and stop.wait(seconds):
            raise Stopping

    def watch() -> None:
        if stop.is_set():
            raise Stopping

    work = Work(
        run=run.id,
        epoch=epoch,
        between=(run.source, run.target),
        unit=job.unit,
        at_once=at_once,
        remember=not request.dry_run,
        deletes=request.deletes,
        page=job.page,
        patience=lambda error, failures: _wait(error, failures, job.pause, stop),
        watch=watch,
        wait=wait,
    )
    end.plan(connection, work, source, parts)
    run = _known_better(connection, run, epoch, end, limits)
    decided = _decide(connection, run, epoch, limits)
    if isinstance(decided, Refusal):
        with writing(connection):
            runs.guard(connection, run.id, epoch)
            remedy = _remedy(decided.action, run)
            told = f"{decided.text}. {remedy}{_examples(connection, run.id, decided.action)}"
            journal.write_messages(connection, run.id, [Message(level=Level.ERROR, text=told)])
            if not request.dry_run:  # which shows what it would do all the same
                journal.skip_planned(connection, run.id)
        return State.REFUSED, EXIT_REFUSED
    if request.dry_run:
        return State.PLANNED, EXIT_DONE
    end.apply(connection, work)
    return State.SUCCEEDED, EXIT_DONE


def _known_better(connection: Connection, run: Run, epoch: int, end: End, limits: Limits) -> Run:
    """Count all the target's customers where a file is uploaded, whose customers may be any of them.

    An operation is about its own: what else the target has must not make room for changes of these.
    """
    if run.request.upload is None:
        return run
    with reading(connection):
        planned = journal.planned_actions(connection, run.id)
    if all(count <= limits.allowed(action, run.known) for action, count in planned.items()):
        return run
    if (known := end.count_all()) <= run.known:
        return run
    with writing(connection):
        runs.guard(connection, run.id, epoch)
        runs.set_values(connection, run.id, known=known)
    return replace(run, known=known)


def _decide(connection: Connection, run: Run, epoch: int, limits: Limits) -> Plan | Refusal:
    """Hold the plan against the limits, and note what was enumerated."""
    keys = blake2b(digest_size=16)
    digests: list[str] = []
    records = 0
    with writing(connection):
        runs.guard(connection, run.id, epoch)
        for page in runs.pages(connection, run.id):
            records += page.records
            digests.append(page.digest)
            keys.update("\n".join(page.keys).encode())
        decided = plan(digests, journal.planned_actions(connection, run.id), run.known, limits)
        fingerprint = decided.fingerprint if isinstance(decided, Plan) else ""
        runs.set_values(
            connection, run.id, enumerated=records, digest=keys.hexdigest(), fingerprint=fingerprint
        )
    return decided


def _finish(connection: Connection, run: Run, epoch: int, source: Source, ended: tuple[State, int]) -> State:
    state, exit_code = ended
    with writing(connection):
        runs.guard(connection, run.id, epoch)
        if exit_code == EXIT_DONE and journal.has_issues(connection, run.id):
            exit_code = EXIT_ISSUES
        if run.request.modified and state is State.SUCCEEDED:
            _move_on(connection, run, source, exit_code)
        runs.finish(connection, run.id, state, exit_code)
    return state


def _move_on(connection: Connection, run: Run, source: Source, exit_code: int) -> None:
    """Note that what moved before this run began was read, if all of it was; the next one goes on there."""
    since = moved_since(connection, run.request, run.operation, source)
    whole = since is not None or runs.listed_whole(connection, run.id)
    if exit_code == EXIT_DONE and whole and run.started is not None:
        watermarks.advance(connection, run.source, purpose(run.operation), run.started)
        return
    text = "the next run reads again what this one read, because not every customer was dealt with"
    journal.write_once(connection, run.id, [Message(level=Level.INFORMATION, text=text)])


def fail(store: Store, run_id: int, epoch: int, error: Exception, exit_code: int) -> State:
    """End a run that an error stopped; what was planned and not applied is skipped: the next run does it."""
    with store.write() as connection:
        runs.guard(connection, run_id, epoch)
        skipped = journal.skip_planned(connection, run_id)
        notes = [Message(level=Level.ERROR, text=str(error))]
        if skipped:
            who, them = ("1 customer was", "it") if skipped == 1 else (f"{skipped} customers were", "them")
            text = f"{who} planned and not written; the next run does {them}"
            notes.append(Message(level=Level.INFORMATION, text=text))
        journal.write_messages(connection, run_id, notes)
        runs.finish(connection, run_id, State.FAILED, exit_code)
    return State.FAILED


def _wait(error: Unreachable, failures: int, pause: float, stop: threading.Event) -> None:
    wait_again(error, failures, pause, stop.wait)
    if stop.is_set():
        raise Stopping


def _no_class(name: str) -> Message:
    return Message(
        level=Level.WARNING,
        text=f"no customer of the hub is in class '{name}'; set it with 'customary edit CODE classes=..'",
    )


def _remedy(action: Action, run: Run) -> str:
    if run.request.upload:
        return "If this is right, upload it again with a higher --limit, a share or a number"
    if action is Action.CREATE and not run.known:
        return "A first load is carried out with --initial-load"
    if not run.known:
        return f"Nobody is known yet. If this is right, set the operation's limit '{action}' to a number"
    more = "; --initial-load lifts it for one run" if action is Action.CREATE else ""
    return f"If this is right, raise the operation's limit '{action}'{more}"


def _examples(connection: Connection, run_id: int, action: Action) -> str:
    lines = []
    for cycle in journal.cycles(connection, run_id, action=action, limit=EXAMPLES):
        lines.append(f"\n  {cycle.customer}: {changes_line(action, cycle.changes[:3])}")
    return EXAMPLES_FOLLOW + "".join(lines) if lines else ""
