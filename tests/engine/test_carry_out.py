from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from customary.connectors.memory import Manner
from customary.errors import NotPermitted, Unreachable
from customary.model.limits import Limit, Limits
from customary.model.outcome import Level
from customary.model.run import Request, State
from customary.store.database import Store, open_store
from tests.support.desk import ALL, INITIAL, KNOWN, MAPPING, Desk, at_page, mapping, native, natives

TEN = [f"{number:04}" for number in range(1, 11)]


def desk_with(store: Store, *keys: str) -> Desk:
    """A hub into which these customers were loaded."""
    desk = Desk(store, natives(*keys))
    ended = desk.run(INITIAL)
    assert ended.counts == {"created": len(keys)}
    return desk


@pytest.fixture
def desk(store: Store) -> Desk:
    return desk_with(store, "0001", "0002", "A3")


def history(desk: Desk, run: int) -> list[tuple[Any, ...]]:
    query = text(
        "SELECT customer, field, before, after, rule FROM change WHERE run_id = :run ORDER BY customer, field"
    )
    with desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query, {"run": run})]


# Loading


def test_an_initial_load_creates_every_customer_with_all_its_fields(store: Store) -> None:
    desk = Desk(store, natives("0001", "0002"))
    desk.customers["0002"] = native("0002", Telephone="", Currency="?", Name="Ünï 字 'x'")
    del desk.customers["0002"]["Tax"]
    ended = desk.run(INITIAL, Manner(sizes=(1,)))
    assert (ended.run.state, ended.run.exit_code, ended.counts) == (State.SUCCEEDED, 0, {"created": 2})
    assert desk.fields("0001") == {
        "code": "0001",
        "name": "Name of 0001",
        "telephone": "555-0100",
        "credit_limit": "1000",
        "tax_status": "N",
        "currency": "$",
        "currency_iso": "USD",
        "payment_terms": "30",
        "warehouse": "W1",
        "salesperson": "SAM",
    }
    second = desk.fields("0002")
    assert (second["name"], second["telephone"], second["currency_iso"]) == ("Ünï 字 'x'", "", "")
    assert "tax_status" not in second
    assert ended.texts() == ["'?' is not in the table 'currencies' of erp: currency_iso is blank for it"]
    assert desk.linked() == {"0001", "0002"}


def test_every_field_that_was_written_is_in_the_history(desk: Desk) -> None:
    rows = history(desk, 1)
    assert len(rows) == 3 * 10
    assert ("0001", "name", None, "Name of 0001", "owner = source") in rows
    assert ("0001", "payment_terms", None, "30", "initial load only") in rows


def test_an_initial_load_into_a_hub_with_customers_has_no_limit_on_creates_but_on_updates(
    store: Store,
) -> None:
    desk = desk_with(store, *TEN[:2])
    desk.customers.update(natives(*(f"N{number}" for number in range(20))))
    tight = Limits(create=Limit(count=0), update=Limit(count=0))
    assert desk.run(INITIAL, limits=tight).counts == {"created": 20, "unchanged": 2}


# Nothing moved


def test_a_second_run_finds_everything_unchanged_and_writes_no_customer(desk: Desk) -> None:
    before = desk.hub()
    for request, manner in ((KNOWN, Manner()), (ALL, Manner(sizes=(2,))), (INITIAL, Manner(sizes=(1,)))):
        ended = desk.run(request, manner)
        assert (ended.run.exit_code, ended.counts, ended.cycles) == (0, {"unchanged": 3}, ())
    assert desk.hub() == before


def test_a_record_that_moved_without_effect_is_unchanged_and_not_looked_at_again(desk: Desk) -> None:
    desk.customers["0001"]["Limit"] = "1000"
    desk.customers["0002"]["Terms"] = "60"
    versions, baselines = desk.versions(), desk.rows("baseline")["baseline"]
    ended = desk.run()
    assert (ended.counts, ended.cycles) == ({"unchanged": 3}, ())
    assert desk.versions() == versions
    moved = [row for row in desk.rows("baseline")["baseline"] if row not in baselines]
    assert len(moved) == 2
    assert len(ended.texts("0002")) == 1
    assert desk.run().messages == ()
    assert desk.rows("baseline")["baseline"] != baselines


# What moved in the source


