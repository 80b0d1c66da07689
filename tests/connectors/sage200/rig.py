"""A Sage 200 sandbox and a source in front of it, as the tests of this folder use them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from customary.connectors.contract import Lease
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.sage200.connector import Sage200Source
from customary.connectors.sage200.fields import HOLDS
from customary.connectors.sage200.tokens import LeasedTokens, Tokens
from customary.model.secret import Secret
from customary.sandboxes.faults import Fault
from customary.sandboxes.sage200 import Sage200Sandbox

MAPPING = files("customary.connectors.sage200").joinpath("mapping.toml").read_text("utf-8")
FIELDS = tuple(dict.fromkeys(row["native"] for row in tomllib.loads(MAPPING)["field"]))
"""The native fields of the connector's own mapping."""
EVERYTHING_WRITABLE = tuple(dict.fromkeys((*FIELDS, *HOLDS)))
"""Those, and all that can be written."""


def config(sandbox: Sage200Sandbox, **changes: Any) -> Sage200Config:
    """Settings that fit the sandbox, with short time-outs."""
    company = sandbox.state.settings.companies[0]
    usual: dict[str, Any] = {
        "url": sandbox.url,
        "identity_url": sandbox.identity_url,
        "site": company.site_id,
        "company": company.company_id,
        "client_id": sandbox.state.settings.client_id,
        "client_secret": Secret(lambda: sandbox.state.settings.client_secret),
        "rate": 1000,
        "connect_timeout": 5,
        "read_timeout": 60,
    }
    return Sage200Config(**usual | changes)


def logged_in(sandbox: Sage200Sandbox, age_days: float = 0.0, lease: Lease | None = None) -> Lease:
    """A lease that keeps the tokens of a login of so many days ago."""
    told = sandbox.state.tokens.issue(age_days)
    now = datetime.now(UTC)
    until = now + timedelta(seconds=told["expires_in"])
    tokens = Tokens(
        access=told["access_token"],
        refresh=told["refresh_token"],
        expires=until,
        renew=until,
        login=now - timedelta(days=age_days),
    )
    lease = lease or MemoryLease("sage", 5)
    with LeasedTokens(lease).hold() as held:
        held.keep(tokens)
    return lease


def kept(lease: Lease) -> Tokens:
    """The tokens that a lease keeps."""
    with LeasedTokens(lease).hold() as held:
        assert held.tokens is not None
        return held.tokens


@contextmanager
def source(
    sandbox: Sage200Sandbox, lease: Lease | None = None, fields: Sequence[str] = FIELDS, **changes: Any
) -> Iterator[Sage200Source]:
    """A source in front of a sandbox, logged in, closed at the end."""
    made = Sage200Source("sage", config(sandbox, **changes), fields, lease or logged_in(sandbox))
    try:
        yield made
    finally:
        made.close()


def calls(sandbox: Sage200Sandbox, name: str) -> int:
    """How often a call was made, such as ``GET customers``."""
    return sandbox.state.counts().calls.get(name, 0)


def fault(sandbox: Sage200Sandbox, kind: str, **details: Any) -> None:
    """Let something go wrong from now on."""
    sandbox.state.faults.add(Fault(kind=kind, **details))
