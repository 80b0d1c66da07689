"""Where everything is wired, once: configuration, store, connectors, mappings and leases."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from customary.actions.uploading import operation_of, system_of
from customary.config.hub_url import connection_url
from customary.config.load import load, locate
from customary.config.settings import Command, Config, OperationConfig, SystemConfig
from customary.connectors.contract import HasStatus, ListsKeys, Source, Target
from customary.connectors.registry import CONNECTORS, connector
from customary.engine.carry_out import Job
from customary.engine.far import Far, MakesKeys
from customary.engine.lease import HubLease, Seal
from customary.errors import ConfigError
from customary.mapping.load import load_rows, override
from customary.mapping.outgoing import Outgoing
from customary.mapping.spec import FieldMapping
from customary.mapping.spec import carried as carried_rows
from customary.model.customer import Customer, Teller
from customary.model.fields import FieldTable
from customary.model.run import HUB, Run, Upload
from customary.store import business_units
from customary.store.database import Store, open_store
from customary.store.hub_source import HubSource, hub_rows

COMMANDS = {
    "UpdateAllCustomersSYSPRO": Command("syspro"),
    "DownloadCustomers": Command(),
    "UploadCustomers": Command(
        writes="system",
        deletes=tuple(name for name, known in CONNECTORS.items() if known.deletes),
        only_some=tuple(name for name, known in CONNECTORS.items() if known.only_some),
    ),
}
"""What an operation may do."""


class Where(Struct, frozen=True):
    """The options ``--config`` and ``--data``."""

    config: Path | None = None
    data: Path | None = None


def read_config(where: Where, environ: Mapping[str, str] = os.environ) -> Config:
    """Find and read the configuration. Raises ``ConfigError`` with every mistake in it."""
    return load(
        locate(where.config, Path.cwd(), environ),
        connectors={name: known.settings() for name, known in CONNECTORS.items()},
        commands=COMMANDS,
        environ=environ,
        data=where.data,
    )


class Workspace:
    """The configuration and the open hub; made by ``open_workspace``."""

    def __init__(self, config: Config, store: Store) -> None:
        self.config = config
        self.store = store

    def operation(self, name: str) -> OperationConfig:
        """Give an operation by its name. Raises ``ConfigError`` naming those that are configured."""
        for operation in self.config.operations:
            if operation.name == name:
                return operation
        names = ", ".join(item.name for item in self.config.operations) or "none"
        raise ConfigError(f"there is no operation '{name}' in {self.config.path}; configured: {names}")

    def system(self, name: str) -> SystemConfig:
        """Give a system by its name. Raises ``ConfigError`` naming those that are configured."""
        found = self.config.systems.get(name)
        if found is None:
            names = ", ".join(self.config.systems) or "none"
            raise ConfigError(f"there is no system '{name}' in {self.config.path}; configured: {names}")
        return found

    def mapping(self, system: SystemConfig, carried: FieldTable | None = None) -> FieldMapping:
        """Give the mapping in force for a system: the connector's rows, and the user's over them.

        Fields of ``carried`` that no row maps go over as they are, between systems with the same words.
        """
        known = connector(system.connector)
        rows = override(load_rows(*known.mapping()), system.mapping)
        if carried:
            rows = (*rows, *carried_rows(known.words, carried, rows))
        return FieldMapping(rows=rows, lookups={"currencies": _currencies(system)}, words=known.words)

    def open_source(self, system: SystemConfig, purpose: str, mapping: FieldMapping | None = None) -> Source:
        """Make the source of a system; ``purpose`` says to others who wait what its session is held for.

        It reads what ``mapping`` names; by default the system's own.
        """
        wait = float(getattr(system.settings, "lease_wait", 60.0))
        lease = HubLease(self.store, place(system), purpose, Seal(self.config.data), wait)
        natives = (mapping or self.mapping(system)).natives
        return connector(system.connector).open(system.name, system.settings, natives, lease)

    def job(self, run: Run) -> Job:
        """Wire what carrying a run out needs. Raises ``ConfigError`` when its operation is gone."""
        upload = run.request.upload
        operation = operation_of(run, upload) if upload else self.operation(run.operation)
        return self.wired(operation, f"run {run.id} of {run.operation}", upload)

    def wired(self, operation: OperationConfig, purpose: str, upload: Upload | None = None) -> Job:
        """Wire an operation's source, or the file that it uploads, and its target; nothing is sent yet.

        Raises ``ConfigError`` when its target cannot be written to.
        """
        if operation.target == HUB:
            system = self.system(operation.source)
            mapping = self.mapping(system)
            source = self.open_source(system, purpose, mapping)
            return Job(
                source=source,
                mapping=replace(mapping, fold=source.fold),
                unit=system.business_unit,
                limits=operation.limits,
            )
        goal = self.system(operation.target)
        towards = self.mapping(goal, connector(goal.connector).taken())
        target = self.open_source(goal, purpose, towards)
        if not isinstance(target, Target):
            raise ConfigError(f"{goal.name} cannot be written to; only read from")
        source, mapping = self._near(operation, purpose, (goal, target), upload)
        return Job(
            source=source,
            mapping=replace(mapping, fold=source.fold),
            unit=goal.business_unit,
            limits=operation.limits,
            far=Far(
                target=target,
                mapping=replace(towards, fold=target.fold),
                outgoing=Outgoing(towards, target.holds, mapping.words),
                makes_keys=self._makes_keys(goal, source, target),
            ),
        )

    def _near(
        self,
        operation: OperationConfig,
        purpose: str,
        towards: tuple[SystemConfig, Target],
        upload: Upload | None,
    ) -> tuple[Source, FieldMapping]:
        """Open the source of an operation whose target is the system ``towards``."""
        goal, target = towards
        if operation.source == HUB:
            known = connector(goal.connector)
            status = target.status if isinstance(target, HasStatus) else ""
            rows = hub_rows(known.words, tuple(known.carried()), status)
            tell = _teller(known.teller(), self.mapping(goal, known.carried()))
            return HubSource(HUB, self.store, goal.business_unit, tell=tell), FieldMapping(rows=rows)
        if upload:
            named = self.config.systems.get(operation.source)
            system = system_of(upload, operation.source, named, goal)
        else:
            system = self.system(operation.source)
        mapping = self.mapping(system, connector(system.connector).carried())
        return self.open_source(system, purpose, mapping), mapping

    def _makes_keys(self, goal: SystemConfig, source: Source, target: Target) -> MakesKeys | None:
        """Give what generates references, where the target's settings say how."""
        settings = getattr(goal.settings, "generate", None)
        if settings is None or not isinstance(target, ListsKeys):
            return None
        from customary.actions.generating import GeneratedReferences

        return GeneratedReferences(self.store, (source.name, source.fold), target, settings.references)


