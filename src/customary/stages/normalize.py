"""Stage 2: a native record and the mapping give customer fields, or all the reasons why not."""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct

from customary.mapping.spec import FieldMapping, Row
from customary.mapping.transforms import Unfit, transform
from customary.model.fields import Fields, Kind, Value
from customary.model.outcome import Level, Message
from customary.model.source import Native

_ABSENT = "\x1e"
_BETWEEN = "\x1f"


class Normalized(Struct, frozen=True, gc=False):
    """What a native record says in the customer's words."""

    fields: Fields
    messages: tuple[Message, ...] = ()
    """Warnings and, where the record is rejected, every reason (level error)."""

    @property
    def rejected(self) -> bool:
        """Whether the record must not be applied."""
        return bool(self.messages) and any(message.level is Level.ERROR for message in self.messages)


def normalize(native: Native, mapping: FieldMapping) -> Normalized:
    """Translate a record. A native field that was not sent stays absent; one that was sent empty is blank."""
    fields: dict[str, Value] = {}
    messages: list[Message] = []
    for row, field, name, plain_length, settled in mapping.plan:
        text = native.get(name)
        if text is not None:
            if len(text) <= plain_length:
                fields[field] = text
                continue
            if text in settled:
                fields[field] = settled[text]
                continue
        if text is None or (not text and row.required):
            if row.required:
                messages.append(_error(row, "is missing in the source"))
            continue
        if row.lookup:
            # an unknown code must not leave the value of an earlier one standing
            fields[field] = mapping.lookups.get(row.lookup, {}).get(text, "")
            continue
        try:
            value = transform(row, text)
        except Unfit as unfit:
            messages.append(_error(row, str(unfit)))
            continue
        fields[field] = value
        if row.length and (value is not text or len(text) > row.length) and _size(row, value) > row.length:
            messages.append(_long(row, value))
    return Normalized(fields, tuple(messages))


def native_hash(native: Native, names: tuple[str, ...]) -> str:
    """Digest of the native fields that the mapping reads: equal while none of them moved or came or went."""
    told = _BETWEEN.join([native.get(name, _ABSENT) for name in names])
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _size(row: Row, value: Value) -> int:
    if isinstance(value, bool):
        return 0
    if row.holds.kind is Kind.DECIMAL:
        return len(value.lstrip("-").partition(".")[0])
    return len(value)


def _error(row: Row, text: str) -> Message:
    return Message(level=Level.ERROR, field=row.field, text=f"{row.native} {text}")


def _long(row: Row, value: Value) -> Message:
    unit = "digits" if row.holds.kind is Kind.DECIMAL else "characters"
    return Message(
        level=Level.WARNING,
        field=row.field,
        text=f"{row.native} has {_size(row, value)} {unit}; its system publishes {row.length} as the most",
    )
