from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from customary.connectors.contract import Lease
from customary.engine.holder import Holder
from customary.engine.lease import HubLease, Seal
from customary.errors import NotPermitted, StoreError
from customary.store.database import Store
from customary.store.tables import lease as leases
from tests.support import children, processes

PLACE = ("erp", "WEB")


def lease_of(store: Store, data: Path, *, wait: float = 0.0, purpose: str = "a test") -> HubLease:
    return HubLease(store, PLACE, purpose, Seal(data), wait)


def put_holder(store: Store, holder: Holder, seen: datetime) -> None:
    """Have another process hold the lease, last heard of at ``seen``."""
    with store.write() as connection:
        connection.execute(
            leases.insert().values(
                system=PLACE[0], account=PLACE[1], holder=holder.encode(), purpose="their run", seen=seen
            )
        )


def elsewhere(since: datetime) -> Holder:
    return Holder(host="another-host", pid=4711, started=1.0, token="t", since=since)


def test_it_is_a_lease(store: Store, tmp_path: Path) -> None:
    lease: Lease = lease_of(store, tmp_path)
    with lease.hold() as held:
        assert held.abandoned == ""


def test_threads_of_one_process_exclude_each_other(store: Store, tmp_path: Path) -> None:
    holders, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal holders, most
        for _ in range(3):
            with lease_of(store, tmp_path, wait=60.0).hold():
                with guard:
                    holders += 1
                    most = max(most, holders)
                with guard:
                    holders -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_who_waits_in_vain_is_told_who_holds_it(store: Store, tmp_path: Path) -> None:
    with (
        lease_of(store, tmp_path, purpose="run 7 of nightly").hold(),
        pytest.raises(
            NotPermitted, match=r"erp: operator WEB is in use by 'run 7 of nightly', process \d+ on"
        ),
        lease_of(store, tmp_path, wait=0.1).hold(),
    ):
        pass


def test_a_process_excludes_others_and_leaves_its_session_to_the_next_when_it_dies(
    hub_url: str, store: Store, tmp_path: Path
) -> None:
    holding = processes.context().Event()
    with processes.running(children.hold_lease, hub_url, tmp_path, PLACE, "SESSION", holding) as child:
        assert holding.wait(60)
        with (
            pytest.raises(NotPermitted, match=f"'a child's run', process {child.pid}"),
            lease_of(store, tmp_path).hold(),
        ):
            pass
    with lease_of(store, tmp_path).hold() as held:
        assert held.abandoned == "SESSION"
        held.remember("")
    with lease_of(store, tmp_path).hold() as held:
        assert held.abandoned == ""


def test_a_logoff_that_did_not_arrive_is_left_to_the_next_holder(store: Store, tmp_path: Path) -> None:
    with lease_of(store, tmp_path).hold() as held:
        held.remember("SESSION")
    with lease_of(store, tmp_path).hold() as held:
        assert held.abandoned == "SESSION"


def test_a_holder_elsewhere_is_left_alone_while_it_is_heard_of(store: Store, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    put_holder(store, elsewhere(now), now)
    with (
        pytest.raises(NotPermitted, match="'their run', process 4711 on another-host"),
        lease_of(store, tmp_path).hold(),
    ):
        pass


def test_a_holder_elsewhere_that_was_silent_for_a_minute_is_succeeded(store: Store, tmp_path: Path) -> None:
    then = datetime.now(UTC) - timedelta(seconds=61)
    put_holder(store, elsewhere(then), then)
    with lease_of(store, tmp_path).hold() as held:
        assert held.abandoned == ""


def test_who_lost_the_lease_writes_no_session_any_more(store: Store, tmp_path: Path) -> None:
    with lease_of(store, tmp_path).hold() as paused:
        paused.remember("OLD")
        with store.write() as connection:
            connection.execute(leases.update().values(seen=datetime.now(UTC) - timedelta(minutes=2)))
        with lease_of(store, tmp_path).hold() as held:
            assert held.abandoned == "OLD"
            held.remember("NEW")
            with pytest.raises(NotPermitted, match="took over operator WEB"):
                paused.remember("")
        with lease_of(store, tmp_path).hold() as held:
            assert held.abandoned == "NEW"


def test_leases_of_other_operators_do_not_matter(store: Store, tmp_path: Path) -> None:
    other = HubLease(store, ("erp", "BATCH"), "a test", Seal(tmp_path), 0.0)
    with lease_of(store, tmp_path).hold(), other.hold() as held:
        assert held.abandoned == ""


def test_a_token_is_never_readable_in_the_hub(store: Store, tmp_path: Path) -> None:
    with lease_of(store, tmp_path).hold() as held:
        held.remember("SESSION")
        with store.read() as connection:
            row = connection.execute(select(leases)).one()
    assert "SESSION" not in repr(tuple(row))


def test_a_token_sealed_with_another_key_counts_as_unknown_and_is_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with lease_of(store, tmp_path / "one").hold() as held:
        held.remember("SESSION")
    with caplog.at_level(logging.WARNING), lease_of(store, tmp_path / "two").hold() as held:
        assert held.abandoned == ""
    assert "erp: the session that an earlier process left behind was sealed with another key" in caplog.text


def test_a_key_is_made_once_however_many_need_it(tmp_path: Path) -> None:
    sealed: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: sealed.append(Seal(tmp_path).close("SESSION"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [Seal(tmp_path).open(one) for one in sealed] == ["SESSION"] * 8


def test_a_damaged_key_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("not a key", encoding="utf-8")
    with pytest.raises(StoreError, match=r"secret\.key cannot be used .* remove it"):
        Seal(tmp_path).close("SESSION")


def test_only_its_owner_may_read_the_key_where_the_system_has_that(tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    probe.touch(mode=0o600)
    Seal(tmp_path).close("SESSION")
    assert (tmp_path / "secret.key").stat().st_mode == probe.stat().st_mode
