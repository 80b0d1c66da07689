"""All that the SYSPRO sandbox knows: customers, sessions, counts, faults."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from customary.sandboxes.faults import TRANSPORT, Fault, Faults, Kind
from customary.sandboxes.syspro.sessions import SessionCounts, Sessions
from customary.sandboxes.syspro.settings import Settings
from customary.sandboxes.syspro.table import CustomerTable

_WITH_OBJECT: Final = (
    *("Query/Fetch", "Query/Query", "Query/Browse", "Setup/Add", "Setup/Update", "Setup/Delete"),
    *("Transaction/Post", "Transaction/PostLD"),
)

KINDS: Final = TRANSPORT | {
    "wrong_password": Kind("Logon says that the password is wrong", ("Logon",)),
    "licence": Kind("Logon is refused, no licence is free", ("Logon",)),
    "session_lost": Kind(
        "the session is ended, as if evicted or expired, and the call says so",
        ("GetLogonProfile", *_WITH_OBJECT),
    ),
    "access_denied": Kind("the operator may not use the business object", _WITH_OBJECT),
    "exception_100000": Kind("the business object is not registered or not licensed", _WITH_OBJECT),
    "missing": Kind(
        "Fetch does not find the customer; Find leaves `customer` (else its first row) out",
        ("Query/Fetch", "Query/Query"),
    ),
    "forbidden_character": Kind(
        "a control character that XML forbids stands in the Name of `customer` (else of the first row)",
        ("Query/Fetch", "Query/Query"),
    ),
    "repeat_page": Kind("Find answers with the rows of the Find before it", ("Query/Query",)),
    "rows_out_of_order": Kind("Find answers with its rows in reverse", ("Query/Query",)),
}
"""The kinds of fault of this sandbox, and what each does."""


class Counts(Struct, frozen=True):
    """What happened since the start."""

    calls: dict[str, int]
    """By call, with the business object where there is one: ``Logon``, ``Query/Query COMFND`` ..."""
    rows: int
    """Customers answered by Fetch and Find."""
    sessions: SessionCounts

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())


class State:
    """What a sandbox holds. Everything in it is safe for threads."""

    def __init__(self, settings: Settings, customers: int, seed: int, faults: Iterable[Fault] = ()) -> None:
        self.settings = settings
        self.customers = CustomerTable(customers, seed, settings.key_width)
        self.sessions = Sessions(settings)
        self.faults = Faults(KINDS, faults, self.customers.fold)
        self.last_found: tuple[str, ...] = ()
        """The keys of the rows that Find answered last; ``repeat_page`` answers them again."""
        self._guard = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._rows = 0

    def count(self, call: str, business_object: str = "") -> None:
        """Count a call."""
        with self._guard:
            self._calls[f"{call} {business_object}".rstrip()] += 1

    def count_rows(self, rows: int) -> None:
        """Count customers that were answered."""
        with self._guard:
            self._rows += rows

    def counts(self) -> Counts:
        """Give what was counted so far."""
        with self._guard:
            return Counts(dict(sorted(self._calls.items())), self._rows, self.sessions.counts())
