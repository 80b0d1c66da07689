"""What Sage's JSON says, as values: lists, texts of errors, tokens, and customers as native records. Pure.

A native record is flat text. Plain fields have their JSON name, those of the main address and of the default
contact stand behind ``main_address.`` and ``contact.``, and codes are joined from the tables of codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from customary.protocols.sage200 import ADDRESS, CONTACT, CUSTOMER

KEY: Final = "reference"
ID: Final = "id"
CONTACTS: Final = "contacts"
"""Native field: how many contacts a customer is given with, where it is not one. Sage's are not counted."""
CONTACT_ID: Final = "contact.id"

_QUOTED = 200
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_SAID: Final = ("message", "Message", "error_description", "error", "odata.error", "value", "$message")

JOINED: Final = {
    "currency.code": ("currency_id", "currencies"),
    "country_code.code": ("country_code_id", "country_codes"),
    "default_tax_code.code": ("default_tax_code_id", "tax_codes"),
    "main_address.address_country_code.code": ("main_address.address_country_code_id", "country_codes"),
    "contact.salutation.code": ("contact.salutation_id", "salutations"),
}
"""Native field of a code -> the native field that holds its id, and the table that has the code."""


class WrongShape(ValueError):
    """An answer is not what the API promises; the text says in which way."""


def _together(*names: str) -> Callable[[Mapping[str, str]], str | None]:
    def join(native: Mapping[str, str]) -> str | None:
        there = [native[name] for name in names if name in native]
        return " ".join(part for part in there if part) if there else None

    return join


def _without_plus(name: str) -> Callable[[Mapping[str, str]], str | None]:
    return lambda native: native[name].removeprefix("+") if name in native else None


PHONE: Final = ("country_code", "area_code", "subscriber_number")
"""The parts of a telephone number, in the order in which they are joined."""
MADE: Final[dict[str, Callable[[Mapping[str, str]], str | None]]] = {
    "telephone": _together(*(f"telephone_{part}" for part in PHONE)),
    "fax": _together(*(f"fax_{part}" for part in PHONE)),
    "telephone.dialling_code": _without_plus("telephone_country_code"),
    "fax.dialling_code": _without_plus("fax_country_code"),
}
"""Native fields that are made of others; ``None`` where Sage sent none of those."""

PLAIN: Final = (
    *CUSTOMER,
    *(f"main_address.{name}" for name in ADDRESS),
    *(f"contact.{name}" for name in CONTACT),
)
NATIVES: Final = (*PLAIN, CONTACTS, *JOINED, *MADE)
"""All native fields that a mapping may name."""


def unknown(names: Iterable[str]) -> list[str]:
    """Say of each name that is no native field which one is meant, perhaps."""
    told = []
    for name in names:
        if name not in NATIVES:
            near = get_close_matches(name, NATIVES, 1)
            told.append(f"Sage 200 has no field '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    return told


def expansion(names: Collection[str]) -> str:
    """Give what ``$expand`` has to ask for, so that a customer has these native fields; may be blank."""
    parts = {CONTACTS: (CONTACTS, "contact."), "main_address": ("main_address.",)}
    return ",".join(part for part, begin in parts.items() if any(n.startswith(begin) for n in names))


def decode(body: bytes) -> Any:
    """Read JSON, numbers exactly. Raises ``WrongShape``."""
    try:
        return _DECODER.decode(body)
    except msgspec.DecodeError as error:
        raise WrongShape(f"it is no JSON ({error})") from None


def decode_list(body: bytes) -> list[dict[str, Any]]:
    """Read a list, bare or below ``value`` (11, client code). Raises ``WrongShape``."""
    rows = decode(body)
    if isinstance(rows, dict):
        rows = rows.get("value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise WrongShape("it is no list of records")
    return rows


def identified(row: Mapping[str, Any]) -> int:
    """Give a record's id. Raises ``WrongShape`` when it has none."""
    id_ = row.get(ID)
    if isinstance(id_, bool) or not isinstance(id_, int):
        raise WrongShape("a record has no id")
    return id_


def flat(row: Mapping[str, Any]) -> dict[str, str]:
    """Give the plain fields of a customer, of its main address and of its default contact as text.

    What was not sent is not in it; null is blank.
    """
    native = {name: text(row[name]) for name in CUSTOMER if name in row}
    address = row.get("main_address")
    if isinstance(address, dict):
        native |= {f"main_address.{name}": text(address[name]) for name in ADDRESS if name in address}
    contacts = row.get(CONTACTS)
    if isinstance(contacts, list):
        contact = default_contact([each for each in contacts if isinstance(each, dict)])
        native |= {
            f"contact.{name}": text(contact.get(name)) for name in CONTACT if not contact or name in contact
        }
    return native


def default_contact(contacts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Give the default contact, else the oldest; empty where there is none."""
    default = [contact for contact in contacts if contact.get("is_default") is True]
    chosen = default or sorted(contacts, key=lambda contact: int(contact.get("id") or 0))
    return chosen[0] if chosen else {}


def text(value: Any) -> str:
    """Write a JSON value as native text: null blank, flags ``true`` and ``false``, no exponents."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case str():
            return value
        case _:
            return str(value)


def said(body: bytes, secrets: Iterable[str] = ()) -> str:
    """Give the words of an error's body, of any shape: one line, cut short, every secret as ``***``."""
    try:
        words = _words(_DECODER.decode(body))
    except msgspec.DecodeError:
        words = body.decode("utf-8", "replace")
        words = "" if words.lstrip().startswith("<") else words
    for secret in secrets:
        if secret:
            words = re.sub(re.escape(secret), "***", words)
    words = " ".join(words.split())
    return words if len(words) <= _QUOTED else words[:_QUOTED] + "…"


def _words(value: Any) -> str:
    match value:
        case str():
            return value
        case dict():
            found = [_words(value[name]) for name in _SAID if name in value]
            return (
                "; ".join(dict.fromkeys(each for each in found if each))
                or msgspec.json.encode({name: str(each) for name, each in value.items()}).decode()
            )
        case list():
            return "; ".join(each for each in map(_words, value) if each)
        case _:
            return ""
