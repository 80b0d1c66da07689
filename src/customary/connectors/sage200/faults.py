"""Sage 200's wire faults, and which of Customary's errors each of them is.

| what arrives | what it is |
|---|---|
| no connection, no answer in time or a broken one, HTTP 5xx, 408 or a redirect | ``Unreachable`` |
| HTTP 429 | waited for as Retry-After says, sent again; after ``busy_wait`` ``Unreachable`` |
| HTTP 401 | tokens refreshed once, sent again once; then ``NotPermitted`` |
| HTTP 403 | ``NotPermitted``: the user's role |
| HTTP 404, 405 | ``NotPermitted``: the address is wrong, or this site lacks the resource |
| HTTP 400 | ``Rejected``; while all customers are listed, ``ListingRefused`` |
| any other HTTP status, an answer too large, no JSON | ``Unreadable``; in a reading ``Unreachable`` |
| the identity service refuses the refresh token | ``NotPermitted``: somebody must log in again |
| while writing: no whole answer after it was sent, HTTP 5xx or 408 | ``InDoubt``: it may have happened |
| while writing: HTTP 404 to a customer's id, any other 4xx | ``Rejected`` |

Sources: facts/sage200.md 13. The shape of a 400 is not published, so that any JSON or text is taken.
"""

from __future__ import annotations

from customary.errors import (
    ConnectorError,
    InDoubt,
    NotPermitted,
    Rejected,
    Unreachable,
    Unreadable,
)

_FORBIDDEN = "the user's role lacks the right to it; ask whoever administers Sage 200"
_NOT_THERE = "there is no such resource; are `url` and `edition` right?"
_UNAUTHORIZED = (
    "Sage does not accept the login for this site and company; compare `site` and `company` with what"
    " `customary check` lists, or log in again: customary login {system}"
)


def error_of_status(system: str, status: int, what: str, said: str) -> ConnectorError | None:
    """Give the error of an HTTP status; ``None`` for 200, 201 and 204.

    ``what`` names the call, ``said`` is Sage's own text, quotable, maybe blank.
    """
    words = f": {said}" if said else ""
    match status:
        case 200 | 201 | 204:
            return None
        case 401:
            return NotPermitted(system, f"{what}: {_UNAUTHORIZED.format(system=system)}{words}")
        case 403:
            return NotPermitted(system, f"{what}: {_FORBIDDEN}{words}")
        case 404 | 405:
            return NotPermitted(system, f"{what}: {_NOT_THERE} (HTTP {status}){words}")
        case 400:
            return Rejected(system, f"{what} is refused with HTTP 400{words or ', and no reason is given'}")
        case 408 | 429:
            return Unreachable(system, f"{what}: too busy (HTTP {status}){words}")
    if status >= 500 or 300 <= status < 400:
        return Unreachable(system, f"{what} failed with HTTP {status}{words}")
    return Unreadable(system, f"{what}: HTTP {status} instead of an answer{words}")


def error_of_writing(system: str, status: int, what: str, said: str) -> ConnectorError | None:
    """Give the error of an HTTP status that a write was answered with; ``None`` where it was done.

    ``InDoubt`` where it may have been done all the same: 504 comes from the gateway, and what it passed on
    may have been carried out (13, client code).
    """
    words = f": {said}" if said else ""
    if status == 408 or status >= 500:
        return InDoubt(system, f"{what}: no answer but HTTP {status}{words}")
    if status == 404 and what.startswith("changing"):
        return Rejected(system, f"{what}: Sage has no such customer any more{words}")
    if status in (400, 402, 406) or 409 <= status < 429 or 429 < status < 500:
        return Rejected(system, f"Sage refuses it with HTTP {status}{words or ', and gives no reason'}")
    return error_of_status(system, status, what, said)
