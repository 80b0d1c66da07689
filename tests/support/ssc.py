"""Hypothesis strategies for SunSystems Connect: records and texts that XML can carry."""

from __future__ import annotations

import io

from hypothesis import settings
from hypothesis import strategies as st

from customary.protocols.ssc import Record
from tests.support.values import xml_texts

law = settings(max_examples=50, deadline=None)
"""How the laws about records are tried: a slow machine breaks no law."""

names = st.sampled_from(["Customer", "CustomerCode", "Name", "Größe", "A.B", "Tax", "_x-1"])
attributes = st.dictionaries(st.sampled_from(["status", "Reference", "a", "b"]), xml_texts, max_size=2).map(
    lambda pairs: tuple(pairs.items())
)
leaves = st.builds(Record, names, xml_texts, attributes)


def without_layout(text: str) -> str:
    """Take off what is not kept around the text of an element with children."""
    return text.strip(" \t\r\n")


def branches(children: st.SearchStrategy[Record]) -> st.SearchStrategy[Record]:
    """An element with children; its own text has no layout around it, since that is not kept."""
    return st.builds(
        Record,
        names,
        xml_texts.map(without_layout),
        attributes,
        st.lists(children, min_size=1, max_size=4).map(tuple),
    )


records = st.recursive(leaves, branches, max_leaves=8)
"""Records of any shape, as they are read: ``Record.to_xml`` loses nothing of them."""

lines = st.lists(st.text("aä&<>\"']", min_size=1, max_size=4), max_size=3).map(" ".join)
"""Texts of messages, which are read on one line."""


class Trickle(io.RawIOBase):
    """A stream that gives as little at a time as it is told to."""

    def __init__(self, content: bytes, step: int) -> None:
        self._content = io.BytesIO(content)
        self._step = step

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(self._step if size < 0 else min(size, self._step))
