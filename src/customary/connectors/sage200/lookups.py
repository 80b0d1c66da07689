"""Codes and their ids in this company: currencies, countries, tax codes, salutations; read once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from customary.connectors.sage200.api import Row, Sage200Api
from customary.connectors.sage200.codec import WrongShape, identified, text
from customary.errors import Unreadable

TABLES: Final = ("currencies", "country_codes", "tax_codes", "salutations")
"""The tables whose codes a customer may have; the code of a currency is its ISO 4217 code."""

_NEAREST = 3


class UnknownCode(ValueError):
    """A code that Sage does not have; the text names the nearest ones that it has."""


class Codes:
    """The tables of codes of one company. Threads may share it.

    Every method raises what ``Sage200Api`` raises when a table is read for the first time.
    """

    def __init__(self, api: Sage200Api) -> None:
        self._api = api
        self._guard = threading.Lock()
        self._tables: dict[str, Mapping[str, str]] = {}
        self._rows: dict[str, Mapping[int, Row]] = {}

    def rows(self, table: str) -> Mapping[int, Row]:
        """Give a table whole: id -> row; a currency has its row of ``currency_iso_codes`` in it."""
        self.codes(table)
        return self._rows[table]

    def codes(self, table: str) -> Mapping[str, str]:
        """Give a table: id -> code, both as text."""
        with self._guard:
            if table not in self._tables:
                try:
                    self._tables[table] = self._read(table)
                except WrongShape as error:
                    raise Unreadable(self._api.system, f"{table} cannot be read: {error}") from None
            return self._tables[table]

    def code(self, table: str, id_: str) -> str | None:
        """Give the code of an id: blank for a blank id, ``None`` when the table has no such id."""
        return self.codes(table).get(id_) if id_ else ""

    def id_of(self, table: str, code: str) -> str:
        """Give the id of a code, in any case. Raises ``UnknownCode``, also when several have that code."""
        known = self.codes(table)
        wanted = code.strip().casefold()
        found = [id_ for id_, each in known.items() if each.casefold() == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownCode(f"Sage has '{code}' {len(found)} times in {table}: ids {', '.join(found)}")
        raise UnknownCode(f"Sage has no '{code}' in {table}; {_nearest(wanted, known)}")

    def _read(self, table: str) -> dict[str, str]:
        rows = {identified(row): row for row in self._api.codes(table)}
        if table == "currencies":
            iso = {identified(row): row for row in self._api.codes("currency_iso_codes")}
            rows = {id_: _with_iso(row, iso) for id_, row in rows.items()}
            codes = {id_: (row.get("currency_iso_code") or {}).get("code") for id_, row in rows.items()}
        else:
            codes = {id_: row.get("code") for id_, row in rows.items()}
        self._rows[table] = rows
        return {str(id_): text(code) for id_, code in codes.items()}


def _with_iso(currency: Row, iso: Mapping[int, Row]) -> Row:
    found = iso.get(currency.get("currency_iso_code_id", 0))
    return {**currency, "currency_iso_code": found} if found else currency


def _nearest(wanted: str, known: Mapping[str, str]) -> str:
    written = {each.casefold(): each for each in known.values() if each}
    near = [written[each] for each in get_close_matches(wanted, written, _NEAREST, 0.3)]
    return f"nearest: {', '.join(near)}" if near else f"it has {', '.join(sorted(written.values())[:20])}"
