"""The REST calls of e.net (section 4 of the facts), from an HTTP request to an HTTP reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_plus

from customary.protocols import enet
from customary.sandboxes.faults import Fault, spoil
from customary.sandboxes.server import Cut, Reply, Request
from customary.sandboxes.syspro.business import Business, Call, Work
from customary.sandboxes.syspro.sessions import Refused, Session
from customary.sandboxes.syspro.settings import URL_PREFIX
from customary.sandboxes.syspro.state import State
from customary.sandboxes.syspro.writer import Writer

SERVER: Final = "Microsoft-HTTPAPI/2.0"

_FIXED_OBJECTS: Final = {enet.FETCH: "COMFCH", enet.BROWSE: "COMBRW"}
_WITHOUT_OBJECT: Final = (enet.LOGON, enet.LOGOFF, enet.PROFILE, enet.VERSION)
_OBJECT_CALLS: Final = (
    *(enet.QUERY, enet.FETCH, enet.BROWSE, enet.SETUP_ADD, enet.SETUP_UPDATE, enet.SETUP_DELETE),
    "/Transaction/Post",
)
_LARGE: Final = "/Transaction/PostLD"
_PATHS: Final = {(URL_PREFIX + path).lower(): path for path in (*_WITHOUT_OBJECT, *_OBJECT_CALLS, _LARGE)}


class Service:
    """Answers the calls of one installation. Safe for threads."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._texts = state.settings.texts
        self._writer = Writer(state.settings)
        self._business = Business(state)

    def answer(self, request: Request) -> Reply:
        """Answer a request under ``/SYSPROWCFService/Rest``; HTTP 200 whatever e.net says (observed)."""
        settings = self._state.settings
        if len(request.target) > settings.url_limit:
            return _page(settings.url_limit_status, "The request URL is too long.")
        path = _PATHS.get(request.path.lower().rstrip("/"))
        if path is None:
            return _page(404, "Endpoint not found.")
        if request.method != ("POST" if path == _LARGE else "GET"):
            return _page(405, "Method not allowed.")
        call = _large_call(request) if path == _LARGE else _call(path, request)
        self._state.count(call.name, call.object)
        return self._carry_out(call)

    def _carry_out(self, call: Call) -> Reply:
        try:
            work = self._begin(call)
        except Refused as refused:
            work = Work(_refusing(refused))
        faults = self._state.faults.strike(call.name, call.object, frozenset(work.customers))
        if any(fault.kind == "drop_before" for fault in faults):
            return Reply(cut=Cut.NOTHING)
        try:
            self._fail(call, faults)
            text = work.finish(faults)
        except Refused as refused:
            text = str(refused)
        body, content_type = self._writer.body(text)
        reply = Reply(body=body, content_type=content_type, server=SERVER)
        for fault in faults:
            reply = spoil(reply, fault)
        return reply

    def _begin(self, call: Call) -> Work:
        parameters, sessions = call.parameters, self._state.sessions
        token = parameters.get("userid", "")
        match f"/{call.name}":
            case enet.LOGON:
                return Work(lambda _: sessions.log_on(parameters))
            case enet.LOGOFF:
                return Work(lambda _: self._log_off(token))
            case enet.VERSION:
                return Work(lambda _: self._state.settings.version)
            case enet.PROFILE:
                session = sessions.use(token)
                return Work(lambda _: self._profile(session))
            case _:
                return self._business.begin(call, sessions.use(token).operator)

    def _log_off(self, token: str) -> str:
        self._state.sessions.log_off(token)
        return "0"

    def _fail(self, call: Call, faults: tuple[Fault, ...]) -> None:
        """Raise ``Refused`` where a fault takes the place of the answer."""
        texts, sessions = self._texts, self._state.sessions
        token = call.parameters.get("userid", "")
        for fault in faults:
            match fault.kind:
                case "wrong_password" | "licence":
                    sessions.refuse()
                    raise Refused(
                        fault.text or (texts.licence if fault.kind == "licence" else texts.password)
                    )
                case "session_lost":
                    if token:
                        sessions.expire(token)
                    raise Refused(fault.text or texts.session)
                case "access_denied":
                    operator = sessions.use(token).operator
                    raise Refused(fault.text or self._business.denial(call.object, operator.code))
                case "exception_100000":
                    raise Refused(fault.text or texts.exception)

    def _profile(self, session: Session) -> str:
        operator, company = session.operator, session.company
        known = {
            "CompanyName": company.name,
            "OperatorCode": operator.code,
            "OperatorGroup": operator.group,
            "OperatorLanguageCode": "05",
            "SystemLanguage": "05",
            "DefaultArBranch": "10",
            "DefaultWarehouse": "E",
            "SystemNationalityCode": "USA",
            "LocalCurrencyCode": company.currency,
            "CurrencyDescription": "Local currency",
            "DecimalFormat": "1",
            "DateFormat": "01",
            "FunctionalRole": "01",
            "DatabaseType": "SQL",
            "SysproVersion": self._state.settings.version,
            "EnetVersion": self._state.settings.version,
            "SysproServerBitWidth": "64",
        }
        nodes = "".join(self._writer.text(name, known.get(name, "")) for name in _PROFILE)
        return self._writer.document("UserProfile", nodes + "\n")


_PROFILE: Final = (
    *("CompanyName", "OperatorCode", "OperatorGroup", "OperatorEmailAddress", "OperatorLocation"),
    *("OperatorLanguageCode", "SystemLanguage", "AccountingDate", "CompanyDate", "DefaultArBranch"),
    *("DefaultApBranch", "DefaultBank", "DefaultWarehouse", "DefaultCustomer", "SystemSiteId"),
    *("SystemNationalityCode", "LocalCurrencyCode", "CurrencyDescription", "DefaultRequisitionUser"),
    *("XMLToHTMLTransform", "CssStyle", "CssSuffix", "DecimalFormat", "DateFormat", "FunctionalRole"),
    *("DatabaseType", "SysproVersion", "EnetVersion", "SysproServerBitWidth"),
)
"""The elements of GetLogonProfile that clients read (section 4, client code)."""


def _refusing(refused: Refused) -> Callable[[tuple[Fault, ...]], str]:
    def finish(_: tuple[Fault, ...]) -> str:
        raise refused

    return finish


def _call(path: str, request: Request) -> Call:
    # Only & and the first = divide: one client sends ? and = unencoded inside XmlIn (observed).
    pairs = [pair.partition("=") for pair in request.query.split("&") if pair]
    parameters = {_decoded(name).lower(): _decoded(value) for name, _, value in pairs}
    if path in _WITHOUT_OBJECT:
        return Call(path[1:], "", parameters)
    named = parameters.get("businessobject", "").strip().upper()
    return Call(path[1:], _FIXED_OBJECTS.get(path, named), parameters)


def _large_call(request: Request) -> Call:
    try:
        root = enet.parse_xml(request.body)
    except enet.EnetFormatError:
        return Call(_LARGE[1:])
    parameters = {str(child.tag).rpartition("}")[2].lower(): child.text or "" for child in root}
    return Call(_LARGE[1:], parameters.get("businessobject", "").strip().upper(), parameters)


def _decoded(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        return unquote_plus(text, "cp1252", "replace")


def _page(status: int, text: str) -> Reply:
    body = f"<!DOCTYPE html>\n<html><body><h2>HTTP Error {status}</h2><p>{text}</p></body></html>\n"
    return Reply(status=status, body=body.encode(), content_type="text/html; charset=us-ascii", server=SERVER)
