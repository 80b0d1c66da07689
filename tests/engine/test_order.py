"""The law of the corridor: neither the order nor the page size of what is read changes what a run does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from customary.connectors.memory import Manner
from customary.model.run import Request, ScopeName
from customary.store.database import open_store
from tests.support.desk import ALL, INITIAL, KNOWN, Desk, native

KEYS = [*(f"{number:04}" for number in range(1, 8)), "A1", "B'2"]

moves = st.fixed_dictionaries(
    {},
    optional={
        "Name": st.sampled_from(["", "New", "n" * 25, "n" * 151]),
        "Limit": st.sampled_from(["", "5", "-1"]),
        "Tax": st.sampled_from(["E", "?"]),
        "Currency": st.sampled_from(["GBP", "?"]),
        "Terms": st.just("60"),
        "Salesperson": st.just("BOB"),
    },
)
requests = st.sampled_from(
    [
        KNOWN,
        ALL,
        INITIAL,
        Request(scope=ScopeName.ALL, dry_run=True),
        Request(customers=("1", "3", "A1", "nobody"), classes=("Dealer",)),
    ]
)


class Case(Struct, frozen=True):
    """A hub, what then happens to both sides, and what is asked for."""

    loaded: list[str]
    """The customers of the source that the hub knows."""
    typed: set[str]
    """Codes that a person typed into the hub, unless they were loaded."""
    edited: set[str]
    """Customers that a person edited in the hub, of those that were loaded."""
    moved: dict[str, dict[str, str]]
    gone: set[str]
    unreadable: set[str]
    request: Request
    bulk: bool


class Reading(Struct, frozen=True):
    """How the source is read."""

    order: list[str]
    sizes: list[int]
    page: int


some = st.sets(st.sampled_from(KEYS), max_size=3)
cases = st.builds(
    Case,
    loaded=st.lists(st.sampled_from(KEYS), unique=True, min_size=1),
    typed=some,
    edited=some,
    moved=st.dictionaries(st.sampled_from(KEYS), moves),
    gone=some,
    unreadable=st.sets(st.sampled_from(KEYS), max_size=1),
    request=requests,
    bulk=st.booleans(),
)
readings = st.builds(
    Reading,
    order=st.permutations(KEYS),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    page=st.integers(1, 4),
)
ONE_PAGE = Reading(KEYS, [100], 100)


@pytest.fixture(scope="session")
def empty_hub(request: pytest.FixtureRequest) -> Path:
    """The file of an empty hub."""
    found: Path = request.getfixturevalue("_hub_file")
    return found


@settings(max_examples=20, deadline=None)
@given(case=cases, reading=readings)
def test_neither_the_order_nor_the_page_size_changes_what_a_run_does(
    empty_hub: Path, case: Case, reading: Reading
) -> None:
    assert outcome(empty_hub, case, reading) == outcome(empty_hub, case, ONE_PAGE)


def outcome(hub: Path, case: Case, reading: Reading) -> dict[str, Any]:
    """Everything that a run leaves behind, but for identities, moments and the order of the cycles."""
    with desk_at(hub) as desk:
        prepare(desk, case)
        manner = Manner(
            listing=tuple(key for key in reading.order if key in desk.customers),
            sizes=tuple(reading.sizes),
            unreadable=dict.fromkeys(case.unreadable, "not XML"),
        )
        ended = desk.carry(desk.begin(case.request), desk.job(manner, bulk=case.bulk, page=reading.page))
        cycles = [(row.customer, row.outcome, row.changes, row.messages) for row in ended.cycles]
        rows = desk.rows("customer", "baseline", "cross_reference", "customer_class")
        codes = {row[0]: row[6] for row in rows["customer"]}
        return {
            "ended": (ended.run.state, ended.run.exit_code, ended.run.enumerated, ended.counts),
            "cycles": sorted(cycles, key=repr),
            "messages": sorted(ended.messages, key=repr),
            "customers": sorted((row[1:] for row in rows["customer"]), key=repr),
            "baselines": sorted((codes[row[0]], *row[1:]) for row in rows["baseline"]),
            "linked": sorted((*row[:3], codes[row[3]]) for row in rows["cross_reference"]),
            "classes": sorted((codes[row[0]], row[1]) for row in rows["customer_class"]),
        }


def prepare(desk: Desk, case: Case) -> None:
    """Load, edit and move customers, in the same way every time."""
    desk.customers.update({key: native(key) for key in sorted(case.loaded)})
    desk.run(INITIAL)
    for key in sorted(case.typed - set(case.loaded)):
        desk.add(key, name="Typed in")
    for key in sorted(case.edited & set(case.loaded)):
        desk.edit(key, name="Mine", salesperson="EVE", classes=("Dealer",))
    for key in KEYS:
        desk.customers[key] = native(key, **case.moved.get(key, {}))
    for key in case.gone:
        del desk.customers[key]


@contextmanager
def desk_at(hub: Path) -> Iterator[Desk]:
    """A desk at a copy of an empty hub."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "hub.db"
        shutil.copyfile(hub, file)
        store = open_store(f"sqlite:///{file.as_posix()}")
        try:
            yield Desk(store, {})
        finally:
            store.close()
