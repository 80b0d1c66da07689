"""SunSystems Connect's faults on the wire, and which of Customary's errors each of them is.

| what arrives | what it is |
|---|---|
| no connection | ``Unreachable`` |
| no whole answer in time, a broken connection, HTTP 5xx without a SOAP fault | ``Unreachable``; of a call that writes ``InDoubt`` |
| Authenticate gives an empty voucher | ``NotPermitted``: operator or password |
| a SOAP fault with one of ``voucher_texts`` | voucher renewed once, sent again once; then ``NotPermitted`` |
| HTTP 401, 403 | ``NotPermitted``: HTTP Basic |
| HTTP 404, 405, a redirect | ``Unreachable``: the service is down, or ``url`` is wrong |
| another SOAP fault, a text instead of an answer, errors about no record, HTTP 400, 413 | refused as a whole: nothing was stored; of a Query ``Rejected`` |
| an answer that is cut off, no XML, or empty | ``Unreadable``; of a call that writes ``InDoubt`` |
| a record with status ``fail``, in either format | that record failed, with its messages |
| a record without a status, or none about a record that was sent | that record is in doubt |

Sources: facts/sunsystems.md 1, 4 and 5. The meanings of HTTP statuses are a guess.
"""  # noqa: E501 - a table has its rows on one line

from __future__ import annotations

import re
from collections.abc import Iterable

from customary.errors import ConnectorError, NotPermitted, Rejected, Unreachable

_QUOTED = 300
_WHOLE = frozenset({400, 413, 415, 422})


def error_of_status(system: str, status: int, what: str) -> ConnectorError | None:
    """Give the error of an HTTP status under which no SOAP came and nothing was done.

    ``None`` for 200, and for 5xx, of which that is not known. ``what`` names the call.
    """
    if status in (401, 403):
        return NotPermitted(
            system,
            f"{what} is refused with HTTP {status}; does the server want HTTP Basic (`basic_user`)?",
        )
    if status in (404, 405) or 300 <= status < 400:
        return Unreachable(system, f"{what}: HTTP {status}; is the service up, and `url` right?")
    if status in _WHOLE:
        return Rejected(system, f"{what} is refused with HTTP {status}")
    return None if status == 200 or status >= 500 else Unreachable(system, f"{what}: HTTP {status}")


def refused_logon(system: str, operator: str) -> NotPermitted:
    """Give the error of an empty voucher."""
    return NotPermitted(
        system, f"SunSystems refuses the logon of operator {operator}: check the operator and the password"
    )


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """Give what SunSystems said as a message may quote it: one line, cut short, every secret as ``***``."""
    for secret in secrets:
        if secret:
            text = re.sub(re.escape(secret), "***", text)
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
