"""Reads an SSC document as it streams past: each finished record once, and nothing kept.

expat is used rather than a parser that makes trees: it makes records as fast, takes a document of any size in
little memory, and says where something is wrong without quoting it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol
from xml.parsers import expat

from customary.protocols.ssc_bytes import Utf8
from customary.protocols.ssc_format import SscFormatError, not_well_formed, shown
from customary.protocols.ssc_record import Record
from customary.protocols.xml import is_name, local_name

ROOT: Final = "SSC"
PAYLOAD: Final = "Payload"
ERROR_MESSAGES: Final = "ErrorMessages"
"""Where an answer in the old format has all its messages, behind Payload."""

CHUNK: Final = 65_536
"""Bytes that are read at a time."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""The most bytes that may pass without a record or another part coming to its end."""
MOST_DEPTH: Final = 128
"""The most elements inside one another; a filter made of pairs is the deepest thing that is sent."""
MOST_ATTRIBUTES: Final = 64
"""The most attributes of one element."""
MOST_NAMES: Final = 10_000
"""The most different names of elements and attributes in one document."""

_LAYOUT = " \t\r\n"
_GIVEN_SINGLY = frozenset({PAYLOAD, ERROR_MESSAGES})
_TOP = 2
"""How many elements are open around a record: SSC and Payload."""

Attributes = tuple[tuple[str, str], ...]


class Readable(Protocol):
    """What bytes are read from, such as a file."""

    def read(self, size: int, /) -> bytes:
        """Give at most ``size`` bytes, and none only at the end."""


def parts(stream: Readable, encoding: str = "") -> Iterator[tuple[str, Record]]:
    """Read a document from where the stream stands to its end.

    Gives each finished child of SSC as ``(SSC, child)``, and before it each child of Payload as
    ``(Payload, child)`` and of ErrorMessages as ``(ErrorMessages, child)``, in their order; these two are
    empty then, since they may hold any number. ``encoding``, where given, overrides what is declared.
    Raises ``SscFormatError`` when the document is not well-formed, has a DOCTYPE, another root, a second
    Payload, text where records should be, or passes one of the limits above; some of what came before has
    been given by then.
    """
    reading = _Reading(encoding)
    waited = 0
    while True:
        chunk = _fill(stream)
        last = len(chunk) < CHUNK
        done = reading.feed(chunk, last)
        yield from done
        if last:
            return
        waited = 0 if done else waited + len(chunk)
        if waited > MOST_BYTES:
            raise reading.wrong(f"One record or section is longer than {MOST_BYTES} bytes: split it.")


def _fill(stream: Readable) -> bytes:
    """Read a whole chunk, however little the stream gives at a time, so that limits never depend on it."""
    chunk = bytearray()
    while len(chunk) < CHUNK and (more := stream.read(CHUNK - len(chunk))):
        chunk += more
    return bytes(chunk)


class _Reading:
    """The reading of one document: what is open, what is done, and expat's callbacks."""

    def __init__(self, encoding: str) -> None:
        self._utf8 = Utf8(encoding)
        self._open: list[tuple[str, Attributes, list[Record]]] = []
        self._texts: list[str] = []
        self._mixed: dict[int, list[str]] = {}
        self._done: list[tuple[str, Record]] = []
        self._payload = False
        self._payloads = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = CHUNK
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._texts.append
        parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, last: bool) -> list[tuple[str, Record]]:
        """Take some bytes, and give what they finished."""
        self._done = []
        try:
            self._parser.Parse(self._utf8.feed(chunk, last), last)
        except expat.ExpatError as error:
            inside = self._open[-1][0] if self._open else ""
            raise not_well_formed(error.code, error.lineno + self._utf8.skipped, inside) from None
        if len(self._parser.intern) > MOST_NAMES:
            raise self.wrong(f"The document has more than {MOST_NAMES} different names.")
        return self._done

    def wrong(self, what: str) -> SscFormatError:
        """Say what is wrong where the parser stands."""
        return SscFormatError(what, self._parser.CurrentLineNumber + self._utf8.skipped)

    def _doctype(self, *_: object) -> None:
        raise self.wrong("DOCTYPE is disallowed: send the document without one.")

    def _start(self, name: str, attributes: list[str]) -> None:
        if ":" in name:
            name = self._local(name)
        if self._texts:
            self._interrupted()
        depth = len(self._open)
        if depth < _TOP or depth >= MOST_DEPTH:
            self._check_place(name, depth)
        self._open.append((name, self._pairs(attributes) if attributes else (), []))

    def _end(self, _: str) -> None:
        name, attributes, children = self._open.pop()
        text = "".join(self._texts)
        self._texts.clear()
        depth = len(self._open)
        if children:
            text = "".join([*self._mixed.pop(depth, ()), text]).strip(_LAYOUT)
        record = Record(name, text, attributes, tuple(children))
        if depth > _TOP or (depth == _TOP and self._open[-1][0] not in _GIVEN_SINGLY):
            self._open[-1][2].append(record)
        elif depth == _TOP:
            self._done.append((self._open[-1][0], record))
        elif depth:
            self._close_section(record)

    def _interrupted(self) -> None:
        """Keep the text before a child, if it is more than layout."""
        text = "".join(self._texts)
        self._texts.clear()
        if text.strip(_LAYOUT):
            depth = len(self._open) - 1
            if self._payload and depth == _TOP - 1:
                raise self._text_in_payload()
            self._mixed.setdefault(depth, []).append(text)

    def _close_section(self, section: Record) -> None:
        if self._payload and section.text.strip(_LAYOUT):
            raise self._text_in_payload()
        self._payload = False
        self._mixed.pop(0, None)
        self._done.append((ROOT, section))

    def _text_in_payload(self) -> SscFormatError:
        return self.wrong("Payload holds text where records should be: it may have been escaped twice.")

    def _check_place(self, name: str, depth: int) -> None:
        if depth >= MOST_DEPTH:
            raise self.wrong(f"More than {MOST_DEPTH} elements are inside one another.")
        if depth == 0 and name != ROOT:
            raise self.wrong(f'The root element is "{shown(name)}" and must be SSC.')
        if depth == 1 and name == PAYLOAD:
            self._payloads += 1
            self._payload = True
            if self._payloads > 1:
                raise self.wrong("SSC holds a second Payload: send one, with all the records in it.")

    def _pairs(self, attributes: list[str]) -> Attributes:
        if len(attributes) > 2 * MOST_ATTRIBUTES:
            raise self.wrong(f"An element has more than {MOST_ATTRIBUTES} attributes.")
        names, values = attributes[::2], attributes[1::2]
        return tuple(
            [
                (self._local(name), value)
                for name, value in zip(names, values, strict=True)
                if name != "xmlns" and not name.startswith("xmlns:")
            ]
        )

    def _local(self, name: str) -> str:
        local = local_name(name)
        if not is_name(local):
            raise self.wrong(f'"{shown(name)}" cannot be the name of an element or attribute.')
        return local
