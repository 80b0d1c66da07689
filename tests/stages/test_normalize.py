from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customary.mapping.spec import FieldMapping, Row, Transform
from customary.model.outcome import Level
from customary.stages.normalize import native_hash, normalize
from tests.support.values import mappings, xml_texts

CODE = Row(field="code", native="Customer", required=True)
NAME = Row(field="name", native="Name", length=5)
LIMIT = Row(field="credit_limit", native="CreditLimit", transform=Transform.DECIMAL, least=0, length=3)
TAX = Row(field="tax_status", native="TaxStatus", domain=("E", "N"))
HOLD = Row(field="on_hold", native="OnHold", transform=Transform.FLAG)
CURRENCY = Row(field="currency", native="Currency")
ISO = Row(field="currency_iso", native="Currency", lookup="currencies")
MAPPING = FieldMapping(
    rows=(CODE, NAME, LIMIT, TAX, HOLD, CURRENCY, ISO), lookups={"currencies": {"$": "USD", "": "GBP"}}
)

NATIVES = ("Customer", "Name", "TaxStatus", "Currency", "Unmapped")
natives = st.fixed_dictionaries({}, optional=dict.fromkeys(NATIVES, xml_texts))
mapped = ("Customer", "Name", "TaxStatus")


@given(mappings, st.data())
def test_a_field_is_never_invented_absent_stays_absent_and_blank_stays_blank(
    mapping: FieldMapping, data: st.DataObject
) -> None:
    optional = {row.native: st.sampled_from(["", "N", "Y", "1.50"]) for row in mapping.rows}
    native = data.draw(st.fixed_dictionaries({}, optional=optional))
    fields = normalize(native, mapping).fields
    for row in mapping.rows:
        text = native.get(row.native)
        if text is None:
            assert row.field not in fields
        elif text == "":
            assert fields[row.field] == (False if row.transform is Transform.FLAG else "")
    assert fields.keys() <= {row.field for row in mapping.rows if row.native in native}


@given(natives)
def test_a_text_without_a_rule_is_kept_to_the_letter(native: dict[str, str]) -> None:
    mapping = FieldMapping(rows=(Row(field="name", native="Name"), Row(field="comment", native="Unmapped")))
    found = normalize(native, mapping)
    assert found.messages == ()
    assert found.fields.get("name") == native.get("Name")
    assert found.fields.get("comment") == native.get("Unmapped")


def test_every_reason_against_a_record_is_listed_not_the_first() -> None:
    found = normalize({"Name": "A", "CreditLimit": "-1", "TaxStatus": "X", "OnHold": "?"}, MAPPING)
    assert found.rejected
    assert [(note.level, note.field, note.text) for note in found.messages] == [
        (Level.ERROR, "code", "Customer is missing in the source"),
        (Level.ERROR, "credit_limit", "CreditLimit -1 is less than 0"),
        (Level.ERROR, "tax_status", "TaxStatus 'X' is not one of E, N"),
        (Level.ERROR, "on_hold", "OnHold '?' is neither Y nor N, neither true nor false"),
    ]


def test_a_required_field_that_is_blank_is_missing() -> None:
    assert normalize({"Customer": ""}, MAPPING).rejected
    assert not normalize({"Customer": "0"}, MAPPING).rejected


def test_a_value_past_the_sources_own_length_is_a_warning_and_kept_whole() -> None:
    found = normalize({"Customer": "1", "Name": "sixsix", "CreditLimit": "1234.5"}, MAPPING)
    assert not found.rejected
    assert found.fields["name"] == "sixsix"
    assert found.fields["credit_limit"] == "1234.5"
    assert [(note.level, note.text) for note in found.messages] == [
        (Level.WARNING, "Name has 6 characters; its system publishes 5 as the most"),
        (Level.WARNING, "CreditLimit has 4 digits; its system publishes 3 as the most"),
    ]


def test_a_value_of_exactly_the_published_length_is_no_warning() -> None:
    found = normalize({"Customer": "1", "Name": "fives", "CreditLimit": "-0.25"}, MAPPING)
    assert [note.level for note in found.messages] == [Level.ERROR]  # it is less than 0, and not too long
    assert normalize({"Customer": "1", "Name": "fives", "CreditLimit": "999.25"}, MAPPING).messages == ()


def test_a_look_up_gives_its_value_also_for_blank_and_an_unknown_code_makes_the_field_blank() -> None:
    for native, expected in (("$", "USD"), ("", "GBP"), ("?", "")):
        found = normalize({"Customer": "1", "Currency": native}, MAPPING)
        assert found.fields["currency"] == native
        assert found.fields["currency_iso"] == expected
        assert not found.rejected


def test_a_look_up_table_that_does_not_exist_knows_no_code() -> None:
    found = normalize({"Currency": "$"}, FieldMapping(rows=(ISO,)))
    assert (dict(found.fields), found.rejected) == ({"currency_iso": ""}, False)


def test_what_is_looked_up_stays_absent_where_its_code_is() -> None:
    assert "currency_iso" not in normalize({"Customer": "1"}, MAPPING).fields


@given(natives, natives)
def test_the_hash_is_equal_exactly_where_the_mapped_fields_are(
    one: dict[str, str], other: dict[str, str]
) -> None:
    def seen(native: dict[str, str]) -> list[str | None]:
        return [native.get(name) for name in mapped]

    assert (native_hash(one, mapped) == native_hash(other, mapped)) == (seen(one) == seen(other))


@given(natives, st.sampled_from(mapped), xml_texts)
def test_one_field_that_moves_comes_or_goes_changes_the_hash(
    native: dict[str, str], name: str, text: str
) -> None:
    before = native_hash(native, mapped)
    without = {key: value for key, value in native.items() if key != name}
    assert (native_hash({**native, name: text}, mapped) == before) == (native.get(name) == text)
    assert (native_hash(without, mapped) == before) == (name not in native)


@given(natives, xml_texts)
def test_a_field_that_is_not_mapped_does_not_change_the_hash(native: dict[str, str], text: str) -> None:
    assert native_hash({**native, "Unmapped": text}, mapped) == native_hash(native, mapped)


def test_absent_is_not_blank_and_texts_do_not_run_into_each_other() -> None:
    told: list[dict[str, str]] = [
        {},
        {"a": ""},
        {"b": ""},
        {"a": "", "b": ""},
        {"a": "xy"},
        {"a": "x", "b": "y"},
    ]
    assert len({native_hash(native, ("a", "b")) for native in told}) == len(told)
