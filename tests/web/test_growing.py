from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from anyio import CapacityLimiter

from customary.web.growing import AT_A_TIME, Growing, Stopping

PIECE = bytes(AT_A_TIME)


def grow(make: Callable[[Growing], None], took: Callable[[bytes], None]) -> None:
    """Have an answer made, and take its pieces as they come."""

    async def go() -> None:
        growing = Growing()
        growing.begin(lambda: make(growing), CapacityLimiter(1))
        await growing.begun()
        async for piece in growing.pieces():
            took(piece)

    asyncio.run(asyncio.wait_for(go(), 30))


def test_an_answer_is_given_while_it_is_made() -> None:
    taken = threading.Event()

    def make(growing: Growing) -> None:
        growing.write(PIECE)
        assert taken.wait(20)
        growing.write(b"the end")

    pieces: list[bytes] = []

    def took(piece: bytes) -> None:
        pieces.append(piece)
        taken.set()

    grow(make, took)
    assert b"".join(pieces) == PIECE + b"the end"


def test_one_that_fails_before_anything_is_sent_says_so_instead() -> None:
    def make(growing: Growing) -> None:
        growing.write(b"little")
        raise ValueError("early")

    pieces: list[bytes] = []
    with pytest.raises(ValueError, match="early"):
        grow(make, pieces.append)
    assert pieces == []


def test_one_that_fails_on_the_way_is_cut_off_behind_what_was_made() -> None:
    def make(growing: Growing) -> None:
        growing.write(PIECE)
        raise ValueError("late")

    pieces: list[bytes] = []
    with pytest.raises(ValueError, match="late"):
        grow(make, pieces.append)
    assert pieces == [PIECE]


def test_who_makes_it_is_not_held_up_by_who_does_not_take_it() -> None:
    async def go() -> int | None:
        growing = Growing()
        made = asyncio.Event()
        loop = asyncio.get_running_loop()

        def make() -> None:
            for _ in range(100):
                growing.write(PIECE)
            loop.call_soon_threadsafe(made.set)

        growing.begin(make, CapacityLimiter(1))
        await made.wait()
        await growing.begun()
        async for _ in growing.pieces():
            return 1
        return None

    assert asyncio.run(asyncio.wait_for(go(), 30)) == 1


def test_what_makes_an_answer_ends_when_the_server_stops() -> None:
    ended: list[Exception] = []
    over = threading.Event()

    def make(growing: Growing) -> None:
        try:
            while True:
                growing.write(b"more")
        except Stopping as stopping:
            ended.append(stopping)
        over.set()

    async def go() -> None:
        growing = Growing()
        growing.begin(lambda: make(growing), CapacityLimiter(1))
        await growing.begun()

    asyncio.run(go())
    assert over.wait(20)
    assert len(ended) == 1
