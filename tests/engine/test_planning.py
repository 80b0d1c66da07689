from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from customary.connectors.memory import Manner
from customary.engine.carry_out import Stopping, carry_out
from customary.errors import NotPermitted, Superseded
from customary.mapping.spec import exactly
from customary.model.change import Action, Change
from customary.model.outcome import Level, Outcome
from customary.model.run import Request, State, Together
from customary.store import links, runs
from customary.store.database import Store
from customary.store.tables import customer
from customary.store.tables import page as pages
from tests.support.desk import ALL, INITIAL, KNOWN, UNIT, Desk, at_page, mapping, native, natives


@pytest.fixture
def desk(store: Store) -> Desk:
    """A hub with five customers, of which 0002 and 0003 are Dealers, and 0003 and A5 Wholesalers."""
    desk = Desk(store, natives("0001", "0002", "0003", "0004", "A5"))
    desk.run(INITIAL)
    desk.classify(**{"0002": ("Dealer",), "0003": ("Dealer", "Wholesaler"), "A5": ("Wholesaler",)})
    for key in desk.customers:
        desk.customers[key]["Name"] = "New"
    return desk


def updated(desk: Desk) -> set[str]:
    return {code for code in desk.versions() if desk.fields(code)["name"] == "New"}


# Scope: the known customers


@pytest.mark.parametrize("bulk", [True, False])
def test_the_known_customers_are_updated_and_new_ones_of_the_source_are_out_of_scope(
    desk: Desk, bulk: bool
) -> None:
    desk.customers.update(natives("0000", "0006", "B1"))
    desk.add("not of this system")
    ended = desk.run(KNOWN, Manner(sizes=(2,)), bulk=bulk)
    assert ended.counts == {"updated": 5}
    assert len(desk.versions()) == 6


@pytest.mark.parametrize("bulk", [True, False])
def test_a_known_customer_that_the_source_has_no_more_is_rejected_and_kept(desk: Desk, bulk: bool) -> None:
    before = desk.fields("0003")
    del desk.customers["0003"]
    ended = desk.run(KNOWN, Manner(sizes=(2,)), bulk=bulk)
    assert (ended.run.exit_code, ended.counts) == (1, {"updated": 4, "rejected": 1})
    assert "the source has no customer 0003: nothing was changed here" in ended.cycle("0003").messages[0].text
    assert desk.fields("0003") == before


def test_a_customer_that_a_listing_lacks_is_asked_for_before_it_is_called_missing(desk: Desk) -> None:
    lacking = Manner(listing=("0001", "0004", "A5"), sizes=(2,))
    assert desk.run(KNOWN, lacking).counts == {"updated": 5}
    desk.customers["0002"]["Name"] = "Newer"
    assert desk.run(ALL, lacking).counts == {"updated": 1, "unchanged": 4}


def test_a_deleted_customer_is_not_known_any_more(desk: Desk) -> None:
    desk.delete("0001")
    ended = desk.run(KNOWN)
    assert (ended.run.known, ended.counts) == (4, {"updated": 4})
    assert "0001" not in desk.versions()


def test_a_deleted_customer_that_the_source_still_has_is_loaded_again_by_a_run_about_everything(
    desk: Desk,
) -> None:
    desk.delete("0001")
    ended = desk.run(ALL, scope=5)
    assert ended.counts == {"created": 1, "updated": 4}
    assert desk.fields("0001")["name"] == "New"
    assert desk.run(ALL).counts == {"unchanged": 5}


