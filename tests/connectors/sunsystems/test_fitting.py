from __future__ import annotations

from typing import Any

import pytest

from customary.connectors.contract import Fit
from customary.connectors.sunsystems.fitting import fit
from customary.model.change import Action
from customary.model.outcome import Level
from customary.model.source import Native
from tests.connectors.sunsystems.rig import config


def fitted(native: Native, held: Native | None = None, **changes: Any) -> Fit:
    action = Action.CREATE if held is None else Action.UPDATE
    named = {"CustomerCode": "A", **native} if held is None else native
    return fit(action, named, held or {}, config("http://localhost", **changes))


def errors(told: Fit) -> list[str]:
    return [message.text for message in told.messages if message.level is Level.ERROR]


def warnings(told: Fit) -> list[str]:
    return [message.text for message in told.messages if message.level is Level.WARNING]


def test_values_take_the_form_that_both_drivers_take() -> None:
    told = fitted(
        {
            "Status": "Suspended",
            "CustomerMiscDate1": "31/12/2026",
            "WarningLimit": "1000.50",
            "CreditBlock": "yes",
            "Name": "Müller  ",
            "ToleranceDaysToApply": "07",
            "Comment": "",
        }
    )
    assert told.messages == ()
    assert told.native == {
        "CustomerCode": "A",
        "Status": "2",
        "CustomerMiscDate1": "31122026",
        "WarningLimit": "1000.5",
        "CreditBlock": "1",
        "Name": "Müller",
        "ToleranceDaysToApply": "7",
        "Comment": "",
    }


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("CustomerMiscDate1", "2026-12-31", "must be a date as ddmmyyyy"),
        ("CreditBlock", "maybe", "must be one of the codes 0=No; 1=Yes"),
        ("WarningLimit", "1.000001", "more than 5 digits behind the point"),
        ("WarningLimit", "12345678901234", "more than 13 digits"),
        ("ToleranceDaysToApply", "40000", "at most 32767"),
        ("Name", "x" * 51, "has 51 characters; SunSystems holds 50"),
        ("Comment", "\x01", "U+0001"),
        ("Tax", '[{"TaxIdentificationCode":"GB1"}]', "Tax needs a SequenceNumber"),
        ("Tax", "GB1", "is no JSON list"),
        ("Tax", '[{"SequenceNumber":"1","Wrong":"x"}]', "has no element Wrong"),
        ("Tax", '[{"SequenceNumber":"1"},{"SequenceNumber":"01"}]', "has 1 twice"),
        ("DocumentFormat", '[{"SalesStage":"1","SalesDefinitionCode":"S"}]', "needs a DocumentFormatCode"),
    ],
)
def test_a_value_that_would_be_refused_rejects_the_customer(name: str, text: str, said: str) -> None:
    (problem,) = errors(fitted({name: text}))
    assert said in problem


def test_every_problem_is_told_at_once() -> None:
    assert len(errors(fitted({"CreditBlock": "x", "WarningLimit": "y", "CustomerCode": ""}))) == 3


@pytest.mark.parametrize(
    ("native", "held", "problems"),
    [
        ({}, None, 1),
        ({"ActualAccount": "11000"}, None, 0),
        ({"InvoicingCustomerCode": "B"}, None, 0),
        ({"ActualAccount": "11000", "InvoicingCustomerCode": "B"}, None, 1),
        ({"InvoicingCustomerCode": "B"}, {"ActualAccount": "11000"}, 1),
        ({"InvoicingCustomerCode": "B", "ActualAccount": ""}, {"ActualAccount": "11000"}, 0),
        ({"ActualAccount": ""}, {"ActualAccount": "11000"}, 1),
        ({"Name": "N"}, {"Name": "O"}, 0),
    ],
)
def test_a_customer_has_an_account_or_is_invoiced_to_another(
    native: Native, held: Native | None, problems: int
) -> None:
    told = fitted(native, held, require_account=True)
    assert len(errors(told)) == problems


def test_without_an_account_what_belongs_to_it_is_left_out_and_told() -> None:
    told = fitted({"Accounts.CreditLimit": "500", "InvoicingCustomerCode": "B"})
    assert "Accounts.CreditLimit" not in told.native
    assert ["Accounts.CreditLimit belongs to the account" in text for text in warnings(told)] == [True]


def test_an_analysis_code_cannot_be_cleared() -> None:
    name = "Analysis2.VCustCatAnalysis_AnlCode"
    told = fitted({name: ""}, {name: "NORTH"})
    assert (dict(told.native), len(warnings(told))) == ({}, 1)
    assert fitted({name: ""}, {name: ""}).messages == ()
    assert fitted({name: "SOUTH"}, {name: "NORTH"}).native == {name: "SOUTH"}


def test_children_that_no_method_deletes_stay_and_are_told() -> None:
    held = '[{"SequenceNumber":"1","TaxIdentificationCode":"GB1"},{"SequenceNumber":"2"}]'
    told = fitted({"Tax": '[{"SequenceNumber":"3"}]'}, {"Tax": held})
    assert told.native["Tax"] == (
        '[{"SequenceNumber":"1","TaxIdentificationCode":"GB1"},{"SequenceNumber":"2"},{"SequenceNumber":"3"}]'
    )
    assert warnings(told) == ["SunSystems Connect cannot delete Tax: 2 of them stay"]


def test_of_a_standard_text_only_the_keys_count() -> None:
    whole = (
        '[{"Paragraph1":"Hello","StandardTextCode":"DELIV","StandardTextClassCode":"STD","LanguageCode":"1"}]'
    )
    told = fitted({"StandardText": whole})
    assert told.native["StandardText"] == (
        '[{"LanguageCode":"1","StandardTextClassCode":"STD","StandardTextCode":"DELIV"}]'
    )


def test_a_financials_only_unit_is_not_sent_what_it_does_not_apply() -> None:
    told = fitted({"DefaultCarrier": "DHL", "Name": "N"}, {}, financials_only=True)
    assert told.native == {"Name": "N"}
    assert len(warnings(told)) == 1


def test_a_status_goes_over_and_is_never_cleared() -> None:
    assert fitted({"Status": "Suspended"}, {"Status": "3"}).native == {"Status": "2"}
    assert fitted({"Status": ""}, {"Status": "0"}).native == {}


def test_only_a_new_customer_can_be_a_draft() -> None:
    assert fitted({"Status": "Draft"}).native["Status"] == "4"
    told = fitted({"Status": "4", "Name": "N"}, {"Status": "0"})
    assert told.native == {"Name": "N"}
    assert warnings(told) == ["no method makes an existing customer a draft: Status stays Open"]
    assert fitted({"Status": "4"}, {"Status": "4"}).messages == ()


def test_fitting_again_changes_nothing() -> None:
    first = fitted({"CustomerMiscDate1": "01/02/2026", "Status": "open", "WarningLimit": "1.0"})
    assert fitted(first.native).native == first.native