def test_exactly_what_moved_is_updated(desk: Desk) -> None:
    desk.customers["0002"].update(Name="New", Currency="GBP", Limit="0", Telephone="", Tax="")
    others = {code: desk.fields(code) for code in ("0001", "A3")}
    ended = desk.run()
    assert (ended.run.exit_code, ended.counts) == (0, {"updated": 1, "unchanged": 2})
    assert [row.customer for row in ended.cycles] == ["0002"]
    assert history(desk, ended.run.id) == [
        ("0002", "credit_limit", "1000", "0", "owner = source"),
        ("0002", "currency", "$", "GBP", "owner = source"),
        ("0002", "currency_iso", "USD", "GBP", "owner = source"),
        ("0002", "name", "Name of 0002", "New", "owner = source"),
        ("0002", "tax_status", "N", "", "owner = source"),
    ]
    assert desk.fields("0002")["telephone"] == "555-0100"  # its row keeps what is there
    assert desk.versions() == {"0001": 1, "0002": 2, "A3": 1}
    assert {code: desk.fields(code) for code in ("0001", "A3")} == others


def test_the_iso_currency_of_an_earlier_code_does_not_stay(desk: Desk) -> None:
    desk.customers["0001"]["Currency"] = "?"
    desk.run()
    assert (desk.fields("0001")["currency"], desk.fields("0001")["currency_iso"]) == ("?", "")


def test_a_field_that_the_source_hides_leaves_the_hubs_value(desk: Desk) -> None:
    desk.customers["0001"]["Limit"] = "5"
    hiding = Manner(hidden=frozenset({"Name", "Tax", "Terms"}))
    ended = desk.run(KNOWN, hiding)
    assert ended.counts == {"updated": 1, "unchanged": 2}
    kept = {**desk.fields("0001"), "credit_limit": "1000"}
    assert kept == {**desk.fields("0002"), "code": "0001", "name": "Name of 0001"}
    desk.customers["0001"]["Name"] = "Not seen"
    assert desk.run(KNOWN, hiding).counts == {"unchanged": 3}
    assert desk.run().counts == {"updated": 1, "unchanged": 2}
    assert desk.fields("0001")["name"] == "Not seen"


def test_a_changed_mapping_takes_effect_although_no_customer_moved(desk: Desk) -> None:
    changed = mapping(MAPPING.replace('native = "Name"', 'native = "Salesperson"'))
    assert desk.run(mapping=changed).counts == {"updated": 3}
    assert {desk.fields(code)["name"] for code in ("0001", "0002", "A3")} == {"SAM"}
    assert desk.run(mapping=changed).counts == {"unchanged": 3}


def test_a_changed_look_up_takes_effect_although_no_customer_moved(desk: Desk) -> None:
    dollars = mapping(currencies={"$": "AUD"})
    assert desk.run(mapping=dollars).counts == {"updated": 3}
    assert desk.fields("A3")["currency_iso"] == "AUD"


# Who owns what


def test_an_edit_of_a_field_that_the_source_does_not_own_survives(desk: Desk) -> None:
    desk.edit("0001", warehouse="W9", salesperson="EVE", fax="1", comment="ours", telephone="555-0199")
    desk.customers["0001"]["Name"] = "New"
    desk.customers["0002"]["Warehouse"] = "W2"
    desk.run()
    kept = desk.fields("0001")
    assert [kept[name] for name in ("warehouse", "salesperson", "fax", "comment", "name")] == [
        "W9",
        "EVE",
        "1",
        "ours",
        "New",
    ]
    assert kept["telephone"] == "555-0100"  # the source owns that one
    assert desk.fields("0002")["warehouse"] == "W1"


def test_an_edit_of_a_field_that_the_source_owns_is_set_back_although_the_source_did_not_move(
    desk: Desk,
) -> None:
    desk.edit("0001", name="Mine")
    ended = desk.run()
    assert ended.counts == {"updated": 1, "unchanged": 2}
    assert desk.fields("0001")["name"] == "Name of 0001"
    assert history(desk, ended.run.id) == [
        ("0001", "name", "Mine", "Name of 0001", "owner = source, set back")
    ]
    (conflict,) = ended.cycle("0001").messages
    assert (conflict.level, conflict.field) == (Level.WARNING, "name")
    assert "was changed here from 'Name of 0001' to 'Mine'" in conflict.text
    assert desk.run().counts == {"unchanged": 3}


