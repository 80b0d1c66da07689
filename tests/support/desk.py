"""A desk to carry runs out at: a hub, a source in memory, and what each run did, checked every time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select

from customary.actions.edit import Edit, edit
from customary.connectors.memory import WELL, Manner, MemorySource
from customary.engine.carry_out import Job, carry_out
from customary.mapping.load import load_rows
from customary.mapping.spec import FieldMapping
from customary.model.fields import Fields
from customary.model.limits import LIFTED, Limits
from customary.model.outcome import Message, Outcome
from customary.model.run import CycleRow, Request, Run, ScopeName, State
from customary.store import business_units, journal, runs
from customary.store.database import Store
from customary.store.show import find
from customary.store.tables import (
    CHILDREN,
    baseline,
    cross_reference,
    customer,
    customer_class,
    cycle,
    metadata,
    page,
)
from customary.store.tables import run as run_table

UNIT = "PK1"
SYSTEM = "erp"
OPERATION = "update-customers"
INITIAL = Request(scope=ScopeName.ALL, initial_load=True)
ALL = Request(scope=ScopeName.ALL)
KNOWN = Request()
FREE = Limits(create=LIFTED, update=LIFTED)

MAPPING = """
[[field]]
field = "code"
native = "Customer"
when = "create"
compare = "key"
required = true

[[field]]
field = "name"
native = "Name"
length = 20

[[field]]
field = "telephone"
native = "Telephone"
blank = "keep"

[[field]]
field = "credit_limit"
native = "Limit"
transform = "decimal"
least = 0

[[field]]
field = "tax_status"
native = "Tax"
domain = ["E", "N"]

[[field]]
field = "currency"
native = "Currency"

[[field]]
field = "currency_iso"
native = "Currency"
lookup = "currencies"

[[field]]
field = "payment_terms"
native = "Terms"
when = "create"

[[field]]
field = "warehouse"
native = "Warehouse"
owner = "target"

