"""What happens when the hub changes between the plan and the apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from customary.connectors.memory import Manner
from customary.model.outcome import Level
from customary.model.run import Request, State
from customary.store import runs
from customary.store.database import Store
from customary.store.tables import cross_reference
from tests.support.desk import (
    ALL,
    INITIAL,
    KNOWN,
    MAPPING,
    SYSTEM,
    Desk,
    Ended,
    mapping,
    native,
    natives,
)


@pytest.fixture
def desk(store: Store) -> Desk:
    """A hub with two customers that have both moved in the source."""
    desk = Desk(store, natives("0001", "0002"))
    desk.run(INITIAL)
    for key in desk.customers:
        desk.customers[key].update(Name="New", Limit="5")
    return desk


def meanwhile(desk: Desk, act: Callable[[], object], request: Request = KNOWN, **more: Any) -> Ended:
    """Carry a run out; once all is planned and nothing is applied yet, something happens to the hub."""
    return desk.run(request, Manner(sizes=(1,), before=desk.once_planned(2, act)), **more)


def test_a_customer_that_was_edited_meanwhile_is_planned_again_alone(desk: Desk) -> None:
    ended = meanwhile(desk, lambda: desk.edit("0001", fax="1", name="Mine", salesperson="EVE"))
    assert (ended.run.exit_code, ended.counts) == (0, {"updated": 2})
    kept = desk.fields("0001")
    assert [kept[name] for name in ("name", "credit_limit", "fax", "salesperson")] == [
        "New",
        "5",
        "1",
        "EVE",
    ]
    again = ended.cycle("0001")
    assert again.changes[0] == {
        "field": "name",
        "before": "Mine",
        "after": "New",
        "rule": "owner = source, set back",
    }
    levels = [note.level for note in again.messages]
    assert levels == [Level.WARNING, Level.INFORMATION]
    assert "changed here after this was planned" in again.messages[1].text
    assert ended.cycle("0002").messages == ()
    assert desk.versions() == {"0001": 3, "0002": 2}
    assert desk.run().counts == {"unchanged": 2}


def test_the_history_has_what_was_written_and_not_what_was_planned(desk: Desk) -> None:
    ended = meanwhile(desk, lambda: desk.edit("0001", name="Mine"))
    with desk.store.read() as connection:
        asked = (
            "SELECT before, after FROM change WHERE run_id = :run AND customer = '0001' AND field = :field"
        )
        rows = connection.execute(text(asked), {"run": ended.run.id, "field": "name"})
        assert [tuple(row) for row in rows] == [("Mine", "New")]


def test_a_customer_for_whom_a_person_did_the_same_meanwhile_is_skipped(desk: Desk) -> None:
    ended = meanwhile(desk, lambda: desk.edit("0001", name="New", credit_limit="5"))
    assert (ended.run.exit_code, ended.counts) == (0, {"skipped": 1, "updated": 1})
    assert desk.versions() == {"0001": 2, "0002": 2}
    assert desk.run().counts == {"unchanged": 2}
    assert desk.run().messages == ()


def test_a_customer_that_was_deleted_meanwhile_is_rejected_and_stays_deleted(desk: Desk) -> None:
    ended = meanwhile(desk, lambda: desk.delete("0001"))
    assert (ended.run.exit_code, ended.counts) == (1, {"rejected": 1, "updated": 1})
    assert "was deleted here after this was planned" in ended.cycle("0001").messages[0].text
    assert desk.versions() == {"0002": 2}


def test_a_code_that_was_taken_meanwhile_is_rejected_and_the_next_run_links_it(store: Store) -> None:
    desk = Desk(store, natives("0001", "0002"))
    ended = meanwhile(desk, lambda: desk.add("0002", name="Typed in"), ALL)
    assert (ended.run.exit_code, ended.counts) == (1, {"created": 1, "rejected": 1})
    assert "another customer has the code 0002 by now" in ended.cycle("0002").messages[0].text
    assert desk.fields("0002") == {"code": "0002", "name": "Typed in"}
    again = desk.run(ALL)
    assert again.counts == {"updated": 1, "unchanged": 1}
    assert desk.linked() == {"0001", "0002"}


def test_a_customer_that_was_linked_meanwhile_is_not_linked_twice(store: Store) -> None:
    """Another operation on the same source links the customer between this one's plan and its apply."""
    desk = Desk(store, natives("0001", "0002"))
    desk.add("0002")
    other = Desk(store, desk.customers)

    def link() -> None:
        with store.write() as connection:
            run_id = runs.begin(connection, "another operation", ("erp", "hub"), Request(customers=("0002",)))
        assert other.carry(run_id, other.job()).counts == {"updated": 1}

    ended = meanwhile(desk, link, ALL)
    assert (ended.run.state, ended.counts) == (State.SUCCEEDED, {"created": 1, "skipped": 1})
    assert desk.linked() == {"0001", "0002"}
    assert desk.run(ALL).counts == {"unchanged": 2}


