"""Which records of a file say that they are an earlier one; in little memory, however many there are."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from typing import IO, Final

from customary.connectors.zynk.codec import Names

PARTS: Final = 64
"""Temporary files that the digests of all names are spread over; one at a time is looked through."""
_KEPT: Final = 1 << 16
"""Bytes of such a file that stay in memory."""
_ENTRY: Final = struct.Struct("<16sQB")
_WORDS: Final = tuple(what for what, _ in Names("e", "i", "r").told()) + tuple(
    what for what, _ in Names(name="n").told()
)

Repeats = dict[int, tuple[str, int]]
"""Number of a record -> what it has in common with an earlier one, and that one's number."""


def repeats(names: Iterable[Names]) -> Repeats:
    """Find the records, counted from 1 in their order, that have a name which an earlier one has."""
    with ExitStack() as stack:
        parts: list[IO[bytes]] = [
            stack.enter_context(tempfile.SpooledTemporaryFile(_KEPT)) for _ in range(PARTS)
        ]
        for number, each in enumerate(names, 1):
            for what, text in each.told():
                digest = blake2b(f"{what}\0{text}".encode(), digest_size=16).digest()
                parts[digest[0] % PARTS].write(_ENTRY.pack(digest, number, _WORDS.index(what)))
        found: Repeats = {}
        for part in parts:
            first: dict[bytes, int] = {}
            for digest, number, what_at in _entries(part):
                earlier = first.setdefault(digest, number)
                if earlier != number:
                    told = (_WORDS[what_at], earlier)
                    found[number] = min(found.get(number, told), told, key=lambda each: _WORDS.index(each[0]))
        return found


def _entries(part: IO[bytes]) -> Iterator[tuple[bytes, int, int]]:
    part.seek(0)
    while block := part.read(_ENTRY.size * 1000):
        yield from _ENTRY.iter_unpack(block)
