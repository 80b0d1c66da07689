"""Reads SOAP requests and answers as their bytes come; what may be large goes into a file.

Lenient as real clients and servers need it: names without their namespace, with and without Envelope, the
operation's element or not. Section numbers name the fact sheet on SunSystems Connect
(``facts/sunsystems.md``).
"""

from __future__ import annotations

from typing import BinaryIO, Final

from msgspec import Struct

from customary.protocols.ssc_envelope import Envelope
from customary.protocols.ssc_format import SscFormatError, shown
from customary.protocols.ssc_soap import OPERATIONS, PAYLOAD
from customary.protocols.xml import local_name

MOST_TEXT: Final = 65_536
"""The most characters of a small parameter, of a fault's text, and of a voucher."""
MOST_RESPONSES: Final = 10_000
"""The most elements ``response`` in one answer."""

_RESPONSE = "response"
_FAULT = "Fault"
_FAULT_CODES = ("faultcode", "Value")
_FAULT_TEXTS = ("faultstring", "Text")
_MOST_PARAMETERS = 32
_PARAMETERS = frozenset(
    name for operations in OPERATIONS.values() for names in operations.values() for name in names
)


class Call(Struct, frozen=True, kw_only=True):
    """A request. It does not show its parameters, which may be a password."""

    element: str
    """The local name of the request's element; ``""`` where the parameters stand in the Body themselves, so
    that only the endpoint and the SOAPAction tell which operation is meant."""
    parameters: dict[str, str]
    """Local name -> text, exactly; the payload is not among them."""
    payload: int
    """Bytes of the payload, which are in the file as UTF-8, whatever the payload declares; 0 also for
    none."""

    @property
    def operation(self) -> str:
        """The operation, such as ``Execute`` for ``ComponentExecutorExecuteRequest`` and for ``Execute``."""
        name = self.element.removesuffix("Request")
        for service in OPERATIONS:
            name = name.removeprefix(service)
        return name

    def __repr__(self) -> str:
        return f"Call({self.element!r}, {sorted(self.parameters)}, payload={self.payload})"


class Fault(Struct, frozen=True):
    """A fault: its code without prefix, such as ``Server``, and its text on one line."""

    code: str
    text: str


class Responses(Struct, frozen=True, kw_only=True):
    """An answer that came."""

    element: str
    """The local name of the answer's element; ``""`` for a fault."""
    lengths: tuple[int, ...]
    """The bytes of each ``response``; they stand one behind the other in the file, as UTF-8. The element's
    own text counts as one where it has no ``response`` (section 1, client code)."""
    fault: Fault | None = None
    """``None``: it is no fault."""


class CallReader:
    """Reads a request: ``feed`` it the bytes, then ``close`` gives the call.

    The payload goes into ``payload``, a file open for writing, from where it stands. ``encoding`` is what
    HTTP's Content-Type says, if it does; it overrides the declaration. Both methods raise ``SscFormatError``
    for what is no request: not well-formed, a DOCTYPE, no operation or two, a parameter that comes twice, is
    longer than ``MOST_TEXT`` or holds elements, or a limit of ``ssc_envelope``.
    """

    def __init__(self, payload: BinaryIO, encoding: str = "") -> None:
        self._request = _Request(payload)
        self._envelope = Envelope(self._request, encoding)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the request."""
        self._envelope.feed(chunk)

    @property
    def before_payload(self) -> dict[str, str] | None:
        """The parameters that came before the payload; ``None`` while that has not begun."""
        return self._request.before_payload

    def close(self) -> Call:
        """Say that all bytes have come, and get the call."""
        self._envelope.close()
        return self._request.call()


class ResponseReader:
    """Reads an answer: ``feed`` it the bytes, then ``close`` tells what came.

    The text of each ``response`` goes into ``responses``, a file open for writing. Both methods raise
    ``SscFormatError`` for what is no answer, such as a web page.
    """

    def __init__(self, responses: BinaryIO, encoding: str = "") -> None:
        self._answer = _Answer(responses)
        self._envelope = Envelope(self._answer, encoding)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the answer."""
        self._envelope.feed(chunk)

    def close(self) -> Responses:
        """Say that all bytes have come, and learn what did."""
        self._envelope.close()
        return self._answer.responses()


