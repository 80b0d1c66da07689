"""Codes held against the business unit's closed reference lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from customary.components.elements import Elements, Kind
from customary.components.reading import error
from customary.components.work import Work
from customary.protocols.ssc_message import Message
from customary.store import accounts, reference_lists
from customary.store.folding import fold

ACCOUNT = "account"
"""The list that a unit's own accounts belong to."""


class References:
    """The closed lists, as far as one page has asked for them."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: dict[tuple[str, str], bool] = {}

    def closed(self, name: str) -> bool:
        """Tell whether a code must be in this list."""
        return name in self._work.rules.closed

    def knows(self, name: str, code: str) -> bool:
        """Tell whether a list has a code, in any spelling."""
        place = (name, fold(code))
        if place not in self._known:
            self._known[place] = self._ask(name, code)
        return self._known[place]

    def _ask(self, name: str, code: str) -> bool:
        connection, unit = self._work.connection, self._work.unit
        if name == ACCOUNT and accounts.find(connection, unit, [code]):
            return True
        return bool(reference_lists.known(connection, unit, name, [code]))

    def check(
        self, values: Mapping[str, str], held: Mapping[str, str], elements: Elements, path: str
    ) -> Iterator[Message]:
        """Name every code that is new here and that its list does not have."""
        for name, value in values.items():
            element = elements.get(name)
            if not value or element is None or element.kind is not Kind.CODE or not element.reference:
                continue
            if fold(held.get(name, "")) == fold(value) or not self.closed(element.reference):
                continue
            if not self.knows(element.reference, value):
                text = f"{name} {value} is not in the reference list '{element.reference}', which is closed"
                yield error(text, f"{path}.{name}", value)
