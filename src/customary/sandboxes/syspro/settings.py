"""How the SYSPRO sandbox behaves, as data. What is a guess, and why, stands in this folder's README."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, field

URL_PREFIX: Final = "/SYSPROWCFService/Rest"


class Operator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who can log on, a person or a service."""

    code: str = "WEB"
    password: str = "sandbox"  # noqa: S105 - a made-up one, of a made-up operator
    group: str = "WEB"
    guest: bool = False
    """Guest operators may have several sessions at once (section 6, documented)."""
    denied: frozenset[str] = frozenset()
    """Business objects that are refused: ``COMFND``, ``COMFCH``, ``ARSSCS`` ..."""
    hidden: frozenset[str] = frozenset()
    """Columns that security takes out of the answers (section 6, documented)."""

    def __repr__(self) -> str:
        return f"Operator({self.code!r})"


class Company(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A SYSPRO company."""

    code: str = "A"
    password: str = ""
    name: str = "Sandbox Trading"
    currency: str = "$"
    """The local currency; on a customer it may be written or left blank (section 2)."""

    def __repr__(self) -> str:
        return f"Company({self.code!r})"


class Texts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The ``ERROR:`` texts of section 5; the first six are evidenced, the others guesses."""

    password: str = "ERROR: Invalid operator password"  # noqa: S105 - a message
    session: str = (
        "ERROR: The supplied UserID is invalid. Either you were not logged in; "
        "or your session has expired. You will need to logon again."
    )
    access: str = (
        "ERROR: Access denied to Functional Area '{area}' for operator '{operator}' "
        "(Business Object '{object}')"
    )
    logoff: str = "ERROR: Unable to read the SYSPRO base directory registry string BaseDir8"
    exception: str = "ERROR: e.net exception raised: 100000"
    missing: str = "ERROR: Key not found on table {table}"
    operator: str = "ERROR: Invalid operator code"
    company: str = "ERROR: Invalid company id"
    company_password: str = "ERROR: Invalid company password"  # noqa: S105 - a message
    licence: str = "ERROR: The number of concurrent e.net users licensed has been exceeded"
    parameter: str = "ERROR: The parameter {name} is missing"
    xml: str = "ERROR: Invalid XML: {reason}"
    table: str = "ERROR: Invalid table name"
    column: str = "ERROR: Invalid column name"
    browse: str = "ERROR: Invalid browse name"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sandbox's behaviour; the defaults are what the facts make likeliest."""

    operators: tuple[Operator, ...] = (Operator(),)
    companies: tuple[Company, ...] = (Company(),)
    texts: Texts = Texts()
    wrapping: Literal["raw", "json", "string"] = "raw"
    """How the text of an answer stands in the body."""
    container: Literal["flat", "nested", "row"] = "flat"
    """Where COMFCH puts the customer's nodes (section 7.1)."""
    case: Literal["mixed", "lower", "upper"] = "mixed"
    """Case of the node names of queries; setup answers are lower case always."""
    encoding: Literal["windows-1252", "utf-8"] = "windows-1252"
    """The bytes of raw answers; they declare Windows-1252 either way (section 4)."""
    beyond: Literal["reference", "question_mark"] = "reference"
    """What Windows-1252 lacks: a numeric character reference, or ``?``, as converting code pages leaves."""
    key_form: Literal["presented", "stored"] = "presented"
    """Numeric keys of 7 digits or, as the table stores them since version 7, of 15 (section 8)."""
    keys_accepted: Literal["any", "same"] = "any"
    """Whether a numeric key is found in any padding, or only as ``key_form`` writes it."""
    padded: bool = True
    """Numbers right-aligned in blanks (section 4, observed)."""
    fixed_text: bool = False
    """``char`` columns filled up with blanks, as the SQL table holds them."""
    evicts: bool = True
    """A second logon of an operator ends the first session (section 6)."""
    licences: int = 10
    """Sessions at once."""
    licence_minutes: float = 60.0
    """When no licence is free, the session that is idle longest beyond this is thrown out."""
    url_limit: int = 8192
    """The longest path and query, in characters."""
    url_limit_status: int = 414
    find_limit: int = 0
    """The most rows of one COMFND, whatever ReturnRows says; 0: no limit."""
    version: str = "7.0.0.6"
    """What GetVersion answers."""
    browses: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"ArCustomer": ("Customer", "Name", "ShortName")}
    )
    """The browses that are configured, and their columns."""

    @property
    def key_width(self) -> int:
        """Digits of a numeric key on the wire."""
        return 15 if self.key_form == "stored" else 7
