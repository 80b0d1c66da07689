from __future__ import annotations

from datetime import UTC, datetime, timedelta

from customary.store import watermarks
from customary.store.database import Store

NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, UTC)


def test_a_watermark_is_kept_for_each_system_and_purpose(store: Store) -> None:
    with store.write() as connection:
        watermarks.advance(connection, "sage", "download", NOON)
        watermarks.advance(connection, "sage", "download for shop", NOON + timedelta(hours=1))
    with store.read() as connection:
        assert watermarks.read(connection, "sage", "download") == NOON
        assert watermarks.read(connection, "sage", "download for shop") == NOON + timedelta(hours=1)
        assert watermarks.read(connection, "other", "download") is None


def test_a_watermark_never_moves_back(store: Store) -> None:
    with store.write() as connection:
        watermarks.advance(connection, "sage", "download", NOON)
        watermarks.advance(connection, "sage", "download", NOON + timedelta(seconds=1))
        watermarks.advance(connection, "sage", "download", NOON - timedelta(days=1))
    with store.read() as connection:
        assert watermarks.read(connection, "sage", "download") == NOON + timedelta(seconds=1)
