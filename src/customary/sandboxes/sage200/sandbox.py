"""Starting and stopping the Sage 200 sandbox: in a test, or as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final

from customary.protocols.sage200 import BASES
from customary.sandboxes.control import PREFIX
from customary.sandboxes.faults import Fault, Rehearsal, read_rehearsal
from customary.sandboxes.sage200.control import Control
from customary.sandboxes.sage200.routes import Service
from customary.sandboxes.sage200.settings import Settings
from customary.sandboxes.sage200.state import KINDS, State
from customary.sandboxes.server import LOOPBACK, LoopbackServer, Reply, Request
from customary.sandboxes.serving import serve

PORT: Final = 32000


class Sage200Sandbox:
    """A Sage 200 site to try things on: ``with Sage200Sandbox(customers=50) as sandbox: use(sandbox.url)``.

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
    def identity_url(self) -> str:
        """The base address of the identity service, with ``/authorize`` and ``/oauth/token`` below it."""
        return f"http://{LOOPBACK}:{self._server.port}"

    @property
    def url(self) -> str:
        """The base address of the API's resources, as a client's configuration wants it."""
        return self.identity_url + BASES[self.state.settings.edition]

    @property
    def control_url(self) -> str:
        """The base address of the control path."""
        return self.identity_url + PREFIX

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering; the port is free afterwards."""
        self._server.stop()

    def __enter__(self) -> Sage200Sandbox:
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
    ready: Callable[[Sage200Sandbox], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM (on Windows also Ctrl-Break), then stop cleanly.

    ``faults_file`` may hold ``[[fault]]`` and ``[settings]``. ``ready`` is called once it answers, before
    this waits. To be called from the main thread, where signals arrive.
    Raises ``OSError`` when the port is taken or the file cannot be read, ``FaultError`` for mistakes in it.
    """
    rehearsal = read_rehearsal(faults_file, KINDS) if faults_file else Rehearsal()
    settings = rehearsal.settings_as(Settings)
    serve(Sage200Sandbox(customers, seed, settings, port, rehearsal.faults), ready)
