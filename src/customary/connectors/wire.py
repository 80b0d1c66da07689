"""What the connectors' HTTP clients share. None of it logs, keeps or quotes a request or an answer."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import httpx

from customary.errors import ConfigError, Unreadable

ANY_NUMBER = httpx.Limits()
"""As many connections as there are calls at once."""


class Reach(Protocol):
    """The settings of a system that is reached over HTTP."""

    @property
    def connect_timeout(self) -> float:
        """Seconds to wait for a connection."""

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for a whole answer."""

    @property
    def ca_file(self) -> Path | None:
        """Certificates to trust instead of the machine's own."""


def opened(
    system: str, addresses: Iterable[str], config: Reach, limits: httpx.Limits = ANY_NUMBER
) -> httpx.HTTPTransport:
    """Make the transport to a system's addresses; nothing is sent.

    ``limits`` says how many connections there are, and how many stay open. Without
    httpx's client in front, because that would log each URL.
    Raises ``ConfigError`` when ``ca_file`` cannot be used.
    """
    try:
        return httpx.HTTPTransport(verify=_trusted(addresses, config), trust_env=False, limits=limits)
    except OSError:
        raise ConfigError(f"systems.{system}.ca_file: {config.ca_file} holds no certificates") from None


def _trusted(addresses: Iterable[str], config: Reach) -> ssl.SSLContext:
    if all(address.startswith("http:") for address in addresses):
        # Never used; one that trusts nobody is made at once, and the machine's authorities take a while.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context(cafile=config.ca_file)


def timeouts(config: Reach) -> dict[str, float]:
    """Give the time limits of one request, as httpx's extension ``timeout`` wants them."""
    return {
        "connect": config.connect_timeout,
        "read": config.read_timeout,
        "write": config.read_timeout,
        "pool": config.read_timeout,
    }


def drained(system: str, parts: Iterable[bytes], most: int, config: Reach) -> bytes:
    """Read a body to its end.

    Raises ``httpx.ReadTimeout`` when that lasts too long, and ``Unreadable`` past ``most`` bytes.
    """
    deadline = time.monotonic() + config.read_timeout
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > most:
            raise Unreadable(system, f"the answer has more than {most} bytes; lower `page`")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("too slow")
    return bytes(body)


def described(error: httpx.TransportError | httpx.DecodingError, config: Reach) -> str:
    """Say in words why no whole answer came."""
    match error:
        case httpx.ConnectTimeout():
            return f"no connection within {config.connect_timeout:g} s"
        case httpx.TimeoutException():
            return f"no whole answer within {config.read_timeout:g} s"
        case httpx.ConnectError():
            return f"no connection: {error}"
        case _:
            return "the connection broke before the whole answer had come"
