"""Payloads: what a client sends to a component, read in a stream and written in one.

``inspect`` settles in a first pass that the whole document can be read, so that nothing is carried out of one
that cannot; ``records`` then gives the records, and meets no error any more. Both read a binary stream from
where it stands to its end, and hold one record at a time.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final, TypeVar

from msgspec import Struct

from customary.protocols.ssc_format import SscFormatError, shown
from customary.protocols.ssc_record import Record, section
from customary.protocols.ssc_tree import PAYLOAD, ROOT, Readable, parts

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
"""A payload must begin with it (section 2, documented)."""

QUERY_PARTS: Final = frozenset({"Filter", "Select", "OutputLimit"})
"""What stands beside the records, or instead of them, in the payload of a Query (section 6)."""

MOST_NAMES: Final = 16
"""The most sections, and the most different names of records, in one payload; more are a mistake."""

_ERROR_CONTEXT = "ErrorContext"
_Number = TypeVar("_Number", bound=IntEnum)


class ErrorOutput(IntEnum):
    """How much a message tells (section 4: 0 and 1 documented, 2 and 3 guess)."""

    LIMITED = 0
    NORMAL = 1
    EXTENDED = 2
    DEBUG = 3


class ErrorThreshold(IntEnum):
    """Which messages are answered (section 4: names documented, numbers guess)."""

    ERROR = 0
    WARNING = 1
    INFORMATION = 2


class ErrorContext(Struct, frozen=True, kw_only=True):
    """How a client wants messages; what it does not say, or says in a way that is not known, is the
    default."""

    latest: bool = False
    """CompatibilityMode 1: the latest format, whatever the server's default is."""
    output: ErrorOutput = ErrorOutput.NORMAL
    threshold: ErrorThreshold = ErrorThreshold.ERROR


class Header(Struct, frozen=True, kw_only=True):
    """All that a payload says beside its records, and what they are."""

    errors: ErrorContext
    user: str
    """The operator, from ``<User><Name>X``, ``<User>X`` or ``""`` for ``<User/>`` and none (section 2)."""
    business_unit: str
    """``""`` where none is given."""
    sections: tuple[Record, ...]
    """Every child of SSC but ErrorContext, Payload and a Query's parts: what an answer retains (section
    4)."""
    query: tuple[Record, ...]
    """``Filter``, ``Select`` and ``OutputLimit``, wherever they stood."""
    count: int
    """How many records there are."""
    names: tuple[str, ...]
    """The different names of the records, in the order of their first."""

    def section(self, name: str) -> Record:
        """Give a section, such as ``MethodContext``; an empty one when it is not there."""
        return _first(self.sections, name)


def inspect(stream: Readable, encoding: str = "") -> Header:
    """Read a whole payload and give its header.

    ``encoding`` overrides what the document declares; what SOAP carried is ``utf-8`` whatever it declares.
    Raises ``SscFormatError`` for all that ``parts`` refuses, and for no Payload or a section that comes
    twice.
    """
    sections: list[Record] = []
    query: list[Record] = []
    names: dict[str, int] = {}
    for parent, part in parts(stream, encoding):
        if part.name in QUERY_PARTS:
            query.append(part)
        elif parent == ROOT:
            sections.append(part)
        elif parent == PAYLOAD:
            names[part.name] = names.get(part.name, 0) + 1
        if max(len(sections), len(query), len(names)) > MOST_NAMES:
            raise SscFormatError(
                f"More than {MOST_NAMES} sections, or records of so many names, are in the payload."
            )
    return _header(sections, query, names)


def records(stream: Readable, encoding: str = "") -> Iterator[Record]:
    """Read a payload that ``inspect`` has taken, and give its records one by one, without a Query's parts."""
    for parent, part in parts(stream, encoding):
        if parent == PAYLOAD and part.name not in QUERY_PARTS:
            yield part


def context(user: str, business_unit: str, errors: ErrorContext | None = None) -> tuple[Record, ...]:
    """Make the sections that a payload begins with (section 2, documented); no ErrorContext, system
    defaults."""
    told = [_error_section(errors)] if errors else []
    name = {"Name": user} if user else {}
    return (*told, section("User", name), section("SunSystemsContext", {"BusinessUnit": business_unit}))


def write_payload(sections: Iterable[Record], content: Iterable[Record]) -> Iterator[str]:
    """Write a payload with ``content`` in it: records, or a Query's parts. Gives it piece by piece.

    Raises ``SscFormatError``, at that record, for what XML cannot hold.
    """
    yield f"{DECLARATION}<{ROOT}>"
    for part in sections:
        yield part.to_xml()
    yield f"<{PAYLOAD}>"
    for record in content:
        yield record.to_xml()
    yield f"</{PAYLOAD}></{ROOT}>"


def _header(sections: list[Record], query: list[Record], names: dict[str, int]) -> Header:
    seen = [part.name for part in (*sections, *query)]
    if PAYLOAD not in seen:
        raise SscFormatError("SSC holds no Payload: put the records into one.")
    for name in seen:
        if seen.count(name) > 1:
            raise SscFormatError(f'SSC holds "{shown(name)}" twice: send it once.')
    user = _first(sections, "User")
    units = _first(sections, "SunSystemsContext").all("BusinessUnit")
    if len(units) > 1:
        raise SscFormatError("SunSystemsContext holds BusinessUnit twice: say which one is meant.")
    return Header(
        errors=_errors(_first(sections, _ERROR_CONTEXT)),
        user=(_first(user.children, "Name").text if user.children else user.text).strip(),
        business_unit=_first(units, "BusinessUnit").text.strip(),
        sections=tuple([part for part in sections if part.name not in (PAYLOAD, _ERROR_CONTEXT)]),
        query=tuple(query),
        count=sum(names.values()),
        names=tuple(names),
    )


def _first(found: Iterable[Record], name: str) -> Record:
    return next((part for part in found if part.name == name), Record(name))


def _errors(told: Record) -> ErrorContext:
    mode, output, threshold = (
        _first(told.children, name).text.strip()
        for name in ("CompatibilityMode", "ErrorOutput", "ErrorThreshold")
    )
    return ErrorContext(
        latest=mode == "1",
        output=_one_of(ErrorOutput, output, ErrorOutput.NORMAL),
        threshold=_one_of(ErrorThreshold, threshold, ErrorThreshold.ERROR),
    )


def _one_of(kind: type[_Number], text: str, default: _Number) -> _Number:
    """Read a number or a name, in any case."""
    return next((one for one in kind if text.upper() in (str(one.value), one.name)), default)


def _error_section(errors: ErrorContext) -> Record:
    return section(
        _ERROR_CONTEXT,
        {
            "CompatibilityMode": str(int(errors.latest)),
            "ErrorOutput": str(errors.output.value),
            "ErrorThreshold": str(errors.threshold.value),
        },
    )