def test_a_key_that_was_linked_to_another_customer_meanwhile_is_rejected(store: Store) -> None:
    desk = Desk(store, natives("0001", "0002"))
    desk.add("0002")
    desk.add("other")

    def link() -> None:
        row = {"system": SYSTEM, "folded": "2", "key": "2", "identity": "id-other"}
        with store.write() as connection:
            connection.execute(cross_reference.insert().values(row))

    ended = meanwhile(desk, link, ALL)
    assert ended.counts == {"created": 1, "rejected": 1}
    assert "was linked to another one by now" in ended.cycle("0002").messages[-1].text
    assert desk.fields("0002") == {"code": "0002"}


@pytest.mark.parametrize("request_", [INITIAL, ALL])
@pytest.mark.parametrize("size", [1, 10])
def test_two_records_that_want_the_same_code_do_not_stop_the_others(
    store: Store, request_: Request, size: int
) -> None:
    """A user's mapping may take the code from a native field that is not the key."""
    by_warehouse = mapping(MAPPING.replace('native = "Customer"', 'native = "Warehouse"'))
    desk = Desk(store, {key: native(key, Warehouse=code) for key, code in zip("123", "AAB", strict=True)})
    ended = desk.run(request_, Manner(sizes=(size,)), mapping=by_warehouse)
    assert (ended.run.state, ended.run.exit_code) == (State.SUCCEEDED, 1)
    assert ended.counts == {"created": 2, "rejected": 1}
    assert desk.versions() == {"A": 1, "B": 1}


def test_a_page_that_does_not_read_back_as_written_is_undone(desk: Desk) -> None:
    """A trigger of the database's owner raises the version once more than it should."""
    with desk.store.write() as connection:
        if desk.store.is_sqlite:
            connection.execute(
                text(
                    "CREATE TRIGGER meddle AFTER UPDATE OF name ON customer BEGIN"
                    " UPDATE customer SET version = version + 1 WHERE identity = new.identity; END"
                )
            )
        else:
            connection.execute(
                text(
                    "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN new.version := new.version + 1; RETURN new; END $$"
                )
            )
            connection.execute(
                text(
                    "CREATE TRIGGER meddle BEFORE UPDATE OF name ON customer"
                    " FOR EACH ROW EXECUTE FUNCTION meddle()"
                )
            )
    before = desk.hub()
    ended = desk.run()
    assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 4)
    assert ended.counts == {"skipped": 2}
    assert "was written at version 2 and reads back at version 3: the page is undone" in ended.texts()[0]
    assert desk.hub() == before


def test_a_plan_is_applied_page_by_page_and_carried_on_behind_the_last_page_that_was(desk: Desk) -> None:
    """The process that planned dies before it applies: the next one applies what was planned."""
    run_id = desk.begin(KNOWN)

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.carry(run_id, desk.job(Manner(sizes=(1,), before=desk.once_planned(2, stop))))
    turns: list[int] = []
    ended = desk.carry(run_id, desk.job(Manner(sizes=(1,), before=turns.append)))
    assert ended.counts == {"updated": 2}
    assert turns == [1]
