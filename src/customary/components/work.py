"""What a component is given to answer a request with, and what it gives back for each record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection

from customary.components.filtering import Kinds
from customary.components.methods import Method
from customary.components.reading import Way
from customary.config.settings import ComponentsConfig
from customary.model.change import Action, FieldChange
from customary.protocols.ssc_message import Level, Message
from customary.protocols.ssc_record import Record


class Rules(Struct, frozen=True, kw_only=True):
    """The switches in force in one business unit."""

    settings: ComponentsConfig = ComponentsConfig()
    needs_account: bool = True
    """Whether a customer needs an account: not where another system feeds the unit."""
    closed: frozenset[str] = frozenset()
    """The reference lists that a code must be in."""


class Work(Struct, frozen=True, kw_only=True):
    """One request, as its component sees it."""

    connection: Connection
    unit: str
    financials_only: bool
    run: int
    method: Method
    rules: Rules
    sent: frozenset[str] = frozenset()
    """The keys of all records, folded, where the method synchronises."""

    @property
    def way(self) -> Way:
        """How the records are read."""
        return Way(lenient=self.method.lenient, unknown=self.rules.settings.unknown_elements)


class Done(Struct, frozen=True, kw_only=True):
    """How one record fared: what is answered, what is journaled, and what is to be written."""

    record: Record
    """What was sent."""
    answer: Record
    """Its key elements: what is answered where it succeeded."""
    customer: str
    """What the journal calls it."""
    identity: str = ""
    action: Action | None = None
    """``None``: nothing changes."""
    changes: tuple[FieldChange, ...] = ()
    messages: tuple[Message, ...] = ()
    version: int = 0
    write: Any = None
    """What the component itself writes."""

    @property
    def failed(self) -> bool:
        """Whether the record is refused."""
        return any(message.level is Level.ERROR for message in self.messages)


class Page(Protocol):
    """The records of one page, with all that was read for them."""

    def decide(self, record: Record) -> Done:
        """Settle what becomes of a record, and let the records behind it see that."""

    def write(self, done: Sequence[Done]) -> None:
        """Write what was settled. Raises ``Conflict`` and ``StoreError``."""


class Component(Protocol):
    """A component: how its records are told apart, settled in pages and deleted."""

    name: str
    keys: frozenset[str]
    """The elements that identify a record; a Query gives them even where they are not selected."""
    kinds: Kinds
    """The elements that a Query may name."""

    def key(self, record: Record) -> str:
        """Give a record's key, folded; ``""`` where it has none."""

    def refers(self, record: Record) -> frozenset[str]:
        """Give the keys, folded, of the records that must be written before this one is settled."""

    def awaited(self, work: Work, sent: Callable[[], Iterable[Record]]) -> frozenset[str]:
        """Give the keys that records of a payload refer to, and that it holds and the unit does not yet."""

    def page(self, work: Work, records: Sequence[Record]) -> Page:
        """Read what a page of records needs, and lock it."""

    def rows(self, work: Work, customers: Collection[str] | None) -> Iterator[Record]:
        """Give what the business unit holds, in the order of keys; of these customers, ``None``: of all."""

    def doomed(self, work: Work) -> Iterable[Record]:
        """Give a record with the key of everything that synchronising would delete."""

    def count(self, work: Work) -> int:
        """Count what the business unit holds, for the limit on deletes."""


class Unrelated:
    """What components share whose records refer to no other record of the payload."""

    def refers(self, record: Record) -> frozenset[str]:  # noqa: ARG002  # as every component
        """Name nothing."""
        return frozenset()

    def awaited(
        self,
        work: Work,  # noqa: ARG002  # as every component
        sent: Callable[[], Iterable[Record]],  # noqa: ARG002
    ) -> frozenset[str]:
        """Give nothing, for the same reason."""
        return frozenset()
