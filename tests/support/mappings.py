"""Rows of a mapping to a system in memory, for those who write to one."""

from __future__ import annotations

OUTGOING = """
[[field]]
field = "code"
native = "reference"
when = "create"
compare = "key"
required = true

[[field]]
field = "name"
native = "title"

[[field]]
field = "credit_limit"
native = "limit"
transform = "decimal"

[[field]]
field = "on_hold"
native = "stopped"
transform = "flag"

[[field]]
field = "currency"
native = "currency"

[[field]]
field = "currency_iso"
native = "currency"
lookup = "currencies"
"""
"""A key, a text, a number, a flag, and a code with its look-up."""
