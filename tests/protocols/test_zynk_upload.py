from __future__ import annotations

from decimal import Decimal

import pytest

from customary.protocols.zynk_fields import FIELDS
from customary.protocols.zynk_read import Remark, read_customers
from customary.protocols.zynk_types import Edition, Field, Travel, Type
from customary.protocols.zynk_upload import CustomerUpload, UploadRules, read_upload
from tests.protocols.zynk_examples import FULL, customers

EXTRA = UploadRules()
STANDARD = UploadRules(edition=Edition.STANDARD)
FILLED_ONLY = UploadRules(ignore_empty=True)
IDENTIFIERS = ("id", "external_id", "reference")


def upload(inside: str, rules: UploadRules = EXTRA) -> CustomerUpload:
    (record,) = read_customers([customers(inside)])
    return read_upload(record, rules)


def element(path: str, text: str) -> str:
    """The elements that hold a text at a path."""
    names = path.replace("contacts.", "contacts.contact.").split(".")
    return "".join(f"<{name}>" for name in names) + text + "".join(f"</{name}>" for name in reversed(names))


WRITTEN = [
    (path, field)
    for path, field in FIELDS.items()
    if field.travel is Travel.BOTH
    and not field.fields
    and path not in IDENTIFIERS
    and not path.endswith(".code")
]
TEXTS = [(path, field) for path, field in WRITTEN if field.type is Type.STRING and not field.domain]
OTHERS = [(path, field) for path, field in WRITTEN if field.type is not Type.STRING or field.domain]


def test_the_page_s_full_example_asks_for_all_that_can_be_written() -> None:
    (record,) = read_customers([FULL.encode()])
    asked = read_upload(record, EXTRA)
    assert (asked.id, asked.external_id, asked.reference) == (31415, "shop-77", "BAYS001")
    assert set(asked.fields) == {path for path, _ in WRITTEN}
    assert asked.codes == {
        "country_code_id": "IE",
        "currency_id": "EUR",
        "default_tax_code_id": "4",
        "main_address.address_country_code_id": "IE",
        "contacts.salutation_id": "Dr.",
    }
    assert asked.fields["credit_limit"] == Decimal("25000.00")
    assert (asked.fields["on_hold"], asked.fields["currency_id"]) == (False, 2)
    assert (asked.fields["main_address.address_3"], asked.fields["contacts.first_name"]) == ("", "Ada")
    assert (asked.warnings, asked.reasons) == ((), ())


@pytest.mark.parametrize(("path", "field"), TEXTS, ids=[path for path, _ in TEXTS])
def test_a_text_at_its_limit_is_taken_and_one_past_it_is_a_reason(path: str, field: Field) -> None:
    assert upload(element(path, "ü" * field.length)).fields == {path: "ü" * field.length}
    past = upload(element(path, "ü" * (field.length + 1)))
    assert [reason.field for reason in past.reasons] == [path]
    assert past.fields == {}


@pytest.mark.parametrize(("path", "field"), TEXTS, ids=[path for path, _ in TEXTS])
@pytest.mark.parametrize("empty", ["", "\n  "])
def test_an_empty_text_clears_unless_empty_elements_are_ignored(path: str, field: Field, empty: str) -> None:
    asked = upload(element(path, empty))
    assert asked.fields == ({} if field.required else {path: ""})
    assert [reason.field for reason in asked.reasons] == ([path] if field.required else [])
    ignored = upload(element(path, empty), FILLED_ONLY)
    assert (ignored.fields, ignored.reasons) == ({}, ())


@pytest.mark.parametrize("path", [path for path, _ in OTHERS])
def test_an_empty_number_boolean_id_or_listed_value_says_nothing(path: str) -> None:
    asked = upload(element(path, " "))
    assert (asked.fields, asked.warnings, asked.reasons) == ({}, (), ())


@pytest.mark.parametrize("path", [path for path, _ in OTHERS])
def test_a_wrong_number_boolean_id_or_listed_value_is_a_reason(path: str) -> None:
    asked = upload(element(path, "wrong"))
    assert [reason.field for reason in asked.reasons] == [path]
    assert asked.fields == {}


@pytest.mark.parametrize(
    ("path", "longest", "id_field"),
    [
        ("currency.currency_iso_code.code", "EUR", "currency_id"),
        ("country_code.code", "IE", "country_code_id"),
        ("default_tax_code.code", "32767", "default_tax_code_id"),
        ("main_address.address_country_code.code", "IE", "main_address.address_country_code_id"),
        ("contacts.salutation.code", "x" * 50, "contacts.salutation_id"),
    ],
)
def test_an_id_may_be_given_by_its_code(path: str, longest: str, id_field: str) -> None:
    asked = upload(element(path, f" {longest}\n"))
    assert (asked.codes, asked.fields, asked.warnings, asked.reasons) == ({id_field: longest}, {}, (), ())
    assert [reason.field for reason in upload(element(path, longest + "9")).reasons] == [path]
    nothing = upload(element(path, ""))
    assert (nothing.codes, nothing.warnings, nothing.reasons) == ({}, (), ())


