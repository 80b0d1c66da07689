"""The second half of a run to another system: what is sent is journaled before, and how it ended after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from msgspec.structs import replace
from sqlalchemy import Connection

from customary.connectors.contract import Sending, Written
from customary.engine.far import Far, Found
from customary.engine.far_deleting import give_up, what_became
from customary.engine.far_looking import Look, Ready
from customary.engine.far_planning import Course
from customary.engine.planning import Work
from customary.errors import NotPermitted, Unreachable
from customary.model.change import Action, Change, Cycle
from customary.model.outcome import Level, Message, Outcome
from customary.model.source import Native, Record
from customary.store import customers, journal, links, remote, runs
from customary.store.clock import present
from customary.store.database import durably, reading, writing, writing_again

Turn = Callable[[Connection, Work, Sequence[Cycle]], Sequence[Cycle]]
"""Which of a page's cycles that wait may be applied now."""

WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.STATUS_CHANGED, Outcome.DELETED)


def apply_far(connection: Connection, work: Work, course: Course) -> None:
    """Apply the pages of a run that are planned and not applied yet, in order, and settle what is in doubt.

    Raises ``Unreachable`` and ``NotPermitted``; what was not sent then waits as it was planned.
    """
    with durably(connection):
        _let_earlier_calls_end(connection, work, course.far)
        settled = settle(connection, work, course)
        for turn in (_at_first, _behind_those):
            _take_turn(connection, work, course, turn)
        settled |= settle(connection, work, course, settled)
        if not give_up(connection, work):
            _take_turn(connection, work, course, _deletes)
            settle(connection, work, course, settled)


def _take_turn(connection: Connection, work: Work, course: Course, turn: Turn) -> None:
    """Apply those of the planned cycles whose turn it is; a page of which nothing is left is applied."""
    with reading(connection):
        waiting = runs.unapplied(connection, work.run)
    for number in waiting:
        with reading(connection):
            cycles = journal.read_planned(connection, work.run, number)
        due = turn(connection, work, cycles)
        for some in _batches(due, course.far.target.batch):
            work.watch()
            _apply(connection, work, course, some)
        if len(due) == len(cycles):
            with writing(connection):
                runs.guard(connection, work.run, work.epoch)
                runs.mark_applied(connection, work.run, number)


def _at_first(connection: Connection, work: Work, cycles: Sequence[Cycle]) -> Sequence[Cycle]:
    """Give what can be done at once: no deletes, and nobody whose invoices go to one still to be created."""
    payers = {cycle.number: payer for cycle in cycles if (payer := _payer(cycle))}
    with reading(connection):
        later = journal.still_to_create(connection, work.run, sorted(set(payers.values()))) if payers else ()
    return [cycle for cycle in _kept(cycles) if payers.get(cycle.number) not in later]


def _behind_those(_: Connection, _work: Work, cycles: Sequence[Cycle]) -> Sequence[Cycle]:
    """Give what had to wait for them."""
    return _kept(cycles)


def _deletes(_: Connection, _work: Work, cycles: Sequence[Cycle]) -> Sequence[Cycle]:
    """Give what is left then."""
    return cycles


def _kept(cycles: Sequence[Cycle]) -> Sequence[Cycle]:
    return [cycle for cycle in cycles if cycle.change and cycle.change.action is not Action.DELETE]


def _payer(cycle: Cycle) -> str:
    """Give the code of the customer that is to get a customer's invoices; ``""`` where that is no news."""
    changes = cycle.change.fields if cycle.change else ()
    return next((str(item.after or "") for item in changes if item.field == "invoicing_customer"), "")


def _batches(cycles: Sequence[Cycle], size: int) -> Iterator[Sequence[Cycle]]:
    for start in range(0, len(cycles), size):
        yield cycles[start : start + size]


def _let_earlier_calls_end(connection: Connection, work: Work, far: Far) -> None:
    """Wait until what an earlier process sent has ended: read back before, it might not be there yet."""
    with reading(connection):
        started = [moment for _, moment in remote.in_doubt(connection, work.run)]
        now = present(connection)
    if started:
        work.wait((max(started) + timedelta(seconds=far.target.longest) - now).total_seconds())


