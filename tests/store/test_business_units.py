from __future__ import annotations

import threading

from sqlalchemy import select

from customary.store import business_units
from customary.store.database import Store, open_store
from customary.store.tables import business_unit

AT_ONCE = 8
UNITS = {"PK1": False, "PKF": True, "PK2": False}


def kept(store: Store) -> dict[str, bool]:
    with store.read() as connection:
        found = connection.execute(select(business_unit.c.code, business_unit.c.financials_only))
        return {code: bool(flag) for code, flag in found}


def test_the_units_of_the_configuration_are_made_and_their_kind_follows_it(hub_url: str) -> None:
    store = open_store(hub_url)
    business_units.ensure(store, UNITS)
    assert kept(store) == UNITS
    business_units.ensure(store, {"PK1": True})
    assert kept(store) == UNITS | {"PK1": True}
    store.close()


def test_many_that_begin_at_once_make_each_unit_once_and_none_fails(hub_url: str) -> None:
    stores = [open_store(hub_url) for _ in range(AT_ONCE)]
    together = threading.Barrier(AT_ONCE)
    failed: list[Exception] = []

    def begin(store: Store) -> None:
        together.wait()
        try:
            business_units.ensure(store, UNITS)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to see it
            failed.append(error)

    beginning = [threading.Thread(target=begin, args=(store,)) for store in stores]
    for thread in beginning:
        thread.start()
    for thread in beginning:
        thread.join()
    assert failed == []
    assert kept(stores[0]) == UNITS
    for store in stores:
        store.close()
