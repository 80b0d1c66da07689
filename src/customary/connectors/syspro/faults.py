"""SYSPRO's wire faults, and which of Customary's errors each of them is.

| what arrives | what it is |
|---|---|
| no connection, no answer in time, a dropped connection, HTTP 5xx, 408, 429 or a redirect | ``Unreachable`` |
| HTTP 401, 403, 407 | ``NotPermitted`` |
| any other HTTP status, an answer too large, XML that cannot be read | ``Unreadable`` |
| ``ERROR:`` at logon | ``NotPermitted`` |
| ``ERROR:`` with one of ``session_lost_texts`` | log on once more; then ``NotPermitted`` |
| ``ERROR:`` with one of ``refused_texts`` | COMFND: ``ListingRefused``; COMFCH: ``NotPermitted`` |
| ``ERROR:`` with one of ``missing_texts`` | the customer does not exist: a value, no error |
| any other ``ERROR:`` | ``Rejected`` |

Errors come as plain text inside HTTP 200 (facts/syspro.md 5, observed). The texts are localised, so that the
patterns are settings.
"""

from __future__ import annotations

from enum import StrEnum

from customary.connectors.syspro.config import SysproConfig
from customary.errors import ConnectorError, NotPermitted, Unreachable, Unreadable


class Fault(StrEnum):
    """What an answer inside HTTP 200 says went wrong."""

    NONE = "none"
    SESSION_LOST = "session lost"
    REFUSED = "refused"
    MISSING = "missing"
    OTHER = "other"


def fault_of(text: str, config: SysproConfig) -> Fault:
    """Tell what an ``ERROR:`` text means; ``""`` is ``NONE``. The first row of the table that fits counts."""
    if not text:
        return Fault.NONE
    table = (
        (Fault.SESSION_LOST, config.session_lost_texts),
        (Fault.REFUSED, config.refused_texts),
        (Fault.MISSING, config.missing_texts),
    )
    folded = text.casefold()
    for fault, patterns in table:
        if any(pattern.casefold() in folded for pattern in patterns):
            return fault
    return Fault.OTHER


def error_of_status(system: str, status: int) -> ConnectorError | None:
    """Give the error of an HTTP status; ``None`` for 200. SYSPRO itself answers 200 to everything (4)."""
    if status == 200:
        return None
    if status in (401, 403, 407):
        return NotPermitted(system, f"HTTP {status}: something in front of SYSPRO asks for its own logon")
    if 300 <= status < 400:
        return Unreachable(
            system, f"HTTP {status}: it redirects elsewhere, which is not followed; mend `url`"
        )
    if status >= 500 or status in (408, 429):
        return Unreachable(system, f"the server failed with HTTP {status}")
    return Unreadable(system, f"HTTP {status} instead of an answer")
