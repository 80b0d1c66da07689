"""A payload that somebody wrote, sent as it is; nothing of it is held in memory whole."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final

from customary.connectors.contract import CarriedOut
from customary.connectors.sunsystems.api import UTF8, Refused, SunsystemsApi
from customary.connectors.sunsystems.codec import key_of
from customary.errors import InDoubt, Rejected, RequestRefused, Unreadable
from customary.model.outcome import Level, Message
from customary.protocols.ssc_answer_read import AnswerHeader, answered
from customary.protocols.ssc_bytes import Utf8

QUERY: Final = "Query"
TOLD: Final = 1000
"""Messages of so many failed records are given; the answer has them all."""
_CHUNK: Final = 65_536


def carry_out(
    api: SunsystemsApi, what: tuple[str, str], payload: BinaryIO, out: Callable[[str], object]
) -> CarriedOut:
    """Send a payload to a component's method, and write the answer. Raises as ``TakesPayloads``."""
    acts = what[1] != QUERY

    def pieces() -> Iterable[str]:
        payload.seek(0)
        utf8 = Utf8()
        while chunk := payload.read(_CHUNK):
            yield utf8.feed(chunk).decode(UTF8)
        yield utf8.feed(b"", last=True).decode(UTF8)

    try:
        body = api.execute(*what, pieces, acts=acts)
    except Rejected as refused:
        raise RequestRefused(str(refused)) from None
    with body:
        try:
            header = api.inspect(body, "/".join(what))
        except Unreadable as error:
            if acts:
                raise InDoubt(api.system, error.reason) from None
            raise
        if isinstance(header, Refused):
            raise RequestRefused(f"{api.system}: {header.text}")
        result = _counted(body, header)
        body.seek(0)
        decoder = codecs.getincrementaldecoder(UTF8)()
        while chunk := body.read(_CHUNK):
            out(decoder.decode(chunk))
    return result


def _counted(body: BinaryIO, header: AnswerHeader) -> CarriedOut:
    failed = 0
    notes: list[Message] = []
    for one in answered(body, header, UTF8):
        failed += one.failed
        if one.failed and len(notes) < TOLD:
            said = "; ".join(message.said for message in one.messages) or "refused, and no reason is given"
            notes.append(Message(level=Level.ERROR, text=said, customer=key_of(one.record)))
    return CarriedOut(records=header.count, failed=failed, messages=tuple(notes))
