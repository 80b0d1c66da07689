from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec
import pytest

from customary.connectors.conformance import SOURCE_PROMISES, Promise, Subject, name_of
from customary.connectors.contract import BrowserLogin, Source
from customary.connectors.sage200.connector import Sage200Source
from customary.errors import ConfigError, NotPermitted
from customary.mapping.load import load_rows
from customary.mapping.spec import FieldMapping
from customary.model.fields import CUSTOMER
from customary.sandboxes.sage200 import Sage200Sandbox, Settings
from customary.sandboxes.sage200.customers import plain
from customary.stages.normalize import normalize
from tests.connectors.sage200.rig import FIELDS, MAPPING, calls, config, logged_in, source
from tests.support.pages import everything, keys, records


@pytest.fixture(params=["extra", "standard", "wrapped"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    shapes: dict[str, Any] = {"wrapped": {"wrapped": True}, "standard": {"edition": "standard"}}
    with Sage200Sandbox(customers=12, settings=Settings(**shapes.get(request.param, {}))) as sandbox:
        lease = logged_in(sandbox)
        customers = sandbox.state.customers

        def opened(page: int, **changes: Any) -> Source:
            return Sage200Source("sage", config(sandbox, page=page, **changes), FIELDS, lease)

        def contents() -> Hashable:
            return msgspec.json.encode([plain(record) for record in customers])

        nowhere = {"url": "http://127.0.0.1:9/api", "identity_url": "http://127.0.0.1:9"}
        yield Subject(
            open=opened,
            keys=tuple(record["reference"] for record in customers),
            unknown=("NOBODY", "00000099"),
            contents=contents,
            sessions=lambda: 0,
            unreachable=lambda: opened(2, **nowhere),
        )


@pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
def test_keeps_the_promises_of_a_source(promise: Promise, subject: Subject) -> None:
    promise(subject)


def test_a_reading_of_everything_costs_a_call_a_page() -> None:
    with Sage200Sandbox(customers=2500) as sandbox, source(sandbox) as made:
        assert len(keys(everything(made))) == 2500
        assert calls(sandbox, "GET customers") == 6
        tables = {
            name: calls(sandbox, f"GET {name}") for name in ("currencies", "country_codes", "tax_codes")
        }
        assert set(tables.values()) == {1}


def test_every_seeded_customer_fits_the_mapping_without_a_word() -> None:
    rows = load_rows(MAPPING, "mapping.toml")
    mapping = FieldMapping(rows=rows, lookups={"currencies": {"EUR": "EUR", "GBP": "GBP"}})
    with Sage200Sandbox(customers=250) as sandbox, source(sandbox) as made:
        told = [normalize(record.native, mapping) for record in records(everything(made))]
        first = next(iter(sandbox.state.customers))
    assert [each.messages for each in told if each.messages] == []
    fields = told[0].fields
    assert set(fields) == {row.field for row in rows} <= set(CUSTOMER)
    assert (fields["code"], fields["name"]) == (first["reference"], first["name"])
    assert (fields["currency"], fields["country"], fields["on_hold"]) == ("EUR", "DE", False)
    assert (fields["contact_name"], fields["email"]) == ("Sören Größer", "customer.1@example.com")
    assert fields["telephone"] == f"{first['telephone_country_code']} {first['telephone_subscriber_number']}"
    assert fields["telephone_country_code"] == "1"


def test_the_reference_and_the_id_are_read_whatever_the_mapping_asks_for(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, fields=("name", "name")) as made:
        assert records(everything(made))[0].native.keys() == {"reference", "id", "name"}


def test_a_mapping_with_an_unknown_field_is_refused_with_the_nearest(sandbox: Sage200Sandbox) -> None:
    with pytest.raises(ConfigError, match="'nmae'; did you mean 'name'"), source(sandbox, fields=("nmae",)):
        pass


def test_without_a_company_nothing_is_read(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, company=0) as made, pytest.raises(NotPermitted, match="customary check"):
        everything(made)


def test_references_compare_without_case(sandbox: Sage200Sandbox) -> None:
    with source(sandbox) as made:
        assert made.fold(" ZYNK001 ") == made.fold("zynk001")
        assert isinstance(made, BrowserLogin)
