"""The journal: cycles with their changes, messages, and the sums over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, case, func, select

from customary.model.change import Action, Baseline, Change, Cycle, FieldChanges
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import HUB, CycleRow
from customary.stages.plan import page_digest
from customary.store import bulk
from customary.store.query import any_of
from customary.store.tables import cycle, message, page, run

_CYCLE = (
    "run_id",
    "number",
    "customer",
    "identity",
    "key",
    "action",
    "outcome",
    "target_version",
    "links",
    "changes",
    "baseline",
    "epoch",
)
_MESSAGE = ("run_id", "cycle", "level", "customer", "field", "text")
CYCLES_PER_PAGE = 1_000_000
"""Room for cycle numbers on one page: a cycle's number is its page's times this, and its place there."""

_encode = msgspec.json.Encoder().encode
_decode_changes = msgspec.json.Decoder(FieldChanges).decode
_decode_baseline = msgspec.json.Decoder(Baseline).decode


def write_cycles(
    connection: Connection, run_id: int, epoch: int, cycles: Sequence[Cycle], *, planned: bool
) -> str:
    """Write a page's cycles with their changes and messages; gives the digest of the changes.

    ``planned`` cycles that have a change get no outcome yet, and keep what applying them needs.
    """
    rows: list[tuple[Any, ...]] = []
    notes: list[tuple[Any, ...]] = []
    told: list[bytes] = []
    for item in cycles:
        change = item.change
        row: tuple[Any, ...]
        if change is None:
            row = (item.identity, item.key or item.customer, None, item.outcome.value, 0, 0, None, None)
        else:
            action, changes = change.action.value, _encode(change.fields)
            row = (
                change.identity,
                change.key,
                action,
                None if planned else item.outcome.value,
                change.target_version,
                int(change.links),
                changes.decode(),
                _encode(change.baseline).decode() if planned and change.baseline else None,
            )
            told += (f"{change.identity} {action} {change.target_version}".encode(), changes)
        rows.append((run_id, item.number, item.customer, *row, epoch))
        for note in item.messages:
            notes.append((run_id, item.number, note.level.value, item.customer, note.field, note.text))
    bulk.insert(connection, cycle, _CYCLE, rows)
    bulk.insert(connection, message, _MESSAGE, notes)
    return page_digest(b"\n".join(told))


def write_messages(connection: Connection, run_id: int, notes: Iterable[Message]) -> None:
    """Write messages about a run, or about customers of it that have no cycle."""
    rows = [(run_id, None, note.level.value, note.customer, note.field, note.text) for note in notes]
    bulk.insert(connection, message, _MESSAGE, rows)


def write_once(connection: Connection, run_id: int, notes: Iterable[Message]) -> None:
    """Write messages about a run that it does not have yet."""
    by_text = {note.text: note for note in notes}
    if not by_text:
        return
    query = select(message.c.text).where(
        message.c.run_id == run_id, message.c.cycle.is_(None), message.c.customer == ""
    )
    known = set(connection.execute(query).scalars())
    write_messages(connection, run_id, [note for text, note in by_text.items() if text not in known])


def _on_page(number: int) -> ColumnElement[bool]:
    first = number * CYCLES_PER_PAGE
    return cycle.c.number.between(first, first + CYCLES_PER_PAGE - 1)


def read_planned(connection: Connection, run_id: int, number: int) -> list[Cycle]:
    """Read a page's cycles that wait to be applied, in order."""
    query = (
        select(cycle)
        .where(
            cycle.c.run_id == run_id,
            _on_page(number),
            cycle.c.outcome.is_(None),
            cycle.c.started.is_(None),
        )
        .order_by(cycle.c.number)
    )
    return [planned(row) for row in connection.execute(query).mappings()]


def planned(row: Any) -> Cycle:
    """Make a cycle that waits to be applied of its row."""
    action = Action(row["action"])
    change = Change(
        identity=row["identity"],
        key=row["key"],
        code=row["customer"],
        action=action,
        fields=_decode_changes(row["changes"]),
        target_version=row["target_version"],
        baseline=_decode_baseline(row["baseline"]) if row["baseline"] else None,
        links=bool(row["links"]),
    )
    return Cycle(number=row["number"], customer=row["customer"], outcome=action.outcome, change=change)


def settle(connection: Connection, run_id: int, number: int, exceptions: Sequence[Cycle]) -> None:
    """Give a page's planned cycles their outcomes: as planned, but for the ``exceptions``.

    What applying needed is dropped; an exception's new changes and messages are written.
    """
    for item in exceptions:
        end(connection, run_id, item)
    outcomes = {action.value: action.outcome.value for action in Action}
    connection.execute(
        cycle.update()
        .where(
            cycle.c.run_id == run_id,
            _on_page(number),
            cycle.c.outcome.is_(None),
            cycle.c.action.in_(list(outcomes)),
        )
        .values(outcome=case(outcomes, value=cycle.c.action), baseline=None)
    )


def end(connection: Connection, run_id: int, item: Cycle) -> None:
    """Give one cycle its outcome, its changes and its messages; what applying needed is dropped.

    An ``unknown`` one keeps it: settling needs it too.
    """
    values: dict[str, Any] = {"outcome": item.outcome.value}
    if item.outcome is not Outcome.UNKNOWN:
        values["baseline"] = None
    if item.change is not None:
        values["changes"] = _encode(item.change.fields).decode()
    connection.execute(
        cycle.update().where(cycle.c.run_id == run_id, cycle.c.number == item.number).values(values)
    )
    add_messages(connection, run_id, item, item.messages)


