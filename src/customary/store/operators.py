"""Operators: who may use the hub's services, with their business units and the hash of their password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, Row, case, select

from customary.model.operator import Operator, Rights
from customary.store.clock import aware, present
from customary.store.folding import fold, folded
from customary.store.tables import operator, operator_business_unit


class Account(Struct, frozen=True, kw_only=True):
    """An operator, with what its password is checked by. It does not show that."""

    operator: Operator
    password_hash: str
    failures: int
    """How often the password was wrong since it was last right."""
    paused_until: datetime | None
    """Until when no password is taken, in UTC; ``None``, or a moment that is past: any time."""

    def __repr__(self) -> str:
        return f"Account({self.operator.name!r})"


def find(connection: Connection, name: str) -> Account | None:
    """Find an operator by its name in any spelling, or ``None``."""
    row = connection.execute(select(operator).where(folded(operator.c.name) == fold(name))).first()
    return None if row is None else _account(connection, row)


def every(connection: Connection) -> list[Account]:
    """Give all operators, in the order of their names."""
    return [_account(connection, row) for row in connection.execute(select(operator).order_by("name")).all()]


def add(connection: Connection, new: Operator, password_hash: str) -> None:
    """Add an operator. Raises ``Conflict``, from the transaction, when there is one of this name."""
    values = {"name": new.name, "password_hash": password_hash, "role": "", "rights": new.rights.value}
    connection.execute(operator.insert().values(values))
    _set_units(connection, new.name, new.business_units)


def change(connection: Connection, changed: Operator, password_hash: str) -> None:
    """Give an operator, found by its very name, other rights, business units and password.

    Its logins are counted anew.
    """
    values = {"rights": changed.rights.value, "password_hash": password_hash}
    where = operator.c.name == changed.name
    connection.execute(operator.update().where(where).values(**values, failures=0, paused_until=None))
    units = operator_business_unit
    connection.execute(units.delete().where(units.c.operator == changed.name))
    _set_units(connection, changed.name, changed.business_units)


def remove(connection: Connection, name: str) -> None:
    """Remove an operator, found by its very name, with its tokens."""
    connection.execute(operator.delete().where(operator.c.name == name))


def note_failure(connection: Connection, name: str, most: int, pause: timedelta) -> None:
    """Count a wrong password; after ``most`` of them, without a right one between, none is taken for a
    while."""
    last = operator.c.failures + 1 >= most
    until = present(connection) + pause
    values = {
        "failures": case((last, 0), else_=operator.c.failures + 1),
        "paused_until": case((last, until), else_=operator.c.paused_until),
    }
    connection.execute(operator.update().where(operator.c.name == name).values(values))


def note_success(connection: Connection, name: str) -> None:
    """Forget the wrong passwords that were counted."""
    connection.execute(operator.update().where(operator.c.name == name).values(failures=0))


def _set_units(connection: Connection, name: str, units: Iterable[str]) -> None:
    rows = [{"operator": name, "business_unit": unit} for unit in dict.fromkeys(units)]
    if rows:
        connection.execute(operator_business_unit.insert(), rows)


def _account(connection: Connection, row: Row[tuple[object, ...]]) -> Account:
    units = operator_business_unit
    query = select(units.c.business_unit).where(units.c.operator == row.name).order_by(units.c.business_unit)
    known = Operator(
        name=row.name,
        rights=Rights(row.rights),
        business_units=tuple(connection.execute(query).scalars()),
    )
    paused = None if row.paused_until is None else aware(row.paused_until)
    return Account(
        operator=known, password_hash=row.password_hash, failures=row.failures, paused_until=paused
    )
