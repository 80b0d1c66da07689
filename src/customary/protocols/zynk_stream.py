"""The records of a Zynk document, one finished element at a time, from bytes in chunks of any size.

Nothing here knows what a record holds. Whatever the chunks, the same records come, and then the same error;
memory holds one record and one piece of the document.
"""

from __future__ import annotations

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

RECORD_BYTES: Final = 1 << 20
"""The most bytes of one record: a thousand times a usual one."""

_PIECE = 1 << 16
_HEAD = 1 << 14
_UNFINISHED = 2 * RECORD_BYTES + _PIECE

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_READABLE = re.compile(r"(?i)us-ascii|iso-8859-\d{1,2}|windows-125\d")
_PROLOGUE = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_UNFINISHED_COMMENT = re.compile(rb"<!(?:-(?:-.*)?)?", re.DOTALL)
_START = re.compile(rb"<(?![!?])(?:[^\s<>/:]+:)?([^\s<>/:]+)[\s/>]")

_ERRORS = etree.ErrorTypes
_ADVICE = {
    _ERRORS.ERR_NAME_REQUIRED: "a character that starts markup stands alone; write & as &amp; and < as &lt;",
    _ERRORS.ERR_ENTITYREF_SEMICOL_MISSING: "an & stands alone; write it as &amp;",
    _ERRORS.ERR_UNDECLARED_ENTITY: "only &amp; &lt; &gt; &quot; &apos; and numbers may stand between & and ;",
    _ERRORS.ERR_TAG_NAME_MISMATCH: "an end tag does not match its start tag; it ends as </name>, not <name/>",
    _ERRORS.ERR_TAG_NOT_FINISHED: "it ends too early; export it again, whole",
    _ERRORS.ERR_INVALID_ENCODING: "its bytes are not UTF-8; save it as UTF-8, or declare its encoding",
    _ERRORS.ERR_INVALID_CHAR: "it holds a character that XML forbids; take it out",
    _ERRORS.ERR_RESERVED_XML_NAME: "something stands before <?xml; take it away",
    _ERRORS.ERR_DOCUMENT_END: "something stands behind its end; take it away",
    _ERRORS.ERR_RESOURCE_LIMIT: "it is nested more than 256 deep, or one text of it is endless",
}
_OTHER_ADVICE = "mend it there, or export it again"


class ZynkFormatError(ValueError):
    """Bytes that are no Zynk document, or a text that none can hold; says where, and what to do.

    The text never quotes a value.
    """


def read_elements(chunks: Iterable[bytes], root: str, name: str) -> Iterator[etree._Element]:
    """Give each ``<name>`` right below ``<root>``, finished; namespaces do not matter.

    An element may be used until the next one is asked for. Raises ``ZynkFormatError`` for a DOCTYPE (before
    anything is parsed), another root, anything else right below the root, more than about twice
    ``RECORD_BYTES`` without a finished element, more than 256 levels, and for what is not well formed.
    """
    parser = etree.XMLPullParser(
        ("end",),
        tag=f"{{*}}{name}",
        encoding="utf-8",
        no_network=True,
        load_dtd=False,
        strip_cdata=False,
    )  # and no entities: only a DOCTYPE could declare them
    unfinished = 0
    for piece in _pieces(_without_doctype(_as_utf8(chunks), root)):
        broken = _feed(parser, piece)
        unfinished += len(piece)
        for _, element in parser.read_events():
            if isinstance(element, etree._Element) and _is_record(element):
                unfinished = 0
                _forget(element.itersiblings(preceding=True), name)
                yield element
        if broken:
            raise _malformed(broken)
        if unfinished > _UNFINISHED:
            raise ZynkFormatError(f"a {name} has more than {RECORD_BYTES} bytes; split or mend it")
    try:
        whole = parser.close()
    except etree.XMLSyntaxError as error:
        raise _malformed(error) from None
    _forget(iter(whole), name)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; ``""`` for a comment or a processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _feed(parser: etree.XMLPullParser, piece: bytes) -> etree.XMLSyntaxError | None:
    # What was finished before the error is still to be given.
    try:
        parser.feed(piece)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _is_record(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.getparent() is None


def _forget(siblings: Iterator[etree._Element], name: str) -> None:
    # Only what stands before the current record: libxml2 still appends to the text behind it.
    for sibling in list(siblings):
        found = local_name(sibling)
        if found and found != name:
            raise ZynkFormatError(
                f"line {sibling.sourceline}: {found[:60]} where only {name} may stand; mend the name"
            )
        parent = sibling.getparent()
        if parent is not None:
            parent.remove(sibling)


def _malformed(error: etree.XMLSyntaxError) -> ZynkFormatError:
    # libxml2's own text quotes the document, which may hold a customer.
    advice = _ADVICE.get(getattr(error, "code", 0), _OTHER_ADVICE)
    return ZynkFormatError(f"line {error.lineno}: it is not well-formed XML: {advice}")


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]


def _without_doctype(chunks: Iterator[bytes], root: str) -> Iterator[bytes]:
    head = b""
    for chunk in chunks:
        head += chunk
        if _starts(head, root):
            break
        if len(head) > _HEAD:
            raise ZynkFormatError(f"no {root} in its first {_HEAD} bytes; is it the right file?")
    else:
        raise ZynkFormatError(f"it ends before {root} begins; is it the right file?")
    yield head
    yield from chunks


def _starts(head: bytes, root: str) -> bool:
    prologue = _PROLOGUE.match(head)
    begin = prologue.end() if prologue else 0
    if found := _START.match(head, begin):
        name = found[1].decode("utf-8", "replace")
        if name != root:
            raise ZynkFormatError(f"its root is {name[:60]} and not {root}; is it the right file?")
        return True
    if head.startswith(b"<!", begin) and not _UNFINISHED_COMMENT.fullmatch(head, begin):
        raise ZynkFormatError("it holds a DOCTYPE, a web page's or an attack's; it is not read")
    if head[begin:] and not head.startswith(b"<", begin):
        raise ZynkFormatError("it is not XML; is it the right file?")
    return False


def _as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(chunks)
    head = b""
    for chunk in rest:
        head += chunk
        if len(head) >= _HEAD:
            break
    encoding, length = _encoding(head)
    if encoding == "utf-8":
        yield head[length:]
        yield from rest
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    try:
        for chunk in itertools.chain((head[length:],), rest):
            text = decoder.decode(chunk)
            yield text.encode()
            line += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise ZynkFormatError(f"behind line {line}: its bytes are not {encoding}; save it as UTF-8") from None


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return encoding, len(mark)
    if head.startswith((b"<\0", b"\0<")):
        return ("utf-16-le" if head[0] else "utf-16-be"), 0
    declared = _DECLARED.match(head)
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    # A declaration that can be read byte by byte is no UTF-16: .NET writes that over UTF-8 files.
    if encoding in ("utf-8", "utf8") or encoding.startswith("utf-16"):
        return "utf-8", 0
    if not _is_readable(encoding):
        raise ZynkFormatError(f"line 1: the encoding {encoding[:40]} is not read; save it as UTF-8")
    return encoding, 0


def _is_readable(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return _READABLE.fullmatch(encoding) is not None
