"""Starting and stopping the SYSPRO sandbox: in a test, or as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final

from customary.sandboxes.control import PREFIX
from customary.sandboxes.faults import Fault, Rehearsal, read_rehearsal
from customary.sandboxes.server import LOOPBACK, LoopbackServer, Reply, Request
from customary.sandboxes.serving import serve
from customary.sandboxes.syspro.control import Control
from customary.sandboxes.syspro.routes import Service
from customary.sandboxes.syspro.settings import URL_PREFIX, Settings
from customary.sandboxes.syspro.state import KINDS, State

PORT: Final = 31002
"""SYSPRO 8's usual port of the service (section 4 of the facts, observed)."""


class SysproSandbox:
    """A SYSPRO to try things on: ``with SysproSandbox(customers=50) as sandbox: use(sandbox.url)``.

    It serves on the loopback address between entering and leaving; ``port`` 0 takes a free one. ``state`` may
    be read and changed while it runs.
    Raises ``OSError`` when the port is taken, ``FaultError`` for a wrong fault.
    """

    def __init__(
        self,
        customers: int = 5000,
        seed: int = 1,
        settings: Settings | None = None,
        port: int = 0,
        faults: Iterable[Fault] = (),
    ) -> None:
        self.state = State(settings or Settings(), customers, seed, faults)
        self._service = Service(self.state)
        self._control = Control(self.state)
        self._server = LoopbackServer(self._answer, port)

    @property
    def url(self) -> str:
        """The base address of the REST calls, as a client's configuration wants it."""
        return f"http://{LOOPBACK}:{self._server.port}{URL_PREFIX}"

    @property
    def control_url(self) -> str:
        """The base address of the control path."""
        return f"http://{LOOPBACK}:{self._server.port}{PREFIX}"

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering; the port is free afterwards."""
        self._server.stop()

    def __enter__(self) -> SysproSandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(PREFIX):
            return self._control.answer(request)
        return self._service.answer(request)


def run(
    port: int = PORT,
    customers: int = 5000,
    seed: int = 1,
    faults_file: Path | None = None,
    ready: Callable[[SysproSandbox], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM (on Windows also Ctrl-Break), then stop cleanly.

    ``faults_file`` may hold ``[[fault]]`` and ``[settings]``. ``ready`` is called once it answers, before
    this waits. To be called from the main thread, where signals arrive.
    Raises ``OSError`` when the port is taken or the file cannot be read, ``FaultError`` for mistakes in it.
    """
    rehearsal = read_rehearsal(faults_file, KINDS) if faults_file else Rehearsal()
    settings = rehearsal.settings_as(Settings)
    serve(SysproSandbox(customers, seed, settings, port, rehearsal.faults), ready)
