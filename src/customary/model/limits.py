"""Limits: how much one run may change before it is refused as a whole."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from customary.errors import ConfigError
from customary.model.change import Action

ALWAYS_PASS = 10
"""So many creates, and so many updates, pass whatever the limit: a small hub must be able to work."""

_HOW = (
    'write a share of the known customers ("10%"), a number (500), or both (["10%", 500]): the stricter wins'
)
_SHARE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*%\s*")


class Limit(Struct, frozen=True, kw_only=True):
    """The most changes of one kind; with both, the stricter wins; with neither, it is lifted."""

    count: int | None = None
    """A number of customers. ``None``: no number."""
    share: Decimal | None = None
    """A share, between 0 and 1, of the customers known when the run began. ``None``: no share."""

    def allowed(self, known: int) -> int:
        """Give the most changes when ``known`` customers were known; a share is rounded down."""
        count = sys.maxsize if self.count is None else self.count
        share = sys.maxsize if self.share is None else int(self.share * known)
        return min(count, share)

    def __str__(self) -> str:
        share = None if self.share is None else f"{(self.share * 100).normalize():f}%"
        parts = [part for part in (share, self.count) if part is not None]
        return " and ".join(str(part) for part in parts) or "no limit"


LIFTED = Limit()
"""No limit at all; never what is meant by leaving a limit out."""


class Limits(Struct, frozen=True, kw_only=True):
    """The limits of an operation; what is left out has its default and is never off."""

    create: Limit = Limit(share=Decimal("0.10"))
    update: Limit = Limit(share=Decimal("0.30"))
    status: Limit = Limit(share=Decimal("0.10"))
    delete: Limit = Limit(share=Decimal("0.01"))

    def of(self, action: Action) -> Limit:
        """Give the limit on changes of this kind."""
        limit: Limit = getattr(self, action.value)
        return limit

    def allowed(self, action: Action, known: int) -> int:
        """Give the most changes of this kind in one run.

        ``known`` is the number of customers that the target knew for the operation when the run began.
        Up to ``ALWAYS_PASS`` creates and updates are allowed in any case.
        """
        allowed = self.of(action).allowed(known)
        return max(allowed, ALWAYS_PASS) if action in (Action.CREATE, Action.UPDATE) else allowed

    def lift(self, action: Action) -> Limits:
        """Give the same limits without the one on this kind of change (creates, on an initial load)."""
        return replace(self, **{action.value: LIFTED})


def parse_limit(value: Any) -> Limit:
    """Read a limit as a configuration writes it: ``"10%"``, ``500`` or ``["10%", 500]``.

    Raises ``ConfigError`` saying how a limit is written.
    """
    parts = value if isinstance(value, list) else [value]
    counts = [part for part in parts if isinstance(part, int) and not isinstance(part, bool)]
    shares = [_share(part) for part in parts if isinstance(part, str)]
    if len(counts) + len(shares) < len(parts) or not parts or len(counts) > 1 or len(shares) > 1:
        raise ConfigError(f"not a limit; {_HOW}")
    if counts and counts[0] < 0:
        raise ConfigError(f"a limit cannot be negative; {_HOW}")
    return Limit(count=counts[0] if counts else None, share=shares[0] if shares else None)


def _share(text: str) -> Decimal:
    match = _SHARE.fullmatch(text)
    if match is None:
        raise ConfigError(f'"{text}" is not a share; {_HOW}')
    share = Decimal(match[1]) / 100
    if share > 1:
        raise ConfigError(f'"{text}" is more than all customers; {_HOW}')
    return share
