"""A desk to write to another system at: a hub, a source and a remote target in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from customary.connectors.contract import Sending
from customary.connectors.memory import WELL, Answer, Manner, MemorySource, MemoryTarget
from customary.engine.carry_out import Job, carry_out
from customary.engine.far import Far, NoKey
from customary.mapping.load import load_rows
from customary.mapping.outgoing import Outgoing
from customary.mapping.spec import FieldMapping, Owner, Row, carried
from customary.model.fields import Field, FieldTable, Kind, table, text
from customary.model.limits import LIFTED, Limits
from customary.model.run import Request, ScopeName
from customary.model.source import Native, Scope
from customary.store import business_units, runs
from customary.store.database import Store
from customary.store.tables import cross_reference
from tests.support.desk import Ended, look
from tests.support.mappings import OUTGOING

HOLDS: FieldTable = table(
    text("reference", 8, "the customer's reference"),
    text("title", 20, "the customer's name"),
    Field(name="limit", kind=Kind.DECIMAL, length=8, decimals=2, meaning="credit limit"),
    Field(name="stopped", kind=Kind.FLAG, meaning="on hold"),
    text("currency", 3, "ISO 4217"),
    text("motto", 10, "what only this system has"),
    text("state", 6, "its status, which is changed on its own"),
    text("payer", 8, "the reference of who gets the invoices"),
)
SOURCE = """
[[field]]
field = "code"
native = "Customer"
when = "create"
compare = "key"
required = true

[[field]]
field = "name"
native = "Name"

[[field]]
field = "credit_limit"
native = "Limit"
transform = "decimal"

[[field]]
field = "on_hold"
native = "Hold"
transform = "flag"

[[field]]
field = "currency"
native = "Currency"

[[field]]
field = "currency_iso"
native = "Currency"
lookup = "currencies"

[[field]]
field = "invoicing_customer"
native = "Payer"

[[field]]
field = "warehouse"
native = "Warehouse"
"""
STATE = Row(field="sage.state", native="State", owner=Owner.NOBODY)
TARGET = f"""{OUTGOING}
[[field]]
field = "invoicing_customer"
native = "payer"
"""
MONEY = {"USD": "USD", "GBP": "GBP"}
UP = Request(scope=ScopeName.ALL)
FREE = Limits(create=LIFTED, update=LIFTED)


def native(key: str, **fields: str) -> dict[str, str]:
    """A customer of the source."""
    return {
        "Customer": key,
        "Name": f"Name of {key}",
        "Limit": "100.00",
        "Hold": "N",
        "Currency": "$",
        **fields,
    }


def held(key: str, **fields: str) -> dict[str, str]:
    """The same customer in the target."""
    written = {
        "reference": key,
        "title": f"Name of {key}",
        "limit": "100",
        "stopped": "false",
        "currency": "USD",
    }
    return {**written, **fields}


class Desk:
    """A hub between a source and a remote target, both in memory and free to be changed between runs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.here: dict[str, Native] = {key: native(key) for key in ("0001", "0002", "0003")}
        self.there: dict[str, Native] = {}
        self.target = self._target(lambda _: Answer.TELLS)
        business_units.ensure(store, {"PK1": False})

    def _target(self, answer: Callable[[Sending], Answer], **settings: Any) -> MemoryTarget:
        return MemoryTarget("sage", self.there, HOLDS, answer, status="state", **settings)

    def job(
        self,
        answer: Callable[[Sending], Answer] = lambda _: Answer.TELLS,
        *,
        manner: Manner = WELL,
        source: MemorySource | None = None,
        target: MemoryTarget | None = None,
        keys: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> Job:
        """What carrying a run out needs."""
        self.target = target or self._target(answer, batch=settings.pop("batch", 2))
        mapping = FieldMapping(
            rows=(*load_rows(SOURCE, "s"), STATE), lookups={"currencies": {"$": "USD", **MONEY}}
        )
        rows = load_rows(TARGET, "t")
        towards = FieldMapping(
            rows=(*rows, *carried("sage", HOLDS, rows)), lookups={"currencies": MONEY}, words="sage"
        )
        far = Far(
            target=self.target,
            mapping=towards,
            outgoing=Outgoing(towards, HOLDS, ""),
            makes_keys=None if keys is None else Keys(keys),
        )
        return Job(
            source=source or MemorySource("shop", self.here, manner),
            mapping=mapping,
            unit="PK1",
            limits=settings.pop("limits", FREE),
            far=far,
            pause=0.0,
            **settings,
        )

    def begin(self, request: Request = UP) -> int:
        with self.store.write() as connection:
            return runs.begin(connection, "upload", ("shop", "sage"), request)

    def run(self, *args: Any, request: Request = UP, **settings: Any) -> Ended:
        """Carry a run out to its end."""
        run_id = self.begin(request)
        carry_out(self.store, run_id, self.job(*args, **settings), "agent", threading.Event())
        return self.look(run_id)

    def look(self, run_id: int) -> Ended:
        """Read a run with all that it told."""
        return look(self.store, run_id)

    def links(self) -> set[tuple[str, str]]:
        """System and key of all that is in the cross-reference."""
        with self.store.read() as connection:
            query = select(cross_reference.c.system, cross_reference.c.key)
            return {(row[0], row[1]) for row in connection.execute(query)}


class Keys:
    """Makes the keys that it was given."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys

    def key_for(self, key: str, _: Native, /) -> str:
        if key not in self._keys:
            raise NoKey(f"no letters in {key}")
        return self._keys[key]


def moving(desk: Desk, move: Callable[[], None], *, calls: int = 2, **settings: Any) -> Job:
    """A job whose target is changed by somebody else once everything is planned."""

    class Moving(MemoryTarget):
        reads = 0

        def read(self, scope: Scope, after: str | None = None):  # type: ignore[no-untyped-def]
            self.reads += 1
            if self.reads == calls:
                move()
            yield from super().read(scope, after)

    return desk.job(target=Moving("sage", desk.there, HOLDS, status="state"), **settings)


def carried_out(desk: Desk, job: Job, request: Request = UP) -> Ended:
    """Carry a job's run out to its end."""
    run_id = desk.begin(request)
    carry_out(desk.store, run_id, job, "agent", threading.Event())
    return desk.look(run_id)


class Killed(BaseException):
    """What a kill looks like from inside."""


def killed(desk: Desk, die: Callable[[Sending], Answer], request: Request = UP, **settings: Any) -> Ended:
    """Carry a run out in a process that is killed by ``die``, and then in another one to its end."""
    run_id = desk.begin(request)
    with pytest.raises(Killed):
        carry_out(desk.store, run_id, desk.job(die, **settings), "one", threading.Event())
    carry_out(desk.store, run_id, desk.job(**settings), "two", threading.Event())
    return desk.look(run_id)
