"""The wire to SunSystems Connect: the only file that touches it.

Passwords and vouchers travel in the bodies of requests (facts/sunsystems.md 1), and payloads hold customers.
So neither requests nor answers are logged: requests go to httpx's transport itself, because httpx's client
would log each URL, and errors are raised anew, without the one they come from.

Every call has a connection of its own: one that was kept open may be closed by the server at the moment that
a write is sent on it, which would leave that write in doubt for nothing.
"""

from __future__ import annotations

import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import BinaryIO, Final

import httpx
from msgspec import Struct

from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.faults import error_of_status
from customary.connectors.wire import described, opened, timeouts
from customary.errors import InDoubt, RequestRefused, Unreachable, Unreadable
from customary.protocols.ssc_format import SscFormatError, shown
from customary.protocols.ssc_soap import CONTENT_TYPE, soap_action, write_request
from customary.protocols.ssc_soap_read import ResponseReader, Responses

MOST_BYTES: Final = 4 * 1024 * 1024 * 1024
"""The largest answer that is read, into a file (a decision)."""
_CHUNK: Final = 65_536


class Request(Struct, frozen=True, kw_only=True):
    """One operation to call."""

    service: str
    operation: str
    parameters: Mapping[str, str]
    payload: Callable[[], Iterable[str]] = tuple
    """Gives the payload's text in pieces, each time anew."""
    acts: bool = False
    """Whether it may change something, so that it is in doubt when no answer comes."""

    def __repr__(self) -> str:
        return f"Request({self.service!r}, {self.operation!r})"  # parameters are passwords and vouchers


class Answer(Struct, frozen=True):
    """What came: a SOAP fault, or texts."""

    responses: Responses
    body: BinaryIO
    """The texts, one behind the other, as UTF-8; whoever gets it closes it."""

    def __repr__(self) -> str:
        return f"Answer({len(self.responses.lengths)} texts)"  # a text may be a voucher


class SunsystemsClient:
    """Calls of SunSystems Connect, each on a connection of its own; threads may share it."""

    def __init__(self, system: str, config: SunsystemsConfig) -> None:
        """Make the client; nothing is sent. Raises ``ConfigError`` when ``ca_file`` cannot be used."""
        self.system = system
        self._config = config
        each_its_own = httpx.Limits(max_keepalive_connections=0)
        self._transport = opened(system, [config.url], config, each_its_own)

    def call(self, request: Request) -> Answer:
        """Send a request, and give its answer once it has come whole.

        Raises ``Unreachable`` and ``NotPermitted`` when nothing was done, ``Rejected`` when the request was
        refused as a whole without words, ``RequestRefused`` when it cannot be written as XML, ``Unreadable``
        for an answer that is none; where it ``acts``, ``InDoubt`` when no whole answer came or an odd one.
        """
        with tempfile.TemporaryFile() as body:
            try:
                length = _spool(request, body)
            except SscFormatError as error:
                raise RequestRefused(f"{self.system}: this cannot be sent: {error}") from None
            body.seek(0)
            with ExitStack() as undo:
                answer = undo.enter_context(tempfile.TemporaryFile())
                responses = self._exchange(request, _pieces(body), length, answer)
                answer.seek(0)
                undo.pop_all()
                return Answer(responses, answer)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _exchange(self, request: Request, body: Iterator[bytes], length: int, answer: BinaryIO) -> Responses:
        config = self._config
        http = httpx.Request(
            "POST",
            config.service(request.service),
            headers={
                **self._headers(),
                "SOAPAction": soap_action(request.operation),
                "Content-Length": str(length),
            },
            content=body,
            extensions={"timeout": timeouts(config)},
        )
        deadline = time.monotonic() + config.read_timeout
        try:
            response = self._transport.handle_request(http)
            try:
                return self._read(request, response, deadline, answer)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            fault = f"{described(error, config)}; is `url` right ({config.url}), and is the service running?"
            sent = False
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = described(error, config)
            sent = True
        # Raised here, outside the except: nothing of the request may hang on the error.
        raise self._lost(request, fault) if sent else Unreachable(self.system, fault)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": CONTENT_TYPE, "Accept": "text/xml", "Accept-Encoding": "identity"}
        if user := self._config.basic_user:
            plain = f"{user}:{self._config.basic_password.reveal()}".encode()
            headers["Authorization"] = f"Basic {b64encode(plain).decode()}"
        return headers

    def _read(
        self, request: Request, response: httpx.Response, deadline: float, answer: BinaryIO
    ) -> Responses:
        """Read an answer. HTTP 500 may carry a SOAP fault, as may any other status."""
        reader = ResponseReader(answer, response.charset_encoding or "")
        count = 0
        broken: SscFormatError | None = None
        for part in response.iter_bytes():
            count += len(part)
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("too slow")
            if count > MOST_BYTES:
                raise self._lost(request, f"the answer has more than {MOST_BYTES} bytes", Unreadable)
            if broken is None:
                try:
                    reader.feed(part)
                except SscFormatError as error:
                    broken = error
        try:
            if broken is None:
                found = reader.close()
                if found.fault or (response.status_code == 200 and found.element.endswith("Response")):
                    return found
                broken = SscFormatError(f'it is "{shown(found.element)}"')
        except SscFormatError as error:
            broken = error
        raise self._without_soap(request, response.status_code, broken)

    def _without_soap(self, request: Request, status: int, broken: SscFormatError | None) -> Exception:
        what = f"{request.service}/{request.operation}"
        if error := error_of_status(self.system, status, what):
            return error
        if status == 200:
            return self._lost(request, f"the answer to {what} cannot be read: {broken}", Unreadable)
        return self._lost(request, f"{what} failed with HTTP {status}, and says no more")

    def _lost(
        self, request: Request, text: str, otherwise: type[Unreachable] | type[Unreadable] = Unreachable
    ) -> InDoubt | Unreachable | Unreadable:
        return InDoubt(self.system, text) if request.acts else otherwise(self.system, text)


def _spool(request: Request, body: BinaryIO) -> int:
    pieces = write_request(request.service, request.operation, request.parameters, request.payload())
    return sum(body.write(piece) for piece in pieces)


def _pieces(body: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: body.read(_CHUNK), b"")
