"""Sage 200 as a source and a target of customers: one company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from customary.connectors.contract import (
    Chosen,
    Fit,
    Invitation,
    Lease,
    LoginEnd,
    Report,
    Sending,
    WholePage,
    Written,
)
from customary.connectors.sage200 import check
from customary.connectors.sage200.api import Sage200Api
from customary.connectors.sage200.client import Sage200Client
from customary.connectors.sage200.codec import unknown
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.sage200.fields import HOLDS
from customary.connectors.sage200.fitting import Fitting
from customary.connectors.sage200.identity import Identity
from customary.connectors.sage200.keys import every_key, keys_of
from customary.connectors.sage200.listing import Reading, folded
from customary.connectors.sage200.lookups import Codes
from customary.connectors.sage200.tokens import LeasedTokens
from customary.connectors.sage200.whole import read_whole
from customary.connectors.sage200.writing import Writing
from customary.errors import ConfigError, NotPermitted
from customary.model.change import Action
from customary.model.fields import FieldTable
from customary.model.source import Keys, Native, Page, Scope

BATCH: Final = 50
"""The most customers that one call of ``write`` takes; each is a call of Sage's own (a decision)."""


class Sage200Source:
    """One company, by its references: a ``Source`` and ``Target``.

    It is a ``BrowserLogin``, ``LoginEnds``, ``TellsMoved``, ``GivesWhole``, ``Fits``, ``KnowsIds`` and
    ``ListsKeys``. Threads may share it.
    """

    bulk = True
    holds: FieldTable = HOLDS
    batch = BATCH

    def __init__(self, name: str, config: Sage200Config, fields: Sequence[str], lease: Lease) -> None:
        """Make the source; nothing is sent.

        ``fields`` are the native fields to read (``codec.NATIVES``); the reference and the id are always
        read. ``lease`` keeps the tokens of this system's login. Raises ``ConfigError`` for a field that
        there is not, and when ``ca_file`` cannot be used.
        """
        if problems := unknown(fields):
            raise ConfigError([f"the mapping of systems.{name}: {problem}" for problem in problems])
        self.name = name
        self.overlap = timedelta(seconds=config.overlap)
        self.longest = config.connect_timeout + config.read_timeout + config.busy_wait
        self._config = config
        self._fields = tuple(fields)
        self._client = Sage200Client(name, config)
        self._identity = Identity(self._client, config, LeasedTokens(lease))
        self._api = Sage200Api(self._client, self._identity)
        self._codes = Codes(self._api)
        self._fitting = Fitting(config, self._codes)

    def check(self) -> Report:
        """Look: login and its days left, site and company, rights, codes; reads at most one customer."""
        return check.look(check.Parts(self._config, self._identity, self._api, self._codes, self._fields))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of at most ``page`` customers; the cursor is the id of the last one.

        ``after`` is only looked at for ``Everything``. Raises ``Unreachable``, ``NotPermitted`` and, only for
        ``Everything``, ``ListingRefused``.
        """
        reading = self._reading()
        if isinstance(scope, Keys):
            return reading.called(scope.keys)
        return reading.everything(after)

    def read_moved(self, since: datetime, after: str | None = None) -> Iterator[Page]:
        """Give pages of the customers that Sage says were updated after ``since``, an aware time.

        Whether a change of an address or contact counts there is not known (facts/sage200.md 19). Raises as
        ``read`` does.
        """
        return self._reading().everything(after, since)

    def read_whole(self, chosen: Chosen, after: str | None = None) -> Iterator[WholePage]:
        """Give pages of whole customers; a filter is OData. Raises as ``read`` does, and ``ConfigError``."""
        self._company()
        return read_whole(self._api, self._codes, self._config.page, chosen, after)

    def fit(self, action: Action, native: Native, held: Native) -> Fit:
        """Shape the fields to what the company takes; see ``fitting``. Raises as ``read`` does."""
        self._company()
        return self._fitting.fit(action, native, held)

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Create and change customers, each by a call of its own, ``concurrency`` of them at once.

        An outcome is ``unknown`` after a cut connection, a time-out or an HTTP 5xx. Raises ``Unreachable``
        and ``NotPermitted`` when nothing of what it has not yielded yet was sent.
        """
        reading = self._reading()
        return Writing(self._api, self._codes, reading, self._config.concurrency).write(sendings)

    def keys_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the references of the customers with these ids. Raises as ``read`` does."""
        self._company()
        return keys_of(self._api, ids)

    def all_keys(self) -> Iterator[str]:
        """Give every reference, in the order of the ids. Raises as ``read`` does."""
        self._company()
        return every_key(self._api)

    def _company(self) -> None:
        if not self._config.site or not self._config.company:
            raise NotPermitted(
                self.name, "`site` and `company` are not set; `customary check` lists those that there are"
            )

    def _reading(self) -> Reading:
        self._company()
        return Reading(self._api, self._codes, self._fields, self._config.page)

    def fold(self, key: str) -> str:
        """Bring a reference into the form that is compared: no blanks around, no case."""
        return folded(key)

    def invite(self) -> Invitation:
        """Begin a login in a browser."""
        return self._identity.invite()

    def admit(self, invitation: Invitation, answer: str) -> None:
        """End it with the address that the browser was led to. Raises ``NotPermitted``, ``Unreachable``."""
        self._identity.admit(invitation, answer)

    def login_end(self) -> LoginEnd | None:
        """Tell when the login ends: ``refresh_days`` after it, however often it is refreshed."""
        tokens = self._identity.tokens()
        if tokens is None:
            return None
        end = tokens.login + timedelta(days=self._config.refresh_days)
        return LoginEnd(at=end, warn=end - timedelta(days=self._config.warn_days))

    def close(self) -> None:
        """Close the connections; again does nothing. Never raises. The login stays."""
        self._client.close()
