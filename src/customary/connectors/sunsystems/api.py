"""What is asked of the components, and what they answer: Query and the methods that write.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, Final

from msgspec import Struct

from customary.connectors.sunsystems.client import Request
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import COMPONENT
from customary.connectors.sunsystems.session import SunsystemsSession
from customary.errors import InDoubt, Rejected, Unreadable
from customary.protocols.ssc_answer_read import (
    Answered,
    AnswerHeader,
    answered,
    inspect_answer,
    plain_text,
)
from customary.protocols.ssc_filter import Condition
from customary.protocols.ssc_format import SscFormatError
from customary.protocols.ssc_message import Level, Message
from customary.protocols.ssc_payload import ErrorContext, ErrorThreshold, context, write_payload
from customary.protocols.ssc_query import Query, Selected
from customary.protocols.ssc_record import Record
from customary.protocols.ssc_soap import COMPONENT_EXECUTOR

UTF8: Final = "utf-8"
"""What is inside SOAP is text already, whatever it declares."""
_START: Final = 4096

Payload = Callable[[], Iterable[str]]
"""Gives a payload's text in pieces, each time anew."""


class Refused(Struct, frozen=True):
    """A payload that was refused as a whole, so that nothing of it was stored (5, documented)."""

    text: str
    """What SunSystems said, quotable."""


class Result(Struct, frozen=True):
    """What became of a payload's records, as far as the answer tells."""

    records: Sequence[Answered]
    messages: Sequence[Message]
    """Those about no record."""


class SunsystemsApi:
    """The components of one business unit. Threads may share it."""

    def __init__(self, session: SunsystemsSession, config: SunsystemsConfig) -> None:
        self.system = session.system
        self._session = session
        self._config = config

    def query(self, selected: Selected, condition: Condition | None) -> Iterator[Record]:
        """Give the customers that meet a condition, or all; the answer has come whole before the first.

        Raises ``Unreachable``, ``NotPermitted``, ``Rejected`` and ``Unreadable``.
        """
        parts = tuple(Query(condition=condition, selected=selected).to_records())
        with self.execute(COMPONENT, "Query", self._payload(parts), acts=False) as body:
            found = self.inspect(body, "Query")
            if isinstance(found, Refused):
                raise Rejected(self.system, f"Query is refused: {found.text}")
            for one in answered(body, found, UTF8):
                yield one.record

    def send(self, component: str, method: str, records: Sequence[Record]) -> Result | Refused:
        """Carry out a method that writes, with these records as its payload.

        Raises ``Unreachable`` and ``NotPermitted`` when nothing was done, ``InDoubt`` when that is not known.
        """
        what = f"{component}/{method}"
        try:
            with self.execute(component, method, self._payload(records), acts=True) as body:
                found = self.inspect(body, what)
                if isinstance(found, Refused):
                    return found
                return Result(list(answered(body, found, UTF8)), found.messages)
        except Rejected as refusal:
            return Refused(refusal.reason)
        except Unreadable as error:
            raise InDoubt(self.system, error.reason) from None

    def names(self, operation: str, component: str = "") -> list[str]:
        """Ask for a list (1, documented): the ``Components`` that there are, or the ``Methods`` of one.

        Raises ``Unreachable``, ``NotPermitted``, ``Rejected`` and ``Unreadable``.
        """
        parameters = {"component": component} if component else {}
        answer = self._session.execute(
            Request(service=COMPONENT_EXECUTOR, operation=operation, parameters=parameters)
        )
        with answer.body as body:
            if fault := answer.responses.fault:
                raise Rejected(self.system, f"{operation} is refused: {self._session.quotable(fault.text)}")
            texts = [body.read(length).decode() for length in answer.responses.lengths]
        return [name for text in texts for name in text.split()]

    def execute(self, component: str, method: str, payload: Payload, *, acts: bool) -> BinaryIO:
        """Send a payload, and give the text that is answered, as UTF-8 in a file that the caller closes.

        Raises ``Unreachable``, ``NotPermitted``, ``Rejected`` for a SOAP fault, ``Unreadable`` and, where it
        ``acts``, ``InDoubt``.
        """
        request = Request(
            service=COMPONENT_EXECUTOR,
            operation="Execute",
            parameters={"component": component, "method": method},
            payload=payload,
            acts=acts,
        )
        answer = self._session.execute(request)
        if fault := answer.responses.fault:
            answer.body.close()
            raise Rejected(self.system, self._session.quotable(fault.text) or "a fault without words")
        return answer.body

    def inspect(self, body: BinaryIO, what: str) -> AnswerHeader | Refused:
        """Read an answer through, and go back to its beginning. Raises ``Unreadable`` for what is none."""
        start = body.read(_START)
        body.seek(0)
        if not start.strip():
            raise Unreadable(self.system, f"the answer to {what} is empty")
        if text := plain_text(start):
            return Refused(self._session.quotable(text))
        try:
            header = inspect_answer(body, UTF8)
        except SscFormatError as error:
            raise Unreadable(self.system, f"the answer to {what} cannot be read: {error}") from None
        body.seek(0)
        said = [message.said for message in header.messages if message.level is Level.ERROR]
        if said and not header.count:
            return Refused(self._session.quotable("; ".join(said)))
        return header

    def _payload(self, content: Sequence[Record]) -> Payload:
        config = self._config
        errors = ErrorContext(latest=config.latest_format, threshold=ErrorThreshold.WARNING)
        sections = context(config.operator, config.remote_unit, errors)
        return lambda: write_payload(sections, content)
