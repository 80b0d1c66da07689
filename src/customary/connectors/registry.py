"""The connectors that exist: by name, with their settings, how they are made, and their mapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.resources import files
from typing import Any

from msgspec import Struct

from customary.connectors.contract import Lease, Source
from customary.errors import ConfigError
from customary.model.customer import Teller
from customary.model.fields import FieldTable


class Connector(Struct, frozen=True):
    """A connector that a ``[systems.NAME]`` may name; its modules are imported when they are used."""

    name: str
    package: str
    config: str
    """The type of its settings, in its ``config`` module."""
    source: str
    """Its ``Source``, in its ``connector`` module; a ``Target`` as well where it can be written to."""
    fields: str = ""
    """The table of the native fields that can be carried, in its ``fields`` module; ``""``: none are."""
    like: str = ""
    """The connector whose native words it uses, where that is another one."""
    takes: str = ""
    """The table of those that it can be given, in its ``fields`` module, where it takes more."""
    hub: str = ""
    """What tells the hub's customers in its words beyond fields, in its ``hub`` module; ``""``: none."""
    deletes: bool = False
    """Whether customers can be deleted from it."""
    only_some: bool = False
    """Whether it only ever has some of the customers (``HasOnlySome``), so that nobody is missing in it."""

    @property
    def words(self) -> str:
        """Whose native words it uses."""
        return self.like or self.name

    def carried(self) -> FieldTable:
        """Give the native fields that go over as they are to systems with the same words."""
        return self._table(self.fields)

    def taken(self) -> FieldTable:
        """Give the native fields that it takes as they are from systems with the same words."""
        return self._table(self.takes or self.fields)

    def _table(self, name: str) -> FieldTable:
        if not name:
            return {}
        table: FieldTable = getattr(import_module(f"{self.package}.fields"), name)
        return table

    def teller(self) -> Teller | None:
        """Give what tells the hub's customers in its words, if anything does."""
        if not self.hub:
            return None
        tell: Teller = getattr(import_module(f"{self.package}.hub"), self.hub)
        return tell

    def settings(self) -> type[Struct]:
        """Give the type of its settings."""
        kind: type[Struct] = getattr(import_module(f"{self.package}.config"), self.config)
        return kind

    def open(self, name: str, settings: Struct, natives: Sequence[str], lease: Lease) -> Source:
        """Make the source of system ``name``, which will read the native fields ``natives``."""
        make: Callable[..., Source] = self._made()
        return make(name, settings, natives, lease)

    def offers(self, ability: type) -> bool:
        """Tell whether its sources have an ability of ``contract``, a protocol with methods only."""
        return issubclass(self._made(), ability)

    def _made(self) -> type[Any]:
        made: type[Any] = getattr(import_module(f"{self.package}.connector"), self.source)
        return made

    def mapping(self) -> tuple[str, str]:
        """Give the text of its mapping file, and where it stands."""
        return files(self.package).joinpath("mapping.toml").read_text("utf-8"), f"{self.name}/mapping.toml"


CONNECTORS = {
    "syspro": Connector("syspro", "customary.connectors.syspro", "SysproConfig", "SysproSource"),
    "sage200": Connector(
        "sage200",
        "customary.connectors.sage200",
        "Sage200Config",
        "Sage200Source",
        fields="CARRIED",
        takes="TAKEN",
    ),
    "zynk": Connector(
        "zynk",
        "customary.connectors.zynk",
        "ZynkConfig",
        "ZynkSource",
        fields="CARRIED",
        like="sage200",
        only_some=True,
    ),
    "sunsystems": Connector(
        "sunsystems",
        "customary.connectors.sunsystems",
        "SunsystemsConfig",
        "SunsystemsSource",
        fields="HOLDS",
        hub="told",
        deletes=True,
    ),
}


def connector(name: str) -> Connector:
    """Give a connector by its name. Raises ``ConfigError`` naming those that exist."""
    found = CONNECTORS.get(name)
    if found is None:
        raise ConfigError(f"there is no connector '{name}'; there are: {', '.join(CONNECTORS)}")
    return found
