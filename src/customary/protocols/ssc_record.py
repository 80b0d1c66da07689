"""One record of a payload as a small frozen tree, and how it is written.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from customary.protocols.ssc_format import SscFormatError, shown
from customary.protocols.xml import escape_attribute, escape_text, forbidden, is_name, without_forbidden

Text = str | UnsetType
"""What a record says of an element (section 3): ``UNSET``, it is missing; ``""``, it is empty; else its text.
Blanks are a text, and line feeds are kept."""

_ANSWERED: Final = frozenset({"status", "Reference"})
_MESSAGES: Final = "Messages"


class Record(Struct, frozen=True):
    """An element with all that is in it: a record, a child of one, or one field.

    Names have no namespace prefix. Two records with the same children in another order say the same, though
    they are not equal: the order is kept only so that an answer looks like its input.
    """

    name: str
    text: str = ""
    """The text of an element without children, exactly; of one with children, what is not just layout."""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Record, ...] = ()

    def all(self, name: str) -> tuple[Record, ...]:
        """Give the children of this name, in their order."""
        return tuple([child for child in self.children if child.name == name])

    def value(self, name: str) -> Text:
        """Give the text of the first child of this name; ``UNSET`` when there is none."""
        for child in self.children:
            if child.name == name:
                return child.text
        return UNSET

    def values(self) -> dict[str, str]:
        """Give the texts of all children by name, the first one's where a name repeats; for reading many."""
        return {child.name: child.text for child in reversed(self.children)}

    def attribute(self, name: str) -> str:
        """Give an attribute's value; ``""`` when there is none."""
        for key, value in self.attributes:
            if key == name:
                return value
        return ""

    def to_xml(self) -> str:
        """Write the element. Raises ``SscFormatError`` for a name or a character that XML cannot hold.

        ``cleaned`` takes such characters out beforehand, where that is better than refusing.
        """
        parts: list[str] = []
        _write(self, parts)
        return "".join(parts)


def field(name: str, text: str) -> Record:
    """Make a field: an element with text only."""
    return Record(name, text)


def section(name: str, fields: Mapping[str, str], children: Iterable[Record] = ()) -> Record:
    """Make an element of fields, in their order, and of further children behind them."""
    return Record(name, "", (), (*map(Record, fields, fields.values()), *children))


def cleaned(record: Record) -> Record:
    """Put U+FFFD for every character that XML cannot hold, in texts and attributes."""
    return replace(
        record,
        text=without_forbidden(record.text),
        attributes=tuple([(name, without_forbidden(value)) for name, value in record.attributes]),
        children=tuple([cleaned(child) for child in record.children]),
    )


def shortened(record: Record, most: int) -> Record:
    """Cut every text that is longer than ``most`` characters."""
    if all(len(element.text) <= most for element in elements(record)):
        return record
    children = tuple([shortened(child, most) for child in record.children])
    return replace(record, text=record.text[:most], children=children)


def without_answer(record: Record) -> Record:
    """Take out what an answer had put in: ``status``, ``Reference`` and ``Messages``, at any depth.

    An answer, and the output of a Query, may be edited and sent back (section 6, documented).
    """
    if not _has_answer(record):
        return record
    return replace(
        record,
        attributes=tuple([pair for pair in record.attributes if pair[0] not in _ANSWERED]),
        children=tuple([without_answer(child) for child in record.children if child.name != _MESSAGES]),
    )


def without_dots(record: Record) -> Record:
    """Write ``<A.B>`` out as ``<A><B>``, as the page's names for deleting child data may be meant (section 8,
    guess).

    What belongs to the same ``A`` stands together, as often as ``A.B`` comes; only the record's own children.
    """
    if not any("." in child.name for child in record.children):
        return record
    children: list[Record] = []
    last: dict[str, tuple[int, set[str]]] = {}
    written: dict[int, list[Record]] = {}
    for child in record.children:
        parent, dot, name = child.name.partition(".")
        place, names = last.get(parent, (-1, set()))
        if not dot or place < 0 or name in names:
            place, names = len(children), set() if dot else {inner.name for inner in child.children}
            last[parent] = place, names
            children.append(Record(parent) if dot else child)
        if dot:
            names.add(name)
            written.setdefault(place, []).append(replace(child, name=name))
    for place, inner in written.items():
        children[place] = replace(children[place], children=(*children[place].children, *inner))
    return replace(record, children=tuple(children))


def elements(record: Record) -> Iterator[Record]:
    """Give the record and all that is below it, from the top."""
    yield record
    for child in record.children:
        yield from elements(child)


def _has_answer(record: Record) -> bool:
    return any(
        element.name == _MESSAGES or any(name in _ANSWERED for name, _ in element.attributes)
        for element in elements(record)
    )


def _write(record: Record, parts: list[str]) -> None:
    name, text = record.name, record.text
    if not is_name(name):
        raise SscFormatError(f'"{shown(name)}" cannot be the name of an element.')
    if bad := forbidden(text):
        raise SscFormatError(f"{name} holds the character {bad}, which XML cannot.")
    parts.append(f"<{name}")
    for key, value in record.attributes:
        if not is_name(key) or forbidden(value):
            raise SscFormatError(f"{name} has an attribute that XML cannot hold.")
        parts.append(f' {key}="{escape_attribute(value)}"')
    if record.children:
        parts.append(f">{escape_text(text)}")
        for child in record.children:
            _write(child, parts)
        parts.append(f"</{name}>")
    elif text:
        parts.append(f">{escape_text(text)}</{name}>")
    else:
        parts.append("/>")