def test_a_tax_code_is_a_number_however_it_is_written() -> None:
    assert upload("<default_tax_code><code>01</code></default_tax_code>").codes == {
        "default_tax_code_id": "1"
    }


def test_an_object_that_has_only_its_id_is_told_and_not_read() -> None:
    inside = (
        "<currency><id>2</id></currency><country_code><id>44</id></country_code>"
        "<country_code_id>44</country_code_id>"
        "<contacts><contact><salutation><id>1</id></salutation></contact></contacts>"
    )
    asked = upload(inside)
    assert asked.fields == {"country_code_id": 44}
    assert [remark.field for remark in asked.warnings] == ["currency", "contacts.salutation"]


def test_missing_elements_ask_for_nothing() -> None:
    assert upload("") == CustomerUpload(fields={}, codes={})


def test_read_only_elements_are_ignored_even_with_nonsense_in_them() -> None:
    inside = (
        "<name>A</name><balance>lots</balance><date_time_updated>today</date_time_updated>"
        "<main_address><id>x</id><customer_id>y</customer_id></main_address>"
        "<contacts><contact><name>A B</name><default_email>z</default_email></contact></contacts>"
    )
    assert upload(inside) == CustomerUpload(fields={"name": "A"}, codes={})


@pytest.mark.parametrize(
    ("inside", "given"),
    [
        ("<id> 5 </id>", (5, "", "")),
        ("<external_id>\n77 </external_id><reference> ABC</reference>", (None, "77", "ABC")),
        ("<id/><external_id> </external_id><reference></reference>", (None, "", "")),
    ],
)
def test_identifiers_are_given_or_not(inside: str, given: tuple[int | None, str, str]) -> None:
    asked = upload(inside)
    assert (asked.id, asked.external_id, asked.reference) == given
    assert (asked.fields, asked.reasons) == ({}, ())


@pytest.mark.parametrize(("name", "length"), [("external_id", 255), ("reference", 8)])
def test_an_identifier_has_a_limit_too(name: str, length: int) -> None:
    asked = upload(f"<{name}>{'x' * length}</{name}>")
    assert "x" * length in (asked.external_id, asked.reference)
    assert [reason.field for reason in upload(f"<{name}>{'x' * (length + 1)}</{name}>").reasons] == [name]


def test_all_reasons_of_a_record_are_told_at_once() -> None:
    asked = upload(
        f"<name>{'x' * 61}</name><id>x</id><on_hold>maybe</on_hold><credit_limit>1.005</credit_limit>"
        "<account_status_type>Open</account_status_type><website>a</website><website>b</website>"
        f"<main_address><postcode>{'1' * 11}</postcode></main_address>"
        f"<contacts><contact><last_name>{'x' * 61}</last_name></contact></contacts>"
    )
    assert sorted(reason.field for reason in asked.reasons) == [
        "account_status_type",
        "contacts.last_name",
        "credit_limit",
        "id",
        "main_address.postcode",
        "name",
        "on_hold",
        "website",
    ]
    assert Remark("name", "has 61 characters; Sage takes at most 60") in asked.reasons


TELEPHONE = (
    "<telephone_country_code>+353</telephone_country_code><telephone_area_code>1</telephone_area_code>"
    "<telephone_subscriber_number/>"
)


def test_what_only_extra_has_is_left_out_for_standard_with_a_warning() -> None:
    asked = upload(TELEPHONE, STANDARD)
    assert asked == CustomerUpload(
        fields={},
        codes={},
        warnings=(
            Remark("telephone_country_code", "only Sage 200 Extra has it; left out"),
            Remark("telephone_area_code", "only Sage 200 Extra has it; left out"),
        ),
    )
    assert len(upload(TELEPHONE, EXTRA).fields) == 3


TWO = (
    "<contacts><contact><first_name>A</first_name></contact>"
    "<contact><first_name>B</first_name><is_default>true</is_default></contact></contacts>"
)


def test_standard_has_one_contact() -> None:
    asked = upload(TWO, STANDARD)
    assert asked.reasons == (Remark("contacts", "2 contacts are given; Sage 200 Standard has one"),)
    assert (
        upload("<contacts><contact><first_name>A</first_name></contact></contacts>", STANDARD).reasons == ()
    )


def test_of_several_contacts_extra_takes_the_default_one() -> None:
    asked = upload(TWO)
    assert asked.fields == {"contacts.first_name": "B"}
    assert [(remark.field, "number 2" in remark.text) for remark in asked.warnings] == [("contacts", True)]
    assert asked.reasons == ()


def test_elements_that_the_format_has_not_are_told() -> None:
    asked = upload("<name>A</name><spare_text_1>x</spare_text_1>")
    assert asked.warnings == (Remark("spare_text_1", "is no element of this format; left out"),)
    assert asked.fields == {"name": "A"}