[[field]]
field = "salesperson"
native = "Salesperson"
owner = "nobody"
"""

CURRENCIES = {"$": "USD", "GBP": "GBP", "": "USD"}


def fold(key: str) -> str:
    """Compare keys without leading zeros where they are numbers."""
    return key.lstrip("0") or "0" if key.isdigit() else key


def mapping(
    text: str = MAPPING,
    currencies: Mapping[str, str] = CURRENCIES,
    compare: Callable[[str], str] = fold,
) -> FieldMapping:
    """A mapping in force."""
    return FieldMapping(rows=load_rows(text, "test"), lookups={"currencies": currencies}, fold=compare)


def native(key: str, **fields: str) -> dict[str, str]:
    """A customer of the source, in its own fields."""
    return {
        "Customer": key,
        "Name": f"Name of {key}",
        "Telephone": "555-0100",
        "Limit": "1000.00",
        "Tax": "N",
        "Currency": "$",
        "Terms": "30",
        "Warehouse": "W1",
        "Salesperson": "SAM",
        **fields,
    }


def natives(*keys: str) -> dict[str, dict[str, str]]:
    """Customers of the source."""
    return {key: native(key) for key in keys}


class Ended(Struct, frozen=True, kw_only=True):
    """A run that ended, and what it told."""

    run: Run
    counts: dict[str, int]
    """Customers by outcome, those outcomes only that there are."""
    messages: tuple[Message, ...]
    cycles: tuple[CycleRow, ...]

    def cycle(self, customer: str) -> CycleRow:
        """The only cycle of a customer."""
        (found,) = (row for row in self.cycles if row.customer == customer)
        return found

    def texts(self, customer: str = "") -> list[str]:
        """What was told about the run, or about a customer without a cycle."""
        return [note.text for note in self.messages if note.customer == customer]


def look(store: Store, run_id: int) -> Ended:
    """Read a run with all that it told."""
    with store.read() as connection:
        run = runs.read(connection, run_id)
        assert run is not None
        found = journal.counts(connection, run_id)
        return Ended(
            run=run,
            counts={name: count for name, count in found.items() if count},
            messages=tuple(journal.run_messages(connection, run_id)),
            cycles=tuple(journal.cycles(connection, run_id)),
        )


class Desk:
    """A hub and a source, whose ``customers`` may be changed between runs."""

    def __init__(self, store: Store, customers: dict[str, dict[str, str]]) -> None:
        self.store = store
        self.customers = customers
        self.source = MemorySource(SYSTEM, customers)
        """The source of the run that was carried out last."""
        business_units.ensure(store, {UNIT: False})

    def job(self, manner: Manner = WELL, *, bulk: bool = True, **settings: Any) -> Job:
        """What carrying a run out needs."""
        wanted = {"mapping": mapping(), "limits": FREE, "pause": 0.0, **settings}
        compare: Callable[[str], str] = wanted["mapping"].fold
        self.source = MemorySource(SYSTEM, self.customers, manner, fold=compare, bulk=bulk)
        return Job(source=self.source, unit=UNIT, **wanted)

    def begin(self, request: Request = KNOWN) -> int:
        """Queue a run."""
        with self.store.write() as connection:
            return runs.begin(connection, OPERATION, (SYSTEM, "hub"), request)

    def run(
        self,
        request: Request = KNOWN,
        manner: Manner = WELL,
        *,
        scope: int | None = None,
        bulk: bool = True,
        **settings: Any,
    ) -> Ended:
        """Carry a run out to its end, and check what holds for every run.

        ``scope`` is how many customers it must be about, where the request does not tell.
        """
        expected = self._scope(request, manner) if scope is None else scope
        ended = self.carry(self.begin(request), self.job(manner, bulk=bulk, **settings))
        stopped = ended.run.state is State.FAILED or (ended.run.state is State.REFUSED and not ended.cycles)
        if expected is not None and not stopped:
            assert sum(ended.counts.values()) == expected
        return ended

    def carry(self, run_id: int, job: Job) -> Ended:
        """Carry a queued run out to its end, and check what holds for every run that ended."""
        state = carry_out(self.store, run_id, job, "agent", threading.Event())
        ended = self.look(run_id)
        assert ended.run.state is state
        assert self.source.closed == 1
        self._check(ended)
        return ended

    def look(self, run_id: int) -> Ended:
        """Read a run with all that it told."""
        return look(self.store, run_id)

    def _check(self, ended: Ended) -> None:
        """Stored cycles and unchanged make up the scope, each customer once, and nothing is left to apply."""
        run_id = ended.run.id
        assert ended.run.finished is not None
        with self.store.read() as connection:
            unchanged = select(func.coalesce(func.sum(page.c.unchanged), 0)).where(page.c.run_id == run_id)
            stored = len(ended.cycles) + int(connection.execute(unchanged).scalar_one())
            open_ended = select(func.count()).where(
                cycle.c.run_id == run_id, cycle.c.outcome.is_(None) | cycle.c.baseline.is_not(None)
            )
            waiting = connection.execute(open_ended.select_from(cycle)).scalar_one()
            keys = connection.execute(select(cycle.c.key).where(cycle.c.run_id == run_id)).scalars().all()
        assert stored == sum(ended.counts.values())
        assert Outcome.UNCHANGED not in {row.outcome for row in ended.cycles}
        assert len(set(keys)) == len(keys) == len(ended.cycles)
        assert ended.run.request.dry_run or waiting == 0

    def _scope(self, request: Request, manner: Manner) -> int | None:
        """How many customers a run must be about; ``None`` where the test has to say."""
        if request.classes or request.all_classes:
            return None
        if request.customers:
            return len({fold(key) for key in request.customers})
        known = self.linked()
        if request.scope is ScopeName.KNOWN:
            return len(known)
        listed = set(self.customers) if manner.listing is None else set(manner.listing)
        alike = len({fold(key) for key in listed | known}) < len(listed | known)
        return None if alike or manner.refused else len(listed | known)

    def linked(self) -> set[str]:
        """The source's keys of the customers that the hub holds."""
        query = select(cross_reference.c.key).join(
            customer, customer.c.identity == cross_reference.c.identity
        )
        with self.store.read() as connection:
            return set(connection.execute(query).scalars())

    def fields(self, code: str) -> Fields:
        """What the hub holds of a customer, its absent fields left out."""
        with self.store.read() as connection:
            (found,) = find(connection, code, UNIT)
        return found.fields

    def versions(self) -> dict[str, int]:
        """The version of each customer of the hub."""
        with self.store.read() as connection:
            rows = connection.execute(select(customer.c.code, customer.c.version))
            return {row.code: row.version for row in rows}

    def edit(self, code: str, classes: tuple[str, ...] | None = None, **fields: str | bool) -> None:
        """Change a customer by hand."""
        edit(self.store, [Edit(code, fields, classes)], UNIT, Limits())

    def classify(self, **classes: tuple[str, ...]) -> None:
        """Put customers into classes by hand, all in one run."""
        edit(self.store, [Edit(code, {}, names) for code, names in classes.items()], UNIT, Limits())

    def delete(self, code: str) -> None:
        """Delete a customer from the hub."""
        with self.store.write() as connection:
            connection.execute(customer.delete().where(customer.c.code == code))

    def identities(self, code: str) -> list[str]:
        """The identity of the customer with this code, if there is one."""
        with self.store.read() as connection:
            query = select(customer.c.identity).where(customer.c.code == code)
            return list(connection.execute(query).scalars())

    def add(self, code: str, **fields: str) -> None:
        """Put a customer into the hub that no system is linked to."""
        with self.store.write() as connection:
            row = {"identity": f"id-{code}", "business_unit": UNIT, "code": code, **fields}
            connection.execute(customer.insert().values(row))

    def once_planned(self, pages: int, act: Callable[[], object]) -> Callable[[int], None]:
        """Do something once so many pages of the run are planned, before more is read: for ``Manner.before``.

        Only for a run that lists: a page is read while the one before it is planned.
        """

        def before(number: int) -> None:
            if number == pages + 1:
                deadline = time.monotonic() + 60
                while self._planned() < pages:
                    assert time.monotonic() < deadline, "the pages before are not planned"
                    time.sleep(0.002)
                act()

        return before

    def _planned(self) -> int:
        query = select(func.count()).select_from(page).join(run_table).where(run_table.c.finished.is_(None))
        with self.store.read() as connection:
            return int(connection.execute(query).scalar_one())

    def hub(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of what the hub holds of customers: all that a run may write beside the journal."""
        tables = [customer, customer_class, cross_reference, baseline, *CHILDREN.values()]
        return self.rows(*(table.name for table in tables))

    def rows(self, *names: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of these tables, in order."""
        with self.store.read() as connection:
            return {
                name: sorted(map(tuple, connection.execute(select(metadata.tables[name]))), key=repr)
                for name in names
            }


def at_page(number: int, act: Callable[[], object]) -> Callable[[int], None]:
    """Do something just before a page is read, for ``Manner.before``."""

    def before(page: int) -> None:
        if page == number:
            act()

    return before
