from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from customary.actions.show import (
    customer_value,
    cycles,
    find_customer,
    run_json,
    summaries,
    summary,
    summary_value,
)
from customary.errors import ConfigError
from customary.model.outcome import Outcome
from customary.model.run import Request, ScopeName
from customary.store import business_units
from customary.store.database import Store
from customary.store.tables import CHILDREN, address, contact, customer
from tests.support.desk import ALL, INITIAL, KNOWN, Desk, native, natives


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store, natives("0001", "0002", "A3"))
    desk.run(INITIAL)
    return desk


def as_json(store: Store, run_id: int) -> dict[str, Any]:
    value: dict[str, Any] = json.loads("".join(run_json(store, run_id)))
    return value


# A run


def test_a_run_is_told_by_the_names_of_the_contract(desk: Desk) -> None:
    desk.customers["0001"].update(Name='New "x" ü', Tax="")
    desk.customers["0002"]["Tax"] = "?"
    desk.customers["A3"]["Terms"] = "60"
    ended = desk.run()
    told = as_json(desk.store, ended.run.id)
    started, finished = (datetime.fromisoformat(told.pop(name)) for name in ("started", "finished"))
    assert started.tzinfo is not None
    assert started <= finished
    assert told == {
        "run": ended.run.id,
        "operation": "update-customers",
        "state": "succeeded",
        "scope": 3,
        "counts": {
            "created": 0,
            "updated": 1,
            "unchanged": 1,
            "status_changed": 0,
            "deleted": 0,
            "skipped": 0,
            "rejected": 1,
            "failed": 0,
            "unknown": 0,
        },
        "messages": [
            {
                "level": "information",
                "field": "payment_terms",
                "text": "payment_terms is '60' in the source and '30' here, and stays: only written on the"
                " initial load",
                "customer": "A3",
            }
        ],
        "exit_code": 1,
        "dry_run": False,
        "cycles": [
            {
                "customer": "0001",
                "outcome": "updated",
                "messages": [],
                "changes": [
                    {"field": "name", "before": "Name of 0001", "after": 'New "x" ü'},
                    {"field": "tax_status", "before": "N", "after": ""},
                ],
            },
            {
                "customer": "0002",
                "outcome": "rejected",
                "messages": [
                    {
                        "level": "error",
                        "field": "tax_status",
                        "text": "Tax '?' is not one of E, N",
                        "customer": "0002",
                    }
                ],
                "changes": [],
            },
        ],
    }


def test_the_counts_add_up_to_the_scope_and_name_every_outcome(desk: Desk) -> None:
    desk.customers["B4"] = native("B4")
    for request in (KNOWN, ALL, Request(customers=("1", "nobody"))):
        told = as_json(desk.store, desk.run(request).run.id)
        assert list(told["counts"]) == [outcome.value for outcome in Outcome]
        assert sum(told["counts"].values()) == told["scope"]
        assert len(told["cycles"]) + told["counts"]["unchanged"] == told["scope"]


def test_absent_is_left_out_blank_is_an_empty_text_and_a_flag_is_one(desk: Desk) -> None:
    desk.edit("0001", fax="", on_hold=True)
    (run,) = summaries(desk.store, 1)
    (cycle,) = as_json(desk.store, run.run.id)["cycles"]
    assert cycle["changes"] == [
        {"field": "fax", "after": "", "rule": "by hand"},
        {"field": "on_hold", "after": True, "rule": "by hand"},
    ]


def test_a_plan_is_told_by_what_it_aims_at(desk: Desk) -> None:
    desk.customers["0001"]["Name"] = "New"
    desk.customers["B4"] = native("B4")
    ended = desk.run(Request(scope=ScopeName.ALL, dry_run=True))
    told = as_json(desk.store, ended.run.id)
    assert (told["state"], told["dry_run"]) == ("planned", True)
    assert (told["counts"]["created"], told["counts"]["updated"]) == (1, 1)
    outcomes = {cycle["customer"]: cycle["outcome"] for cycle in told["cycles"]}
    assert outcomes == {"0001": "updated", "B4": "created"}


