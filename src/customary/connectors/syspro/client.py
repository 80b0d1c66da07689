"""The wire to SYSPRO's e.net REST service: the only file here that touches it.

SYSPRO's credentials and session ids travel in the query string (facts/syspro.md 4, observed). So a URL is
never logged, put into an error or kept: requests go to httpx's transport itself, because httpx's client would
log each URL; errors are raised anew, without the one they come from; and what SYSPRO answers is searched for
the secrets of the call before any of it is quoted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

import httpx
from msgspec import Struct

from customary.connectors.syspro.codec import decode_text, error_text, unwrap
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.syspro.faults import Fault, error_of_status, fault_of
from customary.connectors.wire import described, drained, opened, timeouts
from customary.errors import ConnectorError, NotPermitted, Unreachable, Unreadable
from customary.protocols import enet

MOST_BYTES: Final = 64 * 1024 * 1024
"""The largest answer that is read; a page of 10,000 whole customers is about 20 MB (a decision)."""

_VERSION = re.compile(r"\d[^\n<]{0,59}\Z")
_QUOTED = 200
_SHORT = 6
_log = logging.getLogger(__name__)


class Answer(Struct, frozen=True):
    """What SYSPRO answered under HTTP 200."""

    body: bytes
    """Unwrapped."""
    encoding: str
    """What the body's bytes are, as ``codec`` takes it."""
    fault: Fault = Fault.NONE
    text: str = ""
    """What SYSPRO said where ``fault`` is not ``NONE``: one line, cut short, without secrets."""


class SysproClient:
    """Calls of the REST service; one method per call, each of them one HTTP request.

    Every method but ``log_off`` raises ``Unreachable``, ``NotPermitted`` or ``Unreadable`` for what is not
    HTTP 200 (``faults``). What SYSPRO refuses inside HTTP 200 is a value: ``Answer.fault``.
    """

    def __init__(self, system: str, config: SysproConfig) -> None:
        """Make the client; nothing is sent. Raises ``ConfigError`` when ``ca_file`` cannot be used."""
        self.system = system
        self._config = config
        self._transport = opened(system, (config.url,), config)

    def version(self) -> str:
        """Ask for SYSPRO's version, such as ``7.0.0.6``; needs no session (4, observed)."""
        answer = self._ask(enet.VERSION, (), ())
        text = decode_text(answer.body, answer.encoding).strip()
        if answer.fault is not Fault.NONE or not _VERSION.match(text):
            raise Unreachable(
                self.system, "it answers, but not as SYSPRO's REST service does; is `url` right?"
            )
        return text

    def log_on(self) -> str:
        """Log on and give the session id exactly as it came, trailing blanks included (4, observed).

        Raises ``NotPermitted`` with SYSPRO's words when it refuses.
        """
        config = self._config
        values = (
            config.operator,
            config.password.reveal(),
            config.company,
            config.company_password.reveal(),
        )
        try:
            answer = self._ask(
                enet.LOGON, tuple(zip(enet.LOGON_PARAMETERS, values, strict=True)), (values[1], values[3])
            )
        except Unreadable as fault:
            raise Unreachable(self.system, f"no logon: {fault.reason}; is `url` right?") from None
        text = decode_text(answer.body, answer.encoding)
        if answer.fault is Fault.NONE and enet.is_session(text):
            return text
        if answer.fault is Fault.NONE:
            raise Unreachable(self.system, "logon gives no session id and no error; is `url` right?")
        raise NotPermitted(
            self.system,
            f"company {config.company} refuses the logon of operator {config.operator}: {answer.text}",
        )

    def log_off(self, session: str) -> bool:
        """End a session, and tell whether SYSPRO answered at all. Never raises.

        A session that is already gone is answered with an error, which is fine (5a, observed).
        """
        try:
            answer = self._ask(enet.LOGOFF, (("UserId", session),), (session,))
        except ConnectorError as fault:
            _log.warning(
                "%s: the logoff did not arrive; the next run repeats it (%s)", self.system, fault.reason
            )
            return False
        if answer.fault is not Fault.NONE:
            _log.info("%s: logoff of a session that is already gone: %s", self.system, answer.text)
        return True

    def profile(self, session: str) -> Answer:
        """Ask for GetLogonProfile: who is logged on where; tells whether a session is alive (4)."""
        return self._ask(enet.PROFILE, (("UserId", session),), (session,))

    def query(self, session: str, xml: str) -> Answer:
        """Ask COMFND (``Query/Query``)."""
        parameters = (("UserId", session), ("BusinessObject", "COMFND"), ("XmlIn", xml))
        return self._ask(enet.QUERY, parameters, (session,))

    def fetch(self, session: str, xml: str) -> Answer:
        """Ask COMFCH (``Query/Fetch``, which takes no BusinessObject)."""
        return self._ask(enet.FETCH, (("UserId", session), ("XmlIn", xml)), (session,))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _ask(self, path: str, parameters: Sequence[tuple[str, str]], secrets: Iterable[str]) -> Answer:
        query = "&".join([f"{name}={encoded(value)}" for name, value in parameters])
        status, raw = self._exchange(f"{self._config.url.rstrip('/')}{path}?{query}")
        if error := error_of_status(self.system, status):
            raise error
        try:
            body, encoding = unwrap(raw, self._config.encoding)
        except enet.EnetFormatError as error:
            raise Unreadable(self.system, f"the answer cannot be read: {error}") from None
        text = error_text(body, encoding)
        return Answer(body, encoding, fault_of(text, self._config), quotable(text, secrets))

    def _exchange(self, url: str) -> tuple[int, bytes]:
        config = self._config
        request = httpx.Request("GET", url, extensions={"timeout": timeouts(config)})
        try:
            response = self._transport.handle_request(request)
            try:
                return response.status_code, drained(self.system, response.iter_raw(), MOST_BYTES, config)
            finally:
                response.close()
        except httpx.TransportError as error:
            fault = described(error, config)
        # Raised here, outside the except: nothing of the request may hang on the error.
        raise Unreachable(self.system, fault)


def encoded(value: str) -> str:
    """Write a value for the query string: all of its UTF-8 but letters and digits as ``%XX``."""
    return quote(value, safe="")


def quotable(text: str, secrets: Iterable[str]) -> str:
    """Make SYSPRO's words fit for a message: one line, cut short, every secret in any form as ``***``."""
    for secret in secrets:
        for form in {secret, secret.strip(), encoded(secret)} - {""}:
            # A password of a letter or two is masked where it stands alone, or nothing would be left.
            pattern = re.escape(form) if len(form) >= _SHORT else rf"(?<!\w){re.escape(form)}(?!\w)"
            text = re.sub(pattern, "***", text, flags=re.IGNORECASE)
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
