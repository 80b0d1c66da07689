"""Runs: one execution of an operation, and what was asked for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from customary.model.outcome import Message, Outcome

HUB: Final = "hub"
"""The name by which a run's source or target is the hub; no system may have it."""

REQUEST = "ssc"
"""The source's name of a run that is a request to a component, carried out inside the request."""


class State(StrEnum):
    """Where a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    PLANNED = "planned"
    """Planned and, for a dry run, ended so."""
    SUCCEEDED = "succeeded"
    """Carried out to the end; some customers may still have been rejected or failed."""
    FAILED = "failed"
    """Stopped by an error: a system unreachable or not permitted, or the store."""
    REFUSED = "refused"
    """A limit would have been passed; nothing was written."""
    STOPPED = "stopped"
    """Stopped by a person."""


class ScopeName(StrEnum):
    """The scope of an operation that is given no customers and no classes."""

    KNOWN = "known"
    ALL = "all"


class Together(StrEnum):
    """What Customers and Classes mean when both are given."""

    EITHER = "either"
    BOTH = "both"


class Upload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file whose customers a run writes to another system."""

    file: str
    """Its whole path."""
    digest: str
    """Digest of what it held when the run was asked for."""
    ignore_empty: bool = False
    """Whether an empty element is taken for a missing one."""
    limit: str = ""
    """How much may be created, and updated, as a limit is written; ``""``: whatever the file has."""


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run was asked to do; kept with the run, so that a restart does the same."""

    scope: ScopeName = ScopeName.KNOWN
    customers: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    all_classes: bool = False
    together: Together = Together.EITHER
    initial_load: bool = False
    modified: bool = False
    """Whether only what moved since the operation's last run is read, where the source is not read whole."""
    deletes: bool = False
    """Whether customers that the source has no more are deleted from the target."""
    dry_run: bool = False
    upload: Upload | None = None

    @property
    def listed(self) -> bool:
        """Whether customers or classes are named."""
        return bool(self.customers or self.classes or self.all_classes)


class Run(Struct, frozen=True, kw_only=True):
    """One execution of an operation, as the journal has it."""

    id: int
    operation: str
    source: str
    target: str
    state: State
    request: Request
    epoch: int
    exit_code: int
    known: int
    """Customers that the target knew for this operation when the run began; shares are of these."""
    enumerated: int
    """Records that the source gave."""
    digest: str
    """Digest of the source's keys, in order."""
    fingerprint: str
    """Digest of the plan."""
    queued: datetime
    started: datetime | None
    finished: datetime | None


class CycleRow(Struct, frozen=True, kw_only=True):
    """A cycle as the journal has it, to be shown."""

    number: int
    customer: str
    outcome: Outcome | None
    """``None`` while it is planned."""
    action: str
    changes: tuple[dict[str, str | bool], ...]
    messages: tuple[Message, ...]


EXIT_DONE, EXIT_ISSUES, EXIT_USAGE, EXIT_REFUSED, EXIT_SYSTEM = 0, 1, 2, 3, 4
"""The exit codes of ``customary run``."""
