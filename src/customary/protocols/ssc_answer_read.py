"""Reads the answer to a payload, in every form that is known: what became of each record, and why.

As with a payload there are two passes over the same stream: ``inspect_answer`` collects what stands outside
the records, ``answered`` then gives them one by one.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.ssc_answer import FAIL, SUCCESS
from customary.protocols.ssc_message import Level, Message, read_message
from customary.protocols.ssc_record import Record, without_answer
from customary.protocols.ssc_tree import ERROR_MESSAGES, PAYLOAD, Readable, parts

MOST_KEPT: Final = 20_000
"""The most messages of the old format that are kept, and the most references that these are looked for by:
they stand behind the records that they are about."""

_MESSAGES: Final = frozenset({ERROR_MESSAGES, "Messages"})


class AnswerHeader(Struct, frozen=True, kw_only=True):
    """What an answer says beside its records."""

    messages: tuple[Message, ...]
    """Those about no record: of the request as a whole."""
    referred: dict[str, tuple[Record, ...]]
    """PayloadRef -> the messages of the old format that it leads to."""
    count: int
    """How many records there are."""
    left_out: int = 0
    """How many messages were not kept, because there are more than ``MOST_KEPT`` outside the records."""


class Answered(Struct, frozen=True, kw_only=True):
    """What became of one record."""

    record: Record
    """What is shown of it, without status, references and messages: at least its key elements."""
    status: str
    """``success``, ``fail``, another word in small letters, or ``""``, as in the output of a Query."""
    failed: bool
    """By its status; without one, whether there is an error about it. A warning is no failure
    (documented)."""
    messages: tuple[Message, ...]


def inspect_answer(stream: Readable, encoding: str = "") -> AnswerHeader:
    """Read a whole answer, and give what it says beside its records.

    Raises ``SscFormatError`` for what is no answer; what SunSystems says in plain text instead of one is then
    found by ``plain_text``.
    """
    references: set[str] = set()
    referred: dict[str, list[Record]] = {}
    general: list[Message] = []
    count = outside = 0
    for parent, part in parts(stream, encoding):
        if parent == PAYLOAD and part.name not in _MESSAGES:
            count += 1
            if len(references) < MOST_KEPT:
                references.update(reference for reference, _, _ in _references(part, ""))
            continue
        for message in (part,) if parent == ERROR_MESSAGES else _all_in(part):
            outside += 1
            reference = "".join([element.text for element in message.all("PayloadRef")]).strip()
            if outside > MOST_KEPT:
                continue
            if reference in references or (reference and len(references) >= MOST_KEPT):
                referred.setdefault(reference, []).append(message)
            else:
                general.append(read_message(message))
    return AnswerHeader(
        messages=tuple(general),
        referred={reference: tuple(found) for reference, found in referred.items()},
        count=count,
        left_out=max(0, outside - MOST_KEPT),
    )


def _all_in(part: Record) -> tuple[Record, ...]:
    return part.all("Message") if part.name in _MESSAGES else ()


def answered(stream: Readable, header: AnswerHeader, encoding: str = "") -> Iterator[Answered]:
    """Read an answer that ``inspect_answer`` has taken, and give what became of each record."""
    for parent, part in parts(stream, encoding):
        if parent == PAYLOAD and part.name not in _MESSAGES:
            yield _answered(part, header)


def plain_text(start: bytes, most: int = 2000) -> str:
    """Give what an answer says that is no XML, such as the text of an exception (section 5), on one line.

    ``start`` is its beginning; ``""`` when that is XML or empty.
    """
    text = start.decode("utf-8", "replace").lstrip("\ufeff").strip()
    return "" if text.startswith("<") else " ".join(text.split())[:most]


def _answered(part: Record, header: AnswerHeader) -> Answered:
    status = part.attribute("status").strip().lower()
    otherwise = Level.WARNING if status == SUCCESS else Level.ERROR
    places = {reference: (item, value) for reference, item, value in _references(part, "")}
    nested = [(message.attribute("Reference").strip(), message) for message in _nested(part)]
    referred = [(place, message) for place in places for message in header.referred.get(place, ())]
    messages = tuple(
        [
            _placed(read_message(message, otherwise), places.get(reference, ("", "")))
            for reference, message in (*nested, *referred)
        ]
    )
    failed = status == FAIL
    if status not in (SUCCESS, FAIL):
        failed = any(message.level is Level.ERROR for message in messages)
    return Answered(record=without_answer(part), status=status, failed=failed, messages=messages)


def _nested(record: Record) -> Iterator[Record]:
    """Give the messages inside a record, wherever they are."""
    for child in record.children:
        if child.name in _MESSAGES:
            yield from child.all("Message")
        else:
            yield from _nested(child)


def _references(record: Record, above: str) -> Iterator[tuple[str, str, str]]:
    """Give each Reference in a record, with the path and the value of the element that has it.

    The record's own leads to no element, and so has no path.
    """
    path = f"{above}.{record.name}" if above else record.name
    if reference := record.attribute("Reference").strip():
        yield (reference, path, record.text) if above else (reference, "", "")
    for child in record.children:
        if child.name not in _MESSAGES:
            yield from _references(child, path)


def _placed(message: Message, place: tuple[str, str]) -> Message:
    """Say which element a message is about, where it does not say so itself."""
    item, value = place
    return message if message.item or not item else replace(message, item=item, value=message.value or value)
