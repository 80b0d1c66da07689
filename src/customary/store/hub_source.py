"""The hub as the source of a run: the customers of a business unit, in their own field names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from customary.connectors.contract import Probe, Report, Verdict
from customary.mapping.spec import Owner, Row, Transform, When, carried_name, exactly
from customary.model.customer import Customer, Teller
from customary.model.fields import CUSTOMER, Kind, Value
from customary.model.source import Everything, Native, Page, Record, Scope
from customary.store import accounts, customers, standard_texts, whole
from customary.store.database import Store
from customary.store.folding import fold

_TRANSFORMS = {Kind.TEXT: Transform.TEXT, Kind.DECIMAL: Transform.DECIMAL, Kind.FLAG: Transform.FLAG}
_encode = msgspec.json.Encoder(order="deterministic").encode


class HubSource:
    """A business unit of the hub, by its customers' codes."""

    bulk = True

    def __init__(
        self, name: str, store: Store, unit: str, page: int = whole.PAGE, tell: Teller | None = None
    ) -> None:
        """Stand for business unit ``unit``, called ``name`` in the journal; pages have ``page`` customers.

        ``tell`` tells what the hub knows beyond fields, by customer field; it never overrides a field.
        """
        self.name = name
        self._store = store
        self._unit = unit
        self._page = page
        self._tell = tell

    def check(self) -> Report:
        """Count the customers."""
        with self._store.read() as connection:
            found = customers.count(connection, self._unit)
        return Report(self.name, (Probe("customers", Verdict.OK, f"{found} in business unit {self._unit}"),))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of customers in the order of their codes; the cursor is the last code."""
        if not isinstance(scope, Everything):
            with self._store.read() as connection:
                records = self._records(connection, whole.find_exact(connection, self._unit, scope.keys))
            there = {record.key for record in records}
            missing = tuple(key for key in dict.fromkeys(scope.keys) if key not in there)
            yield Page(records=records, missing=missing)
            return
        while True:
            with self._store.read() as connection:
                found = whole.behind(connection, self._unit, after or "", self._page)
                records = self._records(connection, found)
            if not found:
                yield Page(records=(), complete=True)
                return
            after = found[-1].code
            yield Page(records=records, cursor=after)

    def _records(self, connection: Connection, found: Sequence[Customer]) -> list[Record]:
        if self._tell is None:
            return [_record(customer, {}) for customer in found]
        codes = sorted({code for item in found if (code := str(item.fields.get("account_code") or ""))})
        held = accounts.find(connection, self._unit, codes)
        texts = standard_texts.find(
            connection, self._unit, sorted({text.key for item in found for text in item.standard_texts})
        )
        records = []
        for customer in found:
            account = held.get(fold(str(customer.fields.get("account_code") or "")))
            its = {**account.fields, "Status": account.status} if account else {}
            attached = [texts[text.key] for text in customer.standard_texts if text.key in texts]
            records.append(_record(customer, self._tell(customer, its, attached)))
        return records

    def fold(self, key: str) -> str:
        """Compare codes as they are."""
        return exactly(key)

    def close(self) -> None:
        """Nothing is kept open."""


def hub_rows(words: str, holds: Sequence[str], status: str) -> tuple[Row, ...]:
    """Give the mapping of the hub's customers to themselves.

    ``holds`` are the native fields of a target that uses ``words``: what the hub keeps of those goes over.
    ``status`` is the one that is changed on its own, on either side: nobody owns it; ``""``: there is none.
    """
    rows = [
        Row(
            field=field.name,
            native=field.name,
            transform=_TRANSFORMS[field.kind],
            when=When.CREATE if field.name == "code" else When.ALWAYS,
            required=field.name == "code",
        )
        for field in CUSTOMER.values()
    ]
    for native in holds:
        name = carried_name(words, native)
        rows.append(Row(field=name, native=name, owner=Owner.NOBODY if native == status else Owner.SOURCE))
    return tuple(rows)


def _record(customer: Customer, told: Native) -> Record:
    native = {**told, **{name: _text(value) for name, value in customer.fields.items()}}
    for kind, values in customer.vendor.items():
        native |= {carried_name(kind, name): _vendor_text(value) for name, value in values.items()}
    return Record(customer.code, native, identity=customer.identity)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else "true" if value else "false"


def _vendor_text(value: str | bool | Sequence[Any] | Mapping[str, Any]) -> str:
    """Write what only one vendor has: texts as they are, the rest as JSON that is equal when it is equal."""
    return _text(value) if isinstance(value, str | bool) else _encode(value).decode()