def test_a_field_that_nobody_owns_is_left_to_a_person_where_both_moved_for_as_long_as_it_takes(
    desk: Desk,
) -> None:
    desk.edit("0001", salesperson="EVE")
    desk.customers["0001"]["Salesperson"] = "BOB"
    assert len(desk.run().texts("0001")) == 1
    for name in ("First", "Second"):
        desk.customers["0001"]["Name"] = name
        ended = desk.run()
        assert desk.fields("0001")["salesperson"] == "EVE"
        assert [note.field for note in ended.cycle("0001").messages] == ["salesperson"]
    desk.customers["0001"]["Salesperson"] = "EVE"
    desk.run()
    desk.customers["0001"]["Salesperson"] = "ZOE"
    assert desk.run().counts == {"updated": 1, "unchanged": 2}
    assert desk.fields("0001")["salesperson"] == "ZOE"


# Payment terms: on the initial load only


def test_payment_terms_are_left_alone_after_the_initial_load_and_told_once(desk: Desk) -> None:
    desk.customers["0001"]["Terms"] = "60"
    desk.edit("0002", payment_terms="90")
    first, second = desk.run(), desk.run()
    assert first.counts == second.counts == {"unchanged": 3}
    assert [desk.fields(code)["payment_terms"] for code in ("0001", "0002")] == ["30", "90"]
    told = [(note.customer, note.level, note.field) for note in first.messages]
    assert told == [(code, Level.INFORMATION, "payment_terms") for code in ("0001", "0002")]
    assert second.messages == ()


@pytest.mark.parametrize(
    ("here", "expected"), [({}, "30"), ({"payment_terms": ""}, "30"), ({"payment_terms": "90"}, "90")]
)
def test_the_first_link_of_a_customer_of_the_hub_fills_its_payment_terms_while_they_are_empty(
    desk: Desk, here: dict[str, str], expected: str
) -> None:
    desk.add("00077", name="Already here", **here)
    desk.customers["77"] = native("77")
    ended = desk.run(ALL)
    assert ended.counts == {"updated": 1, "unchanged": 3}
    fields = desk.fields("00077")
    assert (fields["payment_terms"], fields["name"], fields["code"]) == (expected, "Name of 77", "00077")
    assert "linked to 77 of erp" in [note.text for note in ended.cycle("00077").messages]
    desk.edit("00077", payment_terms="")
    desk.run()
    assert desk.fields("00077")["payment_terms"] == ""


# Limits


def test_a_run_past_a_limit_writes_nothing_and_says_why_with_examples(store: Store) -> None:
    desk = desk_with(store, *(f"{number:04}" for number in range(40)))
    for key in list(desk.customers)[:13]:
        desk.customers[key]["Name"] = f"New {key}"
    before = desk.hub()
    ended = desk.run(limits=Limits())
    assert (ended.run.state, ended.run.exit_code) == (State.REFUSED, 3)
    assert ended.counts == {"skipped": 13, "unchanged": 27}
    assert desk.hub() == before
    assert history(desk, ended.run.id) == []
    (told,) = ended.messages
    assert told.level is Level.ERROR
    assert "13 customers would be updated, and the limit 'update' (30%) allows 12" in told.text
    assert "when 40 are known" in told.text
    assert "0000: name 'Name of 0000' -> 'New 0000'" in told.text
    assert told.text.count("-> 'New") == 5
    assert desk.run(limits=Limits(update=Limit(count=13))).counts == {"updated": 13, "unchanged": 27}


def test_ten_creates_and_ten_updates_pass_and_the_eleventh_of_either_does_not(store: Store) -> None:
    desk = desk_with(store, *TEN, "0011")
    tight = Limits(create=Limit(count=0), update=Limit(count=0))
    for key in TEN:
        desk.customers[key]["Name"] = "New"
    desk.customers.update(natives(*(f"N{key}" for key in TEN)))
    assert desk.run(ALL, limits=tight).counts == {"created": 10, "updated": 10, "unchanged": 1}
    desk.customers.update(natives(*(f"M{key}" for key in [*TEN, "0011"])))
    ended = desk.run(ALL, limits=tight)
    assert (ended.run.exit_code, ended.counts) == (3, {"skipped": 11, "unchanged": 21})
    assert "11 customers would be created" in ended.messages[0].text


