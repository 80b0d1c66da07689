"""The wire to Sage's API and identity service: the only file here that touches it.

Tokens and secrets travel in headers and form bodies (facts/sage200.md 10), and filters hold customers'
references. So neither requests nor answers are logged: requests go to httpx's transport itself, because
httpx's client would log each URL, and errors are raised anew, without the one they come from.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import httpx
from msgspec import Struct

from customary.connectors.sage200.config import Sage200Config
from customary.connectors.wire import described, drained, opened, timeouts
from customary.errors import ConnectorError, InDoubt, Unreachable
from customary.protocols.sage200 import COMPANY, SITE

MOST_BYTES: Final = 256 * 1024 * 1024
"""The largest answer that is read; 5,000 whole customers are about 25 MB (a decision)."""
_BUSY: Final = 429
_LEAST_WAIT: Final = 1.0
_MARGIN: Final = 1.02
"""Calls are spaced a little wider than the rate, for those that arrive faster than they were sent."""
_UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""The faults after which nothing of a request was sent."""


class Answer(Struct, frozen=True):
    """What a server answered."""

    status: int
    body: bytes = b""
    retry_after: float = 0.0
    """Seconds that it asks to wait; 0: it does not say."""

    def __repr__(self) -> str:
        return f"Answer({self.status})"  # bodies hold tokens and customers


class Sage200Client:
    """Calls of the API; threads may share it. It keeps to the configured rate and number of calls at once.

    Every method raises ``Unreachable`` when no whole answer comes, and ``Unreadable`` for one too large.
    What an HTTP status means is for the caller (``faults``), but for 429: that is waited for.
    """

    def __init__(self, system: str, config: Sage200Config) -> None:
        """Make the client; nothing is sent. Raises ``ConfigError`` when ``ca_file`` cannot be used."""
        self.system = system
        self._config = config
        self._slots = threading.BoundedSemaphore(config.concurrency)
        self._guard = threading.Lock()
        self._next = 0.0
        at_once = httpx.Limits(max_connections=config.concurrency)
        self._transport = opened(system, (config.resources, config.identity), config, at_once)

    def get(self, path: str, options: Mapping[str, str], access: str, *, company: bool = True) -> Answer:
        """Read a resource with an access token; ``company`` adds the site's and the company's headers."""
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
        url = f"{self._config.resources}/{path}" + (f"?{query}" if query else "")
        return self._patient("GET", url, self._headers(access, company=company), b"")

    def send(self, method: str, path: str, body: bytes, access: str) -> Answer:
        """Write: POST or PUT JSON to a resource of the company, once.

        Raises ``InDoubt`` when it was sent, maybe in part, and no whole answer came.
        """
        headers = self._headers(access, company=True) | {"Content-Type": "application/json"}
        return self._patient(method, f"{self._config.resources}/{path}", headers, body)

    def token(self, form: Mapping[str, str]) -> Answer:
        """Ask the identity service for tokens; the client's id and secret are added."""
        own = {"client_id": self._config.client_id}
        if secret := self._config.client_secret.reveal():
            own["client_secret"] = secret
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{self._config.identity}/oauth/token"
        return self._exchange("POST", url, headers, urlencode({**own, **form}).encode())

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _headers(self, access: str, *, company: bool) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {access}"}
        if company:
            headers |= {SITE: self._config.site, COMPANY: str(self._config.company)}
        if key := self._config.subscription_key.reveal():
            headers["ocp-apim-subscription-key"] = key
        return headers

    def _patient(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        left = self._config.busy_wait
        broken = Unreachable if method == "GET" else InDoubt
        while True:
            with self._slots:
                self._pace()
                answer = self._exchange(method, url, headers, body, broken)
            wait = max(answer.retry_after, _LEAST_WAIT)
            if answer.status != _BUSY or wait > left:
                return answer
            left -= wait
            time.sleep(wait)

    def _pace(self) -> None:
        with self._guard:
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + _MARGIN / self._config.rate
        if mine > now:
            time.sleep(mine - now)

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        broken: type[ConnectorError] = Unreachable,
    ) -> Answer:
        """Ask once; ``broken`` is raised where it was sent, and no whole answer came."""
        config = self._config
        usual = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        request = httpx.Request(
            method, url, headers={**usual, **headers}, content=body, extensions={"timeout": timeouts(config)}
        )
        try:
            response = self._transport.handle_request(request)
            try:
                after = _seconds(response.headers.get("Retry-After", ""))
                read = drained(self.system, response.iter_bytes(), MOST_BYTES, config)
                return Answer(response.status_code, read, after)
            finally:
                response.close()
        except (httpx.TransportError, httpx.DecodingError) as error:
            fault = described(error, config)
            kind = Unreachable if isinstance(error, _UNSENT) else broken
            if isinstance(error, httpx.ConnectError):
                fault += f"; is {urlsplit(url).netloc} the right address, and does this computer reach it?"
        # Raised here, outside the except: nothing of the request may hang on the error.
        raise kind(self.system, fault)


def _seconds(text: str) -> float:
    """Read Retry-After: seconds, or the date until which to wait; 0 for anything else."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (until.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds())
