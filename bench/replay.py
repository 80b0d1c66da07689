"""SYSPRO without the network: the connector as it is, its answers read from a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.recording import Listed, Recording
from customary.connectors.contract import Report
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.syspro.client import Answer, SysproClient
from customary.connectors.syspro.codec import unwrap
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.syspro.listing import Enumeration
from customary.connectors.syspro.lookup import Lookup, folded
from customary.connectors.syspro.session import SysproSession
from customary.connectors.syspro.table import CustomerTable
from customary.model.secret import Secret
from customary.model.source import Everything, Page, Scope
from customary.protocols.enet import parse_find

SYSTEM = "syspro"

CURRENCIES = {"$": "USD", "": "USD"} | {
    code: code for code in ("AED", "CZK", "EUR", "GBP", "ILS", "JPY", "PLN", "SEK", "TRY", "USD")
}
"""The look-up table of the recorded customers' currencies."""


class ReplayClient(SysproClient):
    """A client that answers COMFND from a recording, and takes every logon."""

    def __init__(self, config: SysproConfig, folder: Path, listed: Listed) -> None:
        super().__init__(SYSTEM, config)
        self._files = {answer.after: folder / answer.file for answer in listed.answers}

    def log_on(self) -> str:
        return "0" * 34

    def log_off(self, session: str) -> bool:  # noqa: ARG002  # every session is the same
        return True

    def query(self, session: str, xml: str) -> Answer:  # noqa: ARG002  # every session is the same
        where = parse_find(xml).where
        body = self._files[where[0].value if where else None].read_bytes()
        return Answer(*unwrap(body, "auto"))


class ReplaySource:
    """A ``Source`` like ``SysproSource``, made of the same parts, but for the wire."""

    name = SYSTEM
    bulk = True

    def __init__(self, folder: Path, recording: Recording, listed: Listed) -> None:
        self._config = SysproConfig(
            url="http://localhost", company="A", operator="WEB", password=Secret(fetch=str)
        )
        client = ReplayClient(self._config, folder, listed)
        self._session = SysproSession(client, self._config.operator, MemoryLease(SYSTEM))
        self._table = CustomerTable(client, self._session, recording.columns, self.fold)

    def check(self) -> Report:
        return Report(SYSTEM, ())

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        if not isinstance(scope, Everything):
            raise NotImplementedError("a recording only lists everything")
        lookup = Lookup(self._table, self._config)
        return Enumeration(self._table, lookup, self._config.page, after).pages()

    def fold(self, key: str) -> str:
        return folded(key, self._config)

    def close(self) -> None:
        self._session.close()
