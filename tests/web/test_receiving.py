from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from anyio import CapacityLimiter

from customary.errors import RequestRefused
from customary.web.receiving import Form, Received, TooLarge, TooSlow, receive
from tests.support.soap import executing

REQUEST = executing("V", "Query", "x" * 1_000_000)


async def chunks(content: bytes, *, stalls: bool = False) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]
    if stalls:
        await asyncio.Event().wait()


def received(content: bytes, form: Form, *, stalls: bool = False, admitted: bool = True) -> Received:
    def admit(parameters: Mapping[str, str]) -> bool:
        if not admitted:
            raise RequestRefused(f"{parameters['authentication']} is nobody")
        return True

    return asyncio.run(receive(chunks(content, stalls=stalls), form, admit, CapacityLimiter(1)))


def test_the_payload_is_in_the_file_and_the_rest_in_the_call() -> None:
    found = received(REQUEST, Form(encoding="", most=2_000_000))
    assert (found.call.operation, found.call.parameters["method"]) == ("Execute", "Query")
    found.payload.seek(0)
    assert found.payload.read() == b"x" * 1_000_000
    found.payload.close()


def test_a_request_is_too_large_by_its_bytes() -> None:
    with pytest.raises(TooLarge):
        received(REQUEST, Form(encoding="", most=900_000))


def test_a_client_that_stops_in_the_middle_is_not_waited_for_for_ever() -> None:
    with pytest.raises(TooSlow):
        received(REQUEST[:-100], Form(encoding="", most=2_000_000, patience=0.05), stalls=True)


def test_who_is_refused_is_told_so_at_the_end() -> None:
    with pytest.raises(RequestRefused, match="V is nobody"):
        received(REQUEST, Form(encoding="", most=2_000_000), admitted=False)
