"""References to secrets: how the configuration names a password without holding it, and how it is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from customary.errors import ConfigError
from customary.model.secret import Secret

SERVICE = "customary"
"""The key ring's service name where a reference gives none."""

HOW = (
    'write where it is kept: "env:NAME" (an environment variable), "file:PATH" (a file that holds nothing '
    'else) or "keyring:NAME" (the key ring of this computer)'
)


def secret(reference: str, where: str, folder: Path, environ: Mapping[str, str]) -> Secret:
    """Make a secret of a reference, without fetching it yet.

    ``where`` names the setting in messages, ``folder`` is what a file's path is relative to. Revealing it
    raises ``ConfigError`` where nothing is kept there. Raises ``ConfigError`` when it is no reference; the
    text is never repeated, since it may be the secret itself.
    """
    kind, colon, name = reference.partition(":")
    name = name.strip()
    if not colon or not name or kind not in ("env", "file", "keyring"):
        raise ConfigError(f"a secret is never written into this file; {HOW}")
    fetches: dict[str, Callable[[], str]] = {
        "env": lambda: _from_environment(name, where, environ),
        "file": lambda: _from_file(folder / Path(name).expanduser(), where),
        "keyring": lambda: _from_key_ring(name, where),
    }
    return Secret(fetches[kind], reference)


def unresolved(*parts: Struct | None) -> tuple[str, ...]:
    """Try every secret in parts of the configuration; tell all that cannot be fetched, with place and cure.

    What is about to be used is tried, as ``config.mail`` or the ``settings`` of a system.
    """
    problems: list[str] = []
    for found in _secrets(parts):
        try:
            found.reveal()
        except ConfigError as error:
            problems += error.problems
    return tuple(problems)


def _secrets(value: object) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _secrets(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _secrets(item)
    elif isinstance(value, Mapping):
        yield from _secrets(tuple(value.values()))


def _from_environment(name: str, where: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise ConfigError(f"{where}: the environment variable {name} is not set; set it, then try again")
    return environ[name]


def _from_file(path: Path, where: str) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{where}: the secret's file {path} cannot be read: {reason}") from None
    return text.rstrip("\r\n")


def _from_key_ring(name: str, where: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    service, slash, user = name.rpartition("/")
    service, user = (service, user) if slash else (SERVICE, name)
    try:
        value = keyring.get_password(service, user)
    except KeyringError as error:
        raise ConfigError(
            f"{where}: the key ring of this computer cannot be used ({type(error).__name__}); "
            "use env:NAME or file:PATH instead"
        ) from None
    if value is None:
        raise ConfigError(
            f'{where}: the key ring has no entry "{user}" of "{service}"; '
            f"add it by: keyring set {service} {user}"
        )
    return value
