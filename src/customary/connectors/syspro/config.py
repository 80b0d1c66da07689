"""The settings of a SYSPRO system: ``[systems.NAME]`` with ``connector = "syspro"``.

They describe one SYSPRO company, reached as one operator. The numbers in brackets are sections of the fact
sheet on SYSPRO customers (``facts/syspro.md``), with how sure the statement is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from customary.model.secret import Secret

Texts = tuple[Annotated[str, Meta(min_length=3)], ...]
"""Words to look for in an ``ERROR:`` text, in any case."""

BLANK: Secret = Secret(fetch=str)
"""A password that is blank."""


class SysproConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one SYSPRO company is reached and read, as one operator."""

    url: Annotated[
        str,
        Meta(
            pattern="^https?://",
            description="where the e.net REST service answers, http://HOST:PORT/SYSPROWCFService/Rest",
        ),
    ]
    """The port differs by installation; 31002 is SYSPRO 8's usual one (4, observed)."""
    company: Annotated[str, Meta(min_length=1, description="the id of the SYSPRO company")]
    """CompanyId of Logon (4, observed)."""
    company_password: Annotated[
        Secret,
        Meta(description="the company's password, env:NAME, file:PATH or keyring:NAME; none by default"),
    ] = BLANK
    """CompanyPassword of Logon; sent even when blank: a missing one is refused (4, client code)."""
    operator: Annotated[
        str, Meta(min_length=1, description="the SYSPRO operator that Customary, and nobody else, logs on as")
    ]
    """Whoever else logs on as it ends Customary's session, and the other way round (6, observed)."""
    password: Annotated[
        Secret, Meta(description="the operator's password, env:NAME, file:PATH or keyring:NAME")
    ]
    """OperatorPassword of Logon (4, observed)."""

    read: Annotated[
        Literal["batch", "fetch"],
        Meta(description="batch: many customers a call; fetch: one customer a call"),
    ] = "batch"
    """COMFND or COMFCH; the records are the same (7.1). CyberStore itself reads one at a time."""
    page: Annotated[int, Meta(ge=1, le=10_000, description="customers that one call asks for in a batch")] = (
        1000
    )
    """ReturnRows of COMFND, which has no paging of its own (7.3, documented)."""
    url_limit: Annotated[
        int,
        Meta(ge=3000, le=15_000, description="bytes that the URL of a group of listed customers may have"),
    ] = 6000
    """A request rides in its URL. The facts advise to stay well below 8 KB (4, guess)."""
    zero_padded: Annotated[
        bool, Meta(description="whether a number with leading zeros is the same customer as without them")
    ] = True
    """Looked at where keys are compared, and only for keys of digits (8, guess)."""
    key_length: Annotated[
        int, Meta(ge=0, le=20, description="digits that a number is filled up to when sent; 0: as it is")
    ] = 0
    """SYSPRO 7 and 8 store 15, and show fewer (8, client code). A key that is not found is tried in a second
    form, whatever this says."""
    encoding: Annotated[
        Literal["auto", "windows-1252", "utf-8"], Meta(description="what the bytes of SYSPRO's answers are")
    ] = "auto"
    """``auto``: UTF-8 where they are valid UTF-8, and else what they declare. Windows-1252 is declared, and
    what is really sent is not settled (4, guess)."""

    connect_timeout: Annotated[float, Meta(gt=0, le=3600, description="seconds to wait for a connection")] = (
        30
    )
    """30 is what clients use (6, client code)."""
    read_timeout: Annotated[
        float, Meta(gt=0, le=3600, description="seconds to wait for the whole of an answer")
    ] = 80
    """80 is the longest that clients use (6, client code)."""
    lease_wait: Annotated[
        float, Meta(ge=0, le=86_400, description="seconds to wait for another run that is logged on")
    ] = 60
    """Of Customary's own runs and commands; a decision."""
    ca_file: Annotated[
        Path | None, Meta(description="PEM file of the authorities to trust instead of the machine's own")
    ] = None
    """Certificates are always checked; this is the way to trust a company's own authority."""

    missing_texts: Annotated[
        Texts, Meta(description="words of an ERROR text that mean that there is no such customer")
    ] = ("not found", "not on file")
    """The texts are in the operator's language, and the exact one is not known (5, guess)."""
    session_lost_texts: Annotated[
        Texts, Meta(description="words of an ERROR text that mean that the session has ended")
    ] = ("userid is invalid", "session has expired")
    """Of SYSPRO's English text (5, client code)."""
    refused_texts: Annotated[
        Texts, Meta(description="words of an ERROR text that mean that a right or a licence is missing")
    ] = ("access denied", "exception raised: 100000", "exception 100000")
    """Of SYSPRO's English texts; 100000 is an object that is not registered or licensed (5, client code)."""

    def __post_init__(self) -> None:
        """Refuse a URL that holds more than a place; raises ``ValueError``."""
        url = urlsplit(self.url)
        if not url.hostname or "@" in url.netloc or url.query or url.fragment:
            raise ValueError("url: it must be http://HOST:PORT/PATH, without user, password, ? or #")
