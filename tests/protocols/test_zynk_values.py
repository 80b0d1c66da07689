from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.zynk_fields import FIELDS
from customary.protocols.zynk_stream import ZynkFormatError
from customary.protocols.zynk_types import CustomerTexts, Field, Type
from customary.protocols.zynk_values import (
    WHOLE_DIGITS,
    Value,
    read_moment,
    read_value,
    texts,
    write_moment,
    write_value,
)
from tests.protocols.zynk_examples import CONTACT_LEAVES, LEAVES

TYPED = sorted({**LEAVES, **{f"contacts.{path}": field for path, field in CONTACT_LEAVES.items()}}.items())
TEXTS = [(path, field) for path, field in TYPED if field.type is Type.STRING and not field.domain]
BITS = {Type.INT16: 16, Type.INT64: 64}
WHOLE = [(path, field) for path, field in TYPED if field.type in BITS]
DECIMALS = [(path, field) for path, field in TYPED if field.type is Type.DECIMAL]


def refusal(field: Field, text: str) -> str:
    with pytest.raises(ValueError, match=r".") as refused:
        read_value(field, text)
    return str(refused.value)


@pytest.mark.parametrize(("path", "field"), TEXTS, ids=[path for path, _ in TEXTS])
def test_a_text_may_have_its_length_and_no_character_more(path: str, field: Field) -> None:
    longest = "é" * field.length
    assert read_value(field, longest) == longest
    assert (
        refusal(field, longest + "x")
        == f"has {field.length + 1} characters; Sage takes at most {field.length}"
    )


@pytest.mark.parametrize(("path", "field"), WHOLE, ids=[path for path, _ in WHOLE])
def test_a_whole_number_may_be_what_its_type_holds_and_no_more(path: str, field: Field) -> None:
    most = 2 ** (BITS[field.type] - 1) - 1
    assert read_value(field, f" {most} ") == most
    assert read_value(field, str(-most - 1)) == -most - 1
    assert "past what" in refusal(field, str(most + 1))
    assert "past what" in refusal(field, str(-most - 2))


@pytest.mark.parametrize("text", ["1.0", "1e3", "0x1", "1_000", "１", "one", "- 1", "1 2", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert "is not a whole number" in refusal(FIELDS["id"], text)


@pytest.mark.parametrize(("path", "field"), DECIMALS, ids=[path for path, _ in DECIMALS])
def test_a_decimal_may_have_its_decimals_and_none_more(path: str, field: Field) -> None:
    fraction = "1" * field.decimals
    assert str(read_value(field, f"-7.{fraction}")) == f"-7.{fraction}"
    assert str(read_value(field, "7")) == f"7.{'0' * field.decimals}"
    assert read_value(field, f"7.{fraction}000") == Decimal(f"7.{fraction}")
    assert refusal(field, f"7.{fraction}1") == (
        f"has {field.decimals + 1} decimals; Sage takes at most {field.decimals}"
    )
    assert read_value(field, "9" * WHOLE_DIGITS) == Decimal("9" * WHOLE_DIGITS)
    assert "digits before the point" in refusal(field, "1" + "0" * WHOLE_DIGITS)


@pytest.mark.parametrize(
    "text", ["1,000.00", "1.000,00", "1E3", "NaN", "Infinity", "£5", "0x10", ".", "1_0", "٣"]
)
def test_what_is_no_decimal_is_refused(text: str) -> None:
    assert "is not a number" in refusal(FIELDS["credit_limit"], text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("false", False), (" True\n", True), ("FALSE", False), ("1", True), ("0", False)],
)
def test_a_boolean_may_be_written_as_dotnet_and_xml_do(text: str, value: bool) -> None:
    assert read_value(FIELDS["on_hold"], text) is value


@pytest.mark.parametrize("text", ["yes", "2", "on", "t", "falsch"])
def test_what_is_no_boolean_is_refused(text: str) -> None:
    assert "neither true nor false" in refusal(FIELDS["on_hold"], text)


@pytest.mark.parametrize("path", ["account_status_type", "exchange_rate_type"])
def test_a_value_of_a_domain_is_taken_in_any_case_and_another_is_refused_with_the_list(path: str) -> None:
    field = FIELDS[path]
    for value in field.domain:
        assert read_value(field, f" {value.lower()}\n") == value
    assert refusal(field, "Active") == f"'Active' is not one of {', '.join(field.domain)}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # SOURCE: facts/sage200.md, section 8: 0 to 7 digits of a second, no zone, UTC
        ("2016-07-08T09:28:40.9", datetime(2016, 7, 8, 9, 28, 40, 900_000, UTC)),
        ("2016-07-08T09:28:40", datetime(2016, 7, 8, 9, 28, 40, 0, UTC)),
        ("2016-07-08T09:28:40.1234567", datetime(2016, 7, 8, 9, 28, 40, 123_456, UTC)),
        ("2016-07-08T09:28:40.9Z", datetime(2016, 7, 8, 9, 28, 40, 900_000, UTC)),
        ("2016-07-08T11:28:40+02:00", datetime(2016, 7, 8, 9, 28, 40, 0, UTC)),
        ("2016-07-08", datetime(2016, 7, 8, 0, 0, 0, 0, UTC)),
    ],
)
def test_a_time_is_read_as_utc(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment
    assert read_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "08/07/2016",
        "2016-07-08T25:00:00",
        "2016-02-30",
        "2016-07-08T09:28",
        "2016-07-08T09:28:40.12345678",
        "0001-01-01T00:00:00+14:00",
        "２０16-07-08",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|is no day"):
        read_moment(text)


@given(
    st.datetimes(timezones=st.just(UTC) | st.integers(-12, 12).map(lambda h: timezone(timedelta(hours=h))))
)
def test_a_time_is_read_as_it_was_written(moment: datetime) -> None:
    try:
        written = write_moment(moment)
    except OverflowError:
        return
    assert read_moment(written) == moment
    assert "Z" not in written
    assert "+" not in written


def value_of(field: Field) -> st.SearchStrategy[Value]:
    match field.type:
        case Type.STRING if field.domain:
            return st.sampled_from(field.domain)
        case Type.STRING:
            return st.text(min_size=1, max_size=field.length)
        case Type.BOOLEAN:
            return st.booleans()
        case Type.DECIMAL:
            return st.decimals(-(10**WHOLE_DIGITS) + 1, 10**WHOLE_DIGITS - 1, places=field.decimals)
        case Type.DATE_TIME:
            return st.datetimes(timezones=st.just(UTC))
        case _:
            limit = 2 ** (BITS[field.type] - 1)
            return st.integers(-limit, limit - 1)


@given(st.sampled_from(TYPED).flatmap(lambda item: st.tuples(st.just(item[1]), value_of(item[1]))))
def test_a_value_is_read_as_it_was_written(given: tuple[Field, Value]) -> None:
    field, value = given
    assert read_value(field, write_value(field, value)) == value


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("balance", 1000, "1000.00"),
        ("balance", 0.1 + 0.2, "0.30"),
        ("balance", Decimal("-0.005"), "-0.01"),
        ("currency.core_currency_rate", 0.86, "0.860000"),
        ("default_tax_code.tax_rate", "20", "20.00"),
        ("default_tax_code.code", 1, "1"),
        ("on_hold", False, "false"),
        ("on_hold", "True", "true"),
        ("id", 27, "27"),
        ("name", "", ""),
        ("date_time_updated", "2016-06-06T10:37:40.1234567", "2016-06-06T10:37:40.1234567"),
        ("date_time_updated", "2016-06-06T10:37:40.86Z", "2016-06-06T10:37:40.86"),
        ("date_time_updated", "2016-06-06T12:37:40.860+02:00", "2016-06-06T10:37:40.86"),
        ("date_time_updated", datetime(2016, 6, 6, 10, 37, 40, 860_000, UTC), "2016-06-06T10:37:40.86"),
    ],
)
def test_a_value_of_the_api_is_written_as_the_page_has_it(path: str, value: object, text: str) -> None:
    assert write_value(FIELDS[path], value) == text


