"""All that the Sage 200 sandbox knows: companies with their customers, tokens, counts, faults."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from customary.sandboxes.faults import TRANSPORT, Fault, Faults, Kind
from customary.sandboxes.sage200.customers import Customers
from customary.sandboxes.sage200.settings import Settings
from customary.sandboxes.sage200.tokens import TokenCounts, Tokens

KINDS: Final = TRANSPORT | {
    "token_expired": Kind("the access token ends before the call, which is answered with 401"),
    "unauthorized": Kind("401 with an empty body, though the token lives"),
    "forbidden": Kind("403: the user's role lacks the module"),
    "too_many": Kind("429 with Retry-After of `seconds`"),
    "gateway_timeout": Kind("504, and nothing was done"),
    "commit_then_time_out": Kind("what was asked is done, and 504 is answered"),
    "repeat_page": Kind("a list ignores $skip and the filter: it always begins with the first record"),
    "no_sites": Kind("`sites` is empty: the tunnel to the premises is lost", ("GET sites",)),
    "refresh_refused": Kind("a refresh is refused as if the login had ended", ("POST token",)),
}
"""The kinds of fault of this sandbox, and what each does. Calls are named as ``GET customers``."""


class Counts(Struct, frozen=True):
    """What happened since the start."""

    calls: dict[str, int]
    """By method and resource: ``GET customers``, ``PUT customers/id``, ``POST token`` ..."""
    rows: int
    """Records answered in lists."""
    most_in_a_second: int
    """The most calls of resources that came within one second."""
    most_at_once: int
    """The most calls of resources that were under way at once."""
    tokens: TokenCounts

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.calls.values())


class State:
    """What a sandbox holds. Everything in it is safe for threads."""

    def __init__(self, settings: Settings, customers: int, seed: int, faults: Iterable[Fault] = ()) -> None:
        self.settings = settings
        self.companies = {
            (company.site_id, company.company_id): Customers(company, settings, customers, seed)
            for company in settings.companies
        }
        self.tokens = Tokens(settings)
        self.faults = Faults(KINDS, faults, str.casefold)
        self._guard = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._recent: deque[float] = deque()
        self._rows = self._most = self._under_way = self._most_at_once = 0

    @property
    def customers(self) -> Customers:
        """The customers of the first company."""
        return next(iter(self.companies.values()))

    def count(self, call: str) -> None:
        """Count a call."""
        with self._guard:
            self._calls[call] += 1

    def begin(self) -> bool:
        """Note that the call of a resource begins; tells whether the rate allows it."""
        now = time.monotonic()
        with self._guard:
            while self._recent and now - self._recent[0] >= 1:
                self._recent.popleft()
            self._under_way += 1
            self._most_at_once = max(self._most_at_once, self._under_way)
            if self.settings.rate and len(self._recent) >= self.settings.rate:
                return False
            self._recent.append(now)
            self._most = max(self._most, len(self._recent))
            return True

    def end(self) -> None:
        """Note that the call of a resource ends."""
        with self._guard:
            self._under_way -= 1

    def count_rows(self, rows: int) -> None:
        """Count records that were answered."""
        with self._guard:
            self._rows += rows

    def counts(self) -> Counts:
        """Give what was counted so far."""
        with self._guard:
            calls = dict(sorted(self._calls.items()))
            return Counts(calls, self._rows, self._most, self._most_at_once, self.tokens.counts)