def test_a_customer_that_was_deleted_and_made_again_by_hand_is_linked_again_with_all_its_keys(
    desk: Desk,
) -> None:
    (old,) = desk.identities("0001")
    with desk.store.write() as connection:
        other = Change(identity=old, key="S1", code="0001", action=Action.UPDATE, fields=())
        links.link(connection, "shop", [("S1", other)])
    desk.delete("0001")
    desk.add("0001", name="By hand")
    ended = desk.run(ALL)
    assert ended.counts == {"updated": 5}
    assert [note.text for note in ended.cycle("0001").messages][-1] == "linked to 0001 of erp"
    assert desk.fields("0001")["name"] == "New"
    with desk.store.read() as connection:
        assert links.keys_of(connection, "id-0001") == {"erp": "0001", "shop": "S1"}
        assert links.keys_of(connection, old) == {}
    assert desk.run(ALL, scope=5).counts == {"unchanged": 5}


# Scope: everything


def test_new_customers_arrive_with_a_run_about_everything(desk: Desk) -> None:
    desk.customers.update(natives("0006", "B1"))
    assert desk.run(ALL, Manner(sizes=(3,))).counts == {"created": 2, "updated": 5}


def test_an_incomplete_enumeration_is_told_and_calls_nobody_missing(desk: Desk) -> None:
    cut_off = Manner(listing=("0001", "0002"), complete=False)
    ended = desk.run(ALL, cut_off)
    assert ended.counts == {"updated": 5}
    (told,) = ended.messages
    assert told.level is Level.WARNING
    assert "not complete" in told.text


def test_a_complete_enumeration_says_nothing_about_it(desk: Desk) -> None:
    assert desk.run(ALL).messages == ()


# Listings that are refused


@pytest.mark.parametrize("request_", [KNOWN, ALL, INITIAL])
def test_where_listings_are_refused_the_known_customers_are_read_by_key_with_a_warning(
    desk: Desk, request_: Request
) -> None:
    desk.customers["0006"] = native("0006")
    ended = desk.run(request_, Manner(refused="no right to lists"), scope=5)
    assert (ended.run.exit_code, ended.counts) == (0, {"updated": 5})
    (told,) = ended.messages
    assert told.level is Level.WARNING
    assert "no right to lists" in told.text
    assert "one at a time" in told.text
    assert ("new ones are not found" in told.text) == (request_ is not KNOWN)


def test_where_listings_are_refused_and_nobody_is_known_the_run_fails(store: Store) -> None:
    desk = Desk(store, natives("0001"))
    for request in (ALL, INITIAL):
        ended = desk.run(request, Manner(refused="no right to lists"))
        assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 4)
        assert "no right to lists" in ended.messages[0].text


# Named customers


def test_named_customers_are_looked_up_whatever_zeros_they_are_written_with(desk: Desk) -> None:
    ended = desk.run(Request(customers=("1", "0000002", "A5")))
    assert ended.counts == {"updated": 3}
    assert updated(desk) == {"0001", "0002", "A5"}


def test_a_number_that_the_source_does_not_have_is_rejected_and_the_others_go_on(desk: Desk) -> None:
    ended = desk.run(Request(customers=("7777", "0001", "x" * 5_000)))
    assert (ended.run.exit_code, ended.counts) == (1, {"updated": 1, "rejected": 2})
    assert ended.cycle("7777").outcome is Outcome.REJECTED


def test_a_named_customer_that_the_hub_lacks_is_loaded(desk: Desk) -> None:
    desk.customers["0006"] = native("0006")
    ended = desk.run(Request(customers=("6",)))
    assert ended.counts == {"created": 1}
    assert desk.fields("0006")["payment_terms"] == "30"
    assert desk.linked() == {"0001", "0002", "0003", "0004", "A5", "0006"}


def test_many_named_customers_are_asked_for_in_pages(desk: Desk) -> None:
    keys = [f"{number:05}" for number in range(1, 120)]
    ended = desk.run(Request(customers=tuple(keys)), Manner(sizes=(7,)), page=25)
    assert ended.counts == {"updated": 4, "rejected": 115}


