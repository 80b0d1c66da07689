from __future__ import annotations

import threading

from customary.store.database import Store
from customary.store.generated_references import remember, remembered

SHOP = ("shop", "sage")


def test_a_customer_keeps_the_reference_that_was_noted_first(store: Store) -> None:
    with store.write() as connection:
        assert remembered(connection, SHOP, "12345") == ""
        assert remember(connection, SHOP, "12345", "ZYNK001") == "ZYNK001"
    with store.write() as connection:
        assert remember(connection, SHOP, "12345", "ZYNK002") == "ZYNK001"
        assert remembered(connection, SHOP, "12345") == "ZYNK001"


def test_no_two_customers_of_a_system_have_one_reference_in_any_case(store: Store) -> None:
    with store.write() as connection:
        remember(connection, SHOP, "1", "Zynk001")
        assert remember(connection, SHOP, "2", "ZYNK001") == ""
        assert remember(connection, ("crm", "sage"), "1", "ZYNK001") == ""
        assert remember(connection, ("shop", "other sage"), "1", "ZYNK001") == "ZYNK001"
        assert remembered(connection, ("crm", "sage"), "1") == ""


def test_two_runs_at_once_never_note_the_same_for_two_customers(store: Store) -> None:
    met: list[tuple[str, str]] = []
    together = threading.Barrier(2)

    def note(source: str) -> None:
        together.wait(10)
        for number in range(20):
            with store.write() as connection:
                kept = remember(connection, (source, "sage"), str(number), f"ZYNK{number:03d}")
                met.append((str(number), kept))

    threads = [threading.Thread(target=note, args=(source,)) for source in ("shop", "crm")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [kept for _, kept in met if kept]
    assert sorted(given) == [f"ZYNK{number:03d}" for number in range(20)]
