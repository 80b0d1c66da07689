"""One request being carried out: its pages, its deletes, and what the journal is told."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice

from msgspec.structs import replace
from sqlalchemy import Connection

from customary import __version__
from customary.components.methods import Method
from customary.components.order import in_order
from customary.components.query import found
from customary.components.reading import error
from customary.components.work import Component, Done, Rules, Work
from customary.engine.requests import cut_off, requester
from customary.errors import PlanRefused, StoreError
from customary.model.change import Change, Cycle
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import EXIT_DONE, EXIT_ISSUES, State
from customary.protocols.ssc_answer import Answer
from customary.protocols.ssc_message import Level as ToldLevel
from customary.protocols.ssc_message import Message as Told
from customary.protocols.ssc_query import Query
from customary.protocols.ssc_record import Record, shortened
from customary.store import business_units, journal, runs
from customary.store.database import Store, savepoint

SIZE = 200
"""The most records of one page, which is one transaction."""

MOST_SHOWN = 2000
"""The most characters of a text that an answer repeats; no element may be as long, so it is at fault."""

_SHOWN = 60


class Carrying:
    """A request that is being carried out. Made for one request, and used once."""

    def __init__(
        self,
        *,
        store: Store,
        component: Component,
        method: Method,
        rules: Rules,
        unit: str,
        financials_only: bool,
        count: int,
        progress: Callable[[int, int], None],
    ) -> None:
        self.rules = rules
        self.run = 0
        self.records = 0
        self.failed = 0
        self.notes: list[Message] = []
        self._store = store
        self._component = component
        self._method = method
        self._unit = unit
        self._financials_only = financials_only
        self._count = count
        self._progress = progress
        self._page = 0
        database = "SQLite" if store.is_sqlite else "PostgreSQL"
        self._program = f"Customary {__version__}, Python {platform.python_version()}, {database}"
        self._sent: frozenset[str] = frozenset()
        self._doomed: list[Record] = []
        self._known = 0

    def collect(self, sent: Iterable[Record]) -> None:
        """Settle what synchronising would delete. Raises ``PlanRefused`` when that may not be."""
        self._sent = frozenset(self._component.key(record) for record in sent) - {""}
        limit = self.rules.settings.delete
        with self._store.read() as connection:
            work = self._work(connection)
            self._known = self._component.count(work)
            if not self._count:
                raise PlanRefused(
                    f"the payload holds no record, and the unit {self._known}: that is never taken to"
                    f" mean that all are deleted, whatever the setting 'delete' of [components] ({limit})"
                    " allows; nothing was written"
                )
            allowed = limit.allowed(self._known)
            self._doomed = list(islice(self._component.doomed(work), allowed))
            count = len(self._doomed)
            if count == allowed:
                count = sum(1 for _ in self._component.doomed(work))
        if count > allowed:
            raise PlanRefused(
                f"{count} of {self._known} would be deleted, since the payload does not hold them, and the"
                f" setting 'delete' of [components] ({limit}) allows {allowed}: nothing was written"
            )

    @contextmanager
    def under_way(self, name: str, between: tuple[str, str], told: Sequence[Message]) -> Iterator[None]:
        """Have the request in the journal as a run that is going on while the block runs.

        ``told`` is what is to be said about it as a whole. Where the block does not come to its end, the run
        has failed, and says what that means.
        """
        with self._store.write() as connection:
            self.run = runs.begin_request(connection, name, between, self._known, requester())
            journal.write_messages(connection, self.run, told)
        try:
            yield
            self._finish()
        except BaseException:
            with suppress(StoreError):
                cut_off(self._store, self.run)
            raise

    def answers(self, sent: Callable[[], Iterable[Record]]) -> Iterator[Answer]:
        """Carry the records out, a page at a time, and give how each fared once its page has committed.

        A record that refers to one which the payload makes further behind comes behind that one.
        """
        awaited: frozenset[str] = frozenset()
        if self._method.creates:
            with self._store.read() as connection:
                awaited = self._component.awaited(self._work(connection), sent)
        for page in self._pages(in_order(self._component, awaited, sent)):
            yield from self._carried(page, self._method)
            self._progress(self.records, self._count)
        if self._doomed and self.failed:
            text = (
                f"{len(self._doomed)} that the payload does not hold were not deleted, because"
                f" {self.failed} of its records failed"
            )
            self.notes.append(Message(level=Level.WARNING, text=text))
            return
        deleting = Method(name=self._method.name, deletes=True)
        for start in range(0, len(self._doomed), SIZE):
            for answer in self._carried(self._doomed[start : start + SIZE], deleting):
                note = Told(level=ToldLevel.INFORMATION, text="deleted: the payload does not hold it")
                yield answer if answer.failed else replace(answer, messages=(*answer.messages, note))
            self._progress(self.records, self._count + len(self._doomed))

    def found(self, query: Query) -> Iterator[Record]:
        """Give the records that a Query finds, from one snapshot of the hub."""
        with self._store.read() as connection:
            for record in found(query, self._component, self._work(connection)):
                yield record
                self.records += 1
                if self.records % SIZE == 0:
                    self._progress(self.records, 0)
        with self._store.write() as connection:
            runs.write_page(connection, self.run, _page(self._page, [], self.records, ""))

    def _finish(self) -> None:
        exit_code = EXIT_ISSUES if self.failed else EXIT_DONE
        with self._store.write() as connection:
            journal.write_messages(connection, self.run, self.notes)
            runs.set_values(connection, self.run, enumerated=self.records)
            runs.finish(connection, self.run, State.SUCCEEDED, exit_code)

    def _pages(self, sent: Iterable[Record]) -> Iterator[list[Record]]:
        """Cut the records into pages; one that repeats, or needs, a record of its page begins the next."""
        page: list[Record] = []
        keys: set[str] = set()
        for record in sent:
            key = self._component.key(record)
            if len(page) == SIZE or not keys.isdisjoint({key, *self._component.refers(record)}):
                yield page
                page, keys = [], set()
            page.append(record)
            keys |= {key} - {""}
        if page:
            yield page

    def _carried(self, page: Sequence[Record], method: Method) -> Iterator[Answer]:
        """Carry a page out in one transaction; where the database refuses that, record by record."""
        try:
            with self._store.write() as connection:
                done = self._together(self._work(connection, method), page)
                self._journal(connection, done)
        except StoreError:
            with self._store.write() as connection:
                work = self._work(connection, method)
                done = [self._alone(work, record) for record in page]
                self._journal(connection, done)
        self._page += 1
        before = self.records
        self.records += len(done)
        for number, item in enumerate(done, before + 1):
            self.failed += item.failed
            shown = shortened(item.record if item.failed else item.answer, MOST_SHOWN)
            told = tuple(self._told(note, number) for note in item.messages)
            yield Answer(record=shown, failed=item.failed, messages=told)

    def _told(self, note: Told, number: int) -> Told:
        """Say where a message comes from; its trace is told where the payload asks for ErrorOutput extended
        or debug (4, documented that they carry one; what stands in it is ours)."""
        component, method = self._component.name, self._method.name
        at = [note.item] if note.item else []
        at += [f"record {number:,}", f"{component}/{method}", f"run {self.run}, business unit {self._unit}"]
        return replace(
            note,
            value=note.value[:MOST_SHOWN],
            component=component,
            method=method,
            version=__version__,
            trace="\n\tat ".join([f"{note.level.value}: {note.text}", *at]),
            debug="\n".join([text for text in (note.debug, self._program) if text]),
        )

    def _together(self, work: Work, page: Sequence[Record]) -> list[Done]:
        business_units.find(work.connection, work.unit, lock=True)
        opened = self._component.page(work, page)
        done = [opened.decide(record) for record in page]
        opened.write(done)
        return done

    def _alone(self, work: Work, record: Record) -> Done:
        try:
            with savepoint(work.connection):
                return self._together(work, [record])[0]
        except StoreError as why:
            refused = error("the hub's database refused this record; it may be changing at this moment")
            refused = replace(refused, debug=f"caused by {type(why).__name__}: {why}")
            key = self._component.key(record)
            return Done(record=record, answer=record, customer=key, messages=(refused,))

    def _work(self, connection: Connection, method: Method | None = None) -> Work:
        return Work(
            connection=connection,
            unit=self._unit,
            financials_only=self._financials_only,
            run=self.run,
            method=method or self._method,
            rules=self.rules,
            sent=self._sent,
        )

    def _journal(self, connection: Connection, done: Sequence[Done]) -> None:
        """Write a page's cycles, changes and messages, in the transaction of the page."""
        cycles = [
            _cycle(self._page * journal.CYCLES_PER_PAGE + number, self.records + number, item)
            for number, item in enumerate(done)
            if item.failed or item.action
        ]
        digest = journal.write_cycles(connection, self.run, 0, cycles, planned=False)
        quiet = [note for item in done if not item.failed and not item.action for note in _notes(item)]
        journal.write_messages(connection, self.run, quiet)
        keys = [item.customer[:_SHOWN].replace("\n", " ") for item in done]
        row = _page(self._page, keys, len(done) - len(cycles), digest)
        runs.write_page(connection, self.run, row)


