from __future__ import annotations

from sqlalchemy import text

from customary.store.database import open_store
from customary.store.statistics import gather_missing
from customary.store.tables import baseline

BASELINE = {
    "identity": "1",
    "source": "syspro",
    "target": "hub",
    "source_hash": "",
    "fingerprint": "",
    "target_version": 1,
    "source_values": "{}",
    "target_values": "{}",
}


def test_postgresql_is_told_of_the_tables_sizes_once_they_hold_customers(postgres_url: str) -> None:
    store = open_store(postgres_url)
    known = text("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = current_schema()")
    with store.write() as connection:
        assert not gather_missing(connection)
        connection.execute(baseline.insert().values(BASELINE))
        assert gather_missing(connection)
        assert "baseline" in set(connection.execute(known).scalars())
        assert gather_missing(connection)
    store.close()


def test_sqlite_needs_no_statistics(tmp_path: object) -> None:
    store = open_store(f"sqlite:///{tmp_path}/hub.db")
    with store.write() as connection:
        assert gather_missing(connection)
    store.close()
