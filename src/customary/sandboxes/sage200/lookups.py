"""The tables of codes that customers refer to: currencies, countries, tax codes, salutations and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from customary.protocols.sage200 import BOTH, EXCHANGE_RATES, PERIOD, SINGLE, STATUSES, Column, Kind

_SET_UP: Final = "2015-10-30T22:33:16.67"

_COUNTRIES: Final = (
    *(("AE", "United Arab Emirates", False), ("AT", "Austria", True), ("AU", "Australia", False)),
    *(("BE", "Belgium", True), ("CA", "Canada", False), ("CH", "Switzerland", False)),
    *(("CZ", "Czech Republic", True), ("DE", "Germany", True), ("DK", "Denmark", True)),
    *(("ES", "Spain", True), ("FI", "Finland", True), ("FR", "France", True)),
    *(("GB", "Great Britain", True), ("GR", "Greece", True), ("IE", "Ireland", True)),
    *(("IL", "Israel", False), ("IT", "Italy", True), ("JP", "Japan", False)),
    *(("NL", "Netherlands", True), ("NO", "Norway", False), ("PL", "Poland", True)),
    *(("SE", "Sweden", True), ("TR", "Turkey", False), ("US", "United States", False)),
)
"""In this order Great Britain has the id 13, as in the vendor's examples."""

_CURRENCIES: Final = (
    ("GBP", "£", "Pound Sterling", "1.000000", BOTH),
    ("EUR", "€", "Euro", "1.160000", BOTH),
    ("USD", "$", "US Dollar", "1.270000", BOTH),
    ("SEK", "kr", "Swedish Krona", "13.400000", SINGLE),
    ("PLN", "zł", "Polish Zloty", "5.050000", SINGLE),
    ("CZK", "Kč", "Czech Koruna", "29.300000", SINGLE),
    ("TRY", "₺", "Turkish Lira", "43.900000", PERIOD),
    ("ILS", "₪", "New Shekel", "4.620000", SINGLE),
    ("AED", "AED", "UAE Dirham", "4.660000", SINGLE),
    ("JPY", "¥", "Yen", "189.000000", SINGLE),
)
_FIRST_ISO = 49
"""The id of GBP among the ISO codes, as in the vendor's examples."""

_TAX_CODES: Final = (
    (0, "Exempt", "0.00"),
    (1, "Standard Rate", "20.00"),
    (2, "Zero Rated", "0.00"),
    (4, "EC Sales - Standard", "0.00"),
    (5, "Lower Rate", "5.00"),
)
_SALUTATIONS: Final = ("Mr.", "Mrs.", "Miss", "Ms.", "Dr.", "Prof.")


class Resource(Struct, frozen=True):
    """A resource that is only read: its rows, and the columns that may be asked about."""

    rows: Sequence[Mapping[str, Any]]
    columns: Mapping[str, Column]
    expandable: tuple[str, ...] = ()


def resources(company: int) -> dict[str, Resource]:
    """Make the tables of a company. Every company has other ids: those of the first are the vendor's."""
    shift = (company - 1) * 200
    iso = [
        _row(_FIRST_ISO + at + shift, code=code, name=f"{name.upper()}, {name}")
        for at, (code, _, name, _, _) in enumerate(_CURRENCIES)
    ]
    made = {
        "currency_iso_codes": iso,
        "currencies": [_currency(at, row, shift) for at, row in enumerate(iso)],
        "country_codes": [
            _row(at + shift, name=name, code=code, eu_member=eu)
            for at, (code, name, eu) in enumerate(_COUNTRIES, 1)
        ],
        "tax_codes": [
            _row(at + shift, code=code, name=name, tax_rate=float(rate), terms="", terms_description="")
            for at, (code, name, rate) in enumerate(_TAX_CODES, 1)
        ],
        "salutations": [
            _row(at + shift, code=code, description=code, is_default=at == 1)
            for at, code in enumerate(_SALUTATIONS, 1)
        ],
        "account_status_types": _choices(STATUSES),
        "exchange_rate_types": _choices(EXCHANGE_RATES),
    }
    expandable = {"currencies": ("currency_iso_code",)}
    return {name: Resource(rows, _columns(rows[0]), expandable.get(name, ())) for name, rows in made.items()}


def _row(id_: int, **values: Any) -> dict[str, Any]:
    return {"id": id_, "date_time_created": _SET_UP, "date_time_updated": _SET_UP, **values}


def _currency(at: int, iso: Mapping[str, Any], shift: int) -> dict[str, Any]:
    code, symbol, name, rate, rates = _CURRENCIES[at]
    return _row(
        at + 1 + shift,
        symbol=symbol,
        name=name,
        core_currency_rate=float(rate),
        euro_currency_rate=0.86 if code == "GBP" else 1.0,
        is_base_currency=code == "GBP",
        is_euro_currency=code == "EUR",
        use_for_new_accounts=True,
        exchange_rate_type=rates,
        currency_iso_code_id=iso["id"],
        currency_iso_code=iso,
    )


def _choices(values: Sequence[str]) -> list[dict[str, Any]]:
    return [
        _row(at, description=value.removeprefix("AccountStatus").removeprefix("ExchangeRate"), value=value)
        for at, value in enumerate(values)
    ]


def _columns(row: Mapping[str, Any]) -> dict[str, Column]:
    return {name: Column(name=name, kind=_kind(name, value)) for name, value in row.items()}


def _kind(name: str, value: Any) -> Kind:
    match value:
        case bool():
            return Kind.FLAG
        case int():
            return Kind.INTEGER
        case float():
            return Kind.DECIMAL
        case _:
            return Kind.DATE if name.startswith("date_time") else Kind.TEXT
