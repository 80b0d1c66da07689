"""The control path ``/sandbox/…``: what a test or a person in another process can ask of a running sandbox.

JSON in and out. It is no part of SunSystems, and reachable from this machine only, as the whole sandbox is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

from customary.sandboxes.faults import Fault, FaultError
from customary.sandboxes.server import Reply, Request
from customary.sandboxes.sunsystems.state import State

PREFIX: Final = "/sandbox"


class FaultReport(Struct, frozen=True):
    """One fault that is set."""

    fault: Fault
    met: int
    """How many calls matched it."""


class Control:
    """Answers requests under ``/sandbox``. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.routes: dict[tuple[str, str], Callable[[Request], object]] = {
            ("GET", "counters"): lambda _: state.counts(),
            ("POST", "expire"): lambda _: {"ended": state.expire()},
            ("GET", "faults"): lambda _: [FaultReport(fault, met) for fault, met in state.faults.listing()],
            ("POST", "faults"): self._set_faults,
            ("DELETE", "faults"): lambda _: state.faults.clear(),
        }

    def answer(self, request: Request) -> Reply:
        """Answer a request; 404 for what there is not, 400 for what cannot be read."""
        route = self.routes.get((request.method, request.path.removeprefix(PREFIX).strip("/")))
        if route is None:
            return _json({"error": "no such path: see the README of the sandbox"}, 404)
        try:
            return _json(route(request))
        except (msgspec.DecodeError, FaultError) as error:
            return _json({"error": str(error)}, 400)

    def _set_faults(self, request: Request) -> object:
        faults = msgspec.json.decode(request.body, type=Fault | list[Fault])
        self._state.faults.add(*([faults] if isinstance(faults, Fault) else faults))
        return {"set": len(self._state.faults.listing())}


def _json(answer: object, status: int = 200) -> Reply:
    return Reply(status=status, body=msgspec.json.encode(answer), content_type="application/json")