def _teller(tell: Teller | None, towards: FieldMapping) -> Teller | None:
    """Name what a product's teller tells by customer fields, as the mapping of the target has them."""
    if tell is None:
        return None
    fields = {row.native: row.field for row in reversed(towards.rows) if not row.lookup}

    def told(
        customer: Customer, account: Mapping[str, Any], texts: Sequence[Mapping[str, str]]
    ) -> Mapping[str, str]:
        return {
            fields[native]: text
            for native, text in tell(customer, account, texts).items()
            if native in fields
        }

    return told


@contextmanager
def open_workspace(where: Where) -> Iterator[Workspace]:
    """Read the configuration, open the hub, and close it at the end.

    Raises ``ConfigError`` and ``StoreError``.
    """
    config = read_config(where)
    _make_folder(config.data)
    store = open_store(connection_url(config.hub))
    try:
        business_units.ensure(store, {unit.code: unit.financials_only for unit in config.business_units})
        yield Workspace(config, store)
    finally:
        store.close()


def _make_folder(folder: Path) -> None:
    """Make the data directory. Raises ``ConfigError`` where nothing can be kept in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
    else:
        if os.access(folder, os.W_OK):
            return
        reason = "nothing can be written into it"
    raise ConfigError(
        f"the data directory {folder} cannot be used: {reason}; name another by `data` in the configuration,"
        " or by --data"
    )


def place(system: SystemConfig) -> tuple[str, str]:
    """Give what only one process at a time may be logged on to: a system, and the account it is used by."""
    return system.name, str(getattr(system.settings, "operator", ""))


def _currencies(system: SystemConfig) -> dict[str, str]:
    """The system's table of currencies; a code that is ISO 4217 already needs no entry."""
    import pycountry  # heavy, and only runs need it

    return {item.alpha_3: item.alpha_3 for item in pycountry.currencies} | dict(system.currencies)