def test_a_first_load_without_its_flag_is_limited(store: Store) -> None:
    desk = Desk(store, natives(*TEN, "0011"))
    ended = desk.run(ALL, limits=Limits())
    assert (ended.run.exit_code, ended.counts) == (3, {"skipped": 11})
    assert "--initial-load" in ended.messages[0].text
    assert desk.versions() == {}


def test_a_share_is_of_the_customers_that_were_known_when_the_run_began(store: Store) -> None:
    desk = desk_with(store, *(f"{number:04}" for number in range(30)))
    desk.add("not of this system")
    ended = desk.run(ALL, limits=Limits(create=Limit(share=Decimal("0.5"))))
    assert ended.run.known == 30
    desk.customers.update(natives(*(f"N{number}" for number in range(15))))
    half = Limits(create=Limit(share=Decimal("0.5")))
    assert desk.run(ALL, limits=half).counts == {"created": 15, "unchanged": 30}
    desk.customers.update(natives(*(f"M{number}" for number in range(23))))
    assert desk.run(ALL, limits=half).run.state is State.REFUSED


# A dry run


def test_a_dry_run_plans_everything_and_writes_nothing_but_the_journal(desk: Desk) -> None:
    desk.customers["0001"]["Name"] = "New"
    desk.customers["0002"]["Terms"] = "60"
    desk.customers["A3"]["Tax"] = "?"
    desk.customers["N4"] = native("N4")
    before = desk.hub()
    ended = desk.run(Request(scope=ALL.scope, dry_run=True))
    assert (ended.run.state, ended.run.exit_code) == (State.PLANNED, 1)
    assert ended.counts == {"created": 1, "updated": 1, "unchanged": 1, "rejected": 1}
    assert ended.cycle("0001").changes == ({"field": "name", "before": "Name of 0001", "after": "New"},)
    assert len(ended.cycle("N4").changes) == 10
    assert desk.hub() == before
    assert history(desk, ended.run.id) == []
    told = ended.texts("0002")
    real = desk.run(ALL)
    assert real.counts == ended.counts
    assert real.texts("0002") == told != []  # the dry run did not use the message up


def test_a_dry_run_of_a_first_load_writes_nothing_either(store: Store) -> None:
    desk = Desk(store, natives(*TEN, "0011"))
    ended = desk.run(Request(scope=ALL.scope, initial_load=True, dry_run=True))
    assert (ended.run.state, ended.run.exit_code, ended.counts) == (State.PLANNED, 0, {"created": 11})
    assert desk.hub() == {name: [] for name in desk.hub()}


def test_a_dry_run_past_a_limit_is_refused_too(store: Store) -> None:
    desk = Desk(store, natives(*TEN, "0011"))
    ended = desk.run(Request(scope=ALL.scope, dry_run=True), limits=Limits())
    assert (ended.run.state, ended.run.exit_code) == (State.REFUSED, 3)


def test_the_fingerprint_is_of_the_plan(desk: Desk) -> None:
    dry = Request(dry_run=True)
    assert desk.run(dry).run.fingerprint == desk.run(dry).run.fingerprint != ""
    desk.customers["0001"]["Name"] = "New"
    first, second = desk.run(dry), desk.run(dry)
    assert first.run.fingerprint == second.run.fingerprint
    desk.customers["0001"]["Name"] = "Newer"
    third = desk.run(dry)
    assert third.run.fingerprint != first.run.fingerprint
    assert third.run.digest == first.run.digest
    assert desk.run(KNOWN).run.fingerprint == third.run.fingerprint


# One bad customer


def test_one_customer_that_breaks_rules_is_rejected_with_all_its_reasons_and_the_others_go_on(
    desk: Desk,
) -> None:
    desk.customers["0001"].update(Tax="X", Limit="-1", Name="New")
    desk.customers["0002"].update(Name="n" * 151, Salesperson="s" * 31)
    desk.customers["A3"]["Name"] = "Fine"
    ended = desk.run()
    assert (ended.run.state, ended.run.exit_code) == (State.SUCCEEDED, 1)
    assert ended.counts == {"rejected": 2, "updated": 1}
    errors = {
        code: [note.field for note in ended.cycle(code).messages if note.level is Level.ERROR]
        for code in ("0001", "0002")
    }
    assert errors == {"0001": ["credit_limit", "tax_status"], "0002": ["name", "salesperson"]}
    assert [desk.fields(code)["name"] for code in ("0001", "0002", "A3")] == [
        "Name of 0001",
        "Name of 0002",
        "Fine",
    ]
    assert desk.run().counts == {"rejected": 2, "unchanged": 1}  # told again until it is mended


