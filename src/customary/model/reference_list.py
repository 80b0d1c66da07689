"""The reference lists that a business unit has: names of what codes may have to be among."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

NAMES: Final = (
    *("account", "address", "bank_subcode", "carrier", "characteristic", "currency", "data_access_group"),
    *("document_format", "item", "language", "payment_terms", "sales_definition", "salesperson"),
    *("standard_text_class", "warehouse"),
    *(f"analysis_{number}" for number in range(1, 11)),
    *(f"account_analysis_{number}" for number in range(1, 11)),
)
"""All of them: only codes of these are ever looked up."""


def unknown(name: str) -> str:
    """Say that there is no list of this name, and which one may be meant; ``""`` where there is one."""
    if name in NAMES:
        return ""
    near = get_close_matches(name.casefold(), NAMES, 1)
    lists = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(NAMES)}"
    return f"no code is ever looked up in a list '{name}'; {lists}"