def test_a_run_that_has_not_begun_has_no_moments(desk: Desk) -> None:
    told = as_json(desk.store, desk.begin())
    assert (told["state"], told["scope"], told["cycles"]) == ("queued", 0, [])
    assert told["started"] is None
    assert told["finished"] is None


def test_a_run_is_given_piece_by_piece_however_many_cycles_it_has(store: Store) -> None:
    desk = Desk(store, natives(*(f"{number:05}" for number in range(1_100))))
    ended = desk.run(INITIAL)
    pieces = list(run_json(store, ended.run.id))
    assert len(pieces) == 1_102
    assert len(json.loads("".join(pieces))["cycles"]) == 1_100
    assert len(list(cycles(store, ended.run.id, 5))) == 5


def test_a_run_that_does_not_exist_is_told_with_the_newest(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="there is no run 99; the newest is run 1"):
        summary(desk.store, 99)


def test_without_any_run_that_is_told(store: Store) -> None:
    with pytest.raises(ConfigError, match="there is no run 1; there are none yet"):
        summary(store, 1)


def test_the_newest_runs_are_summed_up_newest_first_of_one_operation_or_of_all(desk: Desk) -> None:
    desk.run()
    desk.edit("0001", fax="1")
    assert [told.run.operation for told in summaries(desk.store, 2)] == ["edit", "update-customers"]
    found = summaries(desk.store, 9, "update-customers")
    assert [(told.scope, told.counts["unchanged"]) for told in found] == [(3, 3), (3, 0)]
    assert set(summary_value(found[0])) >= {"run", "operation", "state", "scope", "counts", "started"}


# A customer


def test_a_customer_is_told_by_the_names_of_the_contract(desk: Desk) -> None:
    desk.edit("0001", classes=("Dealer", "A"), fax="", on_hold=False)
    with desk.store.write() as connection:
        connection.execute(
            customer.update().where(customer.c.code == "0001").values(vendor='{"erp":{"x":1}}')
        )
        identity = connection.execute(customer.select().where(customer.c.code == "0001")).one().identity
        row = {"identity": identity, "key": "1", "fields": '{"city":"Köln"}'}
        connection.execute(insert(address).values(**row, use="invoice"))
        connection.execute(insert(contact).values(**row, vendor='{"erp":{"y":"z"}}'))
    told = customer_value(find_customer(desk.store, "0001", None))
    assert told.pop("identity") == identity
    assert told.pop("version") == 2
    assert json.loads(json.dumps(told)) == {
        "code": "0001",
        "business_unit": "PK1",
        "status": "open",
        "fields": {
            "code": "0001",
            "name": "Name of 0001",
            "on_hold": False,
            "telephone": "555-0100",
            "fax": "",
            "credit_limit": "1000",
            "currency": "$",
            "currency_iso": "USD",
            "payment_terms": "30",
            "tax_status": "N",
            "warehouse": "W1",
            "salesperson": "SAM",
        },
        "vendor": {"erp": {"x": 1}},
        "addresses": [{"key": "1", "fields": {"city": "Köln"}, "vendor": {}, "use": "invoice"}],
        "contacts": [{"key": "1", "fields": {"city": "Köln"}, "vendor": {"erp": {"y": "z"}}}],
        "tax_registrations": [],
        "document_formats": [],
        "standard_texts": [],
        "item_customers": [],
        "keys": {"erp": "0001"},
        "classes": ["A", "Dealer"],
    }
    assert set(CHILDREN) < set(told)


def test_a_customer_that_does_not_exist_is_told(desk: Desk) -> None:
    with pytest.raises(ConfigError, match=r"the hub has no customer 1; did you mean 0001"):
        find_customer(desk.store, "1", None)
    with pytest.raises(ConfigError, match="the hub has no customer 0001 in business unit PK2"):
        find_customer(desk.store, "0001", "PK2")


def test_a_code_in_several_business_units_has_to_be_chosen(desk: Desk) -> None:
    business_units.ensure(desk.store, {"PK2": False})
    with desk.store.write() as connection:
        connection.execute(customer.insert().values(identity="x", business_unit="PK2", code="0001"))
    with pytest.raises(ConfigError, match="choose with --business-unit: PK1, PK2"):
        find_customer(desk.store, "0001", None)
    assert find_customer(desk.store, "0001", "PK2").fields == {"code": "0001"}
