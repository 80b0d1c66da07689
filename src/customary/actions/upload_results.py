"""How each record of an uploaded file ended: the file read once more, beside the run's journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from customary.actions.show import summary
from customary.actions.upload_files import Ending, Files, write_files
from customary.actions.workspace import Workspace
from customary.connectors.zynk.codec import Understood
from customary.connectors.zynk.connector import ZynkSource
from customary.engine.carry_out import EXAMPLES_FOLLOW, Job
from customary.errors import ConfigError
from customary.model.outcome import Level, Outcome
from customary.model.run import Run, State
from customary.model.source import Named
from customary.protocols.zynk_read import CustomerRecord
from customary.store import uploads
from customary.store.database import Store
from customary.store.runs import now
from customary.store.uploads import Ended

_NOBODY = Named()
_DONE = (Outcome.CREATED, Outcome.UPDATED, Outcome.STATUS_CHANGED, Outcome.UNCHANGED)
_SOME = 500

Read = tuple[CustomerRecord, Understood]


class Page(Struct, frozen=True):
    """Some records of the file, and the cycles that the run has of them."""

    records: Sequence[Read]
    cycles: Mapping[str, Ended]
    """Key of the source -> how it ended; a customer without one had nothing to change."""
    planned: bool = True
    """Whether the run came as far as these records."""


def write_results(workspace: Workspace, run_id: int, files: Files) -> tuple[int, int]:
    """Write the success and the fail file of a finished upload; gives how many records are in each.

    Raises ``ConfigError`` when the uploaded file is not what it was, or a file cannot be written.
    """
    told = summary(workspace.store, run_id)
    job = workspace.job(told.run)
    try:
        if not isinstance(job.source, ZynkSource):
            raise ConfigError(f"run {run_id} uploaded no file")
        errors = (
            note.text.partition(EXAMPLES_FOLLOW)[0] for note in told.messages if note.level is Level.ERROR
        )
        why = "; ".join(errors)
        results = Results(workspace.store, told.run, job, why or f"the run ended as {told.run.state.value}")
        return write_files(results.endings(job.source.understood()), files, now())
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be written: {error.strerror}") from None
    finally:
        job.close()


class Results:
    """The endings of one run's records."""

    def __init__(self, store: Store, run: Run, job: Job, why: str) -> None:
        """Look into the journal of ``run``; ``why`` says what kept it from records it did not come to."""
        self._store = store
        self._run = run
        self._between = (run.source, run.target)
        self._why = why
        self._here = job.source.fold
        self._there: Callable[[str], str] = job.far.target.fold if job.far else job.source.fold

    def endings(self, records: Iterator[Read]) -> Iterator[tuple[CustomerRecord, Ending]]:
        """Give every record with how it ended, in the file's order."""
        for page in self._pages(records):
            names = self._names(page)
            for record, understood in page.records:
                yield record, self._ending(page, understood, names)

    def _pages(self, records: Iterator[Read]) -> Iterator[Page]:
        """Cut the records as the run's pages were cut, whose cursors are the records' numbers."""
        waiting = next(records, None)
        with self._store.read() as connection:
            for number, last in uploads.pages(connection, self._run.id):
                some: list[Read] = []
                while waiting is not None and waiting[0].number <= last:
                    some.append(waiting)
                    waiting = next(records, None)
                yield Page(some, uploads.ended(connection, self._run.id, number))
        while waiting is not None:
            yield Page([waiting, *islice(records, _SOME - 1)], {}, planned=False)
            waiting = next(records, None)

    def _ending(self, page: Page, understood: Understood, names: Mapping[str, Named]) -> Ending:
        if not page.planned:
            return Ending(errors=(f"not uploaded: {self._why}",))
        cycle = page.cycles.get(understood.key)
        name = names.get(understood.key, _NOBODY)
        if cycle is None or cycle.outcome in _DONE:
            return Ending(name.id, name.key)
        if cycle.outcome is Outcome.SKIPPED and self._run.state is State.SUCCEEDED:
            return Ending(name.id, name.key)  # somebody else had made it what it was to be
        return Ending(errors=cycle.errors or (f"not uploaded: {self._why}",))

    def _names(self, page: Page) -> dict[str, Named]:
        """Give id and reference of a page's customers, by the source's key."""
        given = {
            understood.key: understood.record.target or _NOBODY
            for _, understood in page.records
            if understood.record
        }
        with self._store.read() as connection:
            known = uploads.names(
                connection,
                self._between,
                {key: self._here(key) for key in given},
                [named.id for named in given.values() if named.id],
            )
            keys = {
                key: (cycle.customer if (cycle := page.cycles.get(key)) and cycle.outcome in _DONE else "")
                or known.keys.get(key)
                or known.of_ids.get(named.id)
                or named.key
                for key, named in given.items()
            }
            ids = uploads.ids(
                connection, self._run.target, [self._there(key) for key in keys.values() if key]
            )
        return {
            key: Named(ids.get(self._there(keys[key]), "") or named.id, keys[key])
            for key, named in given.items()
        }
