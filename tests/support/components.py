"""Asking a component something, and reading its answer."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from customary.components import Request, Result, Rules, Wiring, execute
from customary.config.settings import ComponentsConfig
from customary.model.limits import LIFTED
from customary.protocols.ssc_payload import inspect, records
from customary.protocols.ssc_record import Record
from customary.store import business_units, journal
from customary.store.database import Store

UNIT, FINANCIAL = "PK1", "FIN"
OPEN = ComponentsConfig(delete=LIFTED, account="never")
"""Settings that leave only the rules that a test is about."""


class Told(Struct, frozen=True):
    """An answer, read."""

    result: Result
    records: tuple[Record, ...]
    text: str

    @property
    def statuses(self) -> list[str]:
        """The status of each record."""
        return [record.attribute("status") for record in self.records]

    @property
    def messages(self) -> list[str]:
        """The user texts of all records."""
        return [
            str(message.value("UserText"))
            for record in self.records
            for messages in record.all("Messages")
            for message in messages.children
        ]


class Office:
    """A hub with two business units, one of them financials only, and somebody who asks its components."""

    def __init__(self, store: Store, settings: ComponentsConfig = OPEN, **rules: Any) -> None:
        self.store = store
        self.rules = Rules(settings=settings, needs_account=settings.account == "always", **rules)
        business_units.ensure(store, {UNIT: False, FINANCIAL: True})

    def with_rules(self, settings: ComponentsConfig, **rules: Any) -> Office:
        """The same hub under other switches."""
        return Office(self.store, settings, **rules)

    def send(self, method: str, payload: bytes, component: str = "Customer") -> Told:
        """Send a whole payload."""
        pieces: list[str] = []
        wiring = Wiring(store=self.store, rules=lambda _: self.rules)
        result = execute(
            Request(component=component, method=method, payload=io.BytesIO(payload)), wiring, pieces.append
        )
        answer = "".join(pieces).encode()
        inspect(io.BytesIO(answer))
        return Told(result, tuple(records(io.BytesIO(answer))), answer.decode())

    def ask(self, method: str, *bodies: str, component: str = "Customer", unit: str = UNIT) -> Told:
        """Send records, each by what is in it; warnings are told."""
        return self.send(
            method, payload([f"<{component}>{body}</{component}>" for body in bodies], unit), component
        )

    def query(self, parts: str = "", component: str = "Customer", unit: str = UNIT) -> Told:
        """Ask for records."""
        return self.send("Query", payload([parts], unit), component)

    def stored(self, code: str, unit: str = UNIT) -> dict[str, str]:
        """The root elements of a customer, as Query tells them; empty when there is none."""
        for record in self.query(
            f'<Filter><Item name="/Customer/CustomerCode" operator="EQU" value="{code}"/></Filter>', unit=unit
        ).records:
            return {child.name: child.text for child in record.children if not child.children}
        return {}

    def everything(self, component: str = "Customer", unit: str = UNIT) -> list[str]:
        """All that a business unit has, as text."""
        return [record.to_xml() for record in self.query(component=component, unit=unit).records]

    def cycles(self, run: int) -> list[tuple[str, str]]:
        """The customer and the outcome of each cycle of a run."""
        with self.store.read() as connection:
            return [(row.customer, str(row.outcome)) for row in journal.cycles(connection, run)]


def payload(content: Iterable[str], unit: str = UNIT) -> bytes:
    """Write a payload whose answer tells warnings and information too."""
    head = "<ErrorContext><ErrorThreshold>2</ErrorThreshold></ErrorContext><User><Name>ABC</Name></User>"
    context = f"<SunSystemsContext><BusinessUnit>{unit}</BusinessUnit></SunSystemsContext>"
    return f"<SSC>{head}{context}<Payload>{''.join(content)}</Payload></SSC>".encode()


def fields(**values: str) -> str:
    """Write fields in their order."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
