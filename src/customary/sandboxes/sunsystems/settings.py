"""What the SunSystems sandbox is set to; whoever starts it wires the server behind it accordingly."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings, as a fault file's ``[settings]`` may have them."""

    business_unit: str = "PK1"
    """The business unit that has customers."""
    financial_unit: str = "PKF"
    """The one that is financials only, and empty."""
    operator: str = "SUN"
    password: str = "sandbox password"  # noqa: S105  # it is a sandbox's, and printed
    voucher_minutes: Annotated[float, Meta(gt=0)] = 60.0
    """How long a voucher is good."""
    messages: Literal["nested", "old"] = "nested"
    """Where messages stand in an answer, unless CompatibilityMode is 1."""
    fault_status: Literal[200, 500] = 500
    """The HTTP status of a SOAP fault."""
    closed_lists: tuple[str, ...] = ("currency", "payment_terms")
    """The reference lists that a code must be in."""
    account: Literal["always", "never"] = "always"
    """Whether a customer needs an account."""
    delete: str = "100%"
    """The most that one CreateReplaceOrDelete may delete."""
    basic: str = ""
    """``USER:PASSWORD`` that every request needs by HTTP Basic besides; ``""``: none."""
