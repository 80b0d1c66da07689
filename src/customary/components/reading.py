"""Reading a record's elements into values, with everything that is wrong with them, not only the first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from customary.components.elements import IGNORED, SPELLINGS, Element, Elements, Kind, Section
from customary.components.values import read_value
from customary.protocols.ssc_message import Level, Message
from customary.protocols.ssc_record import Record
from customary.store.folding import fold

Values = dict[str, str]
"""Element -> value; ``""`` is an element that was sent empty, one that is missing was not sent."""

KEY_BREAK = "\t"
"""What stands between the parts of a key; no code holds it."""


class Way(Struct, frozen=True, kw_only=True):
    """How a request's records are read."""

    lenient: bool
    """Whether the driver is SASI."""
    unknown: str
    """``ignore``, ``warn`` or ``refuse`` elements that are not known."""


def key_of(values: Mapping[str, str], names: Sequence[str]) -> str:
    """Give the key that these elements make; folded, since codes compare without case."""
    return KEY_BREAK.join(fold(values.get(name, "")) for name in names)


def error(text: str, item: str = "", value: str = "") -> Message:
    """Make an error about a record or an element of it."""
    return Message(text=text, item=item, value=value)


def warning(text: str, item: str = "", value: str = "") -> Message:
    """Make a warning about a record or an element of it."""
    return Message(level=Level.WARNING, text=text, item=item, value=value)


def read_values(
    record: Record, elements: Elements, held: Mapping[str, str], way: Way, path: str
) -> tuple[Values, list[Message]]:
    """Read the elements of a record that are in the table; what else it holds is not looked at.

    A text that is what is ``held`` already is always taken: a Query's output may be sent back. ``path`` is
    where the record stands, to name elements by.
    """
    values: Values = {}
    notes: list[Message] = []
    for child in record.children:
        name = SPELLINGS.get(child.name, child.name)
        element = elements.get(name)
        if element is None:
            continue
        item = f"{path}.{child.name}"
        if child.children:
            notes.append(error(f"{child.name} holds elements where a value should be", item))
        elif name in values:
            notes.append(error(f"{child.name} is sent twice", item, child.text))
        elif child.text == "" or child.text == held.get(name):
            values[name] = child.text
        else:
            try:
                values[name] = read_value(element, child.text, lenient=way.lenient)
            except ValueError as wrong:
                notes.append(error(f"{child.name} {wrong}", item, child.text))
                values[name] = held.get(name, "")
    return values, notes


def missing(record: Record, names: Sequence[str], path: str, what: str) -> list[Message]:
    """Name every mandatory element that has no value."""
    sent = {SPELLINGS.get(child.name, child.name): child.text for child in record.children}
    return [
        error(f"{name} must be present in the payload, for {what}", f"{path}.{name}", sent.get(name, ""))
        for name in names
        if not sent.get(name, "").strip()
    ]


def unknown(record: Record, elements: Elements, nodes: Collection[str], way: Way, path: str) -> list[Message]:
    """Tell the elements that the component does not know, if that is wanted."""
    if way.unknown == "ignore":
        return []
    make = error if way.unknown == "refuse" else warning
    names = dict.fromkeys(child.name for child in record.children)
    return [
        make(f"{name} is not known here and is not applied", f"{path}.{name}")
        for name in names
        if SPELLINGS.get(name, name) not in elements and name not in nodes and name not in IGNORED
    ]


def read_section(
    record: Record, section: Section, held: Mapping[str, Mapping[str, str]], way: Way, path: str
) -> tuple[dict[str, Values], list[Message]]:
    """Read all child records of one kind: key -> values, in their order."""
    found: dict[str, Values] = {}
    notes: list[Message] = []
    at = f"{path}.{section.node}"
    for child in record.all(section.node):
        absent = missing(child, section.mandatory, at, section.node)
        notes += absent or ()
        notes += unknown(child, section.elements, (), way, at) if not section.extensible else ()
        keys, _ = read_values(child, _only(section.elements, section.keys), {}, way, at)
        key = key_of(keys, section.keys)
        values, wrong = read_values(child, _all(section, child), held.get(key, {}), way, at)
        notes += wrong
        if absent:
            continue
        if found.setdefault(key, values) != values:
            shown = " ".join([section.node, *[values.get(name, "") for name in section.keys]])
            notes.append(error(f"{shown} is sent twice, each time in another way", at))
    return found, notes


def absent_in(record: Record, sections: Iterable[Section], path: str) -> list[Message]:
    """Name every mandatory element that a record's children lack; nothing else is looked at."""
    return [
        note
        for section in sections
        for child in record.all(section.node)
        for note in missing(child, section.mandatory, f"{path}.{section.node}", section.node)
    ]


def _only(elements: Elements, names: Sequence[str]) -> Elements:
    return {name: elements[name] for name in names}


def _all(section: Section, record: Record) -> Elements:
    """The section's elements; with those that are sent beside them where their names are unknown."""
    if not section.extensible:
        return section.elements
    sent = {
        child.name: Element(name=child.name, kind=Kind.TEXT, length=255)
        for child in record.children
        if child.name not in SPELLINGS and child.name not in IGNORED and not child.children
    }
    return {**sent, **section.elements}