def _apply(connection: Connection, work: Work, course: Course, cycles: Sequence[Cycle]) -> None:
    """Look at the target once more, note what is about to be sent, send it, and note how each ended."""
    far = course.far
    changes = {cycle.number: cycle.change for cycle in cycles if cycle.change}
    there, unreadable = far.find(change.code for change in changes.values())
    by = (
        [course.mapping.fold(change.key) for change in changes.values() if change.links],
        [far.target.fold(change.code) for change in changes.values()],
        [change.identity for change in changes.values()],
    )
    with reading(connection):
        known = remote.find_links(connection, work.between, by)
        bases = customers.read_baselines(connection, by[2], work.between)
    look = Look(course, there, unreadable, known, bases)
    looked = [look.once_more(cycle, change) for cycle, change in _paired(cycles)]
    ready = [item for item in looked if isinstance(item, Ready)]
    sent = [item for item in ready if item.sending]
    for attempt in writing_again(connection):
        with attempt:
            runs.guard(connection, work.run, work.epoch)
            for item in looked:
                if isinstance(item, Cycle):
                    journal.end(connection, work.run, item)
                elif item.sending is None:
                    written = Written(item.cycle.outcome, there[far.target.fold(item.change.code)].record)
                    _end(connection, work, course, item, written)
            remote.start(connection, work.run, work.epoch, [item.cycle.number for item in sent])
    told = _send(connection, work, course, sent)
    _read_back(connection, work, course, told)


def _paired(cycles: Sequence[Cycle]) -> Iterator[tuple[Cycle, Change]]:
    return ((cycle, cycle.change) for cycle in cycles if cycle.change)


def _send(connection: Connection, work: Work, course: Course, ready: Sequence[Ready]) -> list[Ready]:
    """Send what is ready; commits how each ended as it is told. Gives those whose record was not told."""
    done = 0
    failures = 0
    untold: list[Ready] = []
    while done < len(ready):
        try:
            for written in course.far.target.write([item.sending for item in ready[done:] if item.sending]):
                item = ready[done]
                for attempt in writing_again(connection):
                    with attempt:
                        runs.guard(connection, work.run, work.epoch)
                        _end(connection, work, course, item, written)
                if written.outcome in WRITTEN and written.record is None:
                    untold.append(item)
                done += 1
                failures = 0
            break  # whatever was not answered for is in doubt, and is never sent again
        except Unreachable as error:
            failures += 1
            with _taking_back(connection, work, ready[done:]):
                work.patience(error, failures)
        except NotPermitted as error:
            with _taking_back(connection, work, ready[done:]):
                raise error
    return untold


@contextmanager
def _taking_back(connection: Connection, work: Work, rest: Sequence[Ready]) -> Iterator[None]:
    """Whatever ends this: the rest was not sent, and waits as it was planned."""
    try:
        yield
    except BaseException:
        with writing(connection):
            runs.guard(connection, work.run, work.epoch)
            remote.take_back(connection, work.run, [item.cycle.number for item in rest])
        raise


def _end(connection: Connection, work: Work, course: Course, item: Ready, written: Written) -> None:
    """Note how a customer ended and, where it was written, who it is in both systems."""
    change, record, notes = item.change, written.record, [*item.cycle.messages, *written.messages]
    if written.outcome in WRITTEN and change.action is not Action.DELETE:
        if change.links:
            key = (course.mapping.fold(change.key), change.key, "")
            if not remote.link(connection, work.between[0], key, change.identity):
                notes.append(_warning(f"{change.key} was linked to another customer meanwhile"))
        if not course.far.link(connection, record or Record(change.code, {}), change.identity):
            notes.append(_warning(f"{change.code} was linked to another customer meanwhile"))
        if record is not None:
            notes += remember(connection, work, course, item, record)
    ended = replace(item.cycle, change=change, outcome=written.outcome, messages=tuple(notes))
    journal.end(connection, work.run, ended)


