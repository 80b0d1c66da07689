"""From an HTTP request to an HTTP reply: identity service, headers, faults, and the shapes of answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from customary.protocols.sage200 import BASES, COMPANY, SITE
from customary.sandboxes.faults import Fault, spoil
from customary.sandboxes.sage200.customers import Customers
from customary.sandboxes.sage200.errors import Refused
from customary.sandboxes.sage200.resources import Answer, Resources
from customary.sandboxes.sage200.settings import AUTHORISE, TOKEN
from customary.sandboxes.sage200.state import State
from customary.sandboxes.server import Cut, Reply, Request

SERVER: Final = "Sage200Sandbox"
_JSON: Final = "application/json; charset=utf-8"
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


class Service:
    """Answers the calls of one site. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, request: Request) -> Reply:
        """Answer a request to the identity service or to the API's resources."""
        if request.path == AUTHORISE and request.method == "GET":
            return self._authorise(request)
        if request.path == TOKEN and request.method == "POST":
            return self._token(request)
        base = BASES[self._state.settings.edition]
        if not request.path.startswith(base + "/"):
            return self._refusal(Refused(404, "Resource not found"))
        path = request.path.removeprefix(base).strip("/")
        admitted = self._state.begin()
        try:
            if not admitted:
                return self._refusal(Refused(429, "Rate limit is exceeded.", retry_after=1))
            return self._resource(request, path)
        finally:
            self._state.end()

    def _resource(self, request: Request, path: str) -> Reply:
        call = f"{request.method} {_generic(path)}"
        self._state.count(call)
        about: Collection[str] = ()
        company = self._company(request.headers)
        resources = Resources(self._state.settings, company) if company is not None else None
        body: Any = None
        with suppress(msgspec.DecodeError):  # a body that is wanted and cannot be read is refused there
            body = _DECODER.decode(request.body) if request.body else None
        if resources is not None:
            about = resources.about(path, body)
        faults = self._state.faults.strike(call, path.split("/")[0], about)
        kinds = {fault.kind for fault in faults}
        if "drop_before" in kinds:
            return Reply(cut=Cut.NOTHING)
        try:
            self._fail(faults)
            self._admit(request)
            if path == "sites":
                answer = Answer([] if "no_sites" in kinds else self._sites(), listed=True)
            elif resources is None:
                raise Refused(401)
            else:
                answer = resources.answer(request, path, body, repeat="repeat_page" in kinds)
            if "commit_then_time_out" in kinds:
                raise Refused(504, "The request timed out.")
            reply = self._reply(answer)
        except Refused as refused:
            reply = self._refusal(refused)
        for fault in faults:
            reply = spoil(reply, fault)
        return reply

    def _fail(self, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            match fault.kind:
                case "token_expired":
                    self._state.tokens.expire()
                case "unauthorized":
                    raise Refused(401, fault.text)
                case "forbidden":
                    raise Refused(403, fault.text or "The user has no access to this feature.")
                case "too_many":
                    raise Refused(429, "Rate limit is exceeded.", retry_after=round(fault.seconds))
                case "gateway_timeout":
                    raise Refused(504, "The request timed out.")

    def _admit(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self._state.tokens.admits(token.strip()):
            raise Refused(401)
        key = self._state.settings.subscription_key
        if key and request.headers.get("ocp-apim-subscription-key") != key:
            raise Refused(401)

    def _company(self, headers: Mapping[str, str]) -> Customers | None:
        number = headers.get(COMPANY.lower(), "")
        place = (headers.get(SITE.lower(), ""), int(number) if number.isdecimal() else -1)
        company = self._state.companies.get(place)
        return company if company is not None and company.company.allowed else None

    def _sites(self) -> list[dict[str, Any]]:
        return [
            {
                "company_id": each.company_id,
                "company_name": each.company_name,
                "site_id": each.site_id,
                "site_name": each.site_name,
                "site_short_name": each.site_name,
            }
            for each in self._state.settings.companies
            if each.allowed
        ]

    def _reply(self, answer: Answer) -> Reply:
        body = answer.body
        if answer.listed:
            self._state.count_rows(len(body))
            if self._state.settings.wrapped or answer.count is not None:
                body = {"value": body} | ({} if answer.count is None else {"@odata.count": answer.count})
        return Reply(status=answer.status, body=msgspec.json.encode(body), content_type=_JSON, server=SERVER)

    def _refusal(self, refused: Refused) -> Reply:
        headers = () if refused.retry_after is None else (("Retry-After", str(refused.retry_after)),)
        body = b"" if refused.status == 401 else _shaped(refused, self._state.settings.error_shape)
        return Reply(status=refused.status, body=body, content_type=_JSON, server=SERVER, headers=headers)

    def _authorise(self, request: Request) -> Reply:
        self._state.count("GET authorize")
        try:
            place = self._state.tokens.authorise(dict(parse_qsl(request.query)))
        except Refused as refused:
            return Reply(status=400, body=refused.text.encode(), content_type="text/plain", server=SERVER)
        return Reply(status=302, headers=(("Location", place),), server=SERVER)

    def _token(self, request: Request) -> Reply:
        self._state.count("POST token")
        faults = self._state.faults.strike("POST token", "token", ())
        if any(fault.kind == "drop_before" for fault in faults):
            return Reply(cut=Cut.NOTHING)
        try:
            self._fail(faults)
            if any(fault.kind == "refresh_refused" for fault in faults):
                raise Refused(403, "invalid_grant: Unknown or invalid refresh token.")
            told = self._state.tokens.token(dict(parse_qsl(request.body.decode("utf-8", "replace"))))
            reply = Reply(body=msgspec.json.encode(told), content_type=_JSON, server=SERVER)
        except Refused as refused:
            error, _, description = refused.text.rpartition(": ")
            named = error if error and " " not in error else "access_denied"
            text = description if named == error else refused.text
            body = msgspec.json.encode({"error": named, "error_description": text})
            reply = Reply(status=refused.status, body=body, content_type=_JSON, server=SERVER)
        for fault in faults:
            reply = spoil(reply, fault)
        return reply


def _generic(path: str) -> str:
    return "/".join("id" if part.isdecimal() else part for part in path.split("/"))


def _shaped(refused: Refused, shape: str) -> bytes:
    match shape:
        case "message":
            return msgspec.json.encode({"Message": refused.text})
        case "array":
            return msgspec.json.encode([{"error_code": refused.status, "message": refused.text}])
        case "gateway":
            return msgspec.json.encode({"statusCode": refused.status, "message": refused.text})
        case "text":
            return refused.text.encode()
        case _:
            return b""
