from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from customary.connectors.conformance import SOURCE_PROMISES, Promise, Subject, name_of
from customary.mapping.spec import FieldMapping
from customary.model.customer import Child, Customer, Status
from customary.model.source import Keys
from customary.stages.normalize import normalize
from customary.store import accounts, business_units, standard_texts, whole
from customary.store.accounts import Account
from customary.store.database import Store, open_store
from customary.store.hub_source import HubSource, hub_rows

CODES = ("0001", "0002", "A/3", "Ä4", "b5")


@pytest.fixture
def store(hub_url: str) -> Iterator[Store]:
    """A hub with five customers in one unit and one in another."""
    store = open_store(hub_url)
    business_units.ensure(store, {"PK1": False, "PK2": False})
    with store.write() as connection:
        for unit, codes in (("PK1", CODES), ("PK2", ("0001",))):
            writes = [
                whole.CustomerWrite(
                    identity=f"{unit}-{code}",
                    fields={"code": code, "name": f"{unit} {code}", "on_hold": False, "credit_limit": "10.5"},
                    status=Status.OPEN,
                    vendor={"sage200": {"motto": "x", "contacts": [{"name": "A"}]}},
                )
                for code in codes
            ]
            whole.insert(connection, unit, 1, writes)
    yield store
    store.close()


def test_customers_are_given_in_their_own_words_with_who_they_are(store: Store) -> None:
    (page,) = HubSource("hub", store, "PK1").read(Keys(("A/3", "none", "A/3")))
    (record,) = page.records
    assert (record.key, record.identity, page.missing) == ("A/3", "PK1-A/3", ("none",))
    assert record.native == {
        "code": "A/3",
        "name": "PK1 A/3",
        "on_hold": "false",
        "credit_limit": "10.5",
        "sage200.motto": "x",
        "sage200.contacts": '[{"name":"A"}]',
    }


def test_their_mapping_gives_back_what_the_hub_holds_and_what_a_target_can_carry(store: Store) -> None:
    (page,) = HubSource("hub", store, "PK1").read(Keys(("A/3",)))
    mapping = FieldMapping(rows=hub_rows("sage200", ["motto", "state"], "state"))
    assert normalize(page.records[0].native, mapping).fields == {
        "code": "A/3",
        "name": "PK1 A/3",
        "on_hold": False,
        "credit_limit": "10.5",
        "sage200.motto": "x",
    }


def test_nobody_owns_a_status_and_the_hub_owns_the_rest() -> None:
    rows = {row.field: row.owner for row in hub_rows("sage200", ["motto", "state"], "state")}
    assert (rows["sage200.state"], rows["sage200.motto"], rows["name"]) == ("nobody", "source", "source")


@pytest.mark.parametrize(
    "promise", [item for item in SOURCE_PROMISES if "unreachable" not in name_of(item)], ids=name_of
)
def test_keeps_the_promises_of_a_source(promise: Promise, store: Store) -> None:
    promise(
        Subject(
            open=lambda size: HubSource("hub", store, "PK1", size),
            keys=CODES,
            unknown=("0003", "B5"),
            contents=lambda: 0,
            sessions=lambda: 0,
            unreachable=lambda: HubSource("hub", store, "PK1"),
        )
    )


def test_what_else_the_hub_knows_is_told_by_whoever_knows_the_words(store: Store) -> None:
    text = {"StandardTextCode": "DELIV"}
    with store.write() as connection:
        write = whole.CustomerWrite(
            identity="X",
            fields={"code": "X", "name": "Own", "account_code": "ac1"},
            status=Status.HIDDEN,
            vendor={},
            put=(("standard_texts", Child(key="deliv")),),
        )
        whole.insert(connection, "PK1", 1, [write])
        accounts.put(connection, "PK1", [Account(code="AC1", status="open", fields={"CreditLimit": "5"})])
        standard_texts.put(connection, "PK1", {"deliv": text})
    asked = []

    def tell(
        customer: Customer, account: Mapping[str, Any], texts: Sequence[Mapping[str, str]]
    ) -> Mapping[str, str]:
        asked.append((customer.code, customer.status, dict(account), list(texts)))
        return {"credit_limit": str(account.get("CreditLimit", "")), "name": "Told"}

    (page,) = HubSource("hub", store, "PK1", tell=tell).read(Keys(("X", "0001")))
    told = {record.key: record.native for record in page.records}
    assert told["X"] == {"code": "X", "name": "Own", "account_code": "ac1", "credit_limit": "5"}
    assert told["0001"]["credit_limit"] == "10.5", "a field is never overridden"
    assert sorted(asked) == [
        ("0001", Status.OPEN, {}, []),
        ("X", Status.HIDDEN, {"CreditLimit": "5", "Status": "open"}, [text]),
    ]
