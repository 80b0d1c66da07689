from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from customary.connectors.contract import Fit
from customary.connectors.sage200.codec import NATIVES
from customary.connectors.sage200.connector import Sage200Source
from customary.connectors.sage200.fields import COLUMNS, HOLDS
from customary.model.change import Action
from customary.model.fields import Kind
from customary.model.outcome import Level
from customary.model.source import Native
from customary.protocols.zynk_fields import FIELDS as ZYNK_FIELDS
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.connectors.sage200.rig import EVERYTHING_WRITABLE, calls, source
from tests.support.pages import everything, records

TELEPHONE = {
    "telephone_country_code": "+44",
    "telephone_area_code": "191",
    "telephone_subscriber_number": "303 7279",
}
SAGE = {"reference": "ZYNK001", "id": "27006", "name": "Zynk", **TELEPHONE}


@pytest.fixture(scope="module")
def site() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=250) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def made(site: Sage200Sandbox) -> Iterator[Sage200Source]:
    with source(site, fields=EVERYTHING_WRITABLE) as made:
        yield made


def created(made: Sage200Source, **native: str) -> Fit:
    return made.fit(Action.CREATE, {"name": "New Ltd", **native}, {})


def updated(made: Sage200Source, native: Native, **held: str) -> Fit:
    return made.fit(Action.UPDATE, native, {**SAGE, **held})


def errors(fit: Fit) -> list[tuple[str, str]]:
    return [(each.field, each.text) for each in fit.messages if each.level is Level.ERROR]


def test_all_that_can_be_written_can_be_read_and_has_the_length_of_the_page() -> None:
    assert HOLDS.keys() <= set(NATIVES)
    lengths = {
        name: field.length
        for name, field in ZYNK_FIELDS.items()
        if name in HOLDS and field.length and name in COLUMNS
    }
    assert {name: HOLDS[name].length for name in lengths} == lengths | {
        "account_type": 30,
        "payment_terms_basis": 30,
    }
    read_only = {"id", "balance", "date_time_updated", "contact.default_email", "main_address.customer_id"}
    assert read_only & set(HOLDS) == set()
    assert (HOLDS["on_hold"].kind, HOLDS["credit_limit"].decimals) == (Kind.FLAG, 2)


def test_what_sage_holds_already_fits_as_it_is(site: Sage200Sandbox, made: Sage200Source) -> None:
    """Fitting what was read changes nothing, so that there is no eternal difference."""
    for record in records(everything(made)):
        if record.native["on_hold"] == "true":
            continue
        wanted = {name: text for name, text in record.native.items() if name in HOLDS}
        fit = made.fit(Action.UPDATE, wanted, record.native)
        assert errors(fit) == []
        assert {name: text for name, text in fit.native.items() if record.native.get(name) != text} == {}


@pytest.mark.parametrize(
    ("given", "fitting"),
    [
        ({"currency.code": "gbp"}, {"currency.code": "GBP"}),
        ({"currency_id": "1"}, {"currency_id": "1"}),
        ({"currency_id": "1", "currency.code": "GBP"}, {"currency.code": "GBP"}),
        ({"country_code.code": "GB"}, {"country_code.code": "GB"}),
        ({"default_tax_code.code": "1"}, {"default_tax_code.code": "1"}),
        ({"main_address.address_country_code.code": "de"}, {"main_address.address_country_code.code": "DE"}),
        ({"contact.salutation.code": "mr."}, {"contact.salutation.code": "Mr."}),
    ],
)
def test_codes_are_looked_up_in_any_case(made: Sage200Source, given: Native, fitting: Native) -> None:
    fit = created(made, **given)
    assert (fit.native, fit.messages) == ({"name": "New Ltd", **fitting}, ())


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"currency.code": "GPB"}, "currency.code", "Sage has no 'GPB' in currencies; nearest: GBP"),
        ({"default_tax_code.code": "9"}, "default_tax_code.code", "Sage has no '9' in tax_codes"),
        ({"contact.salutation.code": "Mister"}, "contact.salutation.code", "nearest: Mis"),
        ({"country_code_id": "999"}, "country_code_id", "Sage has no id 999 in country_codes"),
        (
            {"currency_id": "2", "currency.code": "GBP"},
            "currency.code",
            "currency_id 2 is 'EUR' in Sage, and the code given is 'GBP'",
        ),
    ],
)
def test_what_cannot_be_looked_up_rejects_with_what_there_is(
    made: Sage200Source, given: Native, field: str, told: str
) -> None:
    ((at, text),) = errors(created(made, **given))
    assert at == field
    assert text.startswith(told) or told in text


