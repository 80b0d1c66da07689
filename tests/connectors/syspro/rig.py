"""A SYSPRO sandbox and a source in front of it, as the tests of this folder use them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from customary.connectors.contract import Lease
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.syspro.connector import SysproSource
from customary.model.secret import Secret
from customary.protocols.enet import CUSTOMER_COLUMNS
from customary.sandboxes.faults import Fault
from customary.sandboxes.syspro.sandbox import SysproSandbox

FIELDS = tuple(column.name for column in CUSTOMER_COLUMNS.values() if column.synchronized)
"""The 20 columns of the operation."""


def config(url: str, **changes: Any) -> SysproConfig:
    """Settings that fit the sandbox, with short time-outs."""
    usual: dict[str, Any] = {
        "url": url,
        "company": "A",
        "operator": "WEB",
        "password": Secret(lambda: "sandbox"),
        "connect_timeout": 5,
        "read_timeout": 60,
    }
    return SysproConfig(**usual | changes)


@contextmanager
def source(
    sandbox: SysproSandbox, lease: Lease | None = None, fields: Sequence[str] = FIELDS, **changes: Any
) -> Iterator[SysproSource]:
    """A source in front of a sandbox, closed at the end."""
    made = SysproSource("erp", config(sandbox.url, **changes), fields, lease or MemoryLease("erp", 0))
    try:
        yield made
    finally:
        made.close()


def calls(sandbox: SysproSandbox, name: str) -> int:
    """How often a call was made, such as ``Query/Fetch COMFCH``."""
    return sandbox.state.counts().calls.get(name, 0)


def fault(sandbox: SysproSandbox, kind: str, **details: Any) -> None:
    """Let something go wrong from now on."""
    sandbox.state.faults.add(Fault(kind=kind, **details))
