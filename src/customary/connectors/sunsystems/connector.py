"""SunSystems as a source and a target of customers: one business unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from customary.connectors.contract import CarriedOut, Fit, Lease, Report, Sending, Written
from customary.connectors.sunsystems import check
from customary.connectors.sunsystems.api import SunsystemsApi
from customary.connectors.sunsystems.client import SunsystemsClient
from customary.connectors.sunsystems.codec import folded
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import HOLDS, STATUS, lacks, unknown, unknown_elements
from customary.connectors.sunsystems.fitting import fit
from customary.connectors.sunsystems.listing import Groups, Reading
from customary.connectors.sunsystems.payload import carry_out
from customary.connectors.sunsystems.session import SunsystemsSession
from customary.connectors.sunsystems.writing import Writing
from customary.errors import ConfigError, NotPermitted, Rejected, Unreachable, Unreadable
from customary.model.change import Action
from customary.model.fields import FieldTable
from customary.model.source import Keys, Native, Page, Scope


class SunsystemsSource:
    """One business unit, by its customer codes: a ``Target``, ``Fits``, ``HasStatus``, ``ListsKeys`` and
    ``TakesPayloads``.

    Threads may share it.
    """

    bulk = False
    status = STATUS

    def __init__(self, name: str, config: SunsystemsConfig, fields: Sequence[str], _: Lease) -> None:
        """Make the source; nothing is sent.

        ``fields`` are the native fields to read (``fields.NATIVES``); the customer code is always read.
        No lease is needed: an operator may be logged on several times. Raises ``ConfigError`` for a field
        that there is not, and when ``ca_file`` cannot be used.
        """
        if problems := [*unknown(fields), *unknown_elements(config.without)]:
            raise ConfigError([f"systems.{name}: {problem}" for problem in problems])
        self.name = name
        there = [native for native in HOLDS if not lacks(native, config.without)]
        self.holds: FieldTable = {native: HOLDS[native] for native in there}
        self.batch = config.batch
        self.longest = config.longest
        self._config = config
        self._fields = tuple(native for native in fields if not lacks(native, config.without))
        self._client = SunsystemsClient(name, config)
        self._session = SunsystemsSession(self._client, config)
        self.api = SunsystemsApi(self._session, config)
        self._groups = Groups()

    def check(self) -> Report:
        """Look: reachable, operator, business unit, right to Query, methods that there are."""
        return check.look(check.Parts(self._config, self._session, self.api, self._fields))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of at most ``page`` customers in the order of their codes; the cursor is the last code.

        ``after`` is only looked at for ``Everything``. Raises ``Unreachable``, ``NotPermitted`` and, only for
        ``Everything``, ``ListingRefused``.
        """
        reading = self._reading(self._fields)
        return reading.called(scope.keys) if isinstance(scope, Keys) else reading.everything(after)

    def all_keys(self) -> Iterator[str]:
        """Give the codes of all customers. Raises as ``read`` does."""
        try:
            keys, _ = self._reading(()).keys()
        except (Rejected, Unreadable) as fault:
            raise Unreachable(fault.system, fault.reason) from None
        yield from keys.values()

    def fit(self, action: Action, native: Native, held: Native) -> Fit:
        """Shape what is desired to what SunSystems takes; what is known to be refused is an error."""
        return fit(action, native, held, self._config)

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Carry changes out, one payload for those that need the same method, in order.

        Raises ``Unreachable`` and ``NotPermitted`` when nothing of what is left was sent.
        """
        return Writing(self.api, self._config, self._read_back).carry_out(sendings)

    def carry_out(
        self, component: str, method: str, payload: BinaryIO, out: Callable[[str], object]
    ) -> CarriedOut:
        """Send a payload as it is. Raises as ``TakesPayloads``."""
        return carry_out(self.api, (component, method), payload, out)

    def fold(self, key: str) -> str:
        """Bring a customer code into the form that is compared: no blanks around, no case."""
        return folded(key)

    def close(self) -> None:
        """Forget the voucher and close the connections; again does nothing. Never raises."""
        self._session.close()
        self._client.close()

    def _reading(self, fields: Sequence[str]) -> Reading:
        if not self._config.remote_unit:
            raise NotPermitted(self.name, "`unit` is not set: which business unit of SunSystems is meant?")
        return Reading(self.api, fields, self._config, self._groups)

    def _read_back(self, keys: Sequence[str], fields: Sequence[str]) -> Mapping[str, Native]:
        found: dict[str, Native] = {}
        for page in self._reading(fields).called(keys):
            if page.unreadable:
                raise Unreachable(self.name, page.unreadable[0].reason)
            found |= {folded(record.key): record.native for record in page.records}
        return found