def _page(number: int, keys: Sequence[str], unchanged: int, digest: str) -> runs.PageRow:
    return runs.PageRow(
        number=number,
        segment=0,
        cursor=None,
        last=False,
        complete=False,
        keys=tuple(keys),
        records=max(unchanged, len(keys)),
        unchanged=unchanged,
        digest=digest,
        applied=True,
    )


def _cycle(number: int, record: int, done: Done) -> Cycle:
    customer = done.customer[:_SHOWN] or f"record {record + 1}"
    notes = tuple(replace(note, customer="") for note in _notes(done))
    if done.failed or done.action is None:
        return Cycle(
            number=number,
            customer=customer,
            outcome=Outcome.REJECTED,
            identity=done.identity or None,
            messages=notes,
        )
    change = Change(
        identity=done.identity,
        key=customer,
        code=customer,
        action=done.action,
        fields=done.changes,
        target_version=done.version,
    )
    return Cycle(number=number, customer=customer, outcome=done.action.outcome, change=change, messages=notes)


def _notes(done: Done) -> Iterator[Message]:
    for note in done.messages:
        yield Message(
            level=Level(note.level.value),
            text=note.text,
            field=note.item.rpartition(".")[2][:_SHOWN],
            customer=done.customer[:_SHOWN],
        )
