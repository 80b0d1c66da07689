"""Customers shaped to what a Sage 200 company takes, before anything is sent: the rules beyond lengths.

Numbers in brackets are sections of the fact sheet on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from customary.connectors.contract import Fit
from customary.connectors.sage200.codec import CONTACTS, JOINED, KEY, PHONE
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.sage200.fields import COLUMNS
from customary.connectors.sage200.lookups import Codes, UnknownCode
from customary.model.change import Action
from customary.model.fields import canonical_decimal, read_decimal
from customary.model.outcome import Level, Message
from customary.model.source import Native
from customary.protocols.sage200 import Column, Kind
from customary.protocols.zynk_values import read_moment, write_moment

_NAMES: Final = ("contact.first_name", "contact.middle_name", "contact.last_name")
_SMALL: Final = frozenset(
    {"early_settlement_discount_days", "payment_terms_days", "months_to_keep_transactions"}
)
"""The fields that are an int16 (14, documented); the other whole numbers are an int64."""
_DUNS: Final = 9


class Fitting:
    """Shapes customers for one company, whose tables of codes are read once. Threads may share it."""

    def __init__(self, config: Sage200Config, codes: Codes) -> None:
        self._config = config
        self._codes = codes

    def fit(self, action: Action, native: Native, held: Native) -> Fit:
        """Give the fields as Sage takes them, spelled as ``held`` spells the same value.

        Raises ``Unreachable`` and ``NotPermitted`` while a table of codes is read.
        """
        customer = _Customer(action, dict(native), held)
        self._limit_contacts(customer)
        self._leave_out(customer)
        for phone in ("telephone", "fax"):
            _take_apart(customer, phone)
        _name_contact(customer)
        for code in JOINED:
            self._look_up(customer, code)
        for name in tuple(customer.native):
            _value(customer, name)
        _require(customer)
        if self._config.on_hold_locked:
            _leave_on_hold(customer)
        return Fit(customer.native, tuple(customer.messages))

    def _limit_contacts(self, customer: _Customer) -> None:
        given = customer.native.pop(CONTACTS, "")
        if not given.isdecimal() or int(given) < 2:
            return
        if self._config.edition == "standard":
            customer.refuse(CONTACTS, f"{given} contacts are given; Sage 200 Standard has one")
        else:
            customer.tell(
                Level.WARNING, CONTACTS, f"{given} contacts are given; only the default one is written"
            )

    def _leave_out(self, customer: _Customer) -> None:
        """Leave out what only Extra has, where this is Standard, and say so (14, documented)."""
        if self._config.edition != "standard":
            return
        lost = []
        for name in tuple(customer.native):
            column = COLUMNS.get(name)
            extra = (column is not None and column.extra_only) or name.startswith("telephone")
            if extra and customer.native.pop(name):
                lost.append(name)
        if lost:
            customer.tell(Level.WARNING, "", f"only Sage 200 Extra has {', '.join(lost)}: left out")

    def _look_up(self, customer: _Customer, code_field: str) -> None:
        id_field, table = JOINED[code_field]
        sent = [name for name in (id_field, code_field) if name in customer.native]
        id_, code = (customer.native.pop(name, "").strip() for name in (id_field, code_field))
        if not id_ and not code:
            for name in sent:
                customer.keep(name)
            return
        try:
            found = self._agreed(customer, code_field, id_, code)
        except UnknownCode as error:
            customer.refuse(code_field if code else id_field, str(error))
            return
        by_code = code and (not customer.held or code_field in customer.held)
        customer.native[code_field if by_code else id_field] = (
            self._codes.codes(table)[found] if by_code else found
        )

    def _agreed(self, customer: _Customer, code_field: str, id_: str, code: str) -> str:
        """Give the id that is meant. Raises ``UnknownCode``, also for an id and a code that disagree."""
        id_field, table = JOINED[code_field]
        prefer = self._config.prefer
        if code and not id_:
            return self._codes.id_of(table, code)
        known = self._codes.code(table, id_)
        if code and (known or "").casefold() != code.casefold():
            text = f"{id_field} {id_} is '{known or 'nothing'}' in Sage, and the code given is '{code}'"
            if prefer == "neither":
                raise UnknownCode(f"{text}; take one of them out, or set `prefer` to code or id")
            customer.tell(Level.WARNING, id_field, f"{text}: the {prefer} is taken")
            if prefer == "code":
                return self._codes.id_of(table, code)
        if known is None:
            raise UnknownCode(f"Sage has no id {id_} in {table}; ids differ from company to company")
        return id_


class _Customer:
    """A customer while it is shaped."""

    def __init__(self, action: Action, native: dict[str, str], held: Native) -> None:
        self.action = action
        self.native = native
        self.held = held
        self.messages: list[Message] = []

    def tell(self, level: Level, field: str, text: str) -> None:
        self.messages.append(Message(level=level, field=field, text=text))

    def refuse(self, field: str, text: str) -> None:
        self.tell(Level.ERROR, field, text)

    def keep(self, name: str) -> None:
        """Leave a field alone that was to be cleared: Sage takes no null (12, client code)."""
        if self.held.get(name):
            self.tell(Level.INFORMATION, name, f"{name} stays '{self.held[name]}': Sage cannot clear it")


def _take_apart(customer: _Customer, phone: str) -> None:
    """Put a number that is given as one text into its parts, unless these are given too."""
    native, held = customer.native, customer.held
    names = tuple(f"{phone}_{part}" for part in PHONE)
    country, _, subscriber = names
    whole = native.pop(phone, None)
    dialling = native.pop(f"{phone}.dialling_code", None)
    if dialling is not None and country not in native:
        if held.get(country, "").removeprefix("+") == dialling:
            native[country] = held.get(country, "")
        else:
            plus = "+" if dialling and len(dialling) < COLUMNS[country].length else ""
            native[country] = plus + dialling
    if whole is None or native.get(subscriber):
        return
    if whole == " ".join(held[name] for name in names if held.get(name)):
        for name in names:
            native.pop(name, None)
    else:
        native |= dict.fromkeys(names, "") | {subscriber: whole}


def _name_contact(customer: _Customer) -> None:
    """Put a contact's name that is given as one text into its parts, unless these are given too."""
    native, held = customer.native, customer.held
    whole = native.pop("contact.name", None)
    if whole is None or any(native.get(name) for name in _NAMES):
        return
    if whole in (held.get("contact.name"), " ".join(held[name] for name in _NAMES if held.get(name))):
        return
    first, middle, last = _words(whole)
    native |= dict(zip(_NAMES, (first, middle, last), strict=True))
    for name in _NAMES:
        if len(native[name]) > COLUMNS[name].length:
            customer.refuse("contact.name", f"'{native[name]}' is longer than Sage's {name}")


