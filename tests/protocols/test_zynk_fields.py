from __future__ import annotations

import re

import pytest

from customary.protocols.zynk_fields import CUSTOMER, FIELDS
from customary.protocols.zynk_objects import ALERT, CARD, CONTACT, DELIVERY_ADDRESS, LOOKUPS, MEMO
from customary.protocols.zynk_types import Evidence, Field, Travel, Type
from tests.protocols.zynk_examples import FULL

WHOLE = {Type.INT16, Type.INT32, Type.INT64}

# SOURCE: seed 003, the table below each field of the page: "string(60)", "integer(int64)", ...
PAGE = {
    "external_id": 255,
    "reference": 8,
    "name": 60,
    "short_name": 8,
    "account_status_type": 20,
    "exchange_rate_type": 20,
    "telephone_country_code": 5,
    "telephone_area_code": 20,
    "telephone_subscriber_number": 200,
    "fax_country_code": 5,
    "fax_area_code": 20,
    "fax_subscriber_number": 200,
    "website": 200,
    "vat_number": 30,
    "duns_code": 9,
    **{f"analysis_code_{slot}": 60 for slot in range(1, 6)},
    **{f"main_address.address_{line}": 60 for line in range(1, 5)},
    "main_address.city": 60,
    "main_address.county": 60,
    "main_address.postcode": 10,
}
PAGE_TYPES = {
    "id": Type.INT64,
    "on_hold": Type.BOOLEAN,
    "currency_id": Type.INT64,
    "credit_limit": Type.DECIMAL,
    "country_code_id": Type.INT64,
    "default_tax_code_id": Type.INT64,
    "main_address.address_country_code_id": Type.INT64,
    "balance": Type.DECIMAL,
    "date_time_updated": Type.DATE_TIME,
}


@pytest.mark.parametrize(("path", "length"), PAGE.items())
def test_a_text_of_the_page_has_the_page_s_length(path: str, length: int) -> None:
    field = FIELDS[path]
    assert (field.type, field.length, field.evidence) == (Type.STRING, length, Evidence.PAGE)
    assert field.travel is Travel.BOTH


@pytest.mark.parametrize(("path", "type"), PAGE_TYPES.items())
def test_another_field_of_the_page_has_the_page_s_type(path: str, type: Type) -> None:
    assert (FIELDS[path].type, FIELDS[path].evidence) == (type, Evidence.PAGE)


def test_the_fields_of_the_format_are_those_of_the_page_in_the_order_of_its_full_example() -> None:
    names = re.findall(r"^    <(\w+)[ />]", FULL, re.MULTILINE)
    assert [field.name for field in CUSTOMER if field.travel is not Travel.NONE] == names


def test_every_element_of_the_full_example_is_a_field_there() -> None:
    names = {path.rpartition(".")[2] for path, field in FIELDS.items() if field.travel is not Travel.NONE}
    assert set(re.findall(r"<(\w+)", FULL)) - names == {"Customers", "Customer", "contact"}


def test_what_only_a_download_has_is_read_only() -> None:
    assert {
        path for path, field in FIELDS.items() if field.travel is Travel.DOWNLOAD and not field.read_only
    } == set()
    assert FIELDS["balance"].travel is FIELDS["date_time_updated"].travel is Travel.DOWNLOAD


def test_standard_lacks_the_telephone_and_nothing_else() -> None:
    assert sorted(path for path, field in FIELDS.items() if field.extra_only) == [
        "telephone_area_code",
        "telephone_country_code",
        "telephone_subscriber_number",
    ]


def test_the_values_that_the_page_lost_are_here() -> None:
    assert FIELDS["on_hold"].domain == ("true", "false")
    assert FIELDS["account_status_type"].domain == ("AccountStatusActive", "AccountStatusHidden")
    assert FIELDS["exchange_rate_type"].domain == (
        "ExchangeRateSingle",
        "ExchangeRatePeriod",
        "ExchangeRateBoth",
    )


def test_every_value_of_a_domain_fits_its_field_and_a_default_is_one_of_them() -> None:
    domains = {path: field for path, field in FIELDS.items() if field.domain and field.type is Type.STRING}
    assert {path for path, field in domains.items() if max(map(len, field.domain)) > field.length} == set()
    assert {
        path for path, field in domains.items() if field.default and field.default not in field.domain
    } == set()


def test_the_name_and_the_reference_are_required() -> None:
    assert [field.name for field in CUSTOMER if field.required] == ["reference", "name"]


def everything() -> list[tuple[str, Field]]:
    others = (MEMO, ALERT, CARD, DELIVERY_ADDRESS, CONTACT)
    return [*FIELDS.items(), *(found for thing in others for found in thing.walk())]


def test_a_field_has_what_its_type_needs() -> None:
    for path, field in everything():
        assert (field.length > 0) is (field.type is Type.STRING), path
        assert (field.decimals > 0) is (field.type is Type.DECIMAL), path
        assert not field.fields or field.type in (Type.OBJECT, Type.ARRAY), path


def test_no_field_is_there_twice() -> None:
    for thing in (CUSTOMER, *(field.fields for _, field in everything() if field.fields)):
        names = [field.name for field in thing]
        assert len(names) == len(set(names))


def test_the_api_has_what_the_format_has_not() -> None:
    # SOURCE: facts/sage200.md, section 14
    assert FIELDS["analysis_code_20"].professional_only
    assert FIELDS["spare_number_10"].decimals == 5
    assert FIELDS["order_priority"].domain[:2] == ("A", "B")
    assert FIELDS["payment_terms_days"].type is Type.INT16
    assert {FIELDS[name].travel for name in ("analysis_code_6", "spare_text_1", "memos")} == {Travel.NONE}


def test_a_look_up_names_an_id_and_a_code_of_the_format() -> None:
    for lookup in LOOKUPS:
        assert FIELDS[lookup.id_field].type is Type.INT64
        assert FIELDS[lookup.code_field].travel is Travel.BOTH
        assert lookup.code_field.startswith(f"{lookup.thing}.")
    assert {FIELDS[lookup.code_field].type for lookup in LOOKUPS} <= {Type.STRING, Type.INT16}
