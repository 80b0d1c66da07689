"""Showing runs and customers: the values and the JSON that the commands print, which is a contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from customary.engine.requests import settle_abandoned
from customary.errors import ConfigError
from customary.model.change import Action
from customary.model.customer import Child, Customer
from customary.model.outcome import Message, Outcome
from customary.model.run import CycleRow, Run
from customary.store import journal, runs
from customary.store import show as customers
from customary.store.database import Store


class Summary(Struct, frozen=True):
    """A run with its sums and what is told about it as a whole."""

    run: Run
    counts: dict[str, int]
    """Customers by outcome; in a plan, by the outcome that is aimed at."""
    messages: tuple[Message, ...]

    @property
    def scope(self) -> int:
        """Customers in scope: every one has exactly one outcome."""
        return sum(self.counts.values())


def summary(store: Store, run_id: int) -> Summary:
    """Read a run and its sums. Raises ``ConfigError`` when there is none of this id."""
    with store.read() as connection:
        found = runs.read(connection, run_id)
        if found is None:
            newest = runs.recent(connection, 1)
            known = f"the newest is run {newest[0].id}" if newest else "there are none yet"
            raise ConfigError(f"there is no run {run_id}; {known}")
        told = Summary(
            found, journal.counts(connection, run_id), tuple(journal.run_messages(connection, run_id))
        )
    return summary(store, run_id) if settle_abandoned(store, [found]) else told


def summaries(store: Store, limit: int, operation: str | None = None) -> list[Summary]:
    """Read the newest runs, newest first; without their messages."""
    with store.read() as connection:
        found = [
            Summary(run, journal.counts(connection, run.id), ())
            for run in runs.recent(connection, limit, operation)
        ]
    abandoned = settle_abandoned(store, [told.run for told in found])
    return summaries(store, limit, operation) if abandoned else found


def cycles(store: Store, run_id: int, limit: int | None = None) -> Iterator[CycleRow]:
    """Give a run's cycles in order; a planned one has the outcome that it aims at."""
    with store.read() as connection:
        for cycle in journal.cycles(connection, run_id, limit=limit):
            if cycle.outcome is None:
                cycle = msgspec.structs.replace(cycle, outcome=Action(cycle.action).outcome)
            yield cycle


def run_json(store: Store, run_id: int) -> Iterator[str]:
    """Give a run as JSON, piece by piece, however many cycles it has."""
    head = summary_value(summary(store, run_id))
    started = {name: head.pop(name) for name in ("started", "finished")}
    yield _text(head)[:-1] + ',"cycles":['
    for number, cycle in enumerate(cycles(store, run_id)):
        yield ("," if number else "") + _text(cycle_value(cycle))
    yield "]," + _text(started)[1:]


def summary_value(told: Summary) -> dict[str, Any]:
    """Give the parts of a run's JSON that stand beside its cycles."""
    run = told.run
    return {
        "run": run.id,
        "operation": run.operation,
        "state": run.state.value,
        "scope": told.scope,
        "counts": told.counts,
        "messages": [_message(note) for note in told.messages],
        "exit_code": run.exit_code,
        "dry_run": run.request.dry_run,
        "started": run.started and run.started.isoformat(),
        "finished": run.finished and run.finished.isoformat(),
    }


def cycle_value(cycle: CycleRow) -> dict[str, Any]:
    """Give a cycle's JSON; a state that is absent is left out, a blank one is ``""``."""
    return {
        "customer": cycle.customer,
        "outcome": cycle.outcome.value if isinstance(cycle.outcome, Outcome) else None,
        "messages": [_message(note) for note in cycle.messages],
        "changes": list(cycle.changes),
    }


def find_customer(store: Store, code: str, unit: str | None) -> Customer:
    """Find one customer by its code. Raises ``ConfigError`` when there is none, or one in several units."""
    with store.read() as connection:
        found = customers.find(connection, code, unit)
        alike = [] if found else customers.alike(connection, [code], unit).get(code, [])
    if not found:
        within = f" in business unit {unit}" if unit else ""
        raise ConfigError(f"the hub has no customer {code}{within}{meant(alike)}")
    if len(found) > 1:
        units = ", ".join(item.business_unit for item in found)
        raise ConfigError(
            f"customer {code} is in several business units; choose with --business-unit: {units}"
        )
    return found[0]


def meant(codes: Sequence[str]) -> str:
    """Ask whether one of these codes was meant, which differ by their zeros; nothing where there is none."""
    return f"; did you mean {' or '.join(codes[:3])}? A code's zeros count" if codes else ""


def customer_value(customer: Customer) -> dict[str, Any]:
    """Give a customer's JSON."""
    value: dict[str, Any] = {
        "code": customer.code,
        "business_unit": customer.business_unit,
        "status": customer.status.value,
        "identity": customer.identity,
        "version": customer.version,
        "fields": dict(customer.fields),
        "vendor": customer.vendor,
        "keys": customer.keys,
        "classes": list(customer.classes),
    }
    for name in ("addresses", "contacts", "tax_registrations", "document_formats", "standard_texts"):
        value[name] = [_child(child) for child in getattr(customer, name)]
    value["item_customers"] = [_child(child) for child in customer.item_customers]
    return value


def _child(child: Child) -> dict[str, Any]:
    value: dict[str, Any] = msgspec.to_builtins(child)
    return value


def _message(note: Message) -> dict[str, str]:
    told = {"level": note.level.value, "field": note.field, "text": note.text}
    return told | {"customer": note.customer} if note.customer else told


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
