"""Requests to the components, as seen from outside of them: which process is at one, and whether it lives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from customary.engine.holder import Holder, decode_holder, this_process
from customary.model.outcome import Level, Message
from customary.model.run import EXIT_SYSTEM, HUB, REQUEST, Run, State
from customary.store import journal, runs
from customary.store.database import Store

LONGEST = timedelta(days=1)
"""After how long a request of another machine is taken for cut off: nobody here can tell if it lives."""

_CUT_OFF = (
    "the request was cut off before its end, so no whole answer was given. What its pages wrote stays;"
    " sending it again is safe"
)


MAY_BE_DONE = "It may have done what was sent: look by Query before you send it again"
"""What to do about a request of which no answer came."""


def requester() -> str:
    """Describe this process, as the run of a request keeps it."""
    return replace(this_process(), token="").encode()  # the column is short, and host and process are enough


def unanswered(system: str, operation: str) -> str:
    """Say what it means that a request to a system was stopped while its answer was still to come.

    ``operation`` is the run's, as ``ssc Customer/Create``.
    """
    if operation.endswith("/Query"):
        return f"stopped before {system} had answered: a Query changes nothing, so send it again"
    return f"stopped before {system} had answered. {MAY_BE_DONE}"


def cut_off(store: Store, run_id: int, text: str = _CUT_OFF) -> None:
    """Note that a request did not come to its end; the text says what that means."""
    with store.write() as connection:
        journal.write_messages(connection, run_id, [Message(level=Level.ERROR, text=text)])
        runs.finish(connection, run_id, State.FAILED, EXIT_SYSTEM)


def settle_abandoned(store: Store, found: Iterable[Run]) -> bool:
    """End those of these runs that are requests whose process is gone; tells whether there were any.

    Should one come to its end all the same, that is what counts.
    """
    gone = {run.id: run for run in found if run.source == REQUEST and run.state is State.RUNNING}
    with store.read() as connection:
        holders = {run_id: decode_holder(runs.holder_of(connection, run_id)) for run_id in gone}
    abandoned = [run_id for run_id, holder in holders.items() if holder is None or _is_gone(holder)]
    for run_id in abandoned:
        run = gone[run_id]
        cut_off(store, run_id, _CUT_OFF if run.target == HUB else unanswered(run.target, run.operation))
    return bool(abandoned)


def _is_gone(holder: Holder) -> bool:
    now = datetime.now(UTC)
    return holder.gone(seen=now, present=now) or now - holder.since > LONGEST
