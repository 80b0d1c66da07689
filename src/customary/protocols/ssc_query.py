"""What a Query asks for: which records, which elements of them, and how much at most.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``), here always section 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.ssc_filter import Condition, read_filter, write_filter
from customary.protocols.ssc_format import SscFormatError, shown
from customary.protocols.ssc_record import Record, field

EVERYTHING = "*"
"""As the text of an element in a Select: all that it has."""

_MOST_DIGITS = 18


class Selected(Struct, frozen=True):
    """An element that is wanted."""

    name: str
    children: tuple[Selected, ...] = ()
    """What is wanted of it; all that it has when there are none."""

    def to_record(self) -> Record:
        """Give the element as it stands in a Select."""
        return Record(self.name, "", (), tuple([child.to_record() for child in self.children]))


class Query(Struct, frozen=True, kw_only=True):
    """What a Query asks for."""

    condition: Condition | None = None
    """``None``: every record."""
    selected: Selected | None = None
    """The component with what is wanted of it; ``None``: everything."""
    most_bytes: int = 0
    """OutputLimit: after the record that reaches it, no more come. 0 for no limit."""

    def to_records(self) -> Iterator[Record]:
        """Give the parts of the payload that ask for it; the strict form that is documented."""
        if self.condition:
            yield write_filter(self.condition)
        if self.selected:
            yield Record("Select", "", (), (_starred(self.selected),))
        if self.most_bytes:
            yield field("OutputLimit", str(self.most_bytes))


def read_query(parts: Iterable[Record]) -> Query:
    """Read the ``query`` of a payload's header.

    Raises ``SscFormatError`` for a Filter that makes no sense, a Select of several components and an
    OutputLimit that is no whole number.
    """
    query = Query()
    for part in parts:
        match part.name:
            case "Filter":
                query = replace(query, condition=read_filter(part))
            case "Select":
                query = replace(query, selected=_select(part))
            case "OutputLimit":
                query = replace(query, most_bytes=_limit(part.text.strip()))
    return query


def pick(record: Record, selected: Selected, keys: frozenset[str] = frozenset()) -> Record:
    """Keep of a record what is selected, and its own fields named in ``keys``, which help to tell it
    apart."""
    if not selected.children:
        return record
    wanted = {child.name: child for child in selected.children}
    kept = [
        pick(child, wanted[child.name]) if child.name in wanted else child
        for child in record.children
        if child.name in wanted or child.name in keys
    ]
    return replace(record, children=tuple(kept))


def _starred(selected: Selected) -> Record:
    return selected.to_record() if selected.children else field(selected.name, EVERYTHING)


def _select(element: Record) -> Selected | None:
    if len(element.children) > 1:
        raise SscFormatError(
            f'A Select holds "{shown(element.children[1].name)}" beside '
            f'"{shown(element.children[0].name)}": put all that is wanted into one.'
        )
    return _selected(element.children[0]) if element.children else None


def _selected(element: Record) -> Selected:
    """Read what is wanted; the text of a leaf does not matter, since clients put anything there."""
    if element.text.strip() == EVERYTHING:
        return Selected(element.name)
    wanted: dict[str, Selected] = {}
    for child in element.children:
        more = _selected(child)
        wanted[child.name] = _both(wanted[child.name], more) if child.name in wanted else more
    return Selected(element.name, tuple(wanted.values()))


def _both(one: Selected, other: Selected) -> Selected:
    """Join what is said twice of one element."""
    if not one.children or not other.children:
        return Selected(one.name)
    named = {child.name: child for child in one.children}
    for child in other.children:
        named[child.name] = _both(named[child.name], child) if child.name in named else child
    return Selected(one.name, tuple(named.values()))


def _limit(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise SscFormatError("An OutputLimit is a whole number of bytes.")
    return int(text)