def add_messages(connection: Connection, run_id: int, item: Cycle, notes: Sequence[Message]) -> None:
    """Write more messages about the customer of a cycle."""
    rows = [(run_id, item.number, note.level.value, item.customer, note.field, note.text) for note in notes]
    bulk.insert(connection, message, _MESSAGE, rows)


def skip_planned(connection: Connection, run_id: int) -> int:
    """Give every cycle that still waits the outcome ``skipped``; tells how many.

    What was sent, and of which no answer is known, is ``unknown``.
    """
    waiting = cycle.update().where(cycle.c.run_id == run_id, cycle.c.outcome.is_(None))
    connection.execute(waiting.where(cycle.c.started.is_not(None)).values(outcome=Outcome.UNKNOWN.value))
    return int(connection.execute(waiting.values(outcome=Outcome.SKIPPED.value, baseline=None)).rowcount)


def planned_actions(connection: Connection, run_id: int) -> Counter[Action]:
    """Count the planned cycles by what they would do."""
    query = (
        select(cycle.c.action, func.count())
        .where(cycle.c.run_id == run_id, cycle.c.action.is_not(None))
        .group_by(cycle.c.action)
    )
    return Counter({Action(name): count for name, count in connection.execute(query)})


def counts(connection: Connection, run_id: int) -> dict[str, int]:
    """Count a run's customers by outcome, the unchanged included; planned ones by the outcome they aim at."""
    totals = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    query = (
        select(cycle.c.outcome, cycle.c.action, func.count())
        .where(cycle.c.run_id == run_id)
        .group_by(cycle.c.outcome, cycle.c.action)
    )
    for outcome, action, count in connection.execute(query):
        totals[outcome or Action(action).outcome.value] += count
    unchanged = select(func.coalesce(func.sum(page.c.unchanged), 0)).where(page.c.run_id == run_id)
    totals[Outcome.UNCHANGED.value] += int(connection.execute(unchanged).scalar_one())
    return totals


def has_issues(connection: Connection, run_id: int, *, before_deletes: bool = False) -> bool:
    """Tell whether any customer of a run was rejected, failed or is unknown.

    ``before_deletes`` leaves those out that were to be deleted.
    """
    issues = [Outcome.REJECTED.value, Outcome.FAILED.value, Outcome.UNKNOWN.value]
    query = select(cycle.c.number).where(cycle.c.run_id == run_id, cycle.c.outcome.in_(issues)).limit(1)
    if before_deletes:
        query = query.where(func.coalesce(cycle.c.action, "") != Action.DELETE.value)
    return connection.execute(query).first() is not None


def still_to_create(connection: Connection, run_id: int, codes: Sequence[str]) -> frozenset[str]:
    """Give those of the codes that a run is to create and has not sent yet."""
    query = select(cycle.c.customer).where(
        cycle.c.run_id == run_id,
        cycle.c.action == Action.CREATE.value,
        cycle.c.outcome.is_(None),
        cycle.c.started.is_(None),
        any_of(cycle.c.customer, codes),
    )
    return frozenset(connection.execute(query).scalars())


def run_messages(connection: Connection, run_id: int) -> list[Message]:
    """Read what is told about a run and about its customers that have no cycle, in order."""
    query = (
        select(message).where(message.c.run_id == run_id, message.c.cycle.is_(None)).order_by(message.c.id)
    )
    return [_message(row) for row in connection.execute(query).mappings()]


def cycles(
    connection: Connection,
    run_id: int,
    *,
    outcomes: Sequence[Outcome] = (),
    action: Action | None = None,
    limit: int | None = None,
) -> Iterator[CycleRow]:
    """Give a run's cycles in order, those with these outcomes or with this action, or all."""
    query = select(cycle).where(cycle.c.run_id == run_id).order_by(cycle.c.number)
    if outcomes:
        query = query.where(cycle.c.outcome.in_([outcome.value for outcome in outcomes]))
    if action is not None:
        query = query.where(cycle.c.action == action.value)
    if limit is not None:
        query = query.limit(limit)
    for chunk in connection.execute(query.execution_options(yield_per=500)).mappings().partitions():
        told = _cycle_messages(connection, run_id, [row["number"] for row in chunk])
        for row in chunk:
            yield CycleRow(
                number=row["number"],
                customer=row["customer"],
                outcome=Outcome(row["outcome"]) if row["outcome"] else None,
                action=row["action"] or "",
                changes=tuple(map(msgspec.to_builtins, _decode_changes(row["changes"])))
                if row["changes"]
                else (),
                messages=tuple(told.get(row["number"], ())),
            )


def _cycle_messages(connection: Connection, run_id: int, numbers: Sequence[int]) -> dict[int, list[Message]]:
    query = (
        select(message).where(message.c.run_id == run_id, message.c.cycle.in_(numbers)).order_by(message.c.id)
    )
    told: dict[int, list[Message]] = {}
    for row in connection.execute(query).mappings():
        told.setdefault(row["cycle"], []).append(_message(row))
    return told


def _message(row: Any) -> Message:
    return Message(level=Level(row["level"]), text=row["text"], field=row["field"], customer=row["customer"])


def deleted(connection: Connection, identities: Sequence[str]) -> frozenset[str]:
    """Give those of the identities whose customers were deleted from the hub."""
    query = (
        select(cycle.c.identity)
        .join(run, run.c.id == cycle.c.run_id)
        .where(
            any_of(cycle.c.identity, identities),
            cycle.c.outcome == Outcome.DELETED.value,
            run.c.target == HUB,
        )
    )
    return frozenset(connection.execute(query).scalars())
