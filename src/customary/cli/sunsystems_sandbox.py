"""The SunSystems sandbox with our own server behind it, on a hub of its own that lasts as long as it does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from customary.actions import operators, reference
from customary.components import Request, Wiring, execute, rules_of
from customary.config.settings import BusinessUnit, ComponentsConfig, Config, HubConfig, LogsConfig, WebConfig
from customary.model.limits import parse_limit
from customary.model.operator import Rights
from customary.protocols.ssc import context, write_payload
from customary.sandboxes.faults import Fault
from customary.sandboxes.sunsystems.sandbox import SunSystemsSandbox
from customary.sandboxes.sunsystems.seed import LISTS, customers
from customary.sandboxes.sunsystems.settings import Settings
from customary.store import business_units
from customary.store.database import Store, open_store
from customary.web.app import application
from customary.web.server import WebServer


@contextmanager
def sunsystems(
    count: int = 100,
    seed: int = 1,
    settings: Settings | None = None,
    port: int = 0,
    faults: Iterable[Fault] = (),
) -> Iterator[SunSystemsSandbox]:
    """Run a SunSystems with this many customers in its business unit, until the block ends.

    Raises ``OSError`` when the port is taken, ``FaultError`` for a wrong fault, ``ConfigError`` for settings
    that cannot be.
    """
    chosen = settings or Settings()
    with tempfile.TemporaryDirectory(prefix="customary-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        config = _configuration(folder, chosen)
        store = open_store(f"sqlite:///{(folder / 'hub.db').as_posix()}")
        try:
            _fill(store, config, chosen, count, seed)
            web = config.web or WebConfig()
            with WebServer(application(store, config, web), web) as server:
                at = urlsplit(server.url)
                behind = (str(at.hostname), int(at.port or 0))
                with SunSystemsSandbox(behind, chosen, port, faults) as sandbox:
                    yield sandbox
        finally:
            store.close()


def _configuration(folder: Path, settings: Settings) -> Config:
    units = (
        BusinessUnit(code=settings.business_unit, closed_lists=settings.closed_lists),
        BusinessUnit(code=settings.financial_unit, financials_only=True, closed_lists=settings.closed_lists),
    )
    components = ComponentsConfig(
        account=settings.account, messages=settings.messages, delete=parse_limit(settings.delete)
    )
    web = WebConfig(
        listen="127.0.0.1:0",
        voucher_minutes=settings.voucher_minutes,
        fault_status=settings.fault_status,
    )
    return Config(
        path=folder / "customary.toml",
        data=folder,
        hub=HubConfig(),
        business_units=units,
        systems={},
        operations=(),
        mail=None,
        logs=LogsConfig(),
        components=components,
        web=web,
    )


def _fill(store: Store, config: Config, settings: Settings, count: int, seed: int) -> None:
    units = [unit.code for unit in config.business_units]
    business_units.ensure(store, {unit.code: unit.financials_only for unit in config.business_units})
    for unit in units:
        for name, codes in LISTS.items():
            reference.load(store, unit, name, codes)
    operators.add(store, settings.operator, settings.password, Rights.WRITE, units)
    with tempfile.TemporaryFile() as payload:
        head = context(settings.operator, settings.business_unit)
        for piece in write_payload(head, customers(count, seed)):
            payload.write(piece.encode())
        request = Request(component="Customer", method="CreateOrAmend", payload=payload)
        execute(request, Wiring(store=store, rules=rules_of(config)), lambda _: None)
