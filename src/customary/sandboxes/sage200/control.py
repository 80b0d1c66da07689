"""The control path ``/sandbox/…``: what a test or a person in another process can ask of a running sandbox.

JSON in and out. It is no part of Sage 200, and reachable from this machine only, as the whole sandbox is.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qs

import msgspec
from msgspec import Meta, Struct

from customary.sandboxes.control import PREFIX, Routes, as_json, fault_routes
from customary.sandboxes.faults import FaultError
from customary.sandboxes.sage200.customers import plain
from customary.sandboxes.sage200.errors import Refused
from customary.sandboxes.sage200.state import State
from customary.sandboxes.server import Reply, Request

_MOST: Final = 1000


class NewOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /sandbox/new``."""

    count: Annotated[int, Meta(ge=1, le=1_000_000)]


class TokenOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /sandbox/token``."""

    age_days: float = 0.0


class ExpireOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /sandbox/expire``."""

    refresh: bool = False
    """Whether the logins end too, so that a person must log in again."""


class Control:
    """Answers requests under ``/sandbox``; ``routes`` are those without an id. Safe for threads.

    It is about the customers of the first company.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.routes: Routes = {
            ("GET", "counters"): lambda _: state.counts(),
            ("GET", "customers"): self._list,
            ("POST", "new"): self._new,
            ("POST", "token"): lambda request: state.tokens.issue(_body(request, TokenOrder).age_days),
            ("POST", "expire"): lambda request: {
                "ended": state.tokens.expire(refresh=_body(request, ExpireOrder).refresh)
            },
            **fault_routes(state.faults),
        }

    def answer(self, request: Request) -> Reply:
        """Answer a request; 404 for what there is not, 400 for what cannot be read."""
        path = request.path.removeprefix(PREFIX).strip("/")
        kind, _, id_ = path.partition("/")
        answer: object
        try:
            if kind == "customers" and id_.isdecimal():
                answer = self._customer(request, int(id_))
            elif route := self.routes.get((request.method, path)):
                answer = route(request)
            else:
                raise Refused(404, "no such path: see the README of the sandbox")
        except Refused as wrong:
            return as_json({"error": wrong.text}, wrong.status)
        except (msgspec.DecodeError, FaultError, ValueError) as error:
            return as_json({"error": str(error)}, 400)
        return as_json(answer)

    def _customer(self, request: Request, id_: int) -> object:
        customers = self._state.customers
        match request.method:
            case "GET":
                return plain(customers.get(id_))
            case "DELETE":
                customers.forget(id_)
                return None
            case "PATCH":
                return plain(customers.change(id_, msgspec.json.decode(request.body, type=dict[str, Any])))
        raise Refused(405, "GET, PATCH or DELETE")

    def _list(self, request: Request) -> object:
        query = parse_qs(request.query)
        after = int(query.get("after", ["0"])[0])
        limit = max(0, min(int(query.get("limit", [str(_MOST)])[0]), _MOST))
        rows = [row for row in self._state.customers if row["id"] > after][:limit]
        told = [{"id": row["id"], "reference": row["reference"]} for row in rows]
        return {"count": len(self._state.customers), "customers": told}

    def _new(self, request: Request) -> object:
        return {"new": [plain(row) for row in self._state.customers.new(_body(request, NewOrder).count)]}


_Order = TypeVar("_Order", NewOrder, TokenOrder, ExpireOrder)


def _body(request: Request, kind: type[_Order]) -> _Order:
    return msgspec.json.decode(request.body or b"{}", type=kind)
