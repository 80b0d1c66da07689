"""What customary.toml says, once read: one frozen value per table, its names a contract.

Each setting's description is shown where the setting is missing, and makes the configuration's reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from customary.config.parameters import Parameters
from customary.model.limits import Limit, Limits
from customary.model.run import HUB, ScopeName, Together
from customary.model.secret import Secret

Name = Annotated[str, Meta(min_length=1, max_length=100)]

UNIT_LENGTH, SYSTEM_LENGTH = 30, 60
"""The most characters of a business unit's code and of a system's name: what the hub can hold."""


class HubConfig(Struct, frozen=True, kw_only=True):
    """The ``[hub]`` table: where the hub's database is; ``hub_url.connection_url`` gives what to open."""

    url: Annotated[
        str,
        Meta(
            description="where the hub's database is, sqlite:///FILE (relative to the data directory) or "
            "postgresql://USER@HOST/DATABASE"
        ),
    ] = "sqlite:///hub.db"
    """Once loaded: as SQLAlchemy writes it, a file's path absolute, and never with a password in it."""
    password: Annotated[
        Secret | None, Meta(description="the database user's password, env:NAME, file:PATH or keyring:NAME")
    ] = None


class BusinessUnit(Struct, frozen=True, kw_only=True):
    """A ``[[business_unit]]``: a partition of the hub with customer codes of its own."""

    code: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=UNIT_LENGTH,
            description=f"the business unit's code, at most {UNIT_LENGTH} characters",
        ),
    ]
    financials_only: Annotated[bool, Meta(description="whether the unit holds financial data only")] = False
    closed_lists: Annotated[
        tuple[str, ...],
        Meta(description="the reference lists that a code must be in, as currency; the others are open"),
    ] = ()


class SystemSettings(Struct, frozen=True, kw_only=True):
    """What every ``[systems.NAME]`` has, whatever its connector."""

    connector: Annotated[str, Meta(description="the product that this system is")]
    business_unit: Annotated[
        str, Meta(description="the hub's business unit that the customers of this system belong to")
    ]
    currencies: Annotated[
        dict[str, str], Meta(description="the system's currency code = its ISO 4217 code")
    ] = {}
    mapping: Annotated[
        Path | None, Meta(description="a file with mapping rows that override the connector's own")
    ] = None


class SystemConfig(SystemSettings, frozen=True, kw_only=True):
    """A ``[systems.NAME]``: what every system has, and its connector's own settings."""

    name: str
    settings: Struct
    """Of the type that the connector declares."""


class Schedule(Struct, frozen=True, kw_only=True):
    """When an operation is carried out by itself."""

    cron: Annotated[str, Meta(description="minute, hour, day of month, month, day of week")]
    time_zone: Annotated[str, Meta(description="the time zone that cron means, as Europe/London")] = "UTC"


class When(StrEnum):
    """After which runs a mail is sent."""

    NEVER = "never"
    ALWAYS = "always"
    ON_FAILURE = "on_failure"
    """The run failed, was refused or was stopped."""
    ON_ISSUE = "on_issue"
    """That, or a customer was rejected, failed or is unknown, or there is a warning or an error."""


class NotifyConfig(Struct, frozen=True, kw_only=True):
    """Who gets a mail about an operation's runs, and when."""

    when: Annotated[When, Meta(description="never, always, on_failure or on_issue")] = When.ON_ISSUE
    to: Annotated[tuple[str, ...], Meta(description="the addresses that the mail goes to")] = ()
    cc: Annotated[tuple[str, ...], Meta(description="the addresses that get a copy")] = ()
    category: Annotated[
        str, Meta(min_length=1, description="what stands in brackets at the head of the subject")
    ] = "Customary"


class Command(Struct, frozen=True):
    """What an operation may do, and between what."""

    reads: str = ""
    """The connector that its source must have; ``""``: any, and the hub."""
    writes: Literal["hub", "system"] = HUB
    """Whether its target is the hub, or a system that can be written to."""
    deletes: tuple[str, ...] = ()
    """The connectors of the targets that it may delete customers from."""
    only_some: tuple[str, ...] = ()
    """The connectors of the sources that only have some customers, so that nobody is missing in them."""


class OperationConfig(Struct, frozen=True, kw_only=True):
    """An ``[[operation]]``: a named, configured job."""

    name: Annotated[Name, Meta(description="the operation's name, as in: customary run NAME")]
    command: Annotated[str, Meta(description="what the operation does")]
    source: Annotated[str, Meta(description="the system that customers are read from")]
    target: Annotated[str, Meta(description="the system that customers are written to")]
    scope: Annotated[
        ScopeName,
        Meta(description="known: the target's customers of the source; all: whatever the source has"),
    ] = ScopeName.KNOWN
    modified: Annotated[
        bool,
        Meta(description="whether to read only what changed since the last run; not every source can tell"),
    ] = False
    missing: Annotated[
        Literal["report", "delete"],
        Meta(description="what becomes of a target's customer that the source has no more: told, or deleted"),
    ] = "report"
    parameters: Annotated[
        Parameters,
        Meta(description='agent parameters, one argument a line, as "Customers: 0000002, 0000038"'),
    ] = Parameters()
    together: Annotated[
        Together,
        Meta(description="whether a customer must be in either, or in both, of Customers and Classes"),
    ] = Together.EITHER
    schedule: Annotated[Schedule | None, Meta(description="when it runs by itself: cron and time_zone")] = (
        None
    )
    notify: Annotated[NotifyConfig, Meta(description="who gets a mail, and after which runs")] = NotifyConfig(
        when=When.NEVER
    )
    limits: Annotated[Limits, Meta(description="how much one run may create, update, status or delete")] = (
        Limits()
    )


