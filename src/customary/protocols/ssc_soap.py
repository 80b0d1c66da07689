"""SOAP as SunSystems Connect speaks it: the names, and how requests, answers and faults are written.

That is SOAP 1.1 (section 1, documented); whoever asks in SOAP 1.2 is answered in it.

``ssc_soap_read`` reads them. Section numbers name the fact sheet on SunSystems Connect
(``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from customary.protocols.ssc_format import SscFormatError
from customary.protocols.xml import escape_text, forbidden, without_forbidden

SECURITY_PROVIDER: Final = "SecurityProvider"
COMPONENT_EXECUTOR: Final = "ComponentExecutor"

OPERATIONS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    SECURITY_PROVIDER: {
        "Authenticate": ("name", "password"),
        "Validate": ("authentication",),
        "UserPropertyValue": ("authentication", "property"),
        "GlobalPropertyValue": ("authentication", "property"),
    },
    COMPONENT_EXECUTOR: {
        "Execute": ("authentication", "licensing", "component", "method", "group", "payload"),
        "Components": ("authentication", "licensing"),
        "Methods": ("authentication", "licensing", "component"),
        "BusinessUnitGroups": ("authentication", "licensing"),
        "InputSchema": ("authentication", "licensing", "component", "method"),
        "OutputSchema": ("authentication", "licensing", "component", "method"),
    },
}
"""Service -> operation -> its parameters, in their order (section 1: documented; those of the two schemas
guess)."""

SOAP_PATH: Final = "/sunsystems-connect/soap/"
WSDL_PATH: Final = "/sunsystems-connect/wsdl/"
"""What stands before the name of a service (section 1, documented)."""

NAMESPACE: Final = "http://systemsunion.com/connect/webservices/"
"""Of the operations and their parameters; also, with the operation's name behind it, the SOAPAction."""


class Version(Struct, frozen=True, kw_only=True):
    """A version of SOAP."""

    envelope: str
    """The namespace of its envelope."""
    content_type: str


SOAP_11: Final = Version(
    envelope="http://schemas.xmlsoap.org/soap/envelope/", content_type="text/xml; charset=utf-8"
)
SOAP_12: Final = Version(
    envelope="http://www.w3.org/2003/05/soap-envelope", content_type="application/soap+xml; charset=utf-8"
)

CONTENT_TYPE: Final = SOAP_11.content_type
PAYLOAD: Final = "payload"
"""The parameter that carries a payload, of any size."""

_END = "</soapenv:Body></soapenv:Envelope>"
_NIL = '<response xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'


def soap_action(operation: str) -> str:
    """Give the SOAPAction header of an operation, in quotes (section 1, observed)."""
    return f'"{NAMESPACE}{operation}"'


def write_request(
    service: str, operation: str, parameters: Mapping[str, str], payload: Iterable[str] = ()
) -> Iterator[bytes]:
    """Write a request piece by piece: the parameters in their documented order, the payload escaped.

    ``parameters`` are all but the payload; those that are not given are sent empty. Raises
    ``SscFormatError``, which names the parameter and quotes nothing, for one that the operation has not, and
    for a character that XML cannot hold; ``KeyError`` for an operation that is none of ``OPERATIONS``.
    """
    names = OPERATIONS[service][operation]
    if unknown := parameters.keys() - (set(names) - {PAYLOAD}):
        raise SscFormatError(f"{operation} has no parameter {min(unknown)}.")
    element = f"web:{service}{operation}Request"
    yield f'{_beginning(SOAP_11)} xmlns:web="{NAMESPACE}"><soapenv:Body><{element}>'.encode()
    for name in names:
        yield f"<web:{name}>".encode()
        for piece in payload if name == PAYLOAD else (parameters.get(name, ""),):
            yield _escaped(piece, name)
        yield f"</web:{name}>".encode()
    yield f"</{element}>{_END}".encode()


def response_around(service: str, operation: str, version: Version = SOAP_11) -> tuple[bytes, bytes]:
    """Give what stands before and behind the text of an answer with one ``response``.

    ``response`` has no namespace (section 1, client code).
    """
    beginning, end = _answer(service, operation, version)
    return f"{beginning}<response>".encode(), f"</response>{end}".encode()


def response_text(piece: str) -> bytes:
    """Give a piece of an answer's text, escaped. Raises ``SscFormatError`` for what XML cannot hold."""
    return _escaped(piece, "response")


def write_response(
    service: str, operation: str, answer: Iterable[str], version: Version = SOAP_11
) -> Iterator[bytes]:
    """Write an answer with one ``response``, escaped piece by piece as it is made.

    Raises ``SscFormatError`` for a character that XML cannot hold.
    """
    beginning, end = response_around(service, operation, version)
    yield beginning
    for piece in answer:
        yield response_text(piece)
    yield end


def write_responses(
    service: str, operation: str, values: Iterable[str | None], version: Version = SOAP_11
) -> bytes:
    """Write an answer with one ``response`` for each value: how a string[] is answered is a guess.

    ``None`` is the protocol's null. Raises ``SscFormatError`` for a character that XML cannot hold.
    """
    beginning, end = _answer(service, operation, version)
    responses = [
        _NIL.encode() if value is None else b"<response>%b</response>" % response_text(value)
        for value in values
    ]
    return beginning.encode() + b"".join(responses) + end.encode()


def write_fault(code: str, text: str, version: Version = SOAP_11) -> bytes:
    """Write a fault; its text stands in CDATA (section 4, client code), with what XML cannot hold replaced.

    ``code`` is ``Client`` where the request is at fault, else ``Server``; SOAP 1.2 has other words for them.
    """
    safe = f"<![CDATA[{without_forbidden(text).replace(']]>', ']]]]><![CDATA[>')}]]>"
    if version is SOAP_12:
        fault = (
            f"<soapenv:Code><soapenv:Value>soapenv:{_CODES_12[code]}</soapenv:Value></soapenv:Code>"
            f'<soapenv:Reason><soapenv:Text xml:lang="en">{safe}</soapenv:Text></soapenv:Reason>'
        )
    else:
        fault = f"<faultcode>soapenv:{code}</faultcode><faultstring>{safe}</faultstring>"
    return f"{_beginning(version)}><soapenv:Body><soapenv:Fault>{fault}</soapenv:Fault>{_END}".encode()


_CODES_12 = {"Client": "Sender", "Server": "Receiver"}


def _beginning(version: Version) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{version.envelope}"'


def _answer(service: str, operation: str, version: Version) -> tuple[str, str]:
    element = f"web:{service}{operation}Response"
    beginning = f'{_beginning(version)} xmlns:web="{NAMESPACE}"><soapenv:Body><{element}>'
    return beginning, f"</{element}>{_END}"


def _escaped(piece: str, name: str) -> bytes:
    if bad := forbidden(piece):
        raise SscFormatError(f"{name} holds the character {bad}, which XML cannot.")
    return escape_text(piece).encode()
