"""The SOAP services, from an HTTP request to an HTTP answer.

Lenient as real clients need it: which operation is meant is read from the request's element or, where its
parameters stand in the Body themselves, from the SOAPAction; neither namespaces nor the SOAPAction are
insisted upon. Section numbers name ``facts/sunsystems.md``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from anyio import CapacityLimiter, to_thread
from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from msgspec import Struct

from customary.config.settings import WebConfig
from customary.errors import PlanRefused, RequestRefused, StoreError
from customary.model.operator import Operator
from customary.protocols.ssc_format import SscFormatError, fault_text
from customary.protocols.ssc_soap import (
    COMPONENT_EXECUTOR,
    OPERATIONS,
    SECURITY_PROVIDER,
    SOAP_PATH,
    WSDL_PATH,
    response_around,
    response_text,
    write_fault,
    write_responses,
)
from customary.protocols.ssc_wsdl import wsdl
from customary.web.growing import Growing
from customary.web.headers import read_headers
from customary.web.receiving import Form, Received, TooLarge, TooSlow, receive
from customary.web.services import Services

EXECUTING = 6
"""How many payloads are carried out at a time; others wait. Each takes a connection to the hub."""
ASKING = 4
"""How many requests are read, or answered shortly, at a time; they take a connection now and then."""
MEGABYTE = 1_000_000

_log = logging.getLogger(__name__)

_AUTHENTICATE, _VALIDATE, _EXECUTE = "Authenticate", "Validate", "Execute"
_USUAL = {SECURITY_PROVIDER: _AUTHENTICATE, COMPONENT_EXECUTOR: _EXECUTE}
"""What is meant where a request does not say it."""
_SERVICE_OF = {name: service for service, operations in OPERATIONS.items() for name in operations}


class Limits(Struct, frozen=True):
    """How many threads there are for what."""

    executing: CapacityLimiter
    asking: CapacityLimiter


def soap_routes(services: Services, web: WebConfig, limits: Limits) -> list[HTTPRouteHandler]:
    """Make the routes of the services and of their WSDLs."""

    @post(f"{SOAP_PATH}{{service:str}}", status_code=200)
    async def answer(request: Request[Any, Any, Any], service: FromPath[str]) -> Response[Any]:
        return await _Conversation(request, _known(service), services, web).answer(limits)

    @get([f"{SOAP_PATH}{{service:str}}", f"{WSDL_PATH}{{service:str}}"], media_type="text/xml")
    async def describe(request: Request[Any, Any, Any], service: FromPath[str]) -> str:
        name = _known(service)
        asked = {key.lower() for key in request.query_params}
        if not request.url.path.startswith(WSDL_PATH) and "wsdl" not in asked:
            raise MethodNotAllowedException(f"send SOAP requests by POST; their WSDL is at {WSDL_PATH}{name}")
        reached = web.address or str(request.base_url)
        return wsdl(name, reached.rstrip("/") + SOAP_PATH + name)

    return [answer, describe]


def _known(service: str) -> str:
    if service not in OPERATIONS:
        raise NotFoundException(f"there is no service of this name; there are: {', '.join(OPERATIONS)}")
    return service


class _Conversation:
    """One request to a service, and its answer."""

    def __init__(
        self, request: Request[Any, Any, Any], service: str, services: Services, web: WebConfig
    ) -> None:
        self._request = request
        self._service = service
        self._services = services
        self._web = web
        self._said = read_headers(request.headers)
        self._operator: Operator | None = None

    async def answer(self, limits: Limits) -> Response[Any]:
        """Carry the request out; what cannot be is answered with a fault."""
        try:
            return await self._answer(limits)
        except TooLarge:
            most = self._web.largest_request
            text = f"The request is larger than {most} MB: send less at a time, or set [web] largest_request."
            return self._fault("Client", text, 413)
        except TooSlow:
            return self._fault("Client", "The request did not come to its end.", 408)
        except SscFormatError as error:
            return self._fault("Client", fault_text(error), 400)
        except (RequestRefused, PlanRefused) as refused:
            return self._fault("Client", str(refused), self._web.fault_status)
        except HTTPException:  # the client has gone away
            return self._fault("Client", "The request was cut off.", 400)
        except StoreError:
            _log.exception("a SOAP request failed")
            return self._fault("Server", "The hub's database failed; its log says why. Try again later.", 500)
        except Exception:  # noqa: BLE001  # the web's outermost boundary
            _log.exception("a SOAP request met an error")
            return self._fault("Server", "An internal error; the log says which.", 500)

    async def _answer(self, limits: Limits) -> Response[Any]:
        most = self._web.largest_request * MEGABYTE
        if self._said.length > most:
            raise TooLarge
        form = Form(encoding=self._said.encoding, most=most)
        received = await receive(self._request.stream(), form, self._admit_early, limits.asking)
        operation = received.call.operation or self._said.action or _USUAL[self._service]
        if operation == _EXECUTE:
            return await self._execute(received, limits)
        with received.payload:
            ask = partial(self._ask, operation, received.call.parameters)
            return await to_thread.run_sync(ask, limiter=limits.asking)

    def _admit_early(self, parameters: Mapping[str, str]) -> bool:
        if not self._said.credentials and "authentication" not in parameters:
            return False
        self._admit(parameters)
        return True

    def _admit(self, parameters: Mapping[str, str]) -> Operator:
        if self._operator is None:
            voucher = parameters.get("authentication", "").strip()
            self._operator = self._services.admit(voucher, self._said.credentials)
        return self._operator

    def _ask(self, operation: str, parameters: Mapping[str, str]) -> Response[Any]:
        service = _SERVICE_OF.get(operation)
        if service is None:
            names = ", ".join(OPERATIONS[self._service])
            raise RequestRefused(f"there is no operation '{operation[:60]}'; there are: {names}")
        values: list[str | None]
        if operation == _AUTHENTICATE:
            name, password = parameters.get("name", ""), parameters.get("password", "")
            values = [self._services.authenticate(name, password)]
        elif operation == _VALIDATE:
            voucher = parameters.get("authentication", "").strip()
            values = [str(self._services.valid(voucher)).lower()]
        else:
            values = self._services.ask(operation, self._admit(parameters), parameters)
        return self._response(write_responses(service, operation, values, self._said.version), 200)

    async def _execute(self, received: Received, limits: Limits) -> Response[Any]:
        growing = Growing()
        growing.begin(partial(self._carry_out, received, growing), limits.executing)
        await growing.begun()
        headers = {"content-type": self._said.version.content_type}
        if growing.length is not None:
            headers["content-length"] = str(growing.length)
        return Stream(growing.pieces(), headers=headers)

    def _carry_out(self, received: Received, growing: Growing) -> None:
        before, behind = response_around(COMPONENT_EXECUTOR, _EXECUTE, self._said.version)

        def out(piece: str) -> None:
            nonlocal before
            growing.write(before + response_text(piece))
            before = b""

        with received.payload as payload:
            parameters = received.call.parameters
            self._services.execute(self._admit(parameters), parameters, payload, out)
        growing.write(behind)

    def _fault(self, code: str, text: str, status: int) -> Response[Any]:
        return self._response(write_fault(code, text, self._said.version), status)

    def _response(self, body: bytes, status: int) -> Response[Any]:
        return Response(body, status_code=status, headers={"content-type": self._said.version.content_type})
