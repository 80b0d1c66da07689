"""How the Sage 200 sandbox behaves, as data. What is a guess, and why, stands in this folder's README."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from customary.protocols.sage200 import Edition

AUTHORISE: Final = "/authorize"
TOKEN: Final = "/oauth/token"  # noqa: S105 - a path


class Company(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A company of a site, with customers of its own."""

    company_id: int = 1
    company_name: str = "Sandbox Trading Ltd"
    site_id: str = "11111111-2222-4333-8444-555555555555"
    site_name: str = "Sandbox"
    first_id: int = 27006
    """The id of its first customer."""
    share: float = 1.0
    """How many customers it has, as a share of those that were asked for."""
    allowed: bool = True
    """Whether the user may use it; one that is not allowed is not listed."""


COMPANIES: Final = (
    Company(),
    Company(company_id=2, company_name="Sandbox Export Ltd", first_id=61004, share=0.02),
)


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this site behaves where others may differ."""

    edition: Edition = "extra"
    companies: tuple[Company, ...] = COMPANIES
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox"  # noqa: S105 - a made-up one, of a made-up client
    """Blank: a public client, which proves itself by PKCE only."""
    redirect_uris: tuple[str, ...] = ()
    """The addresses that a login may lead back to; none: any."""
    token_seconds: int = 3600
    """How long an access token lives."""
    refresh_days: float = 90.0
    """How long a refresh token lives, from the login on."""
    rotate: bool = True
    """Whether each refresh gives a new refresh token and ends the old one."""
    early_refresh_refused: bool = False
    """Whether a refresh while the access token lives is refused."""
    subscription_key: str = ""
    """Not blank: the header ocp-apim-subscription-key must hold it."""
    wrapped: bool = False
    """Whether lists come as ``{"value": [...]}``."""
    created_status: Literal[200, 201] = 200
    error_shape: Literal["message", "array", "gateway", "text", "empty"] = "message"
    """How a 400 says what is wrong."""
    on_hold_locked: bool = True
    """Whether a customer on hold cannot be amended."""
    parts_move_customer: bool = True
    """Whether a change of an address or a contact moves its customer's ``date_time_updated``."""
    automatic_numbers: bool = False
    """Whether the site numbers its customers itself."""
    rate: int = 0
    """Requests taken in any second; 0: any number. More are answered with 429."""

    def __repr__(self) -> str:
        return f"Settings({self.edition!r})"
