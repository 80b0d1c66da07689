"""The settings of a SunSystems system: ``[systems.NAME]`` with ``connector = "sunsystems"``.

They describe one business unit, reached as one operator. The numbers in brackets are sections of the fact
sheet on SunSystems Connect (``facts/sunsystems.md``), with how sure the statement is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from customary.model.secret import Secret
from customary.protocols.ssc_soap import SOAP_PATH

NONE: Secret = Secret(fetch=str)
"""A secret that there is not."""

_SOAP = "/soap/"


class SunsystemsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one SunSystems business unit is reached, read and written."""

    url: Annotated[str, Meta(pattern="^https?://", description="where it answers: http://SERVER:PORT")]
    """Ports 81 and 8088 were seen; without a path ``/sunsystems-connect`` is meant (1, client code)."""
    operator: Annotated[str, Meta(min_length=1, max_length=60, description="an operator of SunSystems")]
    password: Annotated[Secret, Meta(description="its password, env:NAME, file:PATH or keyring:NAME")] = NONE
    """An operator may have none (1, client code)."""
    business_unit: Annotated[str, Meta(description="the hub's business unit")] = ""
    unit: Annotated[
        str, Meta(max_length=3, description="SunSystems' business unit; blank: coded as the hub's")
    ] = ""
    """Alphanumeric 3 (2, documented)."""
    basic_user: Annotated[str, Meta(description="user of HTTP Basic, where the server wants it too")] = ""
    """One live site did (1, observed)."""
    basic_password: Annotated[Secret, Meta(description="password of HTTP Basic")] = NONE

    write: Annotated[
        Literal["upsert", "bulk", "exact"],
        Meta(description="methods that write: CreateOrAmend, BulkCreateOrAmend, or Create and Amend"),
    ] = "upsert"
    """Bulk is faster and runs no business rule sets (7, documented)."""
    accounts: Annotated[
        Literal["inside", "before"],
        Meta(description="linked accounts go inside the customer, or before it by the component Accounts"),
    ] = "inside"
    """That they may go inside is client code (9), that they are a component documented (12)."""
    require_account: Annotated[
        bool, Meta(description="whether a customer without account and invoicing customer is rejected")
    ] = True
    """One of them must be present (10, documented)."""
    financials_only: Annotated[
        bool, Meta(description="whether SunSystems' business unit is financials only")
    ] = False
    """Six elements are not applied there (8, documented)."""
    latest_format: Annotated[bool, Meta(description="whether answers are asked for in the latest format")] = (
        True
    )
    """CompatibilityMode 1 (4, documented); the old format is understood as well."""
    without: Annotated[
        tuple[str, ...],
        Meta(description="elements that this SunSystems lacks, as Accounts or DeliveryToAddress.Description"),
    ] = ()
    """They are neither read nor written; names of elements differ between versions (9, client code)."""
    voucher_texts: Annotated[
        tuple[str, ...], Meta(description="what a fault says when the voucher is no longer good")
    ] = ("access rights",)
    """(1, client code)"""

    batch: Annotated[int, Meta(ge=1, le=5000, description="customers that one writing call takes")] = 100
    page: Annotated[int, Meta(ge=1, le=1000, description="customers that one Query asks for")] = 200
    connect_timeout: Annotated[float, Meta(gt=0, le=3600, description="seconds to wait for a connection")] = (
        30
    )
    read_timeout: Annotated[
        float, Meta(gt=0, le=86_400, description="seconds to wait for the whole of an answer")
    ] = 180
    """A call that writes and has no answer by then is in doubt."""
    ca_file: Annotated[
        Path | None, Meta(description="PEM file of the authorities to trust instead of the machine's own")
    ] = None

    def __post_init__(self) -> None:
        """Refuse an address that holds more than a place, and blank texts; raises ``ValueError``."""
        parts = urlsplit(self.url)
        if not parts.hostname or "@" in parts.netloc or parts.fragment or parts.query:
            raise ValueError("url: it must be http://SERVER:PORT, without user, password, ? or #")
        if not all(text.strip() for text in self.voucher_texts):
            raise ValueError("voucher_texts: a blank text would be found in every fault")

    def service(self, name: str) -> str:
        """Give the address of a service, such as ``ComponentExecutor``."""
        base = self.url.rstrip("/").removesuffix(_SOAP.rstrip("/"))
        return base + (_SOAP if urlsplit(base).path else SOAP_PATH) + name

    @property
    def longest(self) -> float:
        """Seconds after which a batch has ended: calls begin within ``read_timeout``, and may take two."""
        return self.connect_timeout + 3 * self.read_timeout

    @property
    def remote_unit(self) -> str:
        """The code of SunSystems' business unit."""
        return self.unit or self.business_unit
