"""Logging on and off: operators, licences, eviction, and the counts of it (section 6 of the facts)."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols.enet import LOGON_PARAMETERS
from customary.sandboxes.syspro.settings import Company, Operator, Settings


class Refused(Exception):
    """What is answered instead of what was asked: a text starting ``ERROR:`` (section 5)."""


class Session(Struct):
    """One open session. Its id is the key under which it is kept, and nowhere else."""

    operator: Operator
    company: Company
    used: float
    """Seconds on a clock of its own when it was last used."""


class SessionCounts(Struct, kw_only=True):
    """What happened to sessions since the start."""

    logons: int = 0
    failed_logons: int = 0
    logoffs: int = 0
    open: int = 0
    most: int = 0
    """The most that were open at once."""
    most_of_one_operator: int = 0
    evicted: int = 0
    """Ended by a later logon of the same operator."""
    thrown_out: int = 0
    """Ended because no licence was free and it was idle."""
    expired: int = 0
    """Ended by a fault or by a test."""
    leaked: int = 0
    """Open, evicted or thrown out: logged on and never off, by the client's doing."""


class Sessions:
    """The open sessions. Safe for threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = threading.RLock()
        self._open: dict[str, Session] = {}
        self._counts = SessionCounts()

    def log_on(self, parameters: dict[str, str]) -> str:
        """Log on with the four parameters of Logon, their names in lower case.

        Gives the session id: 34 hex digits and two blanks (section 4, observed). Raises ``Refused``.
        """
        with self._guard:
            try:
                operator, company = self._identify(parameters)
                self._make_room(operator)
            except Refused:
                self._counts.failed_logons += 1
                raise
            token = secrets.token_hex(17).upper()
            self._open[token] = Session(operator, company, time.monotonic())
            counts = self._counts
            counts.logons += 1
            counts.most = max(counts.most, len(self._open))
            most = max(Counter(session.operator.code for session in self._open.values()).values())
            counts.most_of_one_operator = max(counts.most_of_one_operator, most)
            return token + "  "

    def log_off(self, token: str) -> None:
        """End a session. Raises ``Refused`` for an id that is none, or no longer one."""
        with self._guard:
            if self._open.pop(token.strip(), None) is None:
                raise Refused(self._settings.texts.logoff)
            self._counts.logoffs += 1

    def use(self, token: str) -> Session:
        """Give the session of an id, with or without its trailing blanks. Raises ``Refused``."""
        with self._guard:
            session = self._open.get(token.strip())
            if session is None:
                raise Refused(self._settings.texts.session)
            session.used = time.monotonic()
            return session

    def expire(self, token: str = "") -> int:
        """End one session, or all, as if time had run out; gives how many were ended."""
        with self._guard:
            tokens = [token.strip()] if token else list(self._open)
            ended = sum(self._open.pop(each, None) is not None for each in tokens)
            self._counts.expired += ended
            return ended

    def refuse(self) -> None:
        """Count a logon that a fault refuses."""
        with self._guard:
            self._counts.failed_logons += 1

    def counts(self) -> SessionCounts:
        """Give the counts as they are now."""
        with self._guard:
            left = len(self._open)
            return replace(
                self._counts, open=left, leaked=left + self._counts.evicted + self._counts.thrown_out
            )

    def _identify(self, parameters: dict[str, str]) -> tuple[Operator, Company]:
        texts = self._settings.texts
        for name in LOGON_PARAMETERS:
            if name.lower() not in parameters:
                raise Refused(texts.parameter.format(name=name))
        operator = _by_code(self._settings.operators, parameters["operator"])
        if operator is None:
            raise Refused(texts.operator)
        if operator.password != parameters["operatorpassword"]:
            raise Refused(texts.password)
        company = _by_code(self._settings.companies, parameters["companyid"])
        if company is None:
            raise Refused(texts.company)
        if company.password != parameters["companypassword"]:
            raise Refused(texts.company_password)
        return operator, company

    def _make_room(self, operator: Operator) -> None:
        settings = self._settings
        if settings.evicts and not operator.guest:
            earlier = [
                token for token, session in self._open.items() if session.operator.code == operator.code
            ]
            for token in earlier:
                del self._open[token]
            self._counts.evicted += len(earlier)
        if len(self._open) < settings.licences:
            return
        token = min(self._open, key=lambda token: self._open[token].used, default="")
        if not token or time.monotonic() - self._open[token].used < settings.licence_minutes * 60:
            raise Refused(settings.texts.licence)
        del self._open[token]
        self._counts.thrown_out += 1


_Coded = TypeVar("_Coded", Operator, Company)


def _by_code(coded: tuple[_Coded, ...], code: str) -> _Coded | None:
    return next((each for each in coded if each.code.upper() == code.strip().upper()), None)