class Security(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


class MailConfig(Struct, frozen=True, kw_only=True):
    """The ``[mail]`` table: the server that mail is sent by."""

    host: Annotated[Name, Meta(description="the mail server's name")]
    port: Annotated[
        int, Meta(ge=0, le=65535, description="its port; 0: 587 for starttls, 465 for tls, 25 for none")
    ] = 0
    security: Annotated[Security, Meta(description="starttls, tls or none")] = Security.STARTTLS
    sender: Annotated[str, Meta(description="the address that the mail comes from")] = field(name="from")
    to: Annotated[
        tuple[str, ...],
        Meta(description="who is told what is about no single run, as a login that ends; else as operations"),
    ] = ()
    """With none, those who get the mails of the operations that it concerns."""
    username: Annotated[str, Meta(description="the name to log on to the mail server with")] = ""
    password: Annotated[
        Secret | None, Meta(description="its password, env:NAME, file:PATH or keyring:NAME")
    ] = None
    timeout: Annotated[float, Meta(gt=0, le=600, description="seconds to wait for the mail server")] = 30.0
    ca_file: Annotated[
        Path | None, Meta(description="certificates to trust instead of the machine's own, in PEM")
    ] = None

    @property
    def port_in_use(self) -> int:
        """The port to connect to."""
        return self.port or _PORTS[self.security]


class LogsConfig(Struct, frozen=True, kw_only=True):
    """The ``[logs]`` table: how much is logged, and in which form."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="the least level that is logged: debug, info, warning or error"),
    ] = "info"
    format: Annotated[
        Literal["console", "json"],
        Meta(description="console: lines for a person; json: an object a line, for a program"),
    ] = "console"


class ComponentsConfig(Struct, frozen=True, kw_only=True):
    """The ``[components]`` table: how the hub answers requests to the SunSystems components."""

    delete: Annotated[
        Limit, Meta(description="the most deletes by one CreateReplaceOrDelete; a share is of the unit's")
    ] = Limits().delete
    delete_customers: Annotated[
        Literal["unit", "never"],
        Meta(description="what CreateReplaceOrDelete deletes: the unit's customers not sent, or none"),
    ] = "unit"
    delete_item_customers: Annotated[
        Literal["items", "unit", "never"],
        Meta(description="what it deletes of item customers: of the items sent, of the unit, or none"),
    ] = "items"
    account: Annotated[
        Literal["auto", "always", "never"],
        Meta(description="whether a customer needs an account; auto: unless a system feeds its unit"),
    ] = "auto"
    account_must_exist: Annotated[
        bool, Meta(description="whether its account must exist, or be sent, even if accounts are open")
    ] = False
    account_used_once: Annotated[bool, Meta(description="whether two customers may not share one")] = True
    invoicing_customer_must_exist: Annotated[
        bool, Meta(description="whether the customer that is invoiced instead must exist, and not be deleted")
    ] = True
    delete_with_items: Annotated[
        bool, Meta(description="whether a customer may be deleted while item customers refer to it")
    ] = False
    item_customer_drafts: Annotated[
        bool, Meta(description="whether ItemCustomer takes CreateAsDraft, which its list does not name")
    ] = False
    messages: Annotated[
        Literal["nested", "old"],
        Meta(description="where messages stand in an answer unless CompatibilityMode is 1: records, or end"),
    ] = "nested"
    unknown_elements: Annotated[
        Literal["ignore", "warn", "refuse"],
        Meta(description="what becomes of elements that a component does not know"),
    ] = "ignore"


class WebConfig(Struct, frozen=True, kw_only=True):
    """The ``[web]`` table: where ``customary serve`` answers over HTTP. Without it, it does not."""

    listen: Annotated[
        str,
        Meta(
            pattern=r"^(\[[0-9a-fA-F:.]+\]|[^:\s\[\]]+):\d{1,5}$",
            description="the address of this computer and the port to answer at",
            examples=["127.0.0.1:8081"],
        ),
    ] = "127.0.0.1:8081"
    address: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s/?#@\"<>]+(/[^\s?#\"<>]*)?)?$",
            description="where clients reach it, as told by a WSDL; none: as the client has asked for it",
            examples=["https://hub.example"],
        ),
    ] = ""
    certificate: Annotated[
        Path | None, Meta(description="a file with the TLS certificate and its chain, in PEM; none: no TLS")
    ] = None
    key: Annotated[Path | None, Meta(description="a file with the certificate's private key, in PEM")] = None
    largest_request: Annotated[
        int, Meta(ge=1, le=100_000, description="the most megabytes of one request")
    ] = 512
    voucher_minutes: Annotated[
        float, Meta(gt=0, le=525_600, description="how long a SunSystems voucher is good")
    ] = 60.0
    fault_status: Annotated[
        Literal[200, 500],
        Meta(description="the HTTP status of a SOAP fault; SOAP 1.1 wants 500, clients take both"),
    ] = 200

    @property
    def host(self) -> str:
        """The name or address to listen at."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port to listen at; 0: any that is free."""
        return int(self.listen.rpartition(":")[2])


class Config(Struct, frozen=True, kw_only=True):
    """Everything that customary.toml says."""

    path: Path
    """The file that this was read from."""
    data: Path
    """The data directory; it may not exist yet."""
    hub: HubConfig
    business_units: tuple[BusinessUnit, ...]
    systems: Mapping[str, SystemConfig]
    operations: tuple[OperationConfig, ...]
    mail: MailConfig | None
    """``None``: no mail can be sent; then no operation asks for one."""
    logs: LogsConfig
    components: ComponentsConfig = ComponentsConfig()
    web: WebConfig | None = None
    """``None``: nothing is answered over HTTP."""
    notices: tuple[str, ...] = ()
    """What is allowed and should be done better, each with its place in the file."""
