"""Reading the text of one element: its type, its length and its codes, or why it is refused."""

from __future__ import annotations

import re

from customary.components.elements import Element, Kind
from customary.protocols import ssc_values

_BREAK = re.compile(r"[\t\r\n]")


def read_value(element: Element, text: str, *, lenient: bool) -> str:
    """Give the value that is kept for an element's text, which is not empty.

    It is ``""`` where blanks count as empty. ``lenient`` is the way of the SASI driver: dates may have
    slashes, and a coded value may be given by its name; the DJI driver takes ``ddmmyyyy`` and codes only
    (3, documented). Raises ``ValueError`` with what is wrong and what is right.
    """
    match element.kind:
        case Kind.TEXT:
            return _of_length(element, text)
        case Kind.CODE:
            return _code(element, text)
        case Kind.CODED:
            return ssc_values.read_code(text, element.codes, names=lenient)
        case Kind.DATE:
            return ssc_values.write_date(ssc_values.read_date(text, slashes=lenient))
        case Kind.INTEGER:
            return str(ssc_values.read_integer(text))
        case Kind.DECIMAL:
            number = ssc_values.read_decimal(text, element.length, element.decimals)
            return ssc_values.write_decimal(number)


def _of_length(element: Element, text: str) -> str:
    if len(text) > element.length:
        raise ValueError(f"holds {len(text)} characters, and {element.length} are the most")
    return text


def _code(element: Element, text: str) -> str:
    if _BREAK.search(text):
        raise ValueError("holds a tab or a line feed, which no code has")
    return _of_length(element, text.strip())
