"""The text of one element: as SunSystems tells it, and as both of its drivers take it."""

from __future__ import annotations

from decimal import Decimal

from customary.model.fields import canonical_decimal
from customary.model.fields import read_decimal as plain_decimal
from customary.protocols.ssc_node import Element, Type
from customary.protocols.ssc_values import (
    read_code,
    read_date,
    read_decimal,
    read_integer,
    write_date,
)
from customary.protocols.xml import forbidden


class Unwritable(ValueError):
    """A text that an element cannot take; the text ends a sentence that begins with the element's name."""


def told(element: Element, text: str) -> str:
    """Bring what SunSystems sent into the form that is compared: no blanks at its end, plain numbers.

    What is not of the element's type stays as it was sent.
    """
    text = text.rstrip()
    if not text:
        return ""
    try:
        match element.type:
            case Type.DECIMAL | Type.INTEGER:
                return plain_decimal(text)
            case Type.DATE:
                return write_date(read_date(text, slashes=True))
        return read_code(text, element.codes, names=True) if element.codes else text
    except ValueError:
        return text


def canonical(element: Element, text: str) -> str:
    """Bring a text into the form that both drivers take: dates without slashes, codes instead of names.

    ``""`` stays. Raises ``Unwritable``.
    """
    text = text.rstrip()
    if not text:
        return ""
    if bad := forbidden(text):
        raise Unwritable(f"holds the character {bad}, which XML cannot")
    try:
        match element.type:
            case Type.DECIMAL:
                return _decimal(element, text)
            case Type.INTEGER:
                return str(read_integer(text))
            case Type.DATE:
                return write_date(read_date(text, slashes=True))
        if element.codes:
            return read_code(text, element.codes, names=True)
    except ValueError as error:
        raise Unwritable(str(error)) from None
    if element.length and len(text) > element.length:
        raise Unwritable(f"has {len(text)} characters; SunSystems holds {element.length}")
    return text


def _decimal(element: Element, text: str) -> str:
    exact = Decimal(plain_decimal(text))
    rounded = read_decimal(text, element.whole or element.length, element.scale)
    if rounded != exact:
        raise Unwritable(f"has more than {element.scale} digits behind the point")
    return canonical_decimal(exact)
