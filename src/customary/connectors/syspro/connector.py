"""SYSPRO as a source of customers: the table ArCustomer of one company, which is only read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from customary.connectors.contract import Lease, Report
from customary.connectors.syspro import check
from customary.connectors.syspro.client import SysproClient
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.syspro.listing import Enumeration
from customary.connectors.syspro.lookup import Lookup, folded
from customary.connectors.syspro.session import SysproSession
from customary.connectors.syspro.table import CustomerTable
from customary.errors import Unreachable
from customary.model.source import Keys, Page, Scope


class SysproSource:
    """A ``Source`` (``connectors.contract``): one SYSPRO company, read as one operator.

    It logs on with the first call that needs it, and keeps that one session until ``close``. Threads may
    share it; SYSPRO answers them one at a time.
    """

    def __init__(self, name: str, config: SysproConfig, fields: Sequence[str], lease: Lease) -> None:
        """Make the source; nothing is sent.

        ``fields`` are the ArCustomer columns to read, in SYSPRO's spelling; Customer is always read.
        ``lease`` belongs to this system and operator. Raises ``ConfigError`` when ``ca_file`` cannot be used.
        """
        self.name = name
        self.bulk = config.read == "batch"
        self._config = config
        self._client = SysproClient(name, config)
        self._session = SysproSession(self._client, config.operator, lease)
        self._table = CustomerTable(self._client, self._session, fields, self.fold)
        self._unanswered = False

    def check(self) -> Report:
        """Look: server, session, logon, rights, fields, form of the numbers; reads at most one customer."""
        return check.look(check.Parts(self._config, self._client, self._session, self._table))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of at most ``page`` customers (100 where they are read one at a time).

        ``after`` is only looked at for ``Everything``. Raises ``Unreachable``, ``NotPermitted`` and, only for
        ``Everything``, ``ListingRefused``. When it is tried again after ``Unreachable``, what has no answer
        is asked for in smaller parts, down to single customers, as long as SYSPRO answers at all: one
        customer that breaks an answer must not cost the others.
        """
        lookup = Lookup(self._table, self._config, smaller=self._unanswered)
        if isinstance(scope, Keys):
            return self._noticing(lookup.pages(scope.keys))
        return self._noticing(Enumeration(self._table, lookup, self._config.page, after).pages())

    def _noticing(self, pages: Iterator[Page]) -> Iterator[Page]:
        try:
            for page in pages:
                self._unanswered = False
                yield page
        except Unreachable:
            self._unanswered = True
            raise

    def log_off_abandoned(self) -> None:
        """End the session that a stopped process left behind, if there is one, and hold the lease.

        Raises ``NotPermitted`` when somebody else holds it.
        """
        self._session.hold()

    def fold(self, key: str) -> str:
        """Bring a key into the form that is compared: no blanks around, no leading zeros before digits."""
        return folded(key, self._config)

    def close(self) -> None:
        """Log off, give the lease back and close the connections; again does nothing. Never raises."""
        self._session.close()
        self._client.close()
