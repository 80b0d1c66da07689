"""How far a run is, read from the hub: what a progress bar shows."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection, func, select

from customary.model.run import State
from customary.store.tables import page, run


class Progress(Struct, frozen=True, kw_only=True):
    """How far a run is."""

    run: int
    state: State
    finished: bool
    known: int
    """Customers that the target knew for this operation when the run began; 0 before it began."""
    records: int
    """Records that were read and planned so far."""
    pages: int
    """Pages that were planned so far."""
    applied: int
    """Pages of these that were applied so far."""


def read_progress(connection: Connection, run_id: int) -> Progress | None:
    """Tell how far a run is, or ``None`` when there is none of this id."""
    head = connection.execute(select(run.c.state, run.c.finished, run.c.known).where(run.c.id == run_id))
    row = head.one_or_none()
    if row is None:
        return None
    sums = select(
        func.count(), func.coalesce(func.sum(page.c.records), 0), func.coalesce(func.sum(page.c.applied), 0)
    ).where(page.c.run_id == run_id)
    pages, records, applied = connection.execute(sums).one()
    return Progress(
        run=run_id,
        state=State(row.state),
        finished=row.finished is not None,
        known=row.known,
        records=int(records),
        pages=pages,
        applied=int(applied),
    )
