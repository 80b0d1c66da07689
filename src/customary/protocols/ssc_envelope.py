"""Takes a SOAP envelope apart as its bytes come, and passes on what is in its Body.

The payload is one text inside it, of any size: nothing here holds more than a piece of it.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol
from xml.parsers import expat

from customary.protocols.ssc_bytes import Utf8
from customary.protocols.ssc_format import SscFormatError, not_well_formed, shown
from customary.protocols.xml import is_name, local_name

MOST_DEPTH: Final = 32
"""The most elements inside one another in an envelope."""
MOST_ATTRIBUTES: Final = 64
"""The most attributes of one element."""
MOST_NAMES: Final = 1000
"""The most different names of elements and attributes in an envelope."""
MOST_MARKUP: Final = 1024 * 1024
"""The most bytes of one tag or comment."""

_AT_A_TIME = 65_536
_BODY_DEPTH = 2


class BodyParts(Protocol):
    """What is told of the elements in a Body; ``depth`` is 0 for the operation, and names have no prefix.

    Where there is no Envelope, the root is the operation.
    """

    def opened(self, name: str, depth: int) -> None:
        """An element begins. Raises ``SscFormatError`` where it may not."""

    def text(self, text: str) -> None:
        """A piece of text of the innermost open element, of any length. Raises ``SscFormatError``
        likewise."""

    def closed(self) -> None:
        """The innermost open element ends."""


class Envelope:
    """Reads an envelope that is fed in any chunks; namespaces do not matter (section 1, guess).

    Raises ``SscFormatError`` when it is not well-formed, has a DOCTYPE, or passes one of the limits above.
    """

    def __init__(self, body: BodyParts, encoding: str = "") -> None:
        self._body = body
        self._utf8 = Utf8(encoding)
        self._waiting = bytearray()
        self._open: list[str] = []
        self._enveloped = False
        self._moved = False
        self._still = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = _AT_A_TIME
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Small chunks are gathered, so that a slow sender costs no more."""
        self._waiting += chunk
        if len(self._waiting) >= _AT_A_TIME:
            self._parse(last=False)

    def close(self) -> None:
        """Say that all bytes have come."""
        self._parse(last=True)

    def _parse(self, last: bool) -> None:
        chunk = bytes(self._waiting)
        self._waiting.clear()
        self._moved = False
        try:
            self._parser.Parse(self._utf8.feed(chunk, last), last)
        except expat.ExpatError as error:
            inside = self._open[-1] if self._open else ""
            raise not_well_formed(error.code, error.lineno + self._utf8.skipped, inside) from None
        self._still = 0 if self._moved else self._still + len(chunk)
        if self._still > MOST_MARKUP:
            raise self._wrong(f"A tag or a comment is longer than {MOST_MARKUP} bytes.")
        if len(self._parser.intern) > MOST_NAMES:
            raise self._wrong(f"The envelope has more than {MOST_NAMES} different names.")

    def _wrong(self, what: str) -> SscFormatError:
        return SscFormatError(what, self._parser.CurrentLineNumber + self._utf8.skipped)

    def _doctype(self, *_: object) -> None:
        raise self._wrong("DOCTYPE is disallowed: send the envelope without one.")

    def _start(self, name: str, attributes: list[str]) -> None:
        self._moved = True
        local = local_name(name)
        if not is_name(local):
            raise self._wrong(f'"{shown(name)}" cannot be the name of an element.')
        if len(attributes) > 2 * MOST_ATTRIBUTES:
            raise self._wrong(f"An element has more than {MOST_ATTRIBUTES} attributes.")
        if len(self._open) >= MOST_DEPTH:
            raise self._wrong(f"More than {MOST_DEPTH} elements are inside one another.")
        if not self._open:
            self._enveloped = local == "Envelope"
        self._open.append(local)
        if (depth := self._depth()) >= 0:
            self._pass_on(self._body.opened, local, depth)

    def _end(self, _: str) -> None:
        self._moved = True
        if self._depth() >= 0:
            self._body.closed()
        self._open.pop()

    def _text(self, text: str) -> None:
        self._moved = True
        if self._depth() >= 0:
            self._pass_on(self._body.text, text)

    def _pass_on(self, told: Callable[..., None], *what: object) -> None:
        try:
            told(*what)
        except SscFormatError as error:
            raise self._wrong(error.what) from None

    def _depth(self) -> int:
        """How deep in the Body the innermost open element is; negative outside of it."""
        if not self._enveloped:
            return len(self._open) - 1
        in_body = len(self._open) > _BODY_DEPTH and self._open[1] == "Body"
        return len(self._open) - 1 - _BODY_DEPTH if in_body else -1
