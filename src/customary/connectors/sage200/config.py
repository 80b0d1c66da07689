"""The settings of a Sage 200 system: ``[systems.NAME]`` with ``connector = "sage200"``.

They describe one company of one site, reached as one client of Sage's API. The numbers in brackets are
sections of the fact sheet on Sage 200 customers (``facts/sage200.md``), with how sure the statement is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from customary.model.secret import Secret
from customary.protocols.sage200 import BASES, MOST_TOP, Edition
from customary.protocols.zynk_reference import PLACE, Convention, Counting, ReferenceSettings

NONE: Secret = Secret(fetch=str)
"""A secret that there is not."""

_HOST = "https://api.columbus.sage.com"
_ADDRESSES = ("url", "identity_url", "redirect_uri")


class GenerateConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How references are made for new customers that have none: Zynk's settings (4 and 5, documented)."""

    convention: Annotated[Convention, Meta(description="which name a reference is made of")] = (
        Convention.COMPANY_OTHERWISE_FULL_NAME
    )
    letters: Annotated[int, Meta(ge=0, le=8, description="characters of the name, at most")] = 4
    digits: Annotated[int, Meta(ge=1, le=8, description="digits of the number, with leading zeros")] = 3
    mask: Annotated[
        str,
        Meta(
            description="? is a generated character, letters and digits stay; no ?: put before; blank: none"
        ),
    ] = ""
    strip: Annotated[
        str,
        Meta(description="a regular expression: what matches it is taken out of the name; blank: nothing"),
    ] = ""
    counting: Annotated[Counting, Meta(description="from 1 upwards, or from the highest number down")] = (
        Counting.ASCENDING
    )

    def __post_init__(self) -> None:
        """Refuse what no reference can be made by; raises ``ValueError`` with everything that is wrong."""
        problems = self.references.problems()
        kept = self.mask.replace(PLACE, "")
        if kept and not kept.isalnum():  # Zynk's samples with a hyphen are of another product's task (5, 16)
            problems += (f"the mask keeps '{kept}', and a reference of Sage 200 has letters and digits only",)
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def references(self) -> ReferenceSettings:
        """Give the settings as the generator takes them."""
        return ReferenceSettings(**{name: getattr(self, name) for name in self.__struct_fields__})


class Sage200Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one Sage 200 company is reached and read."""

    edition: Annotated[Edition, Meta(description="extra (also Professional) or standard")] = "extra"
    """Decides the usual address (9)."""
    url: Annotated[str, Meta(description="where the API's resources are; blank: the edition's at Sage")] = ""
    """An Irish address is not proven (9, guess), so it is a setting."""
    site: Annotated[str, Meta(description="the site's id, as `customary check` lists it")] = ""
    """Header X-Site (9, observed)."""
    company: Annotated[int, Meta(ge=0, description="the company's id, as `customary check` lists it")] = 0
    """Header X-Company; one site may hold several companies (9, observed)."""

    client_id: Annotated[str, Meta(min_length=1, description="the id of your client of Sage's API")]
    """Asked for from Sage by a form (10, client code)."""
    client_secret: Annotated[
        Secret, Meta(description="its secret, env:NAME, file:PATH or keyring:NAME; none for a public client")
    ] = NONE
    """A web client has one, a mobile client none (10, documented)."""
    redirect_uri: Annotated[
        str, Meta(pattern="^https?://", description="where Sage leads the browser back to, as registered")
    ] = "http://127.0.0.1:53682/callback"
    """Nothing has to answer there: the address is copied from the browser after the login."""
    identity_url: Annotated[str, Meta(pattern="^https?://", description="Sage's identity service")] = (
        "https://id.sage.com"
    )
    """``/authorize`` and ``/oauth/token`` are below it (10, client code)."""
    audience: Annotated[str, Meta(description="what the login is for, in Sage's words")] = "s200ukipd/sage200"
    """(10, client code)"""
    subscription_key: Annotated[
        Secret, Meta(description="ocp-apim-subscription-key, where your client needs one")
    ] = NONE
    """Older guides want it, newer clients leave it out (9, client code)."""
    refresh_days: Annotated[
        float, Meta(gt=0, le=3650, description="days that a login lasts, as agreed with Sage")
    ] = 90
    """Counted from the login, not renewed by refreshing (10, client code)."""
    warn_days: Annotated[
        float, Meta(ge=0, le=3650, description="days before its end from which you are warned")
    ] = 14

    prefer: Annotated[
        Literal["neither", "code", "id"],
        Meta(description="which is taken when an id and a code given beside it disagree"),
    ] = "neither"
    """A file from another company has other ids; so by default the customer is rejected (a decision)."""
    on_hold_locked: Annotated[
        bool, Meta(description="whether Sage refuses to amend a customer that is on hold")
    ] = True
    """So it is in Sage's own program; whether the API does so is not known (16)."""

    generate: Annotated[
        GenerateConfig | None,
        Meta(description="how references are made for new customers without one; none: they are rejected"),
    ] = None

    page: Annotated[int, Meta(ge=1, le=MOST_TOP, description="customers that one call asks for")] = 500
    """``$top``; 5,000 is the most that Sage gives (11, documented)."""
    overlap: Annotated[
        float,
        Meta(ge=0, le=86_400, description="seconds that reading what moved begins before the last reading"),
    ] = 300
    """Sage's clock and this computer's differ, and a change shows late; a decision."""
    rate: Annotated[float, Meta(gt=0, le=1000, description="calls a second, at most, of one process")] = 10
    """Sage publishes no limit (13); a decision."""
    concurrency: Annotated[int, Meta(ge=1, le=64, description="calls at once, at most, of one process")] = 2
    """A decision."""
    busy_wait: Annotated[
        float,
        Meta(ge=0, le=3600, description="seconds to wait, in all, for a call that Sage is too busy for"),
    ] = 120
    """429 with Retry-After, which is obeyed (13, client code)."""
    connect_timeout: Annotated[float, Meta(gt=0, le=3600, description="seconds to wait for a connection")] = (
        30
    )
    read_timeout: Annotated[
        float, Meta(gt=0, le=3600, description="seconds to wait for the whole of an answer")
    ] = 120
    """Large reads are slow where the data is on the premises (17, client code)."""
    lease_wait: Annotated[
        float, Meta(ge=0, le=86_400, description="seconds to wait for another process that refreshes tokens")
    ] = 60
    ca_file: Annotated[
        Path | None, Meta(description="PEM file of the authorities to trust instead of the machine's own")
    ] = None

    def __post_init__(self) -> None:
        """Refuse an address that holds more than a place; raises ``ValueError``."""
        for name in _ADDRESSES:
            text = str(getattr(self, name))
            parts = urlsplit(text)
            if text and (not parts.hostname or "@" in parts.netloc or parts.fragment or parts.query):
                raise ValueError(f"{name}: it must be https://HOST/PATH, without user, password, ? or #")
            if text and parts.scheme not in ("http", "https"):
                raise ValueError(f"{name}: it must begin with https:// or http://")

    @property
    def resources(self) -> str:
        """Where the resources are, without a slash at its end."""
        return (self.url or _HOST + BASES[self.edition]).rstrip("/")

    @property
    def identity(self) -> str:
        """Where the identity service is, without a slash at its end."""
        return self.identity_url.rstrip("/")

    @property
    def operator(self) -> str:
        """The account whose tokens the hub's lease keeps."""
        return f"client {self.client_id}"
