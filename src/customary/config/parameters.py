"""Agent parameters: which customers an operation is about, one argument a line.

    Customers: 0000002, 0000038, S123456
    Classes: Wholesaler, Dealer, Special

The grammar is that of the product page in ``seeds/000``; what it leaves open (case, repeats, empty values)
is decided as ``facts/syspro.md``, section 3, advises.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from customary.errors import ConfigError

ALL = "all"
"""The class name that stands for every class, in any case."""

_KNOWN = ("Customers", "Classes")
_OF_ITEMS = ("categories", "items")
_HOW = 'write "Customers: 0000002, 0000038" or "Classes: Wholesaler, Dealer", one argument a line'


class Parameters(Struct, frozen=True, kw_only=True):
    """The customers and customer classes asked for; with none of them, the operation's scope decides."""

    customers: tuple[str, ...] = ()
    """Customer numbers as they were written, in order, each once."""
    classes: tuple[str, ...] = ()
    """Names of the hub's customer classes, in order, each once; none where ``all_classes``."""
    all_classes: bool = False
    """Whether every customer with at least one class is asked for."""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.customers or self.classes or self.all_classes)


def parse(text: str) -> Parameters:
    """Read agent parameters; an argument may stand on several lines, which add up.

    Raises ``ConfigError`` with every mistake: an unknown argument, a line that is none, an argument without a
    value (which would otherwise mean *all customers*), a value with control characters.
    """
    mistakes: list[str] = []
    values: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, rest = line.partition(":")
        argument = next((known for known in _KNOWN if known.lower() == name.strip().lower()), "")
        if not colon:
            mistakes.append(f'line {number}: "{line.strip()}" is not an argument; {_HOW}')
        elif not argument:
            mistakes.append(f"line {number}: {_unknown(name.strip())}")
        else:
            values.setdefault(argument, []).extend(_split(rest))
    mistakes += [_without_value(argument) for argument, given in values.items() if not given]
    mistakes += [_unprintable(argument) for argument, given in values.items() if _has_controls(given)]
    if mistakes:
        raise ConfigError(mistakes)
    return _parameters(values.get("Customers", []), values.get("Classes", []))


def with_options(configured: Parameters, customers: str | None, classes: str | None) -> Parameters:
    """Give the parameters in force when a command was called with options of its own.

    ``customers`` and ``classes`` are comma-separated lists, ``None`` where the option was not given. Whoever
    names customers on the command line means these and no others: any option replaces all that is configured.
    Raises ``ConfigError`` for an option without a value, or with control characters.
    """
    if customers is None and classes is None:
        return configured
    given = {"--customers": customers, "--classes": classes}
    mistakes = [_without_value(name) for name, text in given.items() if text is not None and not _split(text)]
    mistakes += [_unprintable(name) for name, text in given.items() if _has_controls(text or "")]
    if mistakes:
        raise ConfigError(mistakes)
    return _parameters(_split(customers or ""), _split(classes or ""))


def _split(text: str) -> list[str]:
    return [value.strip() for value in text.split(",") if value.strip()]


def _parameters(customers: Iterable[str], classes: Iterable[str]) -> Parameters:
    named = tuple(dict.fromkeys(classes))
    every = any(name.lower() == ALL for name in named)
    return Parameters(
        customers=tuple(dict.fromkeys(customers)), classes=() if every else named, all_classes=every
    )


def _unknown(name: str) -> str:
    if name.lower() in _OF_ITEMS:
        return (
            f'the argument "{name}" belongs to the item operation UpdateAllItemsSYSPRO; '
            "an operation on customers knows Customers and Classes"
        )
    return f'unknown argument "{name}"; known are Customers and Classes; {_HOW}'


def _has_controls(values: Iterable[str]) -> bool:
    return any(unicodedata.category(character) == "Cc" for value in values for character in value)


def _unprintable(argument: str) -> str:
    return f"{argument} has control characters, such as a line break, in a name; no number or class has any"


def _without_value(argument: str) -> str:
    return f"{argument} names nothing; name at least one, or leave it out to mean the operation's whole scope"