def remember(
    connection: Connection, work: Work, course: Course, item: Ready, record: Record
) -> list[Message]:
    """Keep the target's record as the baseline; warn of what it holds otherwise than it was sent."""
    far, change = course.far, item.change
    found = far.seen(record)
    if base := change.baseline:
        different = {
            name: found.fields[name]
            for name, value in base.source.items()
            if name in found.fields and found.fields[name] != value
        }
        kept = replace(base, target=different, target_version=found.version)
        links.write_baselines(connection, *work.between, [replace(change, baseline=kept)])
    sent: Native = item.sending.native if item.sending else {}
    return [
        replace(
            _warning(f"'{text}' was sent, and {far.target.name} holds '{record.native[name]}'"),
            field=far.outgoing.name(name),
        )
        for name, text in sent.items()
        if name in record.native and not far.outgoing.same(name, record.native[name], text)
    ]


def _read_back(connection: Connection, work: Work, course: Course, written: Sequence[Ready]) -> None:
    """Read what was written and not told of, for the baselines and to see that it is there."""
    far = course.far
    there, _ = far.find(item.change.code for item in written)
    for attempt in writing_again(connection):
        with attempt:
            runs.guard(connection, work.run, work.epoch)
            for item in written:
                found = there.get(far.target.fold(item.change.code))
                if item.change.action is Action.DELETE:
                    _deleted(connection, work, item, found)
                    continue
                if found is None:
                    notes = [_warning(f"it was written, and {far.target.name} does not show it")]
                else:
                    far.link(connection, found.record, item.change.identity)
                    notes = remember(connection, work, course, item, found.record)
                journal.add_messages(connection, work.run, item.cycle, notes)


def _deleted(connection: Connection, work: Work, item: Ready, found: Found | None) -> None:
    """Forget a customer that the target shows no more; one that it still shows was not deleted."""
    if found is None:
        remote.forget(connection, work.between, item.change.identity)
        return
    note = _error(f"{work.between[1]} told that it was deleted, and still shows it: look at it there")
    journal.end(connection, work.run, replace(item.cycle, outcome=Outcome.FAILED, messages=(note,)))


def settle(
    connection: Connection, work: Work, course: Course, settled: frozenset[int] = frozenset()
) -> frozenset[int]:
    """Find out by reading back what became of customers that were sent and not answered for.

    Leaves out the cycles that are ``settled``; gives the numbers of those that it looked at.
    """
    far = course.far
    with reading(connection):
        doubtful = [
            cycle for cycle, _ in remote.in_doubt(connection, work.run) if cycle.number not in settled
        ]
    for some in _batches(doubtful, far.target.batch):
        work.watch()
        there, _ = far.find(change.code for _, change in _paired(some))
        for cycle, change in _paired(some):
            native = far.outgoing.texts(change.fields)
            sending = Sending(action=change.action, key=change.code, native=native)
            written = _what_became(change, native, there.get(far.target.fold(change.code)), far)
            for attempt in writing_again(connection):
                with attempt:
                    runs.guard(connection, work.run, work.epoch)
                    _end(connection, work, course, Ready(cycle, change, sending), written)
                    if written.outcome is Outcome.DELETED:
                        remote.forget(connection, work.between, change.identity)
    return frozenset(cycle.number for cycle in doubtful)


def _what_became(change: Change, native: Native, found: Found | None, far: Far) -> Written:
    name = far.target.name
    if change.action is Action.DELETE:
        return what_became(found, name)
    if found is None:
        return Written(
            Outcome.UNKNOWN,
            messages=(
                _error(
                    f"no answer came from {name}, and it does not show the customer; the next run looks for"
                    f" {change.code} again before it creates it"
                ),
            ),
        )
    held = found.record.native
    if all(name in held and far.outgoing.same(name, held[name], text) for name, text in native.items()):
        note = Message(
            level=Level.INFORMATION, text=f"no answer came from {name}; it was found to be written"
        )
        return Written(change.action.outcome, found.record, (note,))
    if change.action is not Action.CREATE and found.version == change.target_version:
        text = f"no answer came from {name}, and the customer is there as it was: the next run tries again"
        return Written(Outcome.FAILED, messages=(_error(text),))
    text = f"no answer came from {name}, and the customer {change.code} is there otherwise than it was sent"
    return Written(Outcome.UNKNOWN, messages=(_error(f"{text}: look at it there, then run it again"),))


def _error(text: str) -> Message:
    return Message(level=Level.ERROR, text=text)


def _warning(text: str) -> Message:
    return Message(level=Level.WARNING, text=text)