def test_a_customer_of_the_api_is_flattened_to_what_the_format_has() -> None:
    customer: dict[str, Any] = {
        "id": 5,
        "name": "Bayside",
        "short_name": "",
        "website": None,
        "balance": 12.5,
        "on_hold": True,
        "spare_text_1": "not in the format",
        "country_code": {"code": "IE", "tax_mask": {"id": 1}},
        "currency": {"currency_iso_code": {"code": "EUR"}},
        "default_tax_code": None,
        "main_address": {},
        "contacts": [{"first_name": "Ada", "salutation": {"code": "Dr."}, "emails": [{"email": "x"}]}, {}],
    }
    assert texts(customer) == CustomerTexts(
        {
            "id": "5",
            "name": "Bayside",
            "short_name": "",
            "balance": "12.50",
            "on_hold": "true",
            "country_code.code": "IE",
            "currency.currency_iso_code.code": "EUR",
            "main_address": "",
        },
        ({"first_name": "Ada", "salutation.code": "Dr."}, {}),
    )
    assert texts({"contacts": []}) == CustomerTexts({"contacts": ""})
    assert texts({"contacts": None}) == CustomerTexts({})


@pytest.mark.parametrize(
    ("customer", "told"),
    [
        ({"balance": "secret"}, "balance is no decimal"),
        ({"balance": "1e999999"}, "balance is no decimal"),
        ({"on_hold": "secret"}, "on_hold is no boolean"),
        ({"date_time_updated": "secret"}, "date_time_updated is no date-time"),
        ({"main_address": "secret"}, "main_address is no object"),
        (
            {"main_address": {"address_country_code": ["secret"]}},
            "main_address.address_country_code is no object",
        ),
        ({"contacts": "secret"}, "contacts is no array of objects"),
        ({"contacts": [{"salutation_id": "secret"}]}, "contacts.salutation_id is no int64"),
        ({"contacts": ["secret"]}, "contacts is no array of objects"),
    ],
)
def test_a_value_of_another_type_is_refused_and_not_quoted(customer: dict[str, Any], told: str) -> None:
    with pytest.raises(ZynkFormatError) as refused:
        texts(customer)
    assert str(refused.value) == told
