"""A SOAP request as it comes in: its parameters, and its payload, of any size, in a file."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from typing import BinaryIO, cast

import anyio
from anyio import CapacityLimiter, to_thread
from msgspec import Struct

from customary.errors import RequestRefused
from customary.protocols.ssc_format import SscFormatError
from customary.protocols.ssc_soap_read import Call, CallReader

PATIENCE = 60.0
"""Seconds to wait for the next bytes of a request."""
IN_MEMORY = 256 * 1024
"""The most bytes of a payload that are kept out of a file."""

_AT_A_TIME = 256 * 1024


class TooLarge(Exception):
    """The request is larger than it may be."""


class TooSlow(Exception):
    """The client sent nothing for a long time, though its request was not complete."""


class Form(Struct, frozen=True, kw_only=True):
    """In what form a request may come in."""

    encoding: str
    """What HTTP says of it; ``""``: nothing."""
    most: int
    """The most bytes."""
    patience: float = PATIENCE


class Received(Struct, frozen=True):
    """A request that has come in."""

    call: Call
    payload: BinaryIO
    """As UTF-8; whoever gets it closes it."""


async def receive(
    chunks: AsyncIterator[bytes],
    form: Form,
    admit: Callable[[Mapping[str, str]], bool],
    limiter: CapacityLimiter,
) -> Received:
    """Read a request without ever holding it as a whole.

    ``admit`` is told, in a thread, the parameters that stand before the payload; it tells whether they say
    who asks, and raises ``RequestRefused`` where that is nobody: a stranger's payload is not kept. What is
    refused is read to its end, since many clients send all of it before they look at the answer.
    Raises ``SscFormatError``, ``RequestRefused``, ``TooLarge`` and ``TooSlow``.
    """
    reading = _Reading(form.encoding, admit)
    try:
        size = 0
        async for chunk in _patiently(chunks, form.patience):
            size += len(chunk)
            if size > form.most:
                raise TooLarge
            reading.waiting += chunk
            if len(reading.waiting) >= _AT_A_TIME:
                await to_thread.run_sync(reading.read, limiter=limiter)
        call = await to_thread.run_sync(reading.finish, limiter=limiter)
    except BaseException:
        reading.payload.close()
        raise
    return Received(call, reading.payload)


class _Reading:
    """The parsing of a request, which goes on in threads, one piece after the other."""

    def __init__(self, encoding: str, admit: Callable[[Mapping[str, str]], bool]) -> None:
        self.waiting = bytearray()
        self.payload = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
        self._reader = CallReader(self.payload, encoding)
        self._admit = admit
        self._looked = False
        self._admitted = False
        self._refused: SscFormatError | RequestRefused | None = None

    def read(self) -> None:
        """Read what waits; what is wrong with it is told at the end."""
        chunk = bytes(self.waiting)
        self.waiting.clear()
        if self._refused:
            return
        try:
            self._reader.feed(chunk)
            self._look()
        except (SscFormatError, RequestRefused) as error:
            self._refused = error

    def _look(self) -> None:
        before = self._reader.before_payload
        if before is None:
            return
        if not self._looked:
            self._looked = True
            self._admitted = self._admit(before)
        if not self._admitted and self.payload.tell() > IN_MEMORY:
            raise RequestRefused("the authentication must stand before a payload as large as this one")

    def finish(self) -> Call:
        self.read()
        if self._refused:
            raise self._refused
        return self._reader.close()


async def _patiently(chunks: AsyncIterator[bytes], patience: float) -> AsyncIterator[bytes]:
    while True:
        try:
            with anyio.fail_after(patience):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise TooSlow from None
        yield chunk