class _Text:
    """A small text that comes in pieces; what is longer than it may be is left out, and ``long`` says so."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def add(self, piece: str) -> None:
        self._length += len(piece)
        if not self.long:
            self._pieces.append(piece)

    @property
    def long(self) -> bool:
        return self._length > MOST_TEXT

    def __str__(self) -> str:
        return "".join(self._pieces)


class _Request:
    """What a request's Body holds."""

    def __init__(self, payload: BinaryIO) -> None:
        self._payload = payload
        self._written = 0
        self._elements: list[str] = []
        self._parameters: dict[str, _Text] = {}
        self._name = ""
        self.before_payload: dict[str, str] | None = None

    def opened(self, name: str, depth: int) -> None:
        if self._name:
            raise SscFormatError(
                f'"{self._name}" holds the element "{shown(name)}": escape it, or put it in CDATA.'
            )
        if depth == 0:
            bare = name in _PARAMETERS
            self._elements.append("" if bare else name)
            if len(set(self._elements)) > 1 or (self._elements[1:] and not bare):
                raise SscFormatError("The Body holds a second operation: send one request at a time.")
            if not bare:
                return
        if name in self._parameters:
            raise SscFormatError(f'The parameter "{shown(name)}" comes twice.')
        if len(self._parameters) >= _MOST_PARAMETERS:
            raise SscFormatError(f"The operation has more than {_MOST_PARAMETERS} parameters.")
        if name == PAYLOAD:
            self.before_payload = {name: str(text) for name, text in self._parameters.items()}
        self._name = name
        self._parameters[name] = _Text()

    def text(self, text: str) -> None:
        if self._name == PAYLOAD:
            self._written += self._payload.write(text.encode())
        elif self._name:
            self._parameters[self._name].add(text)
            if self._parameters[self._name].long:
                raise SscFormatError(
                    f'The parameter "{shown(self._name)}" is longer than {MOST_TEXT} characters.'
                )

    def closed(self) -> None:
        self._name = ""

    def call(self) -> Call:
        if not self._elements:
            raise SscFormatError("The Body holds no operation.")
        given = {name: str(text) for name, text in self._parameters.items() if name != PAYLOAD}
        return Call(element=self._elements[0], parameters=given, payload=self._written)


class _Answer:
    """What an answer's Body holds."""

    def __init__(self, responses: BinaryIO) -> None:
        self._responses = responses
        self._element = ""
        self._lengths: list[int] = []
        self._open = ""
        self._own = _Text()
        self._code = _Text()
        self._fault = _Text()

    def opened(self, name: str, depth: int) -> None:
        if depth == 0:
            if self._element:
                raise SscFormatError("The Body holds a second answer.")
            self._element = name
        elif self._open == _RESPONSE and self._element != _FAULT:
            raise SscFormatError(f'"response" holds the element "{shown(name)}", and should hold text.')
        elif depth == 1 and name == _RESPONSE:
            if len(self._lengths) >= MOST_RESPONSES:
                raise SscFormatError(f"The answer has more than {MOST_RESPONSES} responses.")
            self._lengths.append(0)
        self._open = name if depth else ""

    def text(self, text: str) -> None:
        if self._element == _FAULT:
            if self._open in _FAULT_CODES:
                self._code.add(text)
            elif self._open in _FAULT_TEXTS:
                self._fault.add(text)
        elif self._open == _RESPONSE:
            self._lengths[-1] += self._responses.write(text.encode())
        elif not self._open:
            self._own.add(text)

    def closed(self) -> None:
        self._open = ""

    def responses(self) -> Responses:
        if self._element == _FAULT:
            code = local_name(str(self._code).strip())
            fault = Fault(code, " ".join(str(self._fault).split()))
            return Responses(element="", lengths=(), fault=fault)
        if not self._element:
            raise SscFormatError("The Body holds no answer.")
        if not self._lengths:
            self._take_own()
        return Responses(element=self._element, lengths=tuple(self._lengths))

    def _take_own(self) -> None:
        if self._own.long:
            raise SscFormatError(f"The answer's own text is longer than {MOST_TEXT} characters.")
        if own := str(self._own).strip().encode():
            self._lengths.append(self._responses.write(own))