@pytest.mark.parametrize(
    ("prefer", "currency"), [("id", {"currency.code": "EUR"}), ("code", {"currency.code": "GBP"})]
)
def test_a_setting_says_which_is_taken_of_an_id_and_a_code(
    site: Sage200Sandbox, prefer: str, currency: Native
) -> None:
    with source(site, prefer=prefer) as made:
        fit = created(made, **{"currency_id": "2", "currency.code": "GBP"})
    assert fit.native == {"name": "New Ltd", **currency}
    assert [each.level for each in fit.messages] == [Level.WARNING]


def test_tables_of_codes_are_read_once_for_any_number_of_customers(site: Sage200Sandbox) -> None:
    before = calls(site, "GET currencies")
    with source(site) as made:
        for _ in range(5):
            created(made, **{"currency.code": "GBP"})
    assert calls(site, "GET currencies") == before + 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("account_status_type", "AccountStatusClosed", "AccountStatusActive, AccountStatusHidden"),
        ("exchange_rate_type", "Daily", "ExchangeRateSingle, ExchangeRatePeriod, ExchangeRateBoth"),
        ("duns_code", "12345678", "9 digits"),
        ("duns_code", "12345678X", "9 digits"),
        ("order_priority", "1", "A to Z"),
        ("credit_limit", "1.005", "more than 2 decimals"),
        ("payment_terms_days", "40000", "past what Sage holds"),
        ("payment_terms_days", "1.5", "not a whole number"),
        ("price_band_id", "x", "not a number"),
        ("spare_date_1", "yesterday", "not a date"),
        ("reference", "A-1", "letters and digits only"),
        ("name", "", "needs a name"),
    ],
)
def test_a_value_that_sage_does_not_take_rejects(
    made: Sage200Source, name: str, text: str, told: str
) -> None:
    ((field, said),) = errors(created(made, **{name: text}))
    assert field == name
    assert told in said


def test_values_are_spelled_as_sage_spells_them(made: Sage200Source) -> None:
    given = {
        "account_status_type": "accountstatushidden",
        "credit_limit": "10000",
        "payment_terms_days": "014",
        "spare_date_1": "2016-06-06T10:37:40.860Z",
    }
    assert created(made, **given).native == {
        "name": "New Ltd",
        "account_status_type": "AccountStatusHidden",
        "credit_limit": "10000.00",
        "payment_terms_days": "14",
        "spare_date_1": "2016-06-06T10:37:40.86",
    }


def test_the_same_value_in_another_spelling_is_no_change(made: Sage200Source) -> None:
    held = {"credit_limit": "10000.0", "spare_date_1": "2016-06-06T10:37:40.8600000", "price_band_id": "7"}
    given = {"credit_limit": "10000", "spare_date_1": "2016-06-06T10:37:40.86", "price_band_id": "07"}
    assert updated(made, given, **held).native == held


def test_a_blank_clears_a_text_and_leaves_what_cannot_be_null(made: Sage200Source) -> None:
    given = dict.fromkeys(("website", "credit_limit", "currency_id", "exchange_rate_type", "short_name"), "")
    held = {"website": "https://example.com", "credit_limit": "1.00", "currency_id": "1"}
    fit = updated(made, given, **held)
    assert fit.native == {"website": ""}
    assert [(each.field, each.level) for each in fit.messages] == [
        ("currency_id", Level.INFORMATION),
        ("credit_limit", Level.INFORMATION),
    ]


def test_a_name_cannot_be_cleared(made: Sage200Source) -> None:
    assert errors(updated(made, {"name": ""}))[0][0] == "name"


