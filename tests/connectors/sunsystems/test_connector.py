from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customary.connectors.conformance import (
    SOURCE_PROMISES,
    WRITING_PROMISES,
    Promise,
    Subject,
    WritingSubject,
    name_of,
)
from customary.connectors.contract import Fits, ListsKeys, Source
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sunsystems.connector import SunsystemsSource
from customary.connectors.sunsystems.fields import HOLDS
from customary.errors import ConfigError, NotPermitted
from customary.mapping.load import load_rows
from customary.mapping.spec import FieldMapping
from customary.model.change import Action
from customary.model.fields import CUSTOMER
from customary.stages.normalize import normalize
from tests.connectors.sunsystems.rig import FIELDS, MAPPING, config, create, everything, fill, native, source
from tests.support.sun import Sun

KEYS = ("0001", "0002", "B-1", "b10", "b9", "C", "K&L", "Ö")


@pytest.fixture
def subject(sun: Sun) -> Subject:
    fill(sun, *KEYS)

    def opened(page: int, **changes: Any) -> Source:
        place = changes.pop("url", sun.url)
        return SunsystemsSource("sun", config(place, page=page, **changes), FIELDS, MemoryLease("sun", 5))

    return Subject(
        open=opened,
        keys=KEYS,
        unknown=("NOBODY", "1"),
        contents=sun.contents,
        sessions=lambda: 0,
        unreachable=lambda: opened(2, url="http://127.0.0.1:9"),
    )


@pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
def test_keeps_the_promises_of_a_source(promise: Promise, subject: Subject) -> None:
    promise(subject)


@pytest.mark.parametrize("promise", WRITING_PROMISES, ids=name_of)
@pytest.mark.parametrize("write", ["upsert", "bulk", "exact"])
def test_keeps_the_promises_of_a_target(
    promise: Callable[[WritingSubject], None], write: str, sun: Sun
) -> None:
    def opened() -> SunsystemsSource:
        changed = config(sun.url, write=write, batch=2)
        return SunsystemsSource("sun", changed, FIELDS, MemoryLease("sun", 5))

    fill(sun, "X")
    sendings = [create(key) for key in ("A", "B", "C", "D", "E")]
    promise(WritingSubject(open=opened, sendings=sendings, keys=sun.keys))


def test_what_was_written_is_read_as_the_same_customer_fields(sun: Sun) -> None:
    rows = load_rows(MAPPING, "mapping.toml")
    mapping = FieldMapping(rows=rows, lookups={"currencies": {"GBP": "GBP"}})
    values = {
        "ActualAccount": "11000",
        "ShortHeading": "SHORT",
        "EMailAddress": "a@example.com",
        "DefaultCurrencyCode": "GBP",
        "Accounts.CreditLimit": "5000",
        "Analysis3.VCustCatAnalysis_AnlCode": "NORTH",
        "Comment": "two\nlines <&>",
    }
    with source(sun) as made:
        list(made.write([create("64000", **values)]))
        told = normalize(native(made, "64000"), mapping)
    assert told.messages == ()
    assert told.fields == {
        "code": "64000",
        "name": "Customer 64000",
        "account_code": "11000",
        "short_name": "SHORT",
        "email": "a@example.com",
        "currency": "GBP",
        "currency_iso": "GBP",
        "credit_limit": "5000",
        "analysis_3": "NORTH",
        "comment": "two\nlines <&>",
    }
    assert {row.field for row in rows} <= set(CUSTOMER)


def test_a_mapping_with_an_unknown_field_is_refused_with_the_nearest(sun: Sun) -> None:
    with pytest.raises(ConfigError, match="'Nmae'; did you mean 'Name'"), source(sun, ("Nmae",)):
        pass


def test_without_a_business_unit_nothing_is_read(sun: Sun) -> None:
    with source(sun, business_unit="") as made, pytest.raises(NotPermitted, match="unit"):
        everything(made)


def test_the_business_unit_may_have_another_code_than_the_hubs(sun: Sun) -> None:
    with source(sun, business_unit="MAIN", unit="FIN") as made:
        list(made.write([create("A")]))
    assert sun.office.stored("A", unit="FIN")["Name"] == "Customer A"
    assert sun.keys() == []


def test_abilities_and_keys(sun: Sun) -> None:
    fill(sun, "b", "A")
    with source(sun) as made:
        assert isinstance(made, Fits)
        assert isinstance(made, ListsKeys)
        assert sorted(made.all_keys()) == ["A", "b"]
        assert made.fold(" ab1 ") == made.fold("AB1")


def test_what_this_sunsystems_lacks_is_neither_read_nor_written(sun: Sun) -> None:
    without = ("Accounts", "Comment", "DeliveryToAddress.Description")
    sun.trouble("fault", holding="<Accounts>", times=0)
    with source(sun, tuple(HOLDS), without=without) as made:
        assert {"Comment", "Accounts.CreditLimit"}.isdisjoint(made.holds)
        desired = {
            "CustomerCode": "A",
            "DeliveryToAddress": '[{"DeliveryAddressCode":"D1","Description":"x"}]',
        }
        fit = made.fit(Action.CREATE, desired, {})
        assert fit.native["DeliveryToAddress"] == '[{"DeliveryAddressCode":"D1"}]'
        list(made.write([create("A", **fit.native)]))
        held = native(made, "A")
        assert held["DeliveryToAddress"] == fit.native["DeliveryToAddress"]
        assert "Comment" not in held
    with (
        pytest.raises(ConfigError, match="no 'Acounts' that could be lacking"),
        source(sun, without=["Acounts"]),
    ):
        pass
