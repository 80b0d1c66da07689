"""What is sent to write a customer: native fields as the API's JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from customary.connectors.contract import Sending
from customary.connectors.sage200.codec import CONTACTS, JOINED, KEY
from customary.connectors.sage200.fields import COLUMNS
from customary.model.change import Action
from customary.protocols.sage200 import Column, Kind

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
_ADDRESS: Final = "main_address."
_CONTACT: Final = "contact."


def body(sending: Sending, id_of: Callable[[str, str], str], contact: str) -> bytes:
    """Give the JSON of a create, or of a partial update: only what is to change, and what is required.

    ``id_of`` gives the id of a table's code; ``contact`` is the id of the contact to change, ``""`` for a
    new one. Nothing is null; what is blank is left out of a create (12, client code and guess). An update
    sends the reference and the name too, which the schema marks as required (12, documented).
    """
    create = sending.action is Action.CREATE
    whole: dict[str, Any] = {KEY: sending.key if create else sending.held.get(KEY, sending.key)}
    if not create and sending.held.get("name"):
        whole["name"] = sending.held["name"]
    parts: dict[str, dict[str, Any]] = {_ADDRESS: {}, _CONTACT: {}}
    for name, text in _by_id(sending, id_of).items():
        column = COLUMNS.get(name)
        if column is None or name == KEY or (create and not text):
            continue
        into = next((part for begin, part in parts.items() if name.startswith(begin)), whole)
        into[column.name] = _value(column, text)
    if parts[_ADDRESS]:
        whole["main_address"] = parts[_ADDRESS]
    if parts[_CONTACT]:
        whole[CONTACTS] = [({"id": int(contact)} if contact else {}) | parts[_CONTACT]]
    return _encode(whole)


def touches_contact(sending: Sending) -> bool:
    """Whether writing it changes the default contact."""
    return any(name.startswith(_CONTACT) for name in sending.native)


def _by_id(sending: Sending, id_of: Callable[[str, str], str]) -> Mapping[str, str]:
    """Put ids in the place of codes."""
    native = dict(sending.native)
    for code_field, (id_field, table) in JOINED.items():
        if code := native.pop(code_field, ""):
            native[id_field] = id_of(table, code)
    return native


def _value(column: Column, text: str) -> object:
    match column.kind:
        case Kind.INTEGER:
            return int(text)
        case Kind.DECIMAL:
            return Decimal(text)
        case Kind.FLAG:
            return text == "true"
        case _:
            return text
