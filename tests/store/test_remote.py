from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from customary.model.change import Action, Baseline, Change
from customary.store import links, remote
from customary.store.database import Store
from customary.store.tables import baseline, cross_reference, customer

SUN = "sun"
HUB_TO_SUN = ("hub", SUN)


def hold(connection: Connection, code: str, identity: str) -> None:
    row = {"identity": identity, "business_unit": "PK1", "code": code}
    connection.execute(customer.insert().values(row))


def written(connection: Connection, key: str, identity: str, source: str = "hub") -> None:
    """Note that a customer was written to the target from a source."""
    remote.link(connection, SUN, (key.lower(), key, ""), identity)
    change = Change(
        identity=identity,
        key=key,
        code=key,
        action=Action.CREATE,
        fields=(),
        baseline=Baseline("h", "f", {}),
    )
    links.write_baselines(connection, source, SUN, [change])


@pytest.fixture
def filled(store: Store) -> Store:
    """A, B, C and D were written from the hub, which has A only, and another B; X came from a shop."""
    with store.write() as connection:
        hold(connection, "A", "id-a")
        hold(connection, "B", "id-other")
        for key in "ABCD":
            written(connection, key, f"id-{key.lower()}")
        written(connection, "X", "id-x", "shop")
    return store


def test_gone_is_whom_the_hub_wrote_and_has_no_more_under_any_identity(filled: Store) -> None:
    with filled.read() as connection:
        assert remote.gone_keys(connection, SUN, "PK1", "", 9) == [("c", "C"), ("d", "D")]
        assert remote.gone_keys(connection, SUN, "PK1", "c", 9) == [("d", "D")]
        assert remote.gone_keys(connection, SUN, "PK1", "", 1) == [("c", "C")]


def test_who_is_forgotten_is_neither_linked_nor_known_to_have_been_written(filled: Store) -> None:
    with filled.write() as connection:
        remote.forget(connection, HUB_TO_SUN, "id-c")
    with filled.read() as connection:
        assert remote.gone_keys(connection, SUN, "PK1", "", 9) == [("d", "D")]
        assert "id-c" not in connection.execute(select(cross_reference.c.identity)).scalars().all()
        assert "id-c" not in connection.execute(select(baseline.c.identity)).scalars().all()


def test_a_key_of_a_customer_that_the_hub_has_not_goes_over_to_one_that_it_has(filled: Store) -> None:
    with filled.write() as connection:
        links.link(connection, "shop", [("7", made("7", "id-b"))])
        assert remote.link(connection, SUN, ("b", "B", "4711"), "id-other") is True
    with filled.read() as connection:
        found = remote.find_links(connection, HUB_TO_SUN, ([], ["b", "c"], []))
        assert links.keys_of(connection, "id-other") == {SUN: "B", "shop": "7"}
        assert links.keys_of(connection, "id-b") == {}
    assert (found.owner("b"), found.of_target["b"]) == ("id-other", "id-other")
    assert (found.owner("c"), found.of_target["c"]) == ("", "id-c")


def test_a_key_never_goes_over_between_two_that_the_hub_has_or_two_that_it_has_not(filled: Store) -> None:
    with filled.write() as connection:
        assert remote.link(connection, SUN, ("a", "A", ""), "id-other") is False
        assert remote.link(connection, SUN, ("x", "X", ""), "id-y") is False
        assert remote.link(connection, SUN, ("z", "Z", ""), "id-a") is False, "it has another key there"


def made(key: str, identity: str) -> Change:
    return Change(identity=identity, key=key, code=key, action=Action.CREATE, fields=())
