"""Writes the answer to a payload: each record with its status and its messages, in a stream.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, Final

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.ssc_message import Level, Message, nested_message, old_message, told
from customary.protocols.ssc_payload import ErrorContext
from customary.protocols.ssc_record import Record, without_answer
from customary.protocols.ssc_tree import CHUNK, PAYLOAD, ROOT, Attributes

SUCCESS: Final = "success"
FAIL: Final = "fail"
"""The values of ``status`` (section 4, documented)."""

Numbered = tuple[int, Message]
"""A message with its Reference: they are counted through the whole answer, from 1."""


class Answer(Struct, frozen=True, kw_only=True):
    """How one record fared."""

    record: Record
    """What is shown of it: its key elements on success, all that was sent on failure (section 4, guess)."""
    failed: bool = False
    messages: tuple[Message, ...] = ()


def write_answer(
    sections: Iterable[Record], answers: Iterable[Answer], errors: ErrorContext
) -> Iterator[str]:
    """Write an answer in the current format: the messages are the last child of their record.

    ``sections`` are those of the payload's header; ``errors`` says which messages are told, and how much of
    each. What XML cannot hold is replaced in messages; in records it is refused with ``SscFormatError``.
    """
    yield _beginning(sections)
    for answer, numbered in _numbered(answers, errors):
        record, _ = _marked(answer, numbered, "")
        if numbered:
            messages = [nested_message(message, number, errors.output) for number, message in numbered]
            told_of = Record("Messages", "", (), tuple(messages))
            record = replace(record, children=(*record.children, told_of))
        yield record.to_xml()
    yield f"</{PAYLOAD}></{ROOT}>"


def write_old_answer(
    sections: Iterable[Record], answers: Iterable[Answer], errors: ErrorContext, aside: BinaryIO
) -> Iterator[str]:
    """Write an answer in the old (5.1) format: all messages stand behind the payload.

    As ``write_answer``; until the records are written, the messages are kept in ``aside``, an empty file that
    can be read and written. Sections and fields at fault carry a status too (documented). Messages about the
    same element, or about the same record, have the same PayloadRef, since only that ties them to it.
    """
    yield _beginning(sections)
    for answer, numbered in _numbered(answers, errors):
        record, tied = _marked(answer, numbered, FAIL)
        yield record.to_xml()
        for reference, message in tied:
            aside.write(old_message(message, reference, errors.output).to_xml().encode())
    yield f"</{PAYLOAD}>"
    if aside.tell():
        aside.seek(0)
        yield "<ErrorMessages>"
        yield from codecs.iterdecode(iter(lambda: aside.read(CHUNK), b""), "utf-8")
        yield "</ErrorMessages>"
    yield f"</{ROOT}>"


def _beginning(sections: Iterable[Record]) -> str:
    return f"<{ROOT}>{''.join([part.to_xml() for part in sections])}<{PAYLOAD}>"


def _numbered(
    answers: Iterable[Answer], errors: ErrorContext
) -> Iterator[tuple[Answer, tuple[Numbered, ...]]]:
    number = 0
    for answer in answers:
        numbered = tuple(enumerate(told(answer.messages, errors.threshold), number + 1))
        number += len(numbered)
        yield answer, numbered


def _marked(answer: Answer, messages: Sequence[Numbered], status: str) -> tuple[Record, tuple[Numbered, ...]]:
    """Give the record with its status, and with a Reference at each element that a message is about.

    A message about no element, or about one that is not shown, is the record's. ``status`` is what the
    sections and fields that have an error carry. Also gives the messages with the Reference that leads to
    each: an element carries only one, that of its first message.
    """
    record = without_answer(answer.record)
    marks: dict[_Place, _Mark] = {}
    for number, message in messages:
        first = marks.setdefault(_place(message, record), _Mark(number))
        first.status = first.status or (status if message.level is Level.ERROR else "")
    marked, _ = _with_marks(record, (), marks) if marks else (record, "")
    tied: list[Numbered] = []
    own = 0
    for number, message in messages:
        mark = marks[_place(message, record)]
        own = own or (0 if mark.shown else number)
        tied.append((mark.reference if mark.shown else own, message))
    attributes: Attributes = (*marked.attributes, ("status", FAIL if answer.failed else SUCCESS))
    if own:
        attributes = (*attributes, ("Reference", str(own)))
    return replace(marked, attributes=attributes), tuple(tied)


_Path = tuple[str, ...]
_Place = tuple[_Path, str]
"""The path of an element within its record, and its text: an element is known by its value."""


class _Mark(Struct):
    """What is put at an element."""

    reference: int
    """That of the first message about it."""
    status: str = ""
    shown: bool = False
    """Whether the record has such an element."""


def _place(message: Message, record: Record) -> _Place:
    path = tuple(message.item.split("."))
    return path[1:] if path[0] == record.name else path, message.value


def _with_marks(record: Record, path: _Path, marks: Mapping[_Place, _Mark]) -> tuple[Record, str]:
    """Mark the first element of each place, in one go however many there are; a section has the status of
    what is marked in it, which is also given."""
    children: list[Record] = []
    status = ""
    for child in record.children:
        place = (*path, child.name)
        found, grave = _with_marks(child, place, marks) if child.children else (child, "")
        mark = marks.get((place, child.text))
        if mark and not mark.shown:
            mark.shown = True
            found, grave = _with(found, "Reference", str(mark.reference)), grave or mark.status
        children.append(_with(found, "status", grave))
        status = status or grave
    return replace(record, children=tuple(children)), status


def _with(record: Record, name: str, value: str) -> Record:
    if not value or record.attribute(name):
        return record
    return replace(record, attributes=(*record.attributes, (name, value)))
