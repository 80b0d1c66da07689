"""Reading the text of one element: its type, its length and its codes, or why it is refused."""

from __future__ import annotations

import re
from datetime import date

from customary.components.elements import Element, Kind
from customary.model.fields import read_decimal

_INTEGER = re.compile(r"\s*([+-]?)0*(\d+)\s*")
_DATE = re.compile(r"\s*(\d\d)(/?)(\d\d)\2(\d{4})\s*")
_UNBROKEN = re.compile(r"[\t\r\n]")


def read_value(element: Element, text: str, *, lenient: bool) -> str:
    """Give the value that is kept for an element's text, which is not empty.

    It is ``""`` where blanks count as empty. ``lenient`` is the way of the SASI driver: dates may have slashes, and a coded value may be given by its
    name; the DJI driver takes ``ddmmyyyy`` and codes only (``facts/sunsystems.md``, 3). Raises ``ValueError``
    with what is wrong and what is right.
    """
    match element.kind:
        case Kind.TEXT:
            return _of_length(element, text)
        case Kind.CODE:
            return _code(element, text)
        case Kind.CODED:
            return _coded(element, text, lenient=lenient)
        case Kind.DATE:
            return _date(text, lenient=lenient)
        case Kind.INTEGER:
            return _integer(element, text)
        case Kind.DECIMAL:
            return _decimal(element, text)


def _of_length(element: Element, text: str) -> str:
    if len(text) > element.length:
        raise ValueError(f"holds {len(text)} characters, and {element.length} are the most")
    return text


def _code(element: Element, text: str) -> str:
    if _UNBROKEN.search(text):
        raise ValueError("holds a tab or a line feed, which no code has")
    return _of_length(element, text.rstrip())


def _coded(element: Element, text: str, *, lenient: bool) -> str:
    wanted = text.strip()
    if wanted in element.codes:
        return wanted
    if lenient:
        for code, name in element.codes.items():
            if wanted.casefold() in (name.casefold(), *name.casefold().split("/")):
                return code
    known = ", ".join(f"{code} ({name})" for code, name in element.codes.items())
    raise ValueError(f"is none of {known}")


def _date(text: str, *, lenient: bool) -> str:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError("is not a date ddmmyyyy" + (" or dd/mm/yyyy" if lenient else ""))
    if found[2] and not lenient:
        raise ValueError("has slashes, which this method does not take: write the date as ddmmyyyy")
    day, month, year = found[1], found[3], found[4]
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("is a day that the calendar does not have") from None
    return f"{day}{month}{year}"


def _integer(element: Element, text: str) -> str:
    found = _INTEGER.fullmatch(text)
    if not found or not text.isascii():
        raise ValueError("is not a whole number")
    if len(found[2]) > element.length:
        raise ValueError(f"has more than {element.length} digits")
    return f"-{found[2]}" if found[1] == "-" and found[2] != "0" else found[2]


def _decimal(element: Element, text: str) -> str:
    if "," in text:
        raise ValueError("holds a comma: write decimals with a point, and no thousands separator")
    number = read_decimal(text.strip())
    whole, _, fraction = number.lstrip("-").partition(".")
    if len(whole) > element.length:
        raise ValueError(f"has more than {element.length} digits before the point")
    if len(fraction) > element.decimals:
        raise ValueError(f"has more than {element.decimals} digits behind the point")
    return number