def test_a_reference_never_changes(made: Sage200Source) -> None:
    assert updated(made, {"reference": "zynk001", "website": "w"}).native == {"website": "w"}
    ((field, text),) = errors(updated(made, {"reference": "OTHER"}))
    assert (field, text) == ("reference", "the reference is ZYNK001 in Sage, and cannot be changed to OTHER")


def test_a_customer_on_hold_is_left_as_it_is_or_released(made: Sage200Source, site: Sage200Sandbox) -> None:
    ((field, text),) = errors(updated(made, {"website": "w", "name": "Zynk"}, on_hold="true"))
    assert field == "on_hold"
    assert "website be changed" in text
    assert errors(updated(made, {"name": "Zynk", "on_hold": "true"}, on_hold="true")) == []
    assert errors(updated(made, {"website": "w", "on_hold": "false"}, on_hold="true")) == []
    with source(site, on_hold_locked=False) as unlocked:
        assert errors(updated(unlocked, {"website": "w"}, on_hold="true")) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"telephone": "+44 191 303 7279"}, {}),
        (
            {"telephone": "0191 1"},
            {
                "telephone_country_code": "",
                "telephone_area_code": "",
                "telephone_subscriber_number": "0191 1",
            },
        ),
        (
            {"telephone": "+44 191 5", "telephone_subscriber_number": "5"},
            {"telephone_subscriber_number": "5"},
        ),
        ({"telephone.dialling_code": "44"}, {"telephone_country_code": "+44"}),
        ({"telephone.dialling_code": "49"}, {"telephone_country_code": "+49"}),
        ({"telephone.dialling_code": ""}, {"telephone_country_code": ""}),
        ({"telephone": ""}, dict.fromkeys(TELEPHONE, "")),
    ],
)
def test_a_number_is_written_by_its_parts(made: Sage200Source, given: Native, expected: Native) -> None:
    assert updated(made, given).native == expected


@pytest.mark.parametrize(
    ("name", "first", "middle", "last"),
    [
        ("Example", "", "", "Example"),
        ("Ann Example", "Ann", "", "Example"),
        ("Ann B van Example", "Ann", "B van", "Example"),
    ],
)
def test_a_contacts_name_is_written_by_its_parts(
    made: Sage200Source, name: str, first: str, middle: str, last: str
) -> None:
    parts = {"contact.first_name": first, "contact.middle_name": middle, "contact.last_name": last}
    filled = {name: text for name, text in parts.items() if text}
    assert created(made, **{"contact.name": name}).native == {"name": "New Ltd", **filled}
    assert updated(made, {"contact.name": name}, **{"contact.name": f"Mr. {name}"}, **parts).native == {}


def test_a_contacts_name_that_is_too_long_for_its_parts_rejects(made: Sage200Source) -> None:
    assert errors(created(made, **{"contact.name": "x" * 61}))[0][0] == "contact.name"


def test_standard_leaves_out_what_only_extra_has_with_a_warning() -> None:
    given = {**TELEPHONE, "analysis_code_6": "x", "analysis_code_5": "y", "associated_head_office_id": ""}
    with Sage200Sandbox(1) as sandbox, source(sandbox, edition="standard") as made:
        fit = created(made, **given)
    assert fit.native == {"name": "New Ltd", "analysis_code_5": "y"}
    ((level, text),) = [(each.level, each.text) for each in fit.messages]
    assert level is Level.WARNING
    assert all(name in text for name in (*TELEPHONE, "analysis_code_6"))


@pytest.mark.parametrize(("edition", "level"), [("standard", Level.ERROR), ("extra", Level.WARNING)])
def test_several_contacts_are_too_many_for_standard(edition: Any, level: Level) -> None:
    with Sage200Sandbox(1) as sandbox, source(sandbox, edition=edition) as made:
        fit = created(made, contacts="2")
        assert created(made, contacts="1").messages == ()
    assert [(each.field, each.level) for each in fit.messages] == [("contacts", level)]
    assert fit.native == {"name": "New Ltd"}
