"""What to learn to add a system: two protocols, and what they exchange.

A connector speaks one product's language. It never decides a business rule, and sends again only what the
vendor refused before acting (a dead session, an expired voucher). Wire faults become the errors of
``customary.errors``; what is wrong with one record is a value (``Page.missing``, ``Page.unreadable``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable

from msgspec import Struct

from customary.model.change import Action
from customary.model.fields import FieldTable
from customary.model.outcome import Message, Outcome
from customary.model.source import Native, Page, Record, Scope


class Verdict(StrEnum):
    """How one probe of ``check`` went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Probe(Struct, frozen=True):
    """One thing that ``check`` looked at."""

    name: str
    verdict: Verdict
    text: str


class Report(Struct, frozen=True):
    """What ``check`` found out about a system."""

    system: str
    probes: tuple[Probe, ...]

    @property
    def ok(self) -> bool:
        """Whether the system can be used as it is configured."""
        return all(probe.verdict is not Verdict.FAILED for probe in self.probes)


class Sending(Struct, frozen=True, kw_only=True):
    """What is to be done to one customer of a target, in that system's own words."""

    action: Action
    key: str
    """The key by which the target knows the customer, or will."""
    native: Native = {}
    """The native fields to write, each with its text; ``""`` clears; flags are ``true`` and ``false``."""
    held: Native = {}
    """The whole record as the target gave it last; empty for a create."""


class Written(Struct, frozen=True):
    """How one change ended in the target."""

    outcome: Outcome
    """``unknown`` where it was sent and no answer came: it is settled by reading back."""
    record: Record | None = None
    """The customer as it is now, where the target's answer told it whole."""
    messages: tuple[Message, ...] = ()


class Source(Protocol):
    """A system that customers are read from."""

    name: str
    bulk: bool
    """Whether reading everything costs far fewer calls than reading the same customers by key."""

    def check(self) -> Report:
        """Look: reachable, credentials, rights, versions. Writes nothing; raises nothing it can report."""

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of native records.

        ``after`` is the cursor of the last page that was dealt with (only for ``Everything``).
        Raises ``Unreachable``, ``NotPermitted``, ``ListingRefused`` (only for ``Everything``).
        """

    def fold(self, key: str) -> str:
        """Bring a key into the form that this system compares (padding, case); never stored as the key."""

    def close(self) -> None:
        """End the session, if any. Never raises."""


@runtime_checkable
class Target(Source, Protocol):
    """A system that customers are written to."""

    holds: FieldTable
    """The native fields that can be written: names, kinds, lengths."""
    batch: int
    """The most customers that one call of ``write`` takes."""
    longest: float
    """Seconds after which whatever ``write`` has sent is certain to have ended."""

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Carry changes out; one ``Written`` for each, in order, and none before its write has ended.

        What was sent without an answer is ``unknown``, and is not sent again. Raises ``Unreachable`` and
        ``NotPermitted`` when nothing of what it has not yielded yet was sent.
        """


class Fit(Struct, frozen=True):
    """A customer's native fields as a target can take them."""

    native: Native
    messages: tuple[Message, ...] = ()
    """An error rejects the customer before anything is sent; the rest is told."""


@runtime_checkable
class Fits(Protocol):
    """The ability of a target that has rules beyond the lengths and kinds of ``holds``."""

    def fit(self, action: Action, native: Native, held: Native) -> Fit:
        """Shape the fields that are desired: codes looked up, domains held, what cannot be written left out.

        ``action`` is a create or an update, in which the status may change too; ``native`` has the desired
        fields, ``held`` the target's record (empty for a create). Writes nothing; may read tables of codes,
        and raises as ``read`` does then.
        """


@runtime_checkable
class HasStatus(Protocol):
    """What marks a target whose customers have a status that is changed on its own.

    A change of a customer that it has is ``Action.STATUS`` when this field is among what it writes.
    """

    status: str
    """The native field that holds it; ``""``: none."""


