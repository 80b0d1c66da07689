"""Messages: what an answer tells a person about one record, as a value and as XML.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Struct

from customary.protocols.ssc_payload import ErrorOutput, ErrorThreshold
from customary.protocols.ssc_record import Record, cleaned, field, section


class Level(StrEnum):
    """How grave a message is (section 4: error and warning seen, information guess)."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


class Message(Struct, frozen=True, kw_only=True):
    """One message about a record. A text is ``""`` where nothing is said."""

    level: Level = Level.ERROR
    text: str
    """UserText: what a person reads, on one line."""
    component: str = ""
    method: str = ""
    version: str = ""
    number: str = ""
    """MessageNumber, such as ``2527``."""
    cause: str = ""
    """The Message inside Application: what really happened, where UserText only says that it was aborted."""
    item: str = ""
    """DataItem: the element at fault as a path with dots, such as ``Customer.Tax.SequenceNumber``."""
    value: str = ""
    """The value at fault; ``item`` and ``value`` together say which element of the record ``Reference``
    marks."""
    more: tuple[tuple[str, str], ...] = ()
    """What else Application holds, such as CurrentDataItem and Type, in its order."""
    trace: str = ""
    """Exception: for whoever supports the server; told from ErrorOutput extended on."""
    debug: str = ""
    """What Exception tells besides, under ErrorOutput debug; never read back apart from it."""

    @property
    def said(self) -> str:
        """What to show a person: UserText, or the cause where UserText is empty or begins with
        ``Abort()``."""
        return self.cause if self.cause and (not self.text or self.text.startswith("Abort()")) else self.text


_APPLICATION: Final = {
    "Component": "component",
    "Method": "method",
    "Version": "version",
    "MessageNumber": "number",
    "Message": "cause",
    "DataItem": "item",
    "Value": "value",
}
"""The elements of Application and the fields of Message (section 4: three documented, the others client
code)."""

_LEVELS: Final = {
    ErrorThreshold.ERROR: frozenset({Level.ERROR}),
    ErrorThreshold.WARNING: frozenset({Level.ERROR, Level.WARNING}),
    ErrorThreshold.INFORMATION: frozenset(Level),
}


def told(messages: Iterable[Message], threshold: ErrorThreshold) -> tuple[Message, ...]:
    """Give the messages that a client wants to be told (section 4, documented)."""
    return tuple([message for message in messages if message.level in _LEVELS[threshold]])


def nested_message(message: Message, reference: int, output: ErrorOutput) -> Record:
    """Make the Message of the current format; what XML cannot hold is replaced in it (section 4).

    Limited output has UserText only (documented); where the trace stands is a guess.
    """
    parts = [field("UserText", message.text)]
    if output >= ErrorOutput.NORMAL:
        named = [(name, getattr(message, key)) for name, key in _APPLICATION.items()]
        fields = [Record(name, text) for name, text in (*named, *message.more) if text]
        if fields:
            parts.append(Record("Application", "", (), tuple(fields)))
    if exception := _exception(message, output):
        parts.append(field("Exception", exception))
    attributes = (("Level", message.level.value), ("Reference", str(reference)))
    return cleaned(Record("Message", "", attributes, tuple(parts)))


def old_message(message: Message, reference: int, output: ErrorOutput) -> Record:
    """Make the Message of the old format, which has no Application (section 4, documented).

    The format has no level either; one that is no error carries it as an attribute (guess).
    """
    fields = {"PayloadRef": str(reference), "UserText": message.text}
    if exception := _exception(message, output):
        fields["Exception"] = exception
    level = () if message.level is Level.ERROR else (("Level", message.level.value),)
    return cleaned(Record("Message", "", level, section("Message", fields).children))


def read_message(message: Record, otherwise: Level = Level.ERROR) -> Message:
    """Read a Message of either format; ``otherwise`` is its level where it names none.

    Runs of blanks and line feeds count as one blank, since user texts come padded (section 4). Another Level
    than the three is an error's.
    """
    fields: dict[str, str] = {}
    more: list[tuple[str, str]] = []
    for application in message.all("Application"):
        for element in application.children:
            key = _APPLICATION.get(element.name)
            if key and key not in fields:
                fields[key] = _line(element)
            else:
                more.append((element.name, _line(element)))
    said = message.attribute("Level").strip().lower()
    if said:
        otherwise = Level(said) if said in set(Level) else Level.ERROR
    return Message(
        level=otherwise,
        text=" ".join([_line(element) for element in message.all("UserText")]),
        trace="\n".join([element.text for element in message.all("Exception")]),
        more=tuple(more),
        **fields,
    )


def _exception(message: Message, output: ErrorOutput) -> str:
    shown = (message.trace, message.debug)[: max(0, output - ErrorOutput.NORMAL)]
    return "\n".join([text for text in shown if text])


def _line(element: Record) -> str:
    """Give all the text in an element on one line."""
    pieces = [element.text.split(), *[_line(child).split() for child in element.children]]
    return " ".join([word for piece in pieces for word in piece])
