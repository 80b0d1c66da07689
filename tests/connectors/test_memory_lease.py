from __future__ import annotations

import threading

import pytest

from customary.connectors.contract import Lease
from customary.connectors.memory_lease import MemoryLease
from customary.errors import NotPermitted


def test_it_is_a_lease() -> None:
    lease: Lease = MemoryLease("erp")

    with lease.hold() as held:
        assert held.abandoned == ""


def test_only_one_holds_it_and_the_other_is_told_who() -> None:
    lease = MemoryLease("erp", wait=0)
    with (
        lease.hold(),
        pytest.raises(NotPermitted, match=f"erp: .*thread {threading.current_thread().name}"),
        lease.hold(),
    ):
        pass


def test_it_comes_free_also_after_an_error() -> None:
    lease = MemoryLease("erp", wait=0)
    with pytest.raises(ValueError, match="broken"), lease.hold():
        raise ValueError("broken")

    with lease.hold():
        pass


def test_it_waits_until_it_comes_free() -> None:
    lease = MemoryLease("erp", wait=30)
    order: list[str] = []

    def second() -> None:
        with lease.hold():
            order.append("second")

    thread = threading.Thread(target=second)
    with lease.hold():
        thread.start()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_a_token_that_was_not_forgotten_is_told_to_the_next_holder() -> None:
    lease = MemoryLease("erp")
    with lease.hold() as held:
        held.remember("token")
    with lease.hold() as held:
        assert held.abandoned == "token"
        held.remember("")
    with lease.hold() as held:
        assert held.abandoned == ""
