"""The control path ``/sandbox/…``: what a test or a person in another process can ask of a running sandbox.

JSON in and out. It is no part of SunSystems, and reachable from this machine only, as the whole sandbox is.
"""

from __future__ import annotations

import msgspec

from customary.sandboxes.control import PREFIX, Routes, as_json, fault_routes
from customary.sandboxes.faults import FaultError
from customary.sandboxes.server import Reply, Request
from customary.sandboxes.sunsystems.state import State


class Control:
    """Answers requests under ``/sandbox``. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.routes: Routes = {
            ("GET", "counters"): lambda _: state.counts(),
            ("POST", "expire"): lambda _: {"ended": state.expire()},
            **fault_routes(state.faults),
        }

    def answer(self, request: Request) -> Reply:
        """Answer a request; 404 for what there is not, 400 for what cannot be read."""
        route = self.routes.get((request.method, request.path.removeprefix(PREFIX).strip("/")))
        if route is None:
            return as_json({"error": "no such path: see the README of the sandbox"}, 404)
        try:
            return as_json(route(request))
        except (msgspec.DecodeError, FaultError) as error:
            return as_json({"error": str(error)}, 400)
