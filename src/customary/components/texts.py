"""Standard texts that are attached by key: a missing one is made, an existing one is never amended so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from customary.components.elements import STANDARD_TEXT, TEXT_KEYS, Elements
from customary.components.reading import Values, key_of, missing, read_values, unknown, warning
from customary.components.references import References
from customary.components.work import Work
from customary.protocols.ssc_message import Message
from customary.protocols.ssc_record import Record
from customary.store import standard_texts

NODE = "StandardText"
LANGUAGE_NODE = "StandardTextLang"
WRAPPER = "AnalysisCodes"
"""The page's example, copied from another component, has the text in it."""
_KEYS = {name: STANDARD_TEXT[name] for name in TEXT_KEYS}


def sent_texts(record: Record) -> Iterator[Record]:
    """Give every StandardText of a record, where the pages show it."""
    yield from record.all(NODE)
    for wrapper in record.all(WRAPPER):
        yield from wrapper.all(NODE)


def absent_texts(record: Record, path: str) -> list[Message]:
    """Name every part of its key that a text of a record lacks."""
    return [
        note
        for node in sent_texts(record)
        for text in node.all(LANGUAGE_NODE)
        for note in _absent(text, f"{path}.{NODE}.{LANGUAGE_NODE}")
    ]


class TextPage:
    """The standard texts that one page's records name."""

    def __init__(self, work: Work, records: Iterable[Record], references: References) -> None:
        self._work = work
        self._references = references
        sent = [text for record in records for node in sent_texts(record) for text in node.all(LANGUAGE_NODE)]
        keys = {key_of(self._values(text, _KEYS, "")[0], TEXT_KEYS) for text in sent}
        self._held: Mapping[str, Values] = standard_texts.find(work.connection, work.unit, sorted(keys))
        self._made: dict[str, Values] = {}

    def read(self, record: Record, path: str) -> tuple[dict[str, Values], list[Message]]:
        """Read the texts to attach: key -> elements, and what is wrong with them.

        Of one that exists, also since this record names it twice, nothing but the key is looked at (seed,
        documented).
        """
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
                key, values, wrong = self._one(one, found, f"{at}.{LANGUAGE_NODE}")
                notes += wrong
                found.setdefault(key, values)
        return found, notes

    def fresh(self, texts: Mapping[str, Values]) -> dict[str, Values]:
        """Give those of the texts that must be made, without what was sent empty."""
        return {
            key: {name: value for name, value in values.items() if value}
            for key, values in texts.items()
            if not self._exists(key)
        }

    def note(self, texts: Mapping[str, Values]) -> None:
        """Let the records behind see that these will be made."""
        self._made.update(texts)

    def _exists(self, key: str) -> bool:
        return key in self._held or key in self._made

    def _one(self, text: Record, found: Mapping[str, Values], path: str) -> tuple[str, Values, list[Message]]:
        keys, wrong = self._values(text, _KEYS, path)
        key, absent = key_of(keys, TEXT_KEYS), _absent(text, path)
        if not absent and (key in found or self._exists(key)):
            return key, keys, wrong
        values, wrong = self._values(text, STANDARD_TEXT, path)
        strange = unknown(text, STANDARD_TEXT, (), self._work.way, path)
        unlisted = self._references.check(values, {}, STANDARD_TEXT, path)
        return key, values, [*absent, *wrong, *strange, *unlisted]

    def _values(self, text: Record, elements: Elements, path: str) -> tuple[Values, list[Message]]:
        return read_values(text, elements, {}, self._work.way, path)


def _absent(text: Record, path: str) -> list[Message]:
    return missing(text, TEXT_KEYS, path, "a standard text")
