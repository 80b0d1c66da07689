from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from customary.engine.holder import Holder, this_process
from customary.engine.lock import AgentLock
from customary.store import agents
from customary.store.database import Store
from customary.store.tables import agent as agent_table


def be_agent_elsewhere(store: Store, *, silent: timedelta) -> None:
    """Have a process of another machine be the hub's agent, silent for so long."""
    now = datetime.now(UTC)
    holder = Holder(host="another-host", pid=4711, started=1.0, token="t", since=now)
    with store.write() as connection:
        agents.claim(connection, "agent", None, holder.encode())
        connection.execute(agent_table.update().values(seen=now - silent))


def state(store: Store) -> str:
    with store.read() as connection:
        row = agents.read(connection, "agent")
    assert row is not None
    return row.state


def test_only_one_of_a_data_directory_holds_it(store: Store, tmp_path: Path) -> None:
    with (
        AgentLock(store, tmp_path, "agent").held() as first,
        AgentLock(store, tmp_path, "agent").held() as other,
    ):
        assert first is not None
        assert other is None


def test_only_one_of_a_hub_holds_it_whatever_the_data_directory(store: Store, tmp_path: Path) -> None:
    with (
        AgentLock(store, tmp_path / "one", "agent").held() as first,
        AgentLock(store, tmp_path / "two", "agent").held() as other,
    ):
        assert first is not None
        assert other is None


def test_it_comes_free_and_the_hub_says_so(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        with AgentLock(store, tmp_path, "agent").held() as lost:
            assert lost is not None
            assert not lost.is_set()
            assert state(store) == agents.WORKING
        assert state(store) == agents.STOPPED


def test_it_comes_free_after_an_error_too(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), AgentLock(store, tmp_path, "agent").held():
        raise ZeroDivisionError
    with AgentLock(store, tmp_path, "agent").held() as lost:
        assert lost is not None


def test_who_holds_it_is_told(store: Store, tmp_path: Path) -> None:
    lock = AgentLock(store, tmp_path, "agent")
    assert lock.holder() is None
    with lock.held():
        other = AgentLock(store, tmp_path, "agent").holder()
        assert other is not None
        assert other.pid == os.getpid()
    assert lock.holder() is None


def test_an_agent_elsewhere_is_left_alone_while_it_is_heard_of(store: Store, tmp_path: Path) -> None:
    be_agent_elsewhere(store, silent=timedelta(seconds=5))
    lock = AgentLock(store, tmp_path, "agent")
    with lock.held() as lost:
        assert lost is None
    assert str(lock.holder()).startswith("process 4711 on another-host")


def test_an_agent_elsewhere_that_was_silent_for_a_minute_is_succeeded(store: Store, tmp_path: Path) -> None:
    be_agent_elsewhere(store, silent=timedelta(seconds=61))
    with AgentLock(store, tmp_path, "agent").held() as lost:
        assert lost is not None


def test_an_agent_that_died_here_is_succeeded_at_once(store: Store, tmp_path: Path) -> None:
    dead = Holder(host=this_process().host, pid=os.getpid(), started=1.0, token="t", since=datetime.now(UTC))
    with store.write() as connection:
        agents.claim(connection, "agent", None, dead.encode())
    with AgentLock(store, tmp_path, "agent").held() as lost:
        assert lost is not None


def test_an_agent_that_was_succeeded_leaves_its_successor_alone(store: Store, tmp_path: Path) -> None:
    with AgentLock(store, tmp_path, "agent").held():
        successor = this_process().encode()
        with store.write() as connection:
            was = agents.read(connection, "agent")
            assert agents.claim(connection, "agent", was, successor)
    assert state(store) == agents.WORKING
