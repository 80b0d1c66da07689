"""DBOS, launched: what makes a run survive its process. The only file that knows it.

DBOS is told that a run exists, by its id, and nothing else; how far it is stands in the hub. It is imported
when it is launched, because that takes a second.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from customary.store.database import Store
from customary.store.durable import CONNECTIONS, durable_place, preparing_tables

if TYPE_CHECKING:
    from dbos import DBOSConfig
    from sqlalchemy import Engine

EXECUTOR = "agent"
"""DBOS carries on what this executor left behind; there is one agent, so it always has this name."""
VERSION = "1"
"""DBOS carries on only what this version began. It changes when ``carry_out_run`` takes other arguments."""
UNDER_WAY = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
"""The states of a workflow that DBOS carries on by itself."""
POLL = 0.05
"""Seconds between two looks at something that is about to end."""
ADRIFT = 30.0
"""Seconds after which a run that is at work only in DBOS's eyes is started again."""
RECORDING = 5.0
"""The most seconds that DBOS gets to record the end of a workflow before it is shut down."""


class Host:
    """DBOS while it is launched."""

    def __init__(self, carry: Callable[[int], bool], after: Callable[[int], None], adrift: float) -> None:
        """Carry runs out by ``carry``, which tells whether the run has ended; then call ``after``.

        ``adrift`` is how many seconds DBOS may believe that a run is at work which no thread here works on.
        """
        self._adrift = adrift
        self._alone: dict[int, float] = {}
        self._recalled: set[int] = set()
        self._carry = carry
        self._after = after
        self._here: set[int] = set()
        self._returned: set[int] = set()
        self._changed = threading.Lock()

    def start(self, run_id: int) -> None:
        """Let DBOS carry a run out, unless it is about it already.

        Where DBOS says that it has ended though the hub says otherwise (the hub was restored from a backup,
        or the run was taken over), it is begun anew.
        """
        from dbos import DBOS, SetWorkflowID

        if self.under_way(run_id):
            self._recall_adrift(run_id)
            return
        DBOS.delete_workflow(_name(run_id))
        with SetWorkflowID(_name(run_id)):
            DBOS.start_workflow(self._workflow, run_id)

    def _recall_adrift(self, run_id: int) -> None:
        """Have DBOS start a run again that it believes to be at work, when nobody is: its thread is lost."""
        from dbos import DBOS

        with self._changed:
            if run_id in self._here:
                return
        if time.monotonic() - self._alone.setdefault(run_id, time.monotonic()) >= self._adrift:
            self._alone.pop(run_id, None)
            self._recalled.add(run_id)
            DBOS.resume_workflow(_name(run_id))

    def under_way(self, run_id: int) -> bool:
        """Tell whether DBOS is about a run, or about what follows its end, or will be by itself."""
        from dbos import DBOS

        with self._changed:
            if run_id in self._here:
                return True
        status = DBOS.get_workflow_status(_name(run_id))
        return status is not None and status.status in UNDER_WAY

    def settle(self) -> None:
        """Wait until no thread is at work on a run any more, and its end, if it came, is recorded.

        A run that was recalled may have two threads, one of which waits for the end that the other records.
        Where that does not come, DBOS gives the run up, so that the thread ends and the process can; the next
        agent begins it anew, because the hub says that it is unfinished.
        """
        from dbos import DBOS

        while True:
            with self._changed:
                if not self._here:
                    break
            time.sleep(POLL)
        deadline = time.monotonic() + RECORDING
        while not self.tidied() and time.monotonic() < deadline:
            time.sleep(POLL)
        for run_id in self._recalled:
            if self.under_way(run_id):
                DBOS.cancel_workflow(_name(run_id))

    def tidied(self) -> bool:
        """Have DBOS forget the workflows that have ended; tells whether there are none left.

        What a run did stands in the hub, so that DBOS needs to know only what is under way.
        """
        from dbos import DBOS

        with self._changed:
            returned = tuple(self._returned)
        for run_id in returned:
            if not self.under_way(run_id):
                DBOS.delete_workflow(_name(run_id))
                with self._changed:
                    self._returned.discard(run_id)
        return not self._returned

    def register(self) -> None:
        """Tell DBOS what a run's workflow is; before it is launched."""
        from dbos import DBOS

        def carry_out_run(run_id: int) -> None:
            with self._changed:
                self._here.add(run_id)
            self._alone.pop(run_id, None)
            try:
                if self._carry(run_id):
                    DBOS.run_step({"name": "after"}, self._after, run_id)
                with self._changed:
                    self._returned.add(run_id)
            finally:
                with self._changed:
                    self._here.discard(run_id)

        decorate = DBOS.workflow(name="carry_out_run", max_recovery_attempts=None)
        self._workflow = decorate(carry_out_run)


def _name(run_id: int) -> str:
    return f"run-{run_id}"


@contextmanager
def launched(
    store: Store,
    data: Path,
    carry: Callable[[int], bool],
    after: Callable[[int], None],
    adrift: float = ADRIFT,
) -> Iterator[Host]:
    """Launch DBOS while the block runs; runs that an earlier process left behind are carried on at once.

    At the end it waits for the threads that are at work: ``carry`` has to be told to stop before. Only the
    holder of the agent's lock may do this. Raises ``StoreError`` when DBOS's own tables cannot be used.
    """
    from dbos import DBOS

    quiet = logging.getLogger("dbos")
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())  # or DBOS adds one that writes to the console
    host = Host(carry, after, adrift)
    with durable_place(store, data) as place:
        DBOS(config=_settings(place))
        try:
            host.register()
            with preparing_tables():
                DBOS.launch()
            try:
                yield host
            finally:
                host.settle()
        finally:
            DBOS.destroy(destroy_registry=True)


def _settings(place: str | Engine) -> DBOSConfig:
    settings: DBOSConfig = {
        "name": "customary",
        "executor_id": EXECUTOR,
        "application_version": VERSION,
        "log_level": "WARNING",
        "enable_otlp": False,
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 0.2,
    }
    if isinstance(place, str):
        return {**settings, "system_database_url": place, "sys_db_pool_size": CONNECTIONS}
    return {**settings, "system_database_engine": place, "dbos_system_schema": "dbos"}
