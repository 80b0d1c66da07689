"""Starting and stopping the SunSystems sandbox, in front of a server that answers the components."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from customary.protocols.ssc_soap import SOAP_PATH
from customary.sandboxes.control import PREFIX
from customary.sandboxes.faults import Fault
from customary.sandboxes.server import LOOPBACK, LoopbackServer, Reply, Request
from customary.sandboxes.sunsystems.control import Control
from customary.sandboxes.sunsystems.routes import Service
from customary.sandboxes.sunsystems.settings import Settings
from customary.sandboxes.sunsystems.state import State

PORT: Final = 8088
"""A port that SunSystems Connect was seen at (section 1 of the facts, client code)."""


class SunSystemsSandbox:
    """A SunSystems Connect with faults on demand, in front of the server at ``behind``, a host and a port.

    It serves on the loopback address between entering and leaving; ``port`` 0 takes a free one.
    Raises ``OSError`` when the port is taken, ``FaultError`` for a wrong fault.
    """

    def __init__(
        self,
        behind: tuple[str, int],
        settings: Settings | None = None,
        port: int = 0,
        faults: Iterable[Fault] = (),
    ) -> None:
        self.state = State(settings or Settings(), faults)
        self._service = Service(self.state, behind)
        self._control = Control(self.state)
        self._server = LoopbackServer(self._answer, port)

    @property
    def origin(self) -> str:
        """The address without any path."""
        return f"http://{LOOPBACK}:{self._server.port}"

    @property
    def url(self) -> str:
        """The address that the names of the services follow, as a client's configuration wants it."""
        return f"{self.origin}{SOAP_PATH.rstrip('/')}"

    @property
    def control_url(self) -> str:
        """The base address of the control path."""
        return f"{self.origin}{PREFIX}"

    def __enter__(self) -> SunSystemsSandbox:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(PREFIX):
            return self._control.answer(request)
        return self._service.answer(request)
