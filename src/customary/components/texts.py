"""Standard texts that are attached by key: a missing one is made, an existing one is never amended so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from customary.components.elements import STANDARD_TEXT, TEXT_KEYS
from customary.components.reading import Values, key_of, missing, read_values, warning
from customary.components.work import Work
from customary.protocols.ssc_message import Message
from customary.protocols.ssc_record import Record
from customary.store import standard_texts

NODE = "StandardText"
LANGUAGE_NODE = "StandardTextLang"
WRAPPER = "AnalysisCodes"
"""The page's example, copied from another component, has the text in it."""


def sent_texts(record: Record) -> Iterator[Record]:
    """Give every StandardText of a record, where the pages show it."""
    yield from record.all(NODE)
    for wrapper in record.all(WRAPPER):
        yield from wrapper.all(NODE)


class TextPage:
    """The standard texts that one page's records name."""

    def __init__(self, work: Work, records: Iterable[Record]) -> None:
        self._work = work
        sent = [text for record in records for node in sent_texts(record) for text in node.all(LANGUAGE_NODE)]
        keys = {key_of(self._values(text, "")[0], TEXT_KEYS) for text in sent}
        self._held: Mapping[str, Values] = standard_texts.find(work.connection, work.unit, sorted(keys))
        self._made: dict[str, Values] = {}

    def read(self, record: Record, path: str) -> tuple[dict[str, Values], list[Message]]:
        """Read the texts to attach: key -> elements, and what is wrong with them."""
        found: dict[str, Values] = {}
        notes: list[Message] = []
        at = f"{path}.{NODE}"
        for node in sent_texts(record):
            if not self._work.method.attaches_texts:
                text = f"{NODE} is not attached by {self._work.method.name}; the method does not support it"
                return {}, [warning(text, at)]
            if not node.all(LANGUAGE_NODE):
                notes.append(
                    warning(f"{NODE} is not applied: its keys must stand inside {LANGUAGE_NODE}", at)
                )
            for one in node.all(LANGUAGE_NODE):
                inside = f"{at}.{LANGUAGE_NODE}"
                absent = missing(one, TEXT_KEYS, inside, "a standard text")
                values, wrong = self._values(one, inside)
                notes += [*absent, *wrong]
                if not absent:
                    found[key_of(values, TEXT_KEYS)] = values
        return found, notes

    def fresh(self, texts: Mapping[str, Values]) -> dict[str, Values]:
        """Give those of the texts that must be made, without what was sent empty."""
        return {
            key: {name: value for name, value in values.items() if value}
            for key, values in texts.items()
            if key not in self._held and key not in self._made
        }

    def note(self, texts: Mapping[str, Values]) -> None:
        """Let the records behind see that these will be made."""
        self._made.update(texts)

    def _values(self, text: Record, path: str) -> tuple[Values, list[Message]]:
        return read_values(text, STANDARD_TEXT, {}, self._work.way, path)
