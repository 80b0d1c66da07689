"""What a run leads to: a business unit of the hub, or another system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from customary.connectors.contract import Source
from customary.engine import far_planning
from customary.engine.applying import apply_pages
from customary.engine.corridor import Course
from customary.engine.far import Far, fingerprint
from customary.engine.far_applying import apply_far
from customary.engine.far_deleting import still_there
from customary.engine.far_planning import FarPages
from customary.engine.hub_planning import HubPages
from customary.engine.planning import Work, plan_pages
from customary.engine.segments import Keys, Listing, Segment
from customary.mapping.spec import FieldMapping
from customary.model.fields import CUSTOMER
from customary.model.run import HUB
from customary.store import customers, journal, links, remote, runs
from customary.store.database import reading, writing

EXAMPLES = 5
"""How many customers are named that the source has no more."""


class End(Protocol):
    """The target of a run, whatever it is."""

    def members(
        self, connection: Connection, after: str, limit: int, classes: Sequence[str] | None = None
    ) -> Keys:
        """Give the source's customers that the target knows, behind a key; see ``links.known_keys``."""

    def gone(self, connection: Connection, after: str, limit: int) -> Keys:
        """Give those of its customers that the source, being the hub, has no more, by the target's keys."""

    def count(self, connection: Connection) -> int:
        """Count the customers that the target knows for this operation."""

    def takes_at_once(self, connection: Connection, /) -> bool:
        """Whether nothing is there that could be harmed, so that pages may be applied as they are planned."""

    def refold(self, connection: Connection, fold: Callable[[str], str]) -> None:
        """Bring the keys of both systems up to date; ``fold`` is the source's. See ``links.refold``."""

    def plan(self, connection: Connection, work: Work, source: Source, parts: Sequence[Segment]) -> None:
        """Plan what is not planned yet."""

    def apply(self, connection: Connection, work: Work) -> None:
        """Apply what is planned and not applied yet."""

    def count_all(self) -> int:
        """Count all its customers, whoever's they are, where that is cheap; 0 elsewhere."""


class HubEnd(Struct, frozen=True):
    """A business unit of the hub."""

    source: str
    unit: str
    mapping: FieldMapping

    def members(
        self, connection: Connection, after: str, limit: int, classes: Sequence[str] | None = None
    ) -> Keys:
        """Give the hub's customers that the source knows."""
        return links.known_keys(connection, self.source, after, limit, classes)

    def gone(self, _connection: Connection, _after: str, _limit: int) -> Keys:
        """Give none: nothing is deleted from the hub because a source lacks it."""
        return []

    def count(self, connection: Connection) -> int:
        """Count the hub's customers that the source knows."""
        return customers.count_known(connection, self.source)

    def takes_at_once(self, connection: Connection, /) -> bool:
        """Whether the business unit has no customers at all."""
        return customers.is_empty(connection, self.unit)

    def refold(self, connection: Connection, fold: Callable[[str], str]) -> None:
        """Bring the source's folded keys up to date."""
        links.refold(connection, self.source, fold)

    def plan(self, connection: Connection, work: Work, source: Source, parts: Sequence[Segment]) -> None:
        """Plan against the hub."""
        plan_pages(connection, work, source, parts, HubPages(work, self._course))

    def apply(self, connection: Connection, work: Work) -> None:
        """Write to the hub."""
        apply_pages(connection, work, self._course)

    def count_all(self) -> int:
        """Give 0: no file is uploaded to the hub."""
        return 0

    @property
    def _course(self) -> Course:
        return Course(mapping=self.mapping, holds=CUSTOMER, source=self.source)


class FarEnd(Struct, frozen=True):
    """Another system."""

    source: str
    unit: str
    """Business unit of the hub whose customers are read, where the hub is the source."""
    mapping: FieldMapping
    far: Far

    def members(
        self, connection: Connection, after: str, limit: int, classes: Sequence[str] | None = None
    ) -> Keys:
        """Give the customers that both systems know; of classes, those of the hub that the source knows."""
        between = (self.source, self.far.target.name)
        if self.source == HUB:
            target = between[1] if classes is None else None
            return links.unit_keys(connection, (self.unit, target), after, limit, classes)
        if classes is None:
            return remote.linked_keys(connection, between, after, limit)
        return links.known_keys(connection, self.source, after, limit, classes)

    def gone(self, connection: Connection, after: str, limit: int) -> Keys:
        """Give those that the hub has no more, where it is the source; other systems name theirs."""
        target = self.far.target.name
        return remote.gone_keys(connection, target, self.unit, after, limit) if self.source == HUB else []

    def count(self, connection: Connection) -> int:
        """Count the customers that are known to be the target's."""
        return remote.count_linked(connection, self.far.target.name)

    def takes_at_once(self, _connection: Connection, /) -> bool:
        """Never: what another system has is not known before it is asked."""
        return False

    def refold(self, connection: Connection, fold: Callable[[str], str]) -> None:
        """Bring the folded keys of both systems up to date."""
        links.refold(connection, self.source, fold)
        links.refold(connection, self.far.target.name, self.far.target.fold)

    def plan(self, connection: Connection, work: Work, source: Source, parts: Sequence[Segment]) -> None:
        """Plan against what the target has now."""
        course = self._course(work)
        plan_pages(connection, work, source, parts, FarPages(work, course))
        if isinstance(parts[0], Listing) and not parts[0].only_known and not work.deletes:
            with reading(connection):
                gone = [key for _, key in self.gone(connection, "", EXAMPLES + 1)]
            if gone:
                note = still_there(gone, EXAMPLES, work.between)
                with writing(connection):
                    runs.guard(connection, work.run, work.epoch)
                    journal.write_once(connection, work.run, [note])

    def apply(self, connection: Connection, work: Work) -> None:
        """Send what is planned."""
        apply_far(connection, work, self._course(work))

    def count_all(self) -> int:
        """Count the target's customers."""
        return self.far.count()

    def _course(self, work: Work) -> far_planning.Course:
        patient = replace(self.far, patience=work.patience)
        marked = fingerprint(self.mapping, self.far.mapping)
        return far_planning.Course(mapping=self.mapping, far=patient, source=self.source, fingerprint=marked)