# Classes


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(classes=("Dealer",)), {"0002", "0003"}),
        (Request(classes=("wholesaler", "DEALER")), {"0002", "0003", "A5"}),
        (Request(all_classes=True), {"0002", "0003", "A5"}),
        (Request(classes=("Dealer",), customers=("1", "3")), {"0001", "0002", "0003"}),
        (Request(classes=("Dealer",), customers=("1", "3"), together=Together.BOTH), {"0003"}),
    ],
)
def test_classes_are_the_scope(desk: Desk, request_: Request, expected: set[str]) -> None:
    ended = desk.run(request_, page=1, scope=len(expected))
    assert ended.counts == {"updated": len(expected)}
    assert updated(desk) == expected
    assert ended.messages == ()


def test_a_class_that_nobody_is_in_is_told_and_the_others_go_on(desk: Desk) -> None:
    ended = desk.run(Request(classes=("Dealer", "Nobody")), scope=2)
    assert (ended.run.exit_code, ended.counts) == (0, {"updated": 2})
    assert ended.texts() == [
        "no customer of the hub is in class 'Nobody'; set it with 'customary edit CODE classes=..'"
    ]


def test_classes_that_nobody_is_in_are_an_empty_scope(desk: Desk) -> None:
    ended = desk.run(Request(classes=("Nobody",)))
    assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 2)
    assert "Classes that have customers: Dealer, Wholesaler" in ended.messages[0].text


# Keys that are not clear


def test_keys_that_compare_alike_are_for_a_person_and_only_the_first_is_looked_at(store: Store) -> None:
    desk = Desk(store, natives("0002", "2", "3"))
    for sizes in ((1,), (10,)):
        ended = desk.run(Request(scope=ALL.scope, dry_run=True), Manner(sizes=sizes), scope=3)
        assert ended.counts == {"created": 2, "rejected": 1}
        assert "the source has 2 and 0002" in ended.cycle("2").messages[0].text


def test_keys_that_compare_alike_and_are_out_of_scope_are_not_spoken_of(desk: Desk) -> None:
    desk.customers.update(natives("0007", "7"))
    ended = desk.run(KNOWN)
    assert (ended.run.exit_code, ended.counts) == (0, {"updated": 5})


def test_a_key_that_repeats_is_looked_at_once_and_told(desk: Desk) -> None:
    listing = ("0001", "0001", "0002", "0003", "0004", "0002", "A5", "A5")
    for sizes in ((1,), (3,), (100,)):
        ended = desk.run(Request(scope=ALL.scope, dry_run=True), Manner(listing=listing, sizes=sizes))
        assert ended.counts == {"updated": 5}
        assert ended.texts() == ["the source gave some customers more than once; each was looked at once"]


def test_a_code_that_several_customers_of_the_hub_may_be_is_for_a_person(desk: Desk) -> None:
    desk.add("00077", name="One")
    desk.add("077", name="Other")
    desk.customers["77"] = native("77")
    before = desk.hub()
    ended = desk.run(Request(customers=("77",)))
    assert (ended.run.exit_code, ended.counts) == (1, {"rejected": 1})
    assert "may be any of" in ended.cycle("77").messages[0].text
    assert desk.hub() == before


def test_a_code_that_is_written_alike_is_linked_although_another_compares_alike(desk: Desk) -> None:
    desk.add("00077", name="One")
    desk.add("77", name="Other")
    desk.customers["77"] = native("77")
    assert desk.run(Request(customers=("77",))).counts == {"updated": 1}
    assert (desk.fields("77")["name"], desk.fields("00077")["name"]) == ("Name of 77", "One")


def test_a_customer_that_is_linked_to_another_key_is_not_taken_over(desk: Desk) -> None:
    """0001 of the source was renamed to X1 there; the hub's customer still belongs to the key 0001."""
    desk.add("X9")
    desk.customers["X9"] = native("X9")
    desk.run(Request(customers=("X9",)))
    desk.customers["X9"] = native("X9", Customer="0001")
    desk.delete("0001")
    ended = desk.run(Request(customers=("X9",)))
    assert ended.counts in ({"updated": 1}, {"unchanged": 1})
    assert desk.fields("X9")["code"] == "X9"


