"""Stage 5: shape the customer to what the target can hold, before anything is compared."""

from __future__ import annotations

from msgspec import Struct

from customary.model.fields import Field, Fields, FieldTable, Kind, Value
from customary.model.outcome import Level, Message

_TEXT, _DECIMAL = Kind.TEXT, Kind.DECIMAL  # looked up for every field of every customer


class Projected(Struct, frozen=True, gc=False):
    """The customer as the target can hold it, or every reason why it cannot."""

    fields: Fields
    reasons: tuple[Message, ...] = ()


def project(desired: Fields, holds: FieldTable) -> Projected:
    """Check every value against the target's field table. Nothing is cut off.

    A field that the target does not have at all is left out. A value that does not fit rejects the customer.
    """
    fields: dict[str, Value] = {}
    reasons: list[Message] = []
    for name, value in desired.items():
        field = holds.get(name)
        if field is None:
            continue
        fields[name] = value
        kind = field.kind
        if kind is _TEXT:
            if len(value) > field.length:  # type: ignore[arg-type]  # a text field's value is a text
                reasons.append(_reason(field, f"has {len(str(value))} characters"))
        elif kind is _DECIMAL and isinstance(value, str) and value:
            whole, _, fraction = value.lstrip("-").partition(".")
            if len(whole) > field.length or len(fraction) > field.decimals:
                reasons.append(_reason(field, f"is {value}"))
    return Projected(fields, tuple(reasons))


def _reason(field: Field, what: str) -> Message:
    limit = (
        f"{field.length} digits and {field.decimals} decimals"
        if field.kind is Kind.DECIMAL
        else f"{field.length}"
    )
    return Message(
        level=Level.ERROR,
        field=field.name,
        text=f"{field.name} {what}; the target holds at most {limit}, and nothing is cut off",
    )
