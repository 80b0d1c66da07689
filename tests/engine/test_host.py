from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from customary.engine.carry_out import Stopping
from customary.engine.host import Host, launched
from customary.errors import StoreError
from customary.store.database import Store

PATIENCE = 60.0


class Carried:
    """Runs that were carried out and followed up, in order, and a way to wait for it."""

    def __init__(self, *, unfinished: frozenset[int] = frozenset()) -> None:
        self.runs: list[int] = []
        self.followed: list[int] = []
        self.stopped: set[int] = set()
        self._unfinished = unfinished
        self._changed = threading.Condition()

    def carry(self, run_id: int) -> bool:
        with self._changed:
            self.runs.append(run_id)
            self._changed.notify_all()
        if run_id in self._unfinished and run_id not in self.stopped:
            self.stopped.add(run_id)
            raise Stopping
        return True

    def after(self, run_id: int) -> None:
        with self._changed:
            self.followed.append(run_id)
            self._changed.notify_all()

    def wait(self, *, followed: int, patience: float = PATIENCE) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.followed) >= followed, patience)

    def wait_carried(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.runs) >= count, PATIENCE)


def wait_until_recorded(host: Host, run_id: int) -> None:
    """Wait until DBOS knows that a run has ended."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if not host.under_way(run_id):
            return
        pause.wait(0.05)
    raise AssertionError(f"run {run_id} is still under way")


def test_a_run_is_carried_out_once_and_then_followed_up(store: Store, tmp_path: Path) -> None:
    done = Carried()
    with launched(store, tmp_path, done.carry, done.after) as host:
        host.start(7)
        host.start(7)
        assert done.wait(followed=1)
    assert (done.runs, done.followed) == ([7], [7])


def test_what_the_hub_says_is_unfinished_is_begun_anew(store: Store, tmp_path: Path) -> None:
    done = Carried()
    with launched(store, tmp_path, done.carry, done.after) as host:
        host.start(7)
        wait_until_recorded(host, 7)
        host.start(7)
        assert done.wait(followed=2)
    assert (done.runs, done.followed) == ([7, 7], [7, 7])


def test_a_run_that_was_stopped_is_carried_on_by_the_next_launch(store: Store, tmp_path: Path) -> None:
    done = Carried(unfinished=frozenset({7}))
    with launched(store, tmp_path, done.carry, done.after) as host:
        host.start(7)
        done.wait_carried(1)
    assert done.followed == []
    with launched(store, tmp_path, done.carry, done.after):
        assert done.wait(followed=1)
    assert (done.runs, done.followed) == ([7, 7], [7])


def test_a_run_whose_thread_was_lost_is_started_again(store: Store, tmp_path: Path) -> None:
    done = Carried(unfinished=frozenset({7}))
    with launched(store, tmp_path, done.carry, done.after, adrift=0.0) as host:
        host.start(7)
        done.wait_carried(1)
        for _ in range(int(PATIENCE / 0.1)):
            host.start(7)
            if done.wait(followed=1, patience=0.1):
                break
    assert (set(done.runs), done.followed) == ({7}, [7])


def test_what_has_ended_is_forgotten(store: Store, tmp_path: Path) -> None:
    done = Carried()
    with launched(store, tmp_path, done.carry, done.after) as host:
        host.start(7)
        assert done.wait(followed=1)
    url = f"sqlite:///{tmp_path / 'engine.db'}" if store.is_sqlite else store.engine.url
    engine = create_engine(url)
    schema = None if store.is_sqlite else "dbos"
    table = "workflow_status" if store.is_sqlite else "dbos.workflow_status"
    with engine.connect() as connection:
        assert inspect(connection).has_table("workflow_status", schema=schema)
        left = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
    engine.dispose()
    assert left == 0


def test_on_sqlite_the_engines_own_file_is_in_wal_mode(hub_url: str, store: Store, tmp_path: Path) -> None:
    done = Carried()
    with launched(store, tmp_path, done.carry, done.after):
        pass
    file = tmp_path / "engine.db"
    assert file.exists() == store.is_sqlite
    if store.is_sqlite:
        engine = create_engine(f"sqlite:///{file}")
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        engine.dispose()


def test_an_engine_file_that_cannot_be_used_is_an_error_of_the_store(store: Store, tmp_path: Path) -> None:
    if not store.is_sqlite:
        with store.engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA dbos"))
            connection.execute(text("CREATE VIEW dbos.dbos_migrations AS SELECT 1 AS nothing"))
    else:
        (tmp_path / "engine.db").write_text("not a database " * 100, encoding="utf-8")
    done = Carried()
    with pytest.raises(StoreError, match="cannot be used"), launched(store, tmp_path, done.carry, done.after):
        pass


def test_it_can_be_launched_again_and_again_in_one_process(store: Store, tmp_path: Path) -> None:
    for run_id in (1, 2, 3):
        done = Carried()
        with launched(store, tmp_path, done.carry, done.after) as host:
            host.start(run_id)
            assert done.wait(followed=1)
        assert done.runs == [run_id]
