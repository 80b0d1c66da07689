from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.connectors.sage200.codec import (
    MADE,
    WrongShape,
    decode,
    decode_list,
    default_contact,
    expansion,
    flat,
    identified,
    said,
    text,
    unknown,
)


@pytest.mark.parametrize("body", [b'[{"id": 1}]', b'{"value": [{"id": 1}], "@odata.count": 1}'])
def test_lists_come_bare_or_wrapped(body: bytes) -> None:
    assert decode_list(body) == [{"id": 1}]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"id": 1}', b"null", b'[{"id": 1}'])
def test_anything_else_is_no_list(body: bytes) -> None:
    with pytest.raises(WrongShape):
        decode_list(body)


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": "1"}, {"id": True}])
def test_a_record_needs_an_id(row: dict[str, Any]) -> None:
    with pytest.raises(WrongShape):
        identified(row)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_a_number_is_written_exactly_as_sage_sent_it(number: Decimal) -> None:
    assert text(decode(format(number, "f").encode())) in (
        format(number, "f"),
        format(number, "f").removesuffix(".00"),
    )
    assert Decimal(text(number)) == number


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, ""), (True, "true"), (False, "false"), (7, "7"), (Decimal("1E+3"), "1000"), (" a ", " a ")],
)
def test_a_json_value_has_a_text(value: object, written: str) -> None:
    assert text(value) == written


def test_what_was_not_sent_is_absent_and_null_is_blank() -> None:
    assert flat({"reference": "A", "website": None, "unheard": 1}) == {"reference": "A", "website": ""}


def test_no_contact_is_blank_and_unexpanded_contacts_are_absent() -> None:
    assert flat({"contacts": []})["contact.default_email"] == ""
    assert "contact.default_email" not in flat({"contacts": [{"id": 1, "first_name": "A"}]})
    assert not [name for name in flat({"reference": "A"}) if name.startswith("contact.")]


def test_the_default_contact_is_taken_else_the_oldest() -> None:
    contacts = [{"id": 9, "is_default": False}, {"id": 3, "is_default": False}, {"id": 5, "is_default": True}]
    assert default_contact(contacts)["id"] == 5
    assert default_contact(contacts[:2])["id"] == 3
    assert default_contact([]) == {}


def test_a_telephone_is_joined_from_the_parts_that_there_are() -> None:
    native = {
        "telephone_country_code": "+44",
        "telephone_area_code": "",
        "telephone_subscriber_number": "1 2",
    }
    assert MADE["telephone"](native) == "+44 1 2"
    assert MADE["telephone.dialling_code"](native) == "44"
    assert MADE["fax"](native) is None


def test_only_what_the_mapping_needs_is_expanded() -> None:
    assert expansion(("name", "currency.code")) == ""
    assert expansion(("contact.name",)) == "contacts"
    assert expansion(("main_address.city", "contact.name")) == "contacts,main_address"


def test_unknown_fields_are_told_with_the_nearest() -> None:
    assert unknown(["name", "contact.nam"]) == [
        "Sage 200 has no field 'contact.nam'; did you mean 'contact.name'?"
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"Message": "It is wrong."}', "It is wrong."),
        (b'{"error": "invalid_grant", "error_description": "It is wrong."}', "It is wrong.; invalid_grant"),
        (b'{"error": {"message": "It is wrong."}}', "It is wrong."),
        (b'[{"message": "It is wrong."}]', "It is wrong."),
        (b'{"statusCode": 401, "message": "It is wrong."}', "It is wrong."),
        (b'{"odd": 1}', '{"odd":"1"}'),
        (b"It is\n wrong.", "It is wrong."),
        (b"<html>It is wrong</html>", ""),
        (b"", ""),
        (b"7", ""),
    ],
)
def test_an_error_of_any_shape_has_words(body: bytes, words: str) -> None:
    assert said(body) == words


def test_no_secret_is_quoted_and_long_texts_are_cut() -> None:
    assert said(b'{"message": "token t0ken! is bad"}', ("t0ken!", "")) == "token *** is bad"
    assert len(said(b"x" * 1000)) == 201