@pytest.mark.parametrize("bulk", [True, False])
def test_keys_may_be_compared_in_another_way_from_now_on(desk: Desk, bulk: bool) -> None:
    """As zero_padded of a system says; the hub's links were made the other way."""
    exact = mapping(compare=exactly)
    assert desk.run(KNOWN, bulk=bulk, mapping=exact).counts == {"updated": 5}
    assert desk.run(ALL, bulk=bulk, mapping=exact).counts == {"unchanged": 5}
    assert desk.run(Request(customers=("1",)), mapping=exact).counts == {"rejected": 1}
    assert desk.run(KNOWN, bulk=bulk).counts == {"unchanged": 5}
    assert desk.run(Request(customers=("1",))).counts == {"unchanged": 1}


def test_keys_that_would_be_mixed_up_are_not_compared_in_another_way(store: Store) -> None:
    desk = Desk(store, natives("0001", "1"))
    exact = mapping(compare=exactly)
    desk.run(INITIAL, mapping=exact)
    ended = desk.run(KNOWN)
    assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 2)
    assert "0001 and 1 are two customers here" in ended.texts()[0]
    assert desk.run(KNOWN, mapping=exact).counts == {"unchanged": 2}


# Customers that cannot be read


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("request_", [KNOWN, ALL])
def test_a_customer_that_cannot_be_read_fails_once_and_the_others_go_on(
    desk: Desk, request_: Request, bulk: bool
) -> None:
    manner = Manner(unreadable={"0002": "not XML"}, sizes=(2,))
    ended = desk.run(request_, manner, bulk=bulk)
    assert (ended.run.exit_code, ended.counts) == (1, {"updated": 4, "failed": 1})
    (told,) = ended.cycle("0002").messages
    assert (told.level, told.text) == (Level.ERROR, "not XML")


def test_a_new_customer_that_cannot_be_read_is_out_of_scope_of_the_known_ones(desk: Desk) -> None:
    desk.customers["0006"] = native("0006")
    manner = Manner(unreadable={"0006": "not XML"})
    assert desk.run(KNOWN, manner).counts == {"updated": 5}
    assert desk.run(ALL, manner).counts == {"unchanged": 5, "failed": 1}


def test_a_customer_in_two_parts_of_the_scope_that_cannot_be_read_fails_once(desk: Desk) -> None:
    request = Request(customers=("0002", "9999"), classes=("Dealer",))
    ended = desk.run(request, Manner(unreadable={"0002": "not XML"}), scope=3)
    assert ended.counts == {"failed": 1, "rejected": 1, "updated": 1}


# Stopped, superseded and carried on


def stop_at(page: int) -> tuple[Manner, threading.Event]:
    stop = threading.Event()
    return Manner(sizes=(1,), before=at_page(page, stop.set)), stop


@pytest.mark.parametrize("request_", [KNOWN, ALL, Request(customers=("1", "2", "3", "4", "A5"))])
@pytest.mark.parametrize("page", [1, 4])
def test_a_run_that_was_stopped_is_carried_on_where_it_was(desk: Desk, request_: Request, page: int) -> None:
    manner, stop = stop_at(page)
    run_id = desk.begin(request_)
    with pytest.raises(Stopping):
        carry_out(desk.store, run_id, desk.job(manner, page=2), "agent", stop)
    assert desk.source.closed == 1
    assert desk.look(run_id).run.finished is None
    assert updated(desk) == set()
    turns: list[int] = []
    ended = desk.carry(run_id, desk.job(Manner(sizes=(1,), before=turns.append), page=2))
    assert ended.counts == {"updated": 5}
    assert (ended.run.epoch, ended.run.known, ended.run.enumerated) == (2, 5, 5)


