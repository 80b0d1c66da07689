"""A request to SunSystems Connect: struck by faults, passed on, and its answer spoiled."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.ssc import (
    CallReader,
    ResponseReader,
    SscFormatError,
    write_fault,
    write_request,
    write_response,
)
from customary.protocols.ssc_soap import COMPONENT_EXECUTOR, CONTENT_TYPE, OPERATIONS, SECURITY_PROVIDER
from customary.sandboxes.faults import Fault, spoil
from customary.sandboxes.server import Cut, Reply, Request
from customary.sandboxes.sunsystems.altering import Batch, altered, old_format, read_batch, refusable, struck
from customary.sandboxes.sunsystems.passing import pass_on
from customary.sandboxes.sunsystems.state import State

ACCESS: Final = "You do not have sufficient access rights to perform this operation."
FAULT: Final = (
    "Exception Caught during processing: Debit/Credit marker must be provided (xml tag: DebitCredit)"
)
"""What a fault says where nothing else is wanted (section 4 of the facts, client code)."""
REFUSED: Final = (
    "com.systemsunion.SSTS.exec.MethodExecutionException  The following error occurred - "
    "'java.lang.RuntimeException: The payload could not be processed.'"
)


class Call(Struct, frozen=True):
    """A request that was understood as far as the faults need it."""

    operation: str = ""
    parameters: Mapping[str, str] = {}
    batch: Batch | None = None
    """``None``: it has no payload, or one that cannot be read."""

    @property
    def asked(self) -> tuple[str, str]:
        """Component and method."""
        return self.parameters.get("component", ""), self.parameters.get("method", "")

    def __repr__(self) -> str:
        return f"Call({self.operation!r}, {self.asked})"


class Service:
    """Answers requests. Safe for threads."""

    def __init__(self, state: State, behind: tuple[str, int]) -> None:
        self._state = state
        self._behind = behind

    def answer(self, request: Request) -> Reply:
        """Answer a request; what is no SOAP request is passed on as it is."""
        if not self._let_in(request):
            challenge = (("WWW-Authenticate", 'Basic realm="SunSystems"'),)
            return Reply(status=401, headers=challenge, content_type="text/html")
        if request.method != "POST":
            return pass_on(request, self._behind)
        call = read_call(request)
        records = call.batch.records if call.batch else ()
        asked = "/".join(call.asked) if call.operation == "Execute" else ""
        self._state.count(call.operation, asked, len(records))
        customers = call.batch.customers if call.batch else frozenset()
        faults = self._state.faults.strike(call.operation, asked, customers)
        if any(fault.kind == "drop_before" for fault in faults):
            return Reply(cut=Cut.NOTHING)
        reply = self._refuse(call, faults) or self._carry_out(request, call, faults)
        for fault in faults:
            reply = spoil(reply, fault)
        return reply

    def _let_in(self, request: Request) -> bool:
        wanted = self._state.settings.basic
        given = f"Basic {base64.b64encode(wanted.encode()).decode()}"
        return not wanted or request.headers.get("authorization", "") == given

    def _refuse(self, call: Call, faults: tuple[Fault, ...]) -> Reply | None:
        """Answer without asking the server; ``None`` where nothing prevents that."""
        voucher = call.parameters.get("authentication", "")
        for fault in faults:
            match fault.kind:
                case "empty_voucher":
                    return _soap(b"".join(write_response(SECURITY_PROVIDER, "Authenticate", [])))
                case "voucher_expired":
                    self._state.expire(voucher)
                case "soap_fault":
                    return self._fault(fault.text or FAULT)
                case "batch_refused":
                    return self._fault(fault.text or REFUSED)
        if voucher and self._state.meet(voucher) and call.operation != "Validate":
            return self._fault(ACCESS)
        return None

    def _fault(self, text: str) -> Reply:
        return replace(_soap(write_fault("Server", text)), status=self._state.settings.fault_status)

    def _carry_out(self, request: Request, call: Call, faults: tuple[Fault, ...]) -> Reply:
        places = struck(call.batch, faults) if call.batch else {}
        if call.batch and places:
            payload = refusable(call.batch, places)
            known = OPERATIONS[COMPONENT_EXECUTOR]["Execute"]
            parameters = {name: text for name, text in call.parameters.items() if name in known}
            body = b"".join(write_request(COMPONENT_EXECUTOR, "Execute", parameters, [payload]))
            headers = {**request.headers, "content-type": CONTENT_TYPE}
            request = replace(request, body=body, headers=headers)
        reply = pass_on(request, self._behind)
        old = any(fault.kind == "old_messages" for fault in faults)
        answer = read_answer(reply) if call.batch and (places or old) else None
        if answer is None or call.batch is None:
            return reply
        if places:
            answer = altered(answer, call.batch, places, call.asked)
        if old:
            answer = old_format(answer, call.batch.header.errors)
        return _soap(b"".join(write_response(COMPONENT_EXECUTOR, "Execute", [answer])))


def read_call(request: Request) -> Call:
    """Read a request as far as that is possible."""
    payload = io.BytesIO()
    reader = CallReader(payload)
    try:
        reader.feed(request.body)
        found = reader.close()
    except SscFormatError:
        return Call()
    action = request.headers.get("soapaction", "").strip('"').rpartition("/")[2]
    try:
        batch = read_batch(payload.getvalue()) if found.payload else None
    except SscFormatError:
        batch = None
    return Call(found.operation or action, found.parameters, batch)


def read_answer(reply: Reply) -> str | None:
    """Read the one response of an answer; ``None`` for a fault."""
    texts = io.BytesIO()
    reader = ResponseReader(texts)
    reader.feed(reply.body)
    return None if reader.close().fault else texts.getvalue().decode()


def _soap(body: bytes) -> Reply:
    return Reply(body=body, content_type=CONTENT_TYPE)