def _words(name: str) -> tuple[str, str, str]:
    words = name.split()
    if len(words) < 2:
        return "", "", " ".join(words)
    return words[0], " ".join(words[1:-1]), words[-1]


def _value(customer: _Customer, name: str) -> None:
    """Bring a value into Sage's spelling, or into that of ``held`` where it is the same."""
    column = COLUMNS.get(name)
    if column is None:
        return
    text = customer.native[name]
    if not text.strip() and (column.kind is not Kind.TEXT or column.domain):
        del customer.native[name]
        customer.keep(name)
    elif not text.strip() and not customer.held.get(name):
        del customer.native[name]  # blank already
    elif text.strip() or column.kind is not Kind.TEXT:
        try:
            customer.native[name] = _spelled(column, text, customer.held.get(name, ""))
        except ValueError as error:
            customer.refuse(name, str(error))


def _spelled(column: Column, text: str, held: str) -> str:
    match column.kind:
        case Kind.INTEGER:
            return _same(held, _whole(column, text), _canonical)
        case Kind.DECIMAL:
            exact = Decimal(read_decimal(text.strip()))
            rounded = exact.quantize(Decimal(1).scaleb(-column.decimals))
            if rounded != exact:
                raise ValueError(f"'{text}' has more than {column.decimals} decimals")
            return _same(held, format(rounded, "f"), _canonical)
        case Kind.DATE:
            return _same(held, write_moment(read_moment(text.strip())), _moment)
        case Kind.FLAG:
            return text
    for value in column.domain:
        if value.casefold() == text.strip().casefold():
            return value
    if column.domain:
        raise ValueError(f"'{text}' is not one of {', '.join(column.domain)}")
    if column.name == "duns_code" and not (text.isascii() and text.isdigit() and len(text) == _DUNS):
        raise ValueError(f"'{text}' is not a D-U-N-S number of {_DUNS} digits")
    if column.name == "order_priority" and not "A" <= text <= "Z":
        raise ValueError(f"'{text}' is not a letter from A to Z")
    return text


def _same(held: str, text: str, meaning: Callable[[str], str]) -> str:
    return held if held and meaning(held) == meaning(text) else text


def _canonical(text: str) -> str:
    try:
        return read_decimal(text)
    except ValueError:
        return text


def _moment(text: str) -> str:
    try:
        return write_moment(read_moment(text))
    except ValueError:
        return text


def _whole(column: Column, text: str) -> str:
    number = Decimal(read_decimal(text.strip()))
    if number != number.to_integral_value():
        raise ValueError(f"'{text}' is not a whole number")
    bits = 15 if column.name in _SMALL else 63
    if not -(1 << bits) <= number < 1 << bits:
        raise ValueError(f"{text.strip()} is past what Sage holds")
    return canonical_decimal(number)


def _require(customer: _Customer) -> None:
    """Look at what a customer must have, and at what never changes (14 and 16, documented)."""
    reference = customer.native.get(KEY, "").strip()
    name = customer.native.get("name")
    if customer.action is Action.CREATE:
        if not name:
            customer.refuse("name", "a new customer of Sage needs a name")
        if reference and not reference.isalnum():
            customer.refuse(KEY, f"'{reference}': a reference of Sage has letters and digits only")
        return
    if name is not None and not name.strip():
        customer.refuse("name", "a customer of Sage needs a name: it cannot be cleared")
    before = customer.held.get(KEY, "")
    if reference and reference.casefold() != before.strip().casefold():
        customer.refuse(KEY, f"the reference is {before} in Sage, and cannot be changed to {reference}")
    customer.native.pop(KEY, None)


def _leave_on_hold(customer: _Customer) -> None:
    """Refuse to amend a customer on hold, but for releasing it (16, documented)."""
    native, held = customer.native, customer.held
    if held.get("on_hold") != "true" or native.get("on_hold") == "false":
        return
    changed = [name for name, text in native.items() if held.get(name, "") != text]
    if changed:
        text = f"the customer is on hold, so Sage does not let {', '.join(changed)} be changed: release it"
        customer.refuse("on_hold", f"{text} there, or here with on_hold = false")
