"""The control path ``/sandbox/…``: what a test or a person in another process can ask of a running sandbox.

JSON in and out. It is no part of SYSPRO, and reachable from this machine only, as the whole sandbox is.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, unquote

import msgspec
from msgspec import Meta, Struct

from customary.sandboxes.control import PREFIX, Routes, as_json, fault_routes
from customary.sandboxes.faults import FaultError
from customary.sandboxes.server import Reply, Request
from customary.sandboxes.syspro.changes import Changed, change
from customary.sandboxes.syspro.state import State
from customary.sandboxes.syspro.table import Record

_Count = Annotated[int, Meta(ge=1, le=1_000_000)]
_MOST_KEYS = 1000


class ChangeOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /sandbox/change``."""

    count: _Count
    seed: int = 1


class ChangeReport(Struct, frozen=True):
    """What ``POST /sandbox/change`` did."""

    changed: list[Changed]
    """Every changed customer with its columns, before and after."""
    terms_only: list[str]
    """The customers of which only TermsCode changed: a run has to leave it alone."""


class NewOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /sandbox/new``."""

    count: _Count


class _Wrong(Exception):
    """The request cannot be done; its text is answered with this status."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Control:
    """Answers requests under ``/sandbox``; ``routes`` are those without a key. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.routes: Routes = {
            ("GET", "counters"): lambda _: state.counts(),
            ("GET", "customers"): self._list,
            ("POST", "new"): self._new,
            ("POST", "change"): self._change,
            ("POST", "expire"): lambda _: {"ended": state.sessions.expire()},
            **fault_routes(state.faults),
        }

    def answer(self, request: Request) -> Reply:
        """Answer a request; 404 for what there is not, 400 for what cannot be read."""
        path = request.path.removeprefix(PREFIX).strip("/")
        kind, _, key = path.partition("/")
        answer: object
        try:
            if kind == "customers" and key:
                answer = self._customer(request, unquote(key))
            elif route := self.routes.get((request.method, path)):
                answer = route(request)
            else:
                raise _Wrong(404, "no such path: see the README of the sandbox")
        except _Wrong as wrong:
            return as_json({"error": str(wrong)}, wrong.status)
        except (msgspec.DecodeError, FaultError, ValueError) as error:
            return as_json({"error": str(error)}, 400)
        return as_json(answer)

    def _customer(self, request: Request, key: str) -> Record | None:
        customers = self._state.customers
        if request.method == "PUT":
            customers[key] = msgspec.json.decode(request.body, type=dict[str, str])
            return dict(customers[key])
        if key not in customers:
            raise _Wrong(404, f"no customer {key}")
        match request.method:
            case "GET":
                return dict(customers[key])
            case "DELETE":
                del customers[key]
                return None
            case "PATCH":
                values = msgspec.json.decode(request.body, type=dict[str, str | None])
                customers.change(key, {name: text for name, text in values.items() if text is not None})
                return dict(customers.hide(key, [name for name, text in values.items() if text is None]))
            case _:
                raise _Wrong(405, "GET, PUT, PATCH or DELETE")

    def _list(self, request: Request) -> object:
        query = parse_qs(request.query)
        customers = self._state.customers
        after = customers.fold(query.get("after", [""])[0])
        limit = max(0, min(int(query.get("limit", [str(_MOST_KEYS)])[0]), _MOST_KEYS))
        keys = [key for key in customers.between(after)[: limit + 1] if key != after]
        return {"count": len(customers), "customers": keys[:limit]}

    def _new(self, request: Request) -> object:
        order = msgspec.json.decode(request.body, type=NewOrder)
        customers = self._state.customers
        return {"new": [dict(customers[key]) for key in customers.new(order.count)]}

    def _change(self, request: Request) -> ChangeReport:
        order = msgspec.json.decode(request.body, type=ChangeOrder)
        changed = change(self._state.customers, order.count, order.seed)
        return ChangeReport(
            changed, [each.customer for each in changed if each.fields.keys() == {"TermsCode"}]
        )
