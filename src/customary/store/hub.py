"""The hub as the target of a run: written inside the page's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, select

from customary.connectors.contract import Written
from customary.model.change import Action, Change, Held
from customary.model.fields import CUSTOMER, FieldTable
from customary.stages.apply import Existing
from customary.stages.match import Candidate
from customary.stages.verify import verify
from customary.store import customers, journal, links
from customary.store.customers import Known
from customary.store.query import any_of
from customary.store.tables import customer


class HubTarget:
    """A business unit of the hub, as one run writes it on one connection."""

    holds: FieldTable = CUSTOMER

    def __init__(
        self,
        connection: Connection,
        unit: str,
        run: int,
        between: tuple[str, str],
        fold: Callable[[str], str],
    ) -> None:
        """Stand for business unit ``unit`` in run ``run`` ``between`` its source and the hub."""
        self._connection = connection
        self._unit = unit
        self._run = run
        self._between = between
        self._fold = fold
        self._held: dict[str, Held] = {}

    def known(self, folded: Sequence[str]) -> dict[str, Known]:
        """Tell what the hub knows of the source's keys, which are in their folded form."""
        return customers.find_known(self._connection, *self._between, folded)

    def candidates(self, keys: Sequence[str]) -> list[Candidate]:
        """Find the unit's customers whose codes may be these keys of the source."""
        return customers.find_codes(self._connection, self._unit, self._between[0], keys)

    def held(self, identities: Sequence[str], names: Sequence[str]) -> dict[str, Held]:
        """Read these fields of customers, with their baselines."""
        return customers.read_held(self._connection, identities, self._between, names)

    def deleted(self, identities: Sequence[str]) -> frozenset[str]:
        """Give those that the journal says were deleted; others may be known without the hub's holding
        them."""
        return journal.deleted(self._connection, identities)

    def existing(self, changes: Sequence[Change]) -> Existing:
        """Read and lock what the changes meet."""
        amended = [change for change in changes if change.action is not Action.CREATE]
        # Sorted, so that every page is read by the same statement, which is compiled once.
        names = sorted({name for change in amended for name in self._names(change)})
        self._held = (
            customers.read_held(
                self._connection, [change.identity for change in amended], self._between, names, lock=True
            )
            if amended
            else {}
        )
        codes = [change.code for change in changes if change.action is Action.CREATE]
        query = select(customer.c.code).where(
            customer.c.business_unit == self._unit, any_of(customer.c.code, codes)
        )
        taken = frozenset(self._connection.execute(query).scalars()) if codes else frozenset()
        linking = [(self._fold(change.key), change) for change in amended if change.links]
        return Existing(self._held, taken, links.linked_by_now(self._connection, self._between[0], linking))

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Write customers, cross-references and baselines, and read the versions of amended ones back.

        That a created one is there, at its first version, is told by how many rows the database took.
        """
        created = [change for change in changes if change.action is Action.CREATE]
        there = [change for change in changes if change.action is not Action.CREATE]
        amended = [change for change in there if change.action is Action.UPDATE and change.fields]
        customers.create(self._connection, self._unit, self._run, created)
        customers.amend(
            self._connection, self._run, [(change, self._held[change.identity]) for change in amended]
        )
        links.link(
            self._connection,
            self._between[0],
            [(self._fold(item.key), item) for item in changes if item.links],
        )
        links.write_baselines(self._connection, *self._between, changes)
        if there:
            verify(there, customers.versions(self._connection, [change.identity for change in there]))
        for change in changes:
            yield Written(change.action.outcome)

    @staticmethod
    def _names(change: Change) -> Iterator[str]:
        """The fields that planning the change again may need."""
        yield from (item.field for item in change.fields)
        if change.baseline is not None:
            yield from change.baseline.source
