"""How a cycle ended, and what is said about it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Outcome(StrEnum):
    """How one run's work on one customer ended: exactly one for each customer in scope."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STATUS_CHANGED = "status_changed"
    DELETED = "deleted"
    SKIPPED = "skipped"
    """Not attempted on purpose."""
    REJECTED = "rejected"
    """Not in the source, or refused by our rules or by what the target can hold."""
    FAILED = "failed"
    """Refused by the target, or an error."""
    UNKNOWN = "unknown"
    """Sent, and no answer: to be settled by reading back."""


ISSUES = frozenset({Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN})
"""The outcomes that somebody should look at; with any of them a run ends with exit code 1."""


class Level(StrEnum):
    """How much a message matters."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to tell about a run or, where ``customer`` is given, about one customer of it."""

    level: Level
    text: str
    field: str = ""
    customer: str = ""