def test_what_was_planned_before_a_stop_is_not_read_again(desk: Desk) -> None:
    stop = threading.Event()
    run_id = desk.begin(KNOWN)
    manner = Manner(sizes=(1,), before=desk.once_planned(3, stop.set))
    with pytest.raises(Stopping):
        carry_out(desk.store, run_id, desk.job(manner), "agent", stop)
    turns: list[int] = []
    desk.carry(run_id, desk.job(Manner(sizes=(1,), before=turns.append)))
    assert len(turns) == 3  # two customers, and the empty page that ends the listing


def test_a_first_load_that_was_stopped_is_carried_on(store: Store) -> None:
    desk = Desk(store, natives("1", "2", "3", "4"))
    manner, stop = stop_at(3)
    run_id = desk.begin(INITIAL)
    with pytest.raises(Stopping):
        carry_out(desk.store, run_id, desk.job(manner), "agent", stop)
    assert 0 < len(desk.versions()) < 4
    ended = desk.carry(run_id, desk.job())
    assert (ended.counts, ended.run.known) == ({"created": 4}, 0)
    assert desk.run(ALL).counts == {"unchanged": 4}


def test_a_first_load_asks_for_nobody_by_key_because_nobody_was_known(store: Store) -> None:
    desk = Desk(store, natives("1", "2", "3", "4"))
    turns: list[int] = []
    ended = desk.run(INITIAL, Manner(sizes=(3,), before=turns.append))
    assert ended.counts == {"created": 4}
    assert len(turns) == 3  # two pages, and the empty one that ends the listing
    with store.read() as connection:
        assert set(connection.execute(select(pages.c.segment)).scalars()) == {0}


def test_what_somebody_creates_during_a_first_load_is_reckoned_with(store: Store) -> None:
    desk = Desk(store, natives("1", "2", "3", "4"))

    def create() -> None:
        with store.write() as connection:
            connection.execute(customer.insert().values(identity="by hand", business_unit=UNIT, code="4"))

    ended = desk.run(INITIAL, Manner(sizes=(2,), before=at_page(2, create)))
    assert ended.counts == {"created": 3, "updated": 1}
    assert desk.fields("4")["name"] == "Name of 4"
    assert desk.linked() == {"1", "2", "3", "4"}


def test_both_customers_and_classes_are_carried_on_behind_a_short_page(desk: Desk) -> None:
    desk.classify(**dict.fromkeys(("0001", "0002", "0004", "A5"), ("Dealer",)))
    request = Request(customers=("1", "3", "4", "A5"), classes=("Dealer",), together=Together.BOTH)
    manner, stop = stop_at(2)
    run_id = desk.begin(request)
    with pytest.raises(Stopping):
        carry_out(desk.store, run_id, desk.job(manner, page=2), "agent", stop)
    ended = desk.carry(run_id, desk.job(page=2))
    assert ended.counts == {"updated": 4}


def test_a_run_that_another_process_took_over_is_left_to_it(desk: Desk) -> None:
    run_id = desk.begin(KNOWN)

    def take_over() -> None:
        with desk.store.write() as connection:
            runs.take(connection, run_id, "another agent")

    before = desk.hub()
    with pytest.raises(Superseded):
        desk.carry(run_id, desk.job(Manner(sizes=(2,), before=at_page(2, take_over))))
    assert desk.source.closed == 1
    left = desk.look(run_id)
    assert (left.run.finished, left.run.state, left.run.epoch) == (None, State.RUNNING, 2)
    assert desk.hub() == before
    assert desk.carry(run_id, desk.job()).counts == {"updated": 5}


def test_a_failure_of_a_process_that_was_superseded_does_not_end_the_run(desk: Desk) -> None:
    run_id = desk.begin(KNOWN)

    def take_over_and_fail() -> None:
        with desk.store.write() as connection:
            runs.take(connection, run_id, "another agent")
        raise NotPermitted("erp", "logged off")

    with pytest.raises(Superseded):
        desk.carry(run_id, desk.job(Manner(before=at_page(1, take_over_and_fail))))
    left = desk.look(run_id)
    assert (left.run.finished, left.messages) == (None, ())
