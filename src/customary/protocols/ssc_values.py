"""Values inside elements: dates, times, numbers and codes, read and written.

What is wrong with a value is a ``ValueError`` whose text ends a sentence that begins with the element's name;
it quotes the value only where that is a code. An empty element is no value, and is not for these functions.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``), here always section 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

_DATE = re.compile(r"(\d{2})(/?)(\d{2})\2(\d{4})", re.ASCII)
_MOMENT = re.compile(r"(\d{8})(\d{6})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_YEARS = range(1900, 2200)
_MOST_DIGITS: Final = 100
_PRECISE: Final = Context(prec=2 * _MOST_DIGITS)

LARGEST_SMALLINT: Final = 32_767
"""What a whole number may be in the database, where all of them are smallint (section 9, client code)."""


def read_date(text: str, *, slashes: bool) -> date:
    """Read ``ddmmyyyy``; with ``slashes``, which SASI takes and DJI does not, ``dd/mm/yyyy`` too
    (documented).

    Raises ``ValueError`` saying how a date is written.
    """
    found = _DATE.fullmatch(text.strip())
    if found and (slashes or not found[2]):
        try:
            return date(int(found[4]), int(found[3]), int(found[1]))
        except ValueError:
            raise ValueError("is a day that does not exist") from None
    raise ValueError("must be a date as ddmmyyyy" + (" or dd/mm/yyyy" if slashes else ", without slashes"))


def write_date(day: date) -> str:
    """Write a date as ``ddmmyyyy`` (documented)."""
    return f"{day.day:02}{day.month:02}{day.year:04}"


def read_moment(text: str) -> datetime:
    """Read a time in any of the forms that may be meant, since the vendor's is not known (guess).

    They are ``ddmmyyyyhhmmss``, ``yyyymmddhhmmss``, both without the time, and ISO 8601; of the first two,
    the one with a year from 1900 to 2199 is meant, which is never both. The protocol says no time zone and so
    none comes back; a time that has one is given in UTC. Raises ``ValueError``.
    """
    text = text.strip()
    found = _MOMENT.fullmatch(text)
    try:
        if not found:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        form = "%d%m%Y" if int(found[1][4:]) in _YEARS else "%Y%m%d"
        return datetime.strptime(text, form + ("%H%M%S" if found[2] else ""))
    except (ValueError, OverflowError):
        raise ValueError("must be a time as ddmmyyyyhhmmss") from None


def write_moment(moment: datetime) -> str:
    """Write a time as ``ddmmyyyyhhmmss`` (guess); parts of seconds are dropped."""
    return f"{write_date(moment)}{moment.hour:02}{moment.minute:02}{moment.second:02}"


def read_decimal(text: str, whole: int, scale: int) -> Decimal:
    """Read a number with at most ``whole`` digits before its point, rounded to ``scale`` behind it.

    The point is ``.``, nothing separates thousands, and numbers may be rounded on import (documented); halves
    go away from zero (guess). Raises ``ValueError`` saying how a number is written.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text) or len(text) > _MOST_DIGITS:
        raise ValueError("must be a number such as 1234.56, without separators of thousands")
    number = Decimal(text).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _PRECISE)
    if abs(number) >= 10**whole:
        raise ValueError(f"has more than {whole} digits before the point")
    return number


def write_decimal(number: Decimal) -> str:
    """Write a number without exponent, separators of thousands and needless zeros."""
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def read_integer(text: str) -> int:
    """Read a whole number that a smallint can hold. Raises ``ValueError``."""
    text = text.strip()
    if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) <= 6):
        raise ValueError("must be a whole number")
    if abs(int(text)) > LARGEST_SMALLINT:
        raise ValueError(f"must be a whole number of at most {LARGEST_SMALLINT}")
    return int(text)


def read_code(text: str, codes: Mapping[str, str], *, names: bool) -> str:
    """Read a coded value, and give its code; with ``names`` (SASI, guess) it may also be the name of one.

    Case, blanks and punctuation do not matter in a name, and of ``Suspended/Held`` each half will do.
    ``codes`` is code -> name. Raises ``ValueError`` that lists the codes.
    """
    text = text.strip()
    if text in codes:
        return text
    if names:
        for code, name in codes.items():
            if _plain(text) in {_plain(part) for part in (name, *name.split("/"))}:
                return code
    known = "; ".join([f"{code}={name}" for code, name in codes.items()])
    raise ValueError(f"must be one of the codes {known}")


def _plain(name: str) -> str:
    return "".join([character for character in name.casefold() if character.isalnum()])
