"""The second half of a run: a plan that passed its limits is applied, page by page, each page one commit."""

from __future__ import annotations

from sqlalchemy import Connection

from customary.engine.corridor import Course, replan
from customary.engine.hub_planning import hub_target
from customary.engine.planning import Work
from customary.model.change import Cycle
from customary.stages.apply import apply
from customary.store import journal, runs, statistics
from customary.store.database import commit_without_waiting, reading, writing, writing_again


def apply_pages(connection: Connection, work: Work, course: Course) -> None:
    """Apply the pages of a run that are planned and not applied yet, in order."""
    with reading(connection):
        waiting = runs.unapplied(connection, work.run)
    looked = False
    for number in waiting:
        work.watch()
        for attempt in writing_again(connection):
            with attempt:
                commit_without_waiting(connection)
                runs.guard(connection, work.run, work.epoch)
                _apply_page(connection, work, course, number)
        if not looked:
            with writing(connection):
                looked = statistics.gather_missing(connection)


def _apply_page(connection: Connection, work: Work, course: Course, number: int) -> None:
    planned = journal.read_planned(connection, work.run, number)
    target = hub_target(connection, work, course.mapping.fold)
    done = apply(planned, target, lambda change, held: replan(change, held, course))
    exceptions: list[Cycle] = [
        after for before, after in zip(planned, done, strict=True) if after is not before
    ]
    journal.settle(connection, work.run, number, exceptions)
    runs.mark_applied(connection, work.run, number)
