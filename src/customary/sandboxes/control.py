"""What the control paths of all sandboxes share: JSON in and out, and their faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import Struct

from customary.sandboxes.faults import Fault, Faults
from customary.sandboxes.server import Reply, Request

PREFIX: Final = "/sandbox"
"""What the paths begin with; no vendor's do."""

Routes = dict[tuple[str, str], Callable[[Request], object]]
"""What answers a method and a path below ``PREFIX``; what it gives is sent as JSON."""


class FaultReport(Struct, frozen=True):
    """One fault that is set."""

    fault: Fault
    met: int
    """How many calls matched it."""


def fault_routes(faults: Faults) -> Routes:
    """Give what lists, sets and clears a sandbox's faults; raises ``FaultError`` for a wrong one."""

    def add(request: Request) -> object:
        asked = msgspec.json.decode(request.body, type=Fault | list[Fault])
        faults.add(*([asked] if isinstance(asked, Fault) else asked))
        return {"set": len(faults.listing())}

    return {
        ("GET", "faults"): lambda _: [FaultReport(fault, met) for fault, met in faults.listing()],
        ("POST", "faults"): add,
        ("DELETE", "faults"): lambda _: faults.clear(),
    }


def as_json(answer: object, status: int = 200) -> Reply:
    """Give a reply whose body is JSON."""
    return Reply(status=status, body=msgspec.json.encode(answer), content_type="application/json")
