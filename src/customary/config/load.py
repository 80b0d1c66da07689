"""Finding and reading customary.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from customary.config.hub_url import read_hub_url
from customary.config.reader import Reader, nearest
from customary.config.rules import business_unit_of, check
from customary.config.settings import (
    SYSTEM_LENGTH,
    BusinessUnit,
    Command,
    ComponentsConfig,
    Config,
    HubConfig,
    LogsConfig,
    MailConfig,
    OperationConfig,
    SystemConfig,
    SystemSettings,
    WebConfig,
)
from customary.errors import ConfigError
from customary.model.run import HUB
from customary.model.secret import Secret

FILE = "customary.toml"
"""The file's name where nothing else is said."""

VARIABLE = "CUSTOMARY_CONFIG"
"""The environment variable that names another file."""

DATA = "customary-data"
"""The data directory's name where nothing else is said; beside the file."""

TABLES = ("data", "hub", "business_unit", "systems", "operation", "mail", "logs", "components", "web")
"""What may stand at the top of the file."""

S = TypeVar("S", bound=Struct)


def locate(option: Path | None, folder: Path, environ: Mapping[str, str]) -> Path:
    """Give the file to read: the one of ``--config``, else the one in ``folder``, else ``VARIABLE``'s.

    Raises ``ConfigError`` when there is none.
    """
    here = folder / FILE
    named = environ.get(VARIABLE, "")
    path = option or (here if here.is_file() or not named else Path(named))
    if not path.is_file():
        raise ConfigError(
            f"there is no configuration at {path}; make one by: customary init, "
            f"or name one by --config FILE or the environment variable {VARIABLE}"
        )
    return path


def load(
    path: Path,
    *,
    connectors: Mapping[str, type[Struct]],
    commands: Mapping[str, Command],
    environ: Mapping[str, str],
    data: Path | None = None,
) -> Config:
    """Read a configuration file; no secret is fetched yet (see ``references.unresolved``).

    ``connectors`` are the connectors that exist, each with the type of its own settings; ``commands`` the
    commands, each with what its source and target must be. ``data`` overrides the data
    directory. Raises ``ConfigError`` with every mistake: file and line, path in the file (positions in lists
    are counted from 1), what is wrong and what would be right.
    """
    text = _text(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name}: this is not TOML: {error}") from None
    reader = Reader(path, text, environ)
    for key in document:
        if key not in TABLES:
            reader.mistake((key,), f"unknown setting; {nearest(key, TABLES)}")
    check(document, commands, reader)
    folder = data if data is not None else _directory(document, reader)
    hub, notices = _hub(document, folder, reader)
    units = _list(BusinessUnit, "business_unit", document, reader)
    systems = _systems(document, connectors, reader)
    operations = _list(OperationConfig, "operation", document, reader)
    mail = reader.struct(MailConfig, document["mail"], ("mail",)) if "mail" in document else None
    logs = reader.struct(LogsConfig, document.get("logs", {}), ("logs",)) or LogsConfig()
    components = reader.struct(ComponentsConfig, document.get("components", {}), ("components",))
    web = reader.struct(WebConfig, document["web"], ("web",)) if "web" in document else None
    reader.finish()
    return Config(
        path=path,
        data=folder,
        hub=hub,
        business_units=units,
        systems=systems,
        operations=operations,
        mail=mail,
        logs=logs,
        components=components or ComponentsConfig(),
        web=web,
        notices=notices,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: this is not UTF-8 text; save it in that encoding") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None


def _directory(document: Mapping[str, Any], reader: Reader) -> Path:
    named = document.get("data", DATA)
    if not isinstance(named, str) or not named:
        reader.mistake(("data",), "must be the path of a folder, relative to this file")
        named = DATA
    return reader.path.parent / Path(named).expanduser()


def _hub(document: Mapping[str, Any], data: Path, reader: Reader) -> tuple[HubConfig, tuple[str, ...]]:
    """Read ``[hub]``; a password that stands in its address is taken out of it, and noticed."""
    hub = reader.struct(HubConfig, document.get("hub", {}), ("hub",)) or HubConfig()
    try:
        url, password = read_hub_url(hub.url, data)
    except ConfigError as error:
        reader.mistake(("hub", "url"), str(error))
        return hub, ()
    if hub.password is not None and (password or url.startswith("sqlite")):
        other = "the address holds one already" if password else "a hub on SQLite has none"
        reader.mistake(("hub", "password"), f"is one too many: {other}")
    if not password:
        return msgspec.structs.replace(hub, url=url), ()
    advice = 'it holds a password that anybody can read here; take it out and write password = "env:NAME"'
    notice = f"{reader.where(('hub', 'url'))}: {advice}"
    return HubConfig(url=url, password=Secret(lambda: password, "hub.url")), (notice,)


def _list(kind: type[S], name: str, document: Mapping[str, Any], reader: Reader) -> tuple[S, ...]:
    items = document.get(name, [])
    if not isinstance(items, list):
        reader.mistake((name,), f"must be a list of tables; write [[{name}]] above each")
        return ()
    read = [reader.struct(kind, item, (name, number)) for number, item in enumerate(items, 1)]
    return tuple(item for item in read if item is not None)


def _systems(
    document: Mapping[str, Any], connectors: Mapping[str, type[Struct]], reader: Reader
) -> dict[str, SystemConfig]:
    tables = document.get("systems", {})
    if not isinstance(tables, Mapping):
        reader.mistake(("systems",), "must be tables; write [systems.NAME] above each")
        return {}
    read = {name: _system(name, raw, document, connectors, reader) for name, raw in tables.items()}
    return {name: system for name, system in read.items() if system is not None}


def _system(
    name: str,
    raw: Any,
    document: Mapping[str, Any],
    connectors: Mapping[str, type[Struct]],
    reader: Reader,
) -> SystemConfig | None:
    place = ("systems", name)
    if not isinstance(raw, Mapping):
        reader.mistake(place, f"must be a table; write [systems.{name}] above its settings")
        return None
    if name == HUB:
        reader.mistake(place, "this name means the hub itself; choose another")
    if len(name) > SYSTEM_LENGTH:
        reader.mistake(place, f"a system's name has at most {SYSTEM_LENGTH} characters; choose a shorter one")
    table = {**raw, "business_unit": business_unit_of(document, raw) or ""}
    general_keys = [field.encode_name for field in msgspec.structs.fields(SystemSettings)]
    general = reader.struct(SystemSettings, {key: table[key] for key in general_keys if key in table}, place)
    connector = raw.get("connector")
    if not isinstance(connector, str) or connector not in connectors:
        if "connector" in raw:
            text = f"there is no such connector; {nearest(str(connector), connectors)}"
            reader.mistake((*place, "connector"), text)
        return None
    kind = connectors[connector]
    own_keys = {field.encode_name for field in msgspec.structs.fields(kind)}
    own = {key: value for key, value in table.items() if key in own_keys or key not in general_keys}
    settings = reader.struct(kind, own, place, general_keys)
    if general is None or settings is None:
        return None
    return SystemConfig(**asdict(general), name=name, settings=settings)
