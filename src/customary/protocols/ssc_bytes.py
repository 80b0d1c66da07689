"""The bytes of a document as UTF-8, whatever encoding they came in."""

from __future__ import annotations

import codecs
import re

from customary.protocols.ssc_format import SscFormatError, shown

_HEAD = 1024
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"'<>]*)[\"']")
_READABLE = re.compile(
    r"utf-?8|utf-?16|utf-?16-?[bl]e|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?1|(?:windows-|cp)125\d"
    r"|gb2312|gbk|gb18030|big5|shift[_-]jis|euc-(?:jp|kr)|koi8-r|tis-620|windows-874"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_BLANKS = " \t\r\n\ufeff"


class Utf8:
    """Turns a document's bytes, fed in any chunks, into UTF-8 that begins with the document's first ``<``.

    The encoding is the one that is given (what is inside SOAP is text already, whatever it declares), else
    that of a byte order mark, else the declared one, else UTF-8. Bytes that declare UTF-16 and are plainly
    not are read as UTF-8: such a declaration is left over from a string. Blanks before the declaration are
    dropped; ``skipped`` counts the line feeds among them, so that line numbers stay right.
    """

    def __init__(self, encoding: str = "") -> None:
        self._given = encoding
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._encoding = encoding
        self._lines = 1
        self._begun = False
        self.skipped = 0

    def feed(self, chunk: bytes, last: bool = False) -> bytes:
        """Give what is known so far as UTF-8, possibly nothing; ``last`` says that no more bytes come.

        Raises ``SscFormatError`` for an encoding that is not read, and for bytes that are not in it.
        """
        if self._decoder is None:
            self._head += chunk
            if len(self._head) < _HEAD and not last:
                return b""
            chunk, self._head = self._head, b""
            self._decoder = self._choose(chunk[:_HEAD])
        try:
            text = self._decoder.decode(chunk, last)
        except UnicodeDecodeError as error:
            line = self._lines + error.object[: error.start].count(b"\n")
            raise SscFormatError(
                f"The bytes are not {self._encoding}: declare the encoding that they have, or send UTF-8.",
                line,
            ) from None
        self._lines += text.count("\n")
        if not self._begun:
            document = text.lstrip(_BLANKS)
            self.skipped += text.count("\n", 0, len(text) - len(document))
            self._begun = bool(document)
            text = document
        return text.encode()

    def _choose(self, head: bytes) -> codecs.IncrementalDecoder:
        encoding = self._given or next((name for mark, name in _MARKS if head.startswith(mark)), "")
        if not encoding:
            found = _DECLARED.match(head)
            encoding = found[1].decode("ascii", "replace") if found else "utf-8"
            if encoding.lower().startswith(("utf-16", "utf16")):
                encoding = "utf-8"
        self._encoding = shown(encoding)
        if not _READABLE.fullmatch(encoding.lower()):
            raise SscFormatError(f'The encoding "{self._encoding}" is not read here: send UTF-8.', 1)
        try:
            return codecs.getincrementaldecoder(encoding)("strict")
        except LookupError:
            raise SscFormatError(f'The encoding "{self._encoding}" is not known: send UTF-8.', 1) from None
