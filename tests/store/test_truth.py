from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from customary.store import truth
from customary.store.database import Conflict, Store
from customary.store.tables import baseline, cross_reference, customer
from customary.store.truth import MOST_FOLDED, Link, Truth, fold_external

SCOPE, SYSTEM = BETWEEN = ("upload:sage", "sage")
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def link(identity: str, system: str, key: str) -> Link:
    folded = key.casefold()
    return Link(system=system, folded=folded, key=key, identity=identity, created=AT, modified=AT)


def enter(store: Store, *links: Link) -> None:
    with store.write() as connection:
        truth.enter(connection, links)


def pair(store: Store, identity: str, external: str, internal: str, scope: str = SCOPE) -> None:
    enter(store, link(identity, scope, external), link(identity, SYSTEM, internal))


def rows(store: Store, scope: str | None = None, limit: int = 2) -> list[Truth]:
    found: list[Truth] = []
    after = ("", "")
    with store.read() as connection:
        while page := truth.page(connection, SYSTEM, scope, after, limit):
            after = page[-1][0]
            found += [row for _, row in page]
    return found


def linked_keys(store: Store) -> list[tuple[str, str]]:
    with store.read() as connection:
        query = select(cross_reference.c.system, cross_reference.c.key).order_by("system", "key")
        return [(row.system, row.key) for row in connection.execute(query)]


@pytest.fixture
def known(store: Store) -> Store:
    """Three customers known by uploads, one of them by a shop too, and one that only Sage knows."""
    for number, external in enumerate(("77", "5", "x"), 1):
        pair(store, f"id-{number}", external, f"Acme00{number}")
    enter(store, link("id-1", "shop", "S1"), link("id-9", SYSTEM, "ACME009"))
    return store


def test_rows_come_in_order_whatever_the_page(known: Store) -> None:
    for limit in (1, 2, 9):
        told = [(row.scope, row.external_id, row.internal_id) for row in rows(known, limit=limit)]
        expected = [
            ("shop", "S1", "Acme001"),
            (SCOPE, "5", "Acme002"),
            (SCOPE, "77", "Acme001"),
            (SCOPE, "x", "Acme003"),
        ]
        assert told == expected
    assert [row.external_id for row in rows(known, "shop")] == ["S1"]


def test_a_row_tells_when_it_was_made_and_a_hash_of_what_was_sent_last(known: Store) -> None:
    with known.write() as connection:
        values = dict.fromkeys(("fingerprint", "source_values", "target_values"), "")
        row = {"identity": "id-2", "source": SCOPE, "target": SYSTEM, "source_hash": "0000000fabc"}
        connection.execute(baseline.insert().values(target_version=0, **row, **values))
    first, second = rows(known, SCOPE)[:2]
    assert (first.external_id, first.hash, second.hash) == ("5", "15", "")
    assert first.created == first.modified == AT


def test_external_ids_are_found_by_the_systems_keys(known: Store) -> None:
    with known.read() as connection:
        found = truth.external_ids(connection, BETWEEN, ["acme001", "acme003", "acme009", "nobody"])
        shop = truth.external_ids(connection, ("shop", SYSTEM), ["acme001", "acme002"])
    assert found == {"acme001": "77", "acme003": "x"}
    assert shop == {"acme001": "S1"}


def test_an_empty_id_finds_nothing(known: Store) -> None:
    # SOURCE: facts/sage200.md, section 6: "an empty id matched the first row of the type", a bug (documented)
    with known.read() as connection:
        assert truth.external_ids(connection, BETWEEN, [""]) == {}
        found = truth.linked(connection, BETWEEN, [""], [""])
    assert (found.external, found.internal) == ({}, {})


def test_what_is_linked_is_told_from_both_sides(known: Store) -> None:
    with known.read() as connection:
        found = truth.linked(connection, BETWEEN, ["77", "new"], ["acme002", "acme009"])
    assert found.external == {"77": "id-1"}
    assert found.internal == {"acme002": "id-2", "acme009": "id-9"}
    assert found.external_of == {"id-1": "77", "id-2": "5"}
    assert found.internal_of == {"id-1": "Acme001", "id-2": "Acme002", "id-9": "ACME009"}


@pytest.mark.parametrize(
    "wrong",
    [link("id-7", SCOPE, "77"), link("id-1", SCOPE, "78"), link("id-1", SYSTEM, "ACME007")],
    ids=["an external id of two customers", "two external ids of a customer", "two keys of a customer"],
)
def test_a_customer_has_one_external_id_and_an_external_id_one_customer(known: Store, wrong: Link) -> None:
    before = linked_keys(known)
    with pytest.raises(Conflict):
        enter(known, link("id-8", SCOPE, "new"), wrong)
    assert linked_keys(known) == before


def test_unlinking_leaves_what_somebody_else_knows(known: Store) -> None:
    with known.write() as connection:
        connection.execute(customer.insert().values(identity="id-2", business_unit="PK1", code="2"))
        assert truth.unlink(connection, BETWEEN, "77") == "Acme001", "which the shop knows too"
        assert truth.unlink(connection, BETWEEN, "5") == "Acme002", "which the hub holds"
        assert truth.unlink(connection, BETWEEN, "x") == "Acme003"
        assert truth.unlink(connection, BETWEEN, "x") is None
        assert truth.unlink(connection, BETWEEN, "nobody") is None
    assert linked_keys(known) == [
        (SYSTEM, "ACME009"),
        (SYSTEM, "Acme001"),
        (SYSTEM, "Acme002"),
        ("shop", "S1"),
    ]


def test_unlinking_takes_the_baseline_along(known: Store) -> None:
    with known.write() as connection:
        values = dict.fromkeys(("source_hash", "fingerprint", "source_values", "target_values"), "")
        for source in (SCOPE, "shop"):
            row = {"identity": "id-1", "source": source, "target": SYSTEM, "target_version": 0}
            connection.execute(baseline.insert().values(**row, **values))
        truth.unlink(connection, BETWEEN, "77")
        assert connection.execute(select(baseline.c.source)).scalars().all() == ["shop"]


def test_a_very_long_external_id_is_kept_and_told_apart(store: Store) -> None:
    long = ["ö" * 4000, "ö" * 3999 + "x"]
    for number, external in enumerate(long):
        at = {"created": AT, "modified": AT, "identity": f"id-{number}"}
        enter(store, Link(system=SCOPE, folded=fold_external(external), key=external, **at))  # type: ignore[arg-type]
        enter(store, link(f"id-{number}", SYSTEM, f"K{number}"))
    with store.read() as connection:
        found = truth.external_ids(connection, BETWEEN, ["k0", "k1"])
    assert found == {"k0": long[0], "k1": long[1]}
    assert fold_external("x" * MOST_FOLDED) == "x" * MOST_FOLDED