def test_a_value_past_the_sources_own_length_is_a_warning_and_kept_whole(desk: Desk) -> None:
    desk.customers["0001"]["Name"] = "n" * 21
    ended = desk.run()
    assert (ended.run.exit_code, ended.counts) == (0, {"updated": 1, "unchanged": 2})
    (told,) = ended.cycle("0001").messages
    assert (told.level, told.field) == (Level.WARNING, "name")
    assert desk.fields("0001")["name"] == "n" * 21


def test_a_number_that_would_fill_the_memory_rejects_that_customer_only(desk: Desk) -> None:
    desk.customers["0001"]["Limit"] = "1E999999999"
    assert desk.run().counts == {"rejected": 1, "unchanged": 2}


# When the source fails


def lose(*_: object) -> None:
    raise Unreachable("erp", "no answer")


def test_a_source_that_is_lost_for_a_moment_is_tried_again_and_nothing_is_lost(desk: Desk) -> None:
    desk.customers.update({key: native(key, Name="New") for key in list(desk.customers)})
    ended = desk.run(KNOWN, Manner(sizes=(1,), before=at_page(2, lose)))
    assert ended.counts == {"updated": 3}


def test_a_source_that_stays_lost_fails_the_run_and_the_next_one_completes(desk: Desk) -> None:
    desk.customers.update({key: native(key, Name="New") for key in list(desk.customers)})
    before = desk.hub()

    def lose_from_the_third_on(page: int) -> None:
        if page >= 3:
            lose()

    ended = desk.run(KNOWN, Manner(sizes=(1,), before=lose_from_the_third_on))
    assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 4)
    assert ended.counts == {"skipped": 2}
    assert ended.texts() == [
        "erp: no answer",
        "2 customers were planned and not written; the next run does them",
    ]
    assert desk.hub() == before
    assert desk.run().counts == {"updated": 3}


def test_a_source_that_lets_nobody_in_fails_the_run_at_once(desk: Desk) -> None:
    turns: list[int] = []

    def refuse(page: int) -> None:
        turns.append(page)
        raise NotPermitted("erp", "no licence is free")

    before = desk.hub()
    ended = desk.run(KNOWN, Manner(before=refuse))
    assert (ended.run.state, ended.run.exit_code, ended.counts) == (State.FAILED, 4, {})
    assert ended.texts() == ["erp: no licence is free"]
    assert turns == [1]
    assert desk.hub() == before


def test_a_first_load_that_breaks_off_keeps_what_it_has_and_the_next_one_completes(store: Store) -> None:
    desk = Desk(store, natives(*TEN))

    def lose_from_the_third_on(page: int) -> None:
        if page >= 3:
            lose()

    ended = desk.run(INITIAL, Manner(sizes=(2,), before=lose_from_the_third_on))
    assert (ended.run.state, ended.counts) == (State.FAILED, {"created": 4})
    assert len(desk.versions()) == 4
    assert desk.run(INITIAL).counts == {"created": 6, "unchanged": 4}


def test_an_empty_scope_ends_the_run_and_names_what_would_help(store: Store) -> None:
    desk = Desk(store, natives("0001"))
    ended = desk.run(KNOWN)
    assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 2)
    assert "--initial-load" in ended.messages[0].text


@pytest.mark.parametrize("planned", [0, 2])
def test_a_database_that_hangs_up_fails_the_run_and_the_next_one_completes(
    postgres_url: str, planned: int
) -> None:
    store = open_store(postgres_url)
    desk = desk_with(store, "0001", "0002", "A3")
    desk.customers.update({key: native(key, Name="New") for key in list(desk.customers)})

    def hang_up() -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with store.engine.connect() as connection:
            connection.execute(text(f"{others} AND datname = current_database()"))

    ended = desk.run(KNOWN, Manner(sizes=(1,), before=desk.once_planned(planned, hang_up)))
    assert (ended.run.state, ended.run.exit_code) == (State.FAILED, 4)
    assert ended.counts == ({"skipped": planned} if planned else {})
    assert "the hub's database failed" in ended.texts()[0]
    assert desk.run().counts == {"updated": 3}
    store.close()
