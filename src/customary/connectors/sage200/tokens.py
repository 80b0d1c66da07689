"""The tokens of a login, and where they are kept: in a lease, which the hub keeps sealed.

A refresh may end the refresh token it used (facts/sage200.md 10, client code). So tokens are only refreshed
while the lease is held, by one process at a time, and saved before they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec
from msgspec import Struct

from customary.connectors.contract import Lease


class Tokens(Struct, frozen=True, kw_only=True):
    """What a login gave."""

    access: str
    refresh: str
    expires: datetime
    """When the access token ends, in UTC."""
    renew: datetime
    """From when on it is refreshed before it is used, in UTC."""
    login: datetime
    """When somebody logged in, in UTC: the refresh token's life is counted from then."""

    def __repr__(self) -> str:
        return f"Tokens(login={self.login:%Y-%m-%d})"

    def days_left(self, days: float) -> float:
        """How many days are left of a login that lasts ``days``; negative when it is over."""
        return (self.login + timedelta(days=days) - datetime.now(UTC)) / timedelta(days=1)

    @property
    def good(self) -> bool:
        """Whether the access token may be used as it is."""
        return datetime.now(UTC) < self.renew


class HeldTokens(Struct):
    """The kept tokens, while nobody else may change them."""

    tokens: Tokens | None
    """``None`` when nobody has logged in."""
    keep: Callable[[Tokens], None]
    """Keeps other tokens in their place. Raises ``NotPermitted`` when the lease was lost meanwhile."""


class TokenStore(Protocol):
    """Keeps the tokens of one client at one system."""

    def hold(self) -> AbstractContextManager[HeldTokens]:
        """Wait until nobody else holds them, and hold them. Raises ``NotPermitted`` when it takes long."""


class LeasedTokens:
    """A ``TokenStore`` whose tokens are what a lease remembers."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    @contextmanager
    def hold(self) -> Iterator[HeldTokens]:
        """Hold the lease. Raises ``NotPermitted`` naming the holder when it does not come free in time."""
        with self._lease.hold() as held:
            yield HeldTokens(_read(held.abandoned), lambda tokens: held.remember(_written(tokens)))


def _written(tokens: Tokens) -> str:
    return msgspec.json.encode(tokens).decode()


def _read(kept: str) -> Tokens | None:
    try:
        return msgspec.json.decode(kept, type=Tokens) if kept else None
    except msgspec.DecodeError:
        return None
