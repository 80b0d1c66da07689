"""What the site refuses: kinds, lengths, domains and other rules of a field (sections 12 to 16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from customary.protocols.sage200 import BOTH, Column, Edition, Kind, columns
from customary.sandboxes.sage200.errors import Refused


def checked(body: Mapping[str, Any], table: dict[str, Column], edition: Edition) -> dict[str, Any]:
    """Give the values that a body may set. Raises ``Refused`` with 400 for the first that is wrong.

    Read-only fields and names that the API does not know are passed over (guess); null is refused (client
    code). A field that the edition lacks is passed over too (guess).
    """
    known = columns(table, edition)
    values: dict[str, Any] = {}
    for name, value in body.items():
        column = known.get(name)
        if column is None or column.read_only:
            continue
        if value is None:
            raise Refused(400, f"SageNullFieldException: the field {name} cannot be null.")
        values[name] = _value(column, value)
    return values


def rate_allowed(wanted: str, allowed: str) -> None:
    """Refuse an exchange rate for which the currency is not set up (16, documented)."""
    if allowed not in (BOTH, wanted):
        raise Refused(400, f"The exchange rate type {wanted} is not allowed for this currency.")


def _value(column: Column, value: Any) -> Any:
    match column.kind, value:
        case Kind.TEXT, str():
            return _text(column, value)
        case Kind.FLAG, bool():
            return value
        case Kind.INTEGER, int() if not isinstance(value, bool):
            return value
        case Kind.DECIMAL, int() | Decimal() if not isinstance(value, bool):
            return _decimal(column, Decimal(value))
        case Kind.DATE, str():
            return _date(column, value)
    raise Refused(400, f"The field {column.name} has a value of the wrong type.")


def _text(column: Column, text: str) -> str:
    if len(text) > column.length:
        raise Refused(400, f"The field {column.name} must have at most {column.length} characters.")
    if column.domain and text not in column.domain:
        raise Refused(400, f"The value '{text}' is not allowed for the field {column.name}.")
    if column.name == "duns_code" and text and not (text.isdigit() and len(text) == 9):
        raise Refused(400, "The field duns_code must have 9 digits.")
    if column.name == "order_priority" and text and not ("A" <= text <= "Z"):
        raise Refused(400, "The field order_priority must be a letter from A to Z.")
    return text


def _decimal(column: Column, number: Decimal) -> Decimal:
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > column.decimals:
        raise Refused(400, f"The field {column.name} must have at most {column.decimals} decimals.")
    return number.quantize(Decimal(1).scaleb(-column.decimals))


def _date(column: Column, text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, f"The field {column.name} is no date.") from None
    return text
