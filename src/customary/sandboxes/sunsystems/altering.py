"""What the faults about records do to a payload on its way to the server, and to its answer."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.ssc import (
    Answer,
    ErrorContext,
    ErrorThreshold,
    Header,
    Level,
    Message,
    Record,
    answered,
    context,
    inspect,
    inspect_answer,
    records,
    write_answer,
    write_old_answer,
    write_payload,
)
from customary.sandboxes.faults import Fault
from customary.sandboxes.sunsystems.state import fold

_KEY = "CustomerCode"
_REFUSED = {"record_refused", "record_aborted"}


class Batch(Struct, frozen=True):
    """A payload that could be read."""

    header: Header
    records: tuple[Record, ...]

    @property
    def customers(self) -> frozenset[str]:
        """The customers that it is about, folded."""
        return frozenset(_code(record) for record in self.records) - {""}


def read_batch(payload: bytes) -> Batch:
    """Read a payload. Raises ``SscFormatError``."""
    header = inspect(io.BytesIO(payload), "utf-8")
    return Batch(header, tuple(records(io.BytesIO(payload), "utf-8")))


def struck(batch: Batch, faults: Iterable[Fault]) -> dict[int, Fault]:
    """Tell which records the faults about records strike, by their place."""
    found: dict[int, Fault] = {}
    for fault in faults:
        if fault.kind in _REFUSED or fault.kind == "record_warned":
            wanted = fold(fault.customer)
            places = [n for n, record in enumerate(batch.records) if _code(record) == wanted]
            for place in places if wanted else range(min(1, len(batch.records))):
                found[place] = fault
    return found


def refusable(batch: Batch, faults: Mapping[int, Fault]) -> str:
    """Write the payload with each record that shall fail so that the server refuses it: without its key.

    Where it is left out instead, CreateReplaceOrDelete would delete its customer.
    """
    refused = {place for place, fault in faults.items() if fault.kind in _REFUSED}
    sent = [
        _without_key(record) if place in refused else record for place, record in enumerate(batch.records)
    ]
    errors = context("", "", batch.header.errors)[:1]
    content = (*batch.header.query, *sent)
    return "".join(write_payload((*errors, *batch.header.sections), content))


def altered(answer: str, batch: Batch, faults: Mapping[int, Fault], asked: tuple[str, str]) -> str:
    """Write an answer with the messages of the faults, which name component and method."""

    def told(found: Iterator[Answer]) -> Iterator[Answer]:
        for place, one in enumerate(found):
            fault = faults.get(place)
            yield _spoiled(one, batch.records[place], fault, asked) if fault else one

    errors = batch.header.errors
    if any(fault.kind == "record_warned" for fault in faults.values()):
        errors = replace(errors, threshold=max(errors.threshold, ErrorThreshold.WARNING))
    return _rewritten(answer, lambda sections, found: write_answer(sections, told(found), errors))


def old_format(answer: str, errors: ErrorContext) -> str:
    """Write an answer in the old format."""
    aside = io.BytesIO()
    return _rewritten(answer, lambda sections, found: write_old_answer(sections, found, errors, aside))


def _rewritten(
    answer: str,
    write: Callable[[tuple[Record, ...], Iterator[Answer]], Iterator[str]],
) -> str:
    content = answer.encode()
    sections = inspect(io.BytesIO(content), "utf-8").sections
    header = inspect_answer(io.BytesIO(content), "utf-8")
    found = (
        Answer(record=one.record, failed=one.failed, messages=one.messages)
        for one in answered(io.BytesIO(content), header, "utf-8")
    )
    kept = tuple(section for section in sections if section.name != "ErrorMessages")
    return "".join(write(kept, found))


def _spoiled(answer: Answer, sent: Record, fault: Fault, asked: tuple[str, str]) -> Answer:
    component, method = asked
    if fault.kind == "record_warned":
        text = fault.text or "The credit limit is zero."
        note = Message(level=Level.WARNING, text=text, component=component, method=method)
        return replace(answer, messages=(*answer.messages, note))
    text = fault.text or "The record is locked by another user."
    told = Message(text=text, component=component, method=method)
    if fault.kind == "record_aborted":
        told = replace(
            told, text="Abort()  ", number="2527", cause=text, item=f"{component}.{_KEY}", value=_key(sent)
        )
    return Answer(record=sent, failed=True, messages=(told,))


def _without_key(record: Record) -> Record:
    children = [replace(child, text="") if child.name == _KEY else child for child in record.children]
    return replace(record, children=tuple(children))


def _key(record: Record) -> str:
    return str(record.value(_KEY) or "")


def _code(record: Record) -> str:
    return fold(_key(record).strip())
