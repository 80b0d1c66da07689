"""A SunSystems to test against: our own components behind SOAP on this machine, with faults on demand."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

from customary.components import Request as Asked
from customary.components import Wiring, execute
from customary.errors import PlanRefused, RequestRefused
from customary.protocols.ssc_soap import (
    CONTENT_TYPE,
    OPERATIONS,
    SOAP_PATH,
    write_fault,
    write_response,
    write_responses,
)
from customary.protocols.ssc_soap_read import Call, CallReader
from customary.sandboxes.server import Cut, LoopbackServer, Reply, Request
from customary.store.database import Store
from tests.support.components import UNIT, Office

OPERATOR, PASSWORD = "PK1", "s3cret-word"
EXPIRED = "The user does not have access rights to this function"
METHODS = ("Amend", "BulkCreateOrAmend", "Closed", "Create", "CreateAsDraft", "CreateOrAmend", "Delete")
MORE_METHODS = ("DeleteChildData", "Hidden", "Open", "Query", "SuspendedHeld")


class Trouble(Struct, kw_only=True):
    """Something that goes wrong with calls of a method."""

    kind: str
    """``fault`` (nothing done), ``fault_after`` (done), ``text`` (plain text, nothing done), ``silent``
    (nothing done), ``lost`` (done, no answer), ``cut`` (done, half an answer), ``truncated`` (done, the SSC
    inside ends half-way), ``empty`` (done), ``expired`` (the voucher), ``http`` (nothing done)."""
    method: str = ""
    holding: str = ""
    """Only payloads that hold this text."""
    after: int = 0
    """How many calls that match go well first."""
    times: int = 1
    """How many are struck then; 0: all."""
    text: str = "Exception Caught during processing: Debit/Credit marker must be provided"
    status: int = 503


class Sun:
    """The server. ``office`` is what it holds."""

    def __init__(self, store: Store, **rules: object) -> None:
        self.office = Office(store, **rules)  # type: ignore[arg-type]
        self.troubles: list[Trouble] = []
        self.calls: list[tuple[str, int]] = []
        """Method and number of records of each Execute that came."""
        self.requests: list[Request] = []
        self.vouchers: set[str] = set()
        self.logons = 0
        self.refuse_logon = False
        self._guard = threading.Lock()
        self._server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.port}"

    def trouble(self, kind: str, **details: object) -> None:
        """Let something go wrong from now on."""
        self.troubles.append(Trouble(kind=kind, **details))  # type: ignore[arg-type]

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(1 for called, _ in self.calls if called == method)

    def keys(self) -> list[str]:
        """The codes of all customers."""
        return [str(record.value("CustomerCode")) for record in self.office.query().records]

    def contents(self) -> tuple[str, ...]:
        """All that it holds."""
        return tuple(self.office.everything())

    @contextmanager
    def running(self) -> Iterator[Sun]:
        """Serve."""
        self._server.start()
        try:
            yield self
        finally:
            self._server.stop()

    def _answer(self, request: Request) -> Reply:
        with self._guard:
            self.requests.append(request)
            service = request.path.removeprefix(SOAP_PATH)
            if request.path == service or service not in OPERATIONS:
                return Reply(status=404)
            payload = io.BytesIO()
            reader = CallReader(payload)
            reader.feed(request.body)
            call = reader.close()
            if call.operation == "Authenticate":
                return _soap(b"".join(write_response(service, "Authenticate", [self._logon(call)])))
            if call.parameters["authentication"] not in self.vouchers:
                return _fault(EXPIRED)
            if call.operation == "Methods":
                return _soap(write_responses(service, "Methods", [*METHODS, *MORE_METHODS]))
            if call.operation == "Components":
                return _soap(write_responses(service, "Components", ["Customer"]))
            return self._execute(call, payload.getvalue())

    def _logon(self, call: Call) -> str:
        if self.refuse_logon or (call.parameters["name"], call.parameters["password"]) != (
            OPERATOR,
            PASSWORD,
        ):
            return ""
        self.logons += 1
        voucher = f"voucher-{self.logons}"
        self.vouchers.add(voucher)
        return voucher

    def _execute(self, call: Call, payload: bytes) -> Reply:
        method = call.parameters["method"]
        self.calls.append((method, payload.count(b"<CustomerCode>")))
        trouble = self._strike(method, payload)
        kind = trouble.kind if trouble else ""
        match kind:
            case "fault":
                return _fault(trouble.text if trouble else "")
            case "expired":
                self.vouchers.clear()
                return _fault(EXPIRED)
            case "text":
                return _execute_answer(trouble.text if trouble else "")
            case "http":
                return Reply(status=trouble.status if trouble else 503)
            case "silent":
                return Reply(cut=Cut.NOTHING)
        try:
            answer = self._carried(call, payload)
        except (RequestRefused, PlanRefused) as refused:
            return _fault(str(refused))
        match kind:
            case "fault_after":
                return _fault(trouble.text if trouble else "")
            case "lost":
                return Reply(cut=Cut.NOTHING)
            case "cut":
                whole = _execute_answer(answer)
                return Reply(body=whole.body, content_type=CONTENT_TYPE, cut=Cut.HALF)
            case "truncated":
                return _execute_answer(answer[: len(answer) // 2])
            case "empty":
                return _execute_answer("")
        return _execute_answer(answer)

    def _carried(self, call: Call, payload: bytes) -> str:
        pieces: list[str] = []
        asked = Asked(
            component=call.parameters["component"],
            method=call.parameters["method"],
            payload=io.BytesIO(payload),
            business_unit=UNIT,
            encoding="utf-8",
        )
        wiring = Wiring(store=self.office.store, rules=lambda _: self.office.rules)
        execute(asked, wiring, pieces.append)
        return "".join(pieces)

    def _strike(self, method: str, payload: bytes) -> Trouble | None:
        for trouble in self.troubles:
            if trouble.method not in ("", method) or trouble.holding.encode() not in payload:
                continue
            if trouble.after:
                trouble.after -= 1
                continue
            if trouble.times == 1:
                self.troubles.remove(trouble)
            else:
                trouble.times -= trouble.times > 0
            return trouble
        return None


def _soap(body: bytes) -> Reply:
    return Reply(body=body, content_type=CONTENT_TYPE)


def _fault(text: str) -> Reply:
    return Reply(status=500, body=write_fault("Server", text), content_type=CONTENT_TYPE)


def _execute_answer(text: str) -> Reply:
    return _soap(b"".join(write_response("ComponentExecutor", "Execute", [text])))