@runtime_checkable
class KnowsIds(Protocol):
    """The ability of a target whose customers have an id of the system's own beside their key."""

    def keys_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the keys of the customers with these ids; an id that no customer has is not in it."""


@runtime_checkable
class ListsKeys(Protocol):
    """The ability of a target to give the keys of all its customers, cheaper than by reading them."""

    def all_keys(self) -> Iterator[str]:
        """Give every key, in any order. Raises as ``read`` does."""


@runtime_checkable
class LogsOn(Protocol):
    """What a source can also do that logs on, through a lease."""

    def log_off_abandoned(self) -> None:
        """End the session that a stopped process left behind, if there is one, and hold the lease.

        Raises ``NotPermitted`` when somebody else holds it.
        """


class Invitation(Struct, frozen=True):
    """A login that somebody is to do in a browser."""

    address: str
    """Where the browser is to go."""
    back: str
    """Where it is led to afterwards; that address holds the answer."""
    state: str
    verifier: str

    def __repr__(self) -> str:
        return f"Invitation({self.back!r})"  # who knows state and verifier could end the login


@runtime_checkable
class BrowserLogin(Protocol):
    """The ability of a source that a person logs in to, in a browser, once for a long time."""

    def invite(self) -> Invitation:
        """Begin a login; nothing is sent."""

    def admit(self, invitation: Invitation, answer: str) -> None:
        """End it with the address that the browser was led to, or the code in it; keeps what it gave.

        Raises ``NotPermitted`` when it is refused, and ``Unreachable``.
        """


class LoginEnd(Struct, frozen=True):
    """How long a person's login lasts."""

    at: datetime
    """When it ends, an aware time; somebody has to log in again before."""
    warn: datetime
    """From when on people are to be told."""


@runtime_checkable
class LoginEnds(Protocol):
    """The ability of a source whose login by a person lasts for some time only."""

    def login_end(self) -> LoginEnd | None:
        """Tell when the login ends; ``None`` when nobody has logged in. Nothing is sent.

        Raises ``NotPermitted`` when another process holds the login for too long.
        """


@runtime_checkable
class HasOnlySome(Protocol):
    """What marks a source that has only the customers to be dealt with, as a file of changes has.

    Nobody is missing in it.
    """

    only_some: Literal[True]


@runtime_checkable
class TellsMoved(Protocol):
    """The ability of a source to give only the customers that moved since a moment."""

    overlap: timedelta
    """How long before the last reading the next one is to begin, since clocks differ."""

    def read_moved(self, since: datetime, after: str | None = None) -> Iterator[Page]:
        """Give pages of the customers that were created or changed after ``since``, an aware time.

        ``after`` is the cursor of the last page that was dealt with. No page is complete: what is not in them
        did not move, or is gone. Raises as ``Source.read`` does.
        """


class Chosen(Struct, frozen=True, kw_only=True):
    """Which customers are wanted whole; of all of them where nothing is said."""

    since: datetime | None = None
    """Only those that were created or changed after this aware time."""
    filter: str = ""
    """Only those that pass this filter, in the source's own language."""


class WholePage(Struct, frozen=True, kw_only=True):
    """A part of the customers that were wanted whole, in the source's order."""

    customers: Sequence[Mapping[str, Any]]
    """As the source's API has them, with all their parts, and what they refer to in the place of its id."""
    notices: tuple[Message, ...] = ()
    """What the person who runs it should know about how this was read."""
    cursor: str | None = None
    """Where the next page begins; ``None`` on the last page."""


@runtime_checkable
class GivesWhole(Protocol):
    """The ability of a source to give customers whole, with what no mapping names."""

    overlap: timedelta
    """As for ``TellsMoved``."""

    def read_whole(self, chosen: Chosen, after: str | None = None) -> Iterator[WholePage]:
        """Give pages of whole customers, from behind the cursor ``after``.

        Raises as ``Source.read`` does, and ``ConfigError`` when the source refuses the filter.
        """


class CarriedOut(Struct, frozen=True, kw_only=True):
    """How a payload was carried out by a system's component."""

    records: int
    failed: int
    messages: tuple[Message, ...] = ()
    """About records that failed, the first thousand of them."""


@runtime_checkable
class TakesPayloads(Protocol):
    """The ability of a system that has components which carry payloads out (SunSystems Connect)."""

    def carry_out(
        self, component: str, method: str, payload: BinaryIO, out: Callable[[str], object]
    ) -> CarriedOut:
        """Send a payload as it is, and write the answer to ``out``, piece by piece, once it has come whole.

        Raises ``RequestRefused`` when nothing of it was carried out, ``Unreachable``, ``NotPermitted``, and
        ``InDoubt`` when no answer came.
        """


class Lease(Protocol):
    """The right to be logged on as one operator of one system, held by one holder at a time.

    The hub keeps it, so that threads, processes and commands wait for each other; and it keeps the session's
    token, sealed, so that a restart can log the session of a killed process off.
    """

    def hold(self) -> AbstractContextManager[HeldLease]:
        """Wait for the lease and hold it.

        Raises ``NotPermitted`` naming the holder when it does not come free in time.
        """


class HeldLease(Protocol):
    """A lease while it is held."""

    abandoned: str
    """The token of a session that an earlier holder left behind, to be logged off first; ``""`` if none."""

    def remember(self, token: str) -> None:
        """Keep the session's token (``""``: no session any more) before anything else can fail."""
