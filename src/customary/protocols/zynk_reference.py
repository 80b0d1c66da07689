"""References that are generated for new customers, by the settings of Zynk's import task.

Zynk does not publish how it makes them. What is not marked as documented is a guess: the advice of section 5
of the fact sheet on Sage 200 customers (``facts/sage200.md``), or our own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from msgspec import Struct

LONGEST: Final = 8
"""The most characters of a reference (section 5, documented)."""

PLACE: Final = "?"
"""What a mask has where generated characters go (section 5, documented)."""

_SPELLED = str.maketrans(
    {"Æ": "AE", "Ð": "D", "Ø": "O", "Þ": "TH", "Đ": "D", "Ħ": "H", "Ł": "L", "Œ": "OE", "Ŧ": "T"}
)


class Convention(StrEnum):
    """Which name a reference is made of (section 4, documented)."""

    COMPANY_OTHERWISE_FULL_NAME = "CompanyOtherwiseFullName"
    COMPANY_OTHERWISE_FORENAME_SURNAME = "CompanyOtherwiseForenameSurname"
    COMPANY_OTHERWISE_SURNAME_FORENAME = "CompanyOtherwiseSurnameForename"
    FORENAME_SURNAME = "ForenameSurname"
    SURNAME_FORENAME = "SurnameForename"


class Counting(StrEnum):
    """Which free number is taken first."""

    ASCENDING = "ascending"
    """From 1 upwards."""
    DESCENDING = "descending"
    """From the highest number downwards, as one user site wants (section 5, client code)."""


class ReferenceSettings(Struct, frozen=True, kw_only=True):
    """The settings of ``Auto Generate References`` (section 4, documented)."""

    convention: Convention = Convention.COMPANY_OTHERWISE_FULL_NAME
    letters: int = 4
    """Alphabetic Length: how many characters of the name, at most."""
    digits: int = 3
    """Numeric Length: how many digits the number has, with leading zeros."""
    mask: str = ""
    """Each ``?`` is a generated character, others stay; without ``?`` it is a prefix; ``""``: no mask."""
    strip: str = ""
    """A regular expression: what matches it is removed from the name first; ``""``: nothing."""
    counting: Counting = Counting.ASCENDING

    def problems(self) -> tuple[str, ...]:
        """Everything that is wrong with the settings; empty when references can be generated."""
        return tuple(_problems(self))


class Names(Struct, frozen=True, kw_only=True):
    """What a customer's reference can be made of; ``""`` where it is not known."""

    company: str = ""
    forename: str = ""
    middle_name: str = ""
    surname: str = ""


class NoReference(Struct, frozen=True):
    """That no reference can be generated for a customer: why, and what to do."""

    reason: str


class ReferenceGenerator:
    """Generates the references of one run, and never gives one twice."""

    def __init__(self, settings: ReferenceSettings) -> None:
        """Raises ``ValueError`` with everything that is wrong with the settings."""
        if problems := settings.problems():
            raise ValueError("; ".join(problems))
        self._settings = settings
        self._strip = re.compile(settings.strip)
        self._given: set[str] = set()
        self._tried: dict[str, int] = {}

    def stem(self, names: Names) -> str:
        """The characters of the name that begin the generated part, in upper case; ``""``: there are none.

        Letters and digits only; accents fall away, since Sage takes plain ones (section 16, documented).
        """
        for name in _spellings(self._settings.convention, names):
            if stem := _plain(self._strip.sub("", name)):
                return stem[: self._settings.letters]
        return ""

    def generate(self, names: Names, taken: Callable[[str], bool]) -> str | NoReference:
        """Give the first free reference; ``taken`` tells whether one is in use, without regard to case.

        Numbers tried once for a stem are not tried again in this run.
        """
        settings = self._settings
        stem = self.stem(names)
        if settings.letters and not stem:
            return NoReference(
                f"no reference can be made by {settings.convention}: the name has no plain letter or digit; "
                "give the record a reference"
            )
        for number in self._numbers(stem):
            self._tried[stem] = number
            reference = _reference(settings, stem, number)
            if reference.upper() not in self._given and not taken(reference):
                self._given.add(reference.upper())
                return reference
        last = _reference(settings, stem, 10**settings.digits - 1)
        return NoReference(
            f"all references from {_reference(settings, stem, 1)} to {last} are taken; "
            "raise the numeric length, or give the record a reference"
        )

    def _numbers(self, stem: str) -> range:
        end = 10**self._settings.digits
        if self._settings.counting is Counting.ASCENDING:
            return range(self._tried.get(stem, 0) + 1, end)
        return range(self._tried.get(stem, end) - 1, 0, -1)


def _problems(settings: ReferenceSettings) -> Iterator[str]:
    mask, length = settings.mask, settings.letters + settings.digits
    places = mask.count(PLACE)
    if settings.letters < 0:
        yield "the alphabetic length is 0 or more"
    if settings.digits < 1:
        yield "the numeric length is 1 or more"
    if not mask.isascii() or not mask.isprintable() or " " in mask:
        yield "the mask has a character that no reference may have"
    if places and places < length:
        yield f"the mask has {places} places ({PLACE}) for {length} generated characters"
    longest = len(mask) if places else len(mask) + length
    if longest > LONGEST:
        yield f"references would have {longest} characters; Sage takes at most {LONGEST}"
    try:
        re.compile(settings.strip)
    except re.error as error:
        yield f"the regular expression is wrong: {error}"


def _spellings(convention: Convention, names: Names) -> tuple[str, ...]:
    full = names.forename + names.middle_name + names.surname
    forename_first = names.forename + names.surname
    surname_first = names.surname + names.forename
    match convention:
        case Convention.COMPANY_OTHERWISE_FULL_NAME:
            return names.company, full
        case Convention.COMPANY_OTHERWISE_FORENAME_SURNAME:
            return names.company, forename_first
        case Convention.COMPANY_OTHERWISE_SURNAME_FORENAME:
            return names.company, surname_first
        case Convention.FORENAME_SURNAME:
            return (forename_first,)
        case Convention.SURNAME_FORENAME:
            return (surname_first,)


def _plain(name: str) -> str:
    spelled = unicodedata.normalize("NFKD", name).upper().translate(_SPELLED)
    return "".join([character for character in spelled if character.isascii() and character.isalnum()])


def _reference(settings: ReferenceSettings, stem: str, number: int) -> str:
    mask = settings.mask
    places = mask.count(PLACE)
    if not places:
        return f"{mask}{stem}{number:0{settings.digits}d}"
    # A short name leaves its places to zeros of the number, so that the mask is always full.
    generated = iter(stem + str(number).zfill(places - len(stem)))
    return "".join([next(generated) if character == PLACE else character for character in mask])
