"""The hub's address: from what a person writes to what the database library opens."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from customary.config.settings import HubConfig
from customary.errors import ConfigError

_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql://"
_DRIVER = "postgresql+psycopg://"
HOW = (
    'write "sqlite:///hub.db" for a file in the data directory, or "postgresql://USER@HOST/DATABASE" '
    'with the password as hub.password = "env:NAME"'
)


def read_hub_url(url: str, data: Path) -> tuple[str, str]:
    """Give the address as the database library writes it, and the password that stood in it (``""``: none).

    A SQLite file is relative to the data directory ``data``. Raises ``ConfigError`` for any other kind of
    address; the message does not repeat it, since it may hold a password.
    """
    if url.startswith(_SQLITE):
        name = url.removeprefix(_SQLITE)
        if not name or name == ":memory:" or "?" in name:
            raise ConfigError(f"the hub needs a file of its own; {HOW}")
        return _SQLITE + (data / name).absolute().as_posix(), ""
    if not url.startswith(_POSTGRESQL):
        raise ConfigError(f"the hub is either on SQLite or on PostgreSQL; {HOW}")
    try:
        parts = urlsplit(url)
        user, host, port = parts.username or "", parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError(f"not an address of a database; {HOW}") from None
    if not parts.path.strip("/") or "password" in parse_qs(parts.query):
        raise ConfigError(f"not an address of a database as it is needed here; {HOW}")
    server = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    address = f"{_DRIVER}{user}@{server}" if user else f"{_DRIVER}{server}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{address}{parts.path}{query}", unquote(parts.password or "")


def connection_url(hub: HubConfig) -> str:
    """Give the hub's address with its password, to be opened and not to be shown or logged.

    Raises ``ConfigError`` when the password cannot be fetched.
    """
    if hub.password is None or not hub.url.startswith(_DRIVER):
        return hub.url
    user, at, rest = hub.url.removeprefix(_DRIVER).partition("@")
    if not at:
        raise ConfigError(f"hub.password: the hub's address names no user; {HOW}")
    return f"{_DRIVER}{user}:{quote(hub.password.reveal(), safe='')}@{rest}"
