"""Whole customers: all that the API has of them, with what they refer to in the place of its id.

Only ``contacts`` and ``main_address`` are expanded by Sage: nested and multiple expands are unproven, so that
countries, currencies, tax codes and salutations are joined from tables that are read once (facts/sage200.md
11, guess).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from customary.connectors.contract import Chosen, WholePage
from customary.connectors.sage200.api import Row, Sage200Api, moved_since
from customary.connectors.sage200.codec import ID
from customary.connectors.sage200.listing import broken, rows_behind
from customary.connectors.sage200.lookups import Codes
from customary.errors import ConfigError, ListingRefused, NotPermitted, Rejected, Unreadable
from customary.model.outcome import Level, Message

EXPANDED: Final = "contacts,main_address"
OF_CUSTOMER: Final = {
    "country_code": "country_codes",
    "currency": "currencies",
    "default_tax_code": "tax_codes",
}
"""What is joined into a customer, each with its table; its id is in the field of that name and ``_id``."""
OF_ADDRESS: Final = {"address_country_code": "country_codes"}
OF_CONTACT: Final = {"salutation": "salutations"}

_OR = re.compile(r"\bor\b", re.IGNORECASE)


def read_whole(
    api: Sage200Api, codes: Codes, page: int, chosen: Chosen, after: str | None
) -> Iterator[WholePage]:
    """Give pages of at most ``page`` whole customers by id, from behind the id ``after``.

    Raises ``Unreachable``, also where a page repeats, ``NotPermitted``, and ``ConfigError`` when Sage refuses
    the filter.
    """
    joining = _Joining(api, codes)
    try:
        for rows in rows_behind(api, after, page, EXPANDED, narrowed(chosen.since, chosen.filter)):
            customers = [joining.whole(row) for row in rows]
            yield WholePage(customers=customers, notices=joining.take_notices(), cursor=str(rows[-1][ID]))
    except ListingRefused as fault:
        if not chosen.filter:
            raise
        raise ConfigError(
            f"{api.system}: Sage does not take the filter {chosen.filter!r}: {fault.reason}."
            " A filter is OData, as: balance gt 0, or: startswith(name, 'Zynk')"
        ) from None
    yield WholePage(customers=())


def narrowed(since: datetime | None, filter: str) -> str:
    """Write the filter of what was chosen; ``""``: all customers."""
    parts = [moved_since(since)] if since else []
    if filter.strip():
        # ``and`` binds closer than ``or``; brackets only then, since nobody has proved them (11).
        parts.append(f"({filter.strip()})" if _OR.search(filter) else filter.strip())
    return " and ".join(parts)


class _Joining:
    """Joins tables into customers, and notes once what cannot be joined."""

    def __init__(self, api: Sage200Api, codes: Codes) -> None:
        self._api = api
        self._codes = codes
        self._closed: dict[str, Mapping[int, Row]] = {}
        self._said: set[str] = set()
        self._notices: list[Message] = []

    def whole(self, row: Row) -> Row:
        """Give a customer with all that it refers to."""
        made = self._with(row, OF_CUSTOMER)
        address, contacts = made.get("main_address"), made.get("contacts")
        if isinstance(address, dict):
            made["main_address"] = self._with(address, OF_ADDRESS)
        if isinstance(contacts, list):
            made["contacts"] = [
                self._with(each, OF_CONTACT) if isinstance(each, dict) else each for each in contacts
            ]
        return made

    def take_notices(self) -> tuple[Message, ...]:
        """Give what is to be said and was not given yet."""
        notices, self._notices = tuple(self._notices), []
        return notices

    def _with(self, thing: Mapping[str, Any], joined: Mapping[str, str]) -> Row:
        made = dict(thing)
        for name, table in joined.items():
            id_ = thing.get(f"{name}_id")
            if id_ is None:
                continue
            found = self._rows(table).get(id_)
            if found is not None:
                made[name] = found
            elif table not in self._closed:
                self._notice(f"{table} has no id {id_}, which customers refer to; they go without it")
        return made

    def _rows(self, table: str) -> Mapping[int, Row]:
        if table in self._closed:
            return self._closed[table]
        try:
            return self._codes.rows(table)
        except (Rejected, Unreadable) as fault:
            raise broken(self._api, fault) from None
        except NotPermitted as fault:
            self._closed[table] = {}
            self._notice(f"{fault.reason}; customers go without it")
            return {}

    def _notice(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._notices.append(Message(level=Level.WARNING, text=text))
