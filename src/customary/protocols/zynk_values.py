"""Values of a Sage 200 customer's fields as Zynk's XML writes them: text to value, and value to text.

Section numbers name the fact sheet on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from customary.protocols.zynk_fields import CUSTOMER, FIELDS
from customary.protocols.zynk_stream import ZynkFormatError
from customary.protocols.zynk_types import CustomerTexts, Field, Texts, Travel, Type

Value = str | int | Decimal | bool | datetime
"""A field's value: a text, a whole number, a decimal, a boolean, or an aware time in UTC."""

WHOLE_DIGITS: Final = 18
"""The most digits before the point of a decimal (guess: more than any money of Sage's)."""

_BITS = {Type.INT16: 16, Type.INT32: 32, Type.INT64: 64}
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{0,7}))?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_SHOWN = 40
_CONTACTS = "contacts"
_PLAIN = tuple(field for field in CUSTOMER if field.name != _CONTACTS)


def read_value(field: Field, text: str) -> Value:
    """Read a field's text, which is not empty.

    Spaces around it count in a plain text only. Raises ``ValueError`` saying what is wrong with it; a value
    of a domain is given in the domain's own spelling.
    """
    match field.type:
        case Type.STRING:
            return _text(field, text)
        case Type.BOOLEAN:
            return _flag(text.strip())
        case Type.DECIMAL:
            return _decimal(field, text.strip())
        case Type.DATE_TIME:
            return read_moment(text.strip())
        case _:
            return _whole(field, text.strip())


def read_moment(text: str) -> datetime:
    """Read a time, UTC where it has no zone, with 0 to 7 digits of a second; the seventh is dropped.

    Raises ``ValueError`` for any other text (section 8, documented).
    """
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(f"'{text[:_SHOWN]}' is not a date such as 2017-06-02T14:59:04.877")
    day, clock, fraction, zone = found.groups()
    plain = f"{day}T{clock or '00:00:00'}.{(fraction or '')[:6].ljust(6, '0')}"
    try:
        return datetime.fromisoformat(plain + (zone or "Z")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"'{text[:_SHOWN]}' is no day or time that exists") from None


def write_moment(moment: datetime) -> str:
    """Write an aware time as Sage does: in UTC, without a zone, no zeros behind its fraction."""
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return text.rstrip("0") if "." in text else text


def write_value(field: Field, value: object) -> str:
    """Write a value of the API's JSON, or one that ``read_value`` gave, as Zynk's XML has it.

    Booleans in lower case, decimals with all their digits, times without a zone (section 8, documented). A
    text of another type than the field's is read first. Raises ``ValueError`` for what is no such value.
    """
    if field.type is Type.STRING or value == "":
        return str(value)
    text = write_moment(value) if isinstance(value, datetime) else str(value)
    if field.type is Type.DATE_TIME:
        return _moment_text(text)
    read = _rounded(field, text) if field.type is Type.DECIMAL else read_value(field, text)
    match read:
        case bool():
            return "true" if read else "false"
        case Decimal():
            return format(read, "f")
        case _:
            return str(read)


def texts(customer: Mapping[str, Any]) -> CustomerTexts:
    """Make of a customer as the API's JSON has it (objects and all) what Zynk's XML says of it.

    What is null is left out, what is ``""`` or ``{}`` is empty, and what Zynk's XML has not is dropped.
    Raises ``ZynkFormatError`` for a value that is not of its field's type; its text names the field only.
    """
    fields: dict[str, str] = {}
    _flatten(_PLAIN, customer, fields)
    contacts = customer.get(_CONTACTS)
    if contacts is None:
        return CustomerTexts(fields)
    if not isinstance(contacts, list | tuple) or not all(
        isinstance(contact, Mapping) for contact in contacts
    ):
        raise ZynkFormatError(f"{_CONTACTS} is no array of objects")
    if not contacts:
        fields[_CONTACTS] = ""
    return CustomerTexts(fields, tuple(_contact(contact) for contact in contacts))


def _contact(contact: Mapping[str, Any]) -> Texts:
    found: dict[str, str] = {}
    _flatten(FIELDS[_CONTACTS].fields, contact, found, said=f"{_CONTACTS}.")
    return found


def _flatten(
    fields: Sequence[Field], thing: Mapping[str, Any], into: dict[str, str], before: str = "", said: str = ""
) -> None:
    for field in fields:
        value = thing.get(field.name)
        if value is None or field.travel is Travel.NONE:
            continue
        path = before + field.name
        if not field.fields:
            try:
                into[path] = write_value(field, value)
            except ValueError:
                raise ZynkFormatError(f"{said}{path} is no {field.type}") from None
        elif not isinstance(value, Mapping):
            raise ZynkFormatError(f"{said}{path} is no object")
        elif value:
            _flatten(field.fields, value, into, f"{path}.", said)
        else:
            into[path] = ""


def _text(field: Field, text: str) -> str:
    if field.domain:
        for value in field.domain:
            if value.lower() == text.strip().lower():
                return value
        raise ValueError(f"'{text[:_SHOWN]}' is not one of {', '.join(field.domain)}")
    if len(text) > field.length:
        raise ValueError(f"has {len(text)} characters; Sage takes at most {field.length}")
    return text


def _moment_text(text: str) -> str:
    moment = read_moment(text)
    found = _MOMENT.fullmatch(text)
    if found and found[4] in (None, "Z"):
        return text.removesuffix("Z").replace(" ", "T")  # as it came, with its seventh digit
    return write_moment(moment)


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.lower()]
    except KeyError:
        raise ValueError(f"'{text[:_SHOWN]}' is neither true nor false") from None


def _whole(field: Field, text: str) -> int:
    limit = 1 << (_BITS[field.type] - 1)
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"'{text[:_SHOWN]}' is not a whole number")
    value = int(text)
    if not -limit <= value < limit:
        raise ValueError(f"{value} is past what an {field.type} holds")
    return value


def _decimal(field: Field, text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"'{text[:_SHOWN]}' is not a number; write it as 1234.50")
    whole, _, fraction = text.lstrip("+-").partition(".")
    if len(whole.lstrip("0")) > WHOLE_DIGITS:
        raise ValueError(f"has more than {WHOLE_DIGITS} digits before the point")
    if len(fraction.rstrip("0")) > field.decimals:
        raise ValueError(f"has {len(fraction.rstrip('0'))} decimals; Sage takes at most {field.decimals}")
    return Decimal(text).quantize(Decimal(1).scaleb(-field.decimals))


def _rounded(field: Field, text: str) -> Decimal:
    # JSON's numbers may come as binary ones: 0.86 as 0.8599999999999999.
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite() or number.adjusted() > WHOLE_DIGITS:
        raise ValueError("not a number of Sage's")
    return number.quantize(Decimal(1).scaleb(-field.decimals), ROUND_HALF_UP)
