from __future__ import annotations

import io

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from customary.connectors.sunsystems import children
from customary.connectors.sunsystems.codec import (
    customer_record,
    deletion_record,
    native_of,
    selection,
    these,
)
from customary.connectors.sunsystems.fields import CHILDREN, FLAT, HOLDS, NATIVES, unknown
from customary.protocols.ssc_filter import read_filter, write_filter
from customary.protocols.ssc_payload import records
from customary.protocols.ssc_record import Record

# SOURCE: facts/sunsystems.md 9, a real minimal Customer/CreateOrAmend, values changed [client code]
MINIMAL = b"""<SSC><User><Name>ABC</Name></User><SunSystemsContext><BusinessUnit>PK1</BusinessUnit>
</SunSystemsContext>
<Payload><Customer><CustomerCode>64000</CustomerCode><ShortHeading>TEST1</ShortHeading><LookupCode>TEST</LookupCode>
<ActualAccount>11000</ActualAccount><Name>TEST1</Name><Status>Open</Status>
<Accounts><LookupCode>TEST</LookupCode><Status>Open</Status></Accounts></Customer></Payload></SSC>"""
# SOURCE: facts/sunsystems.md 9, standard text [documented]
TEXT = b"""<SSC><Payload><Customer><StandardText><StandardTextLang><LanguageCode>1</LanguageCode>
<StandardTextClassCode>STD</StandardTextClassCode><StandardTextCode>DELIV</StandardTextCode></StandardTextLang>
</StandardText></Customer></Payload></SSC>"""


def first(document: bytes) -> Record:
    return next(records(io.BytesIO(document)))


def test_a_real_customer_becomes_flat_text_with_codes_for_names() -> None:
    native = native_of(first(MINIMAL), NATIVES)
    assert {name: text for name, text in native.items() if text} == {
        "CustomerCode": "64000",
        "Name": "TEST1",
        "ActualAccount": "11000",
        "LookupCode": "TEST",
        "ShortHeading": "TEST1",
        "Status": "0",
        "Accounts.LookupCode": "TEST",
        "Accounts.Status": "0",
    }


def test_standard_texts_are_told_by_their_keys() -> None:
    native = native_of(first(TEXT), ["StandardText"])
    text = '[{"LanguageCode":"1","StandardTextClassCode":"STD","StandardTextCode":"DELIV"}]'
    assert native == {"StandardText": text}
    sent = customer_record("A", native, {}, accounts=True)
    assert sent.all("StandardText") == first(TEXT).all("StandardText")


def test_padding_zeros_and_slashes_make_no_difference() -> None:
    told = Record(
        "Customer",
        "",
        (),
        (
            Record("Name", "Anna   "),
            Record("WarningLimit", "100.50000"),
            Record("CustomerMiscDate1", "31/12/2026"),
            Record("CreditBlock", "Yes"),
            Record("PaymentMethod", "odd"),
        ),
    )
    names = ["Name", "WarningLimit", "CustomerMiscDate1", "CreditBlock", "PaymentMethod", "Comment"]
    assert native_of(told, names) == {
        "Name": "Anna",
        "WarningLimit": "100.5",
        "CustomerMiscDate1": "31122026",
        "CreditBlock": "1",
        "PaymentMethod": "odd",
        "Comment": "",
    }


VALUES = {
    name: "1" if FLAT[name][1].codes or FLAT[name][1].type.value in ("integer", "decimal") else "X"
    for name in HOLDS
    if name in FLAT and FLAT[name][1].type.value != "date" and name != "Status"
}


@given(st.sets(st.sampled_from(sorted(VALUES)), min_size=1))
def test_what_is_written_is_what_is_read(names: set[str]) -> None:
    native = {name: VALUES[name] for name in names}
    whole = native_of(customer_record("X", native, {}, accounts=True), NATIVES)
    read = {name: text for name, text in whole.items() if text}
    assert read.items() >= native.items()
    assert read.pop("CustomerCode") == "X"
    assert set(read) <= set(native)


def test_beside_an_element_of_the_account_the_account_is_named() -> None:
    sent = customer_record("A", {"Accounts.CreditLimit": "5"}, {"ActualAccount": "11000"}, accounts=True)
    assert sent.to_xml() == (
        "<Customer><CustomerCode>A</CustomerCode><ActualAccount>11000</ActualAccount>"
        "<Accounts><CreditLimit>5</CreditLimit></Accounts></Customer>"
    )


def test_an_empty_text_is_sent_empty_so_that_it_clears() -> None:
    sent = customer_record("A", {"Comment": ""}, {"Comment": "old"}, accounts=True)
    assert sent.to_xml() == "<Customer><CustomerCode>A</CustomerCode><Comment/></Customer>"


def test_only_children_that_changed_are_sent_and_what_is_gone_of_them_is_sent_empty() -> None:
    held = '[{"LimitDate":"01012030","SequenceNumber":"1"},{"SequenceNumber":"2"}]'
    sent = customer_record(
        "A", {"Tax": '[{"SequenceNumber":"1"},{"SequenceNumber":"2"}]'}, {"Tax": held}, accounts=True
    )
    assert [child.to_xml() for child in sent.all("Tax")] == [
        "<Tax><SequenceNumber>1</SequenceNumber><LimitDate/></Tax>"
    ]


def test_children_that_are_not_desired_are_deleted_by_their_keys() -> None:
    held = {
        "DocumentFormat": '[{"DocumentFormatCode":"F","SalesDefinitionCode":"S","SalesStage":"1"}]',
        "Tax": '[{"SequenceNumber":"1"}]',
    }
    gone = deletion_record("A", {"DocumentFormat": "", "Tax": ""}, held)
    assert gone is not None
    assert gone.to_xml() == (
        "<Customer><CustomerCode>A</CustomerCode><DocumentFormat><SalesStage>1</SalesStage>"
        "<SalesDefinitionCode>S</SalesDefinitionCode></DocumentFormat></Customer>"
    )
    assert deletion_record("A", {"Name": "N"}, held) is None


def test_a_selection_names_each_element_and_the_key() -> None:
    asked = selection(["Name", "Accounts.CreditLimit", "Tax", "Accounts.Analysis1.VAcntCatAnalysis_AnlCode"])
    assert asked.to_record().to_xml() == (
        "<Customer><CustomerCode/><Name/><Accounts><CreditLimit/><Analysis1><VAcntCatAnalysis_AnlCode/>"
        "</Analysis1></Accounts><Tax><SequenceNumber/><TaxIdentificationCode/><LimitDate/></Tax></Customer>"
    )


def test_several_keys_are_asked_for_in_pairs_with_documented_operators_only() -> None:
    filter_ = write_filter(these(["A", "B", "C"]))
    assert filter_.to_xml() == (
        '<Filter><Expr operator="OR"><Expr operator="OR">'
        '<Item name="/Customer/CustomerCode" operator="EQU" value="A"/>'
        '<Item name="/Customer/CustomerCode" operator="EQU" value="B"/></Expr>'
        '<Item name="/Customer/CustomerCode" operator="EQU" value="C"/></Expr></Filter>'
    )
    assert read_filter(filter_) == these(["A", "B", "C"])


codes = st.text("ABCab12 ", min_size=1, max_size=4).filter(str.strip)


@given(st.dictionaries(codes.map(str.strip).map(str.upper), codes.map(str.rstrip)))
def test_the_order_of_children_never_changes_their_text(pairs: dict[str, str]) -> None:
    made = [{"DeliveryAddressCode": key, "Description": text} for key, text in pairs.items()]
    text = children.written("DeliveryToAddress", made)
    assert text == children.written("DeliveryToAddress", reversed(made))
    assert children.written("DeliveryToAddress", children.read(text)) == text
    assert list(children.to_records("DeliveryToAddress", text, text)) == []
    assert list(children.to_delete("DeliveryToAddress", text, text)) == []
    if text:
        assert len(msgspec.json.decode(text)) == len(pairs)


def test_what_can_be_written_is_explained_and_what_the_server_keeps_is_not_in_it() -> None:
    assert set(HOLDS) <= set(NATIVES)
    assert all(field.meaning and field.name == name for name, field in HOLDS.items())
    assert {"UpdateCount", "CreditBlockDate", "Accounts.AccountCode"}.isdisjoint(HOLDS)
    assert set(CHILDREN) <= set(HOLDS)
    assert (HOLDS["Name"].length, HOLDS["WarningLimit"].length, HOLDS["WarningLimit"].decimals) == (50, 13, 5)


def test_a_name_that_there_is_not_is_told_with_the_nearest() -> None:
    assert unknown(["Name", "CustomerItems", "Coment"]) == [
        "a SunSystems customer has no 'CustomerItems'; did you mean 'CustomerCode'?",
        "a SunSystems customer has no 'Coment'; did you mean 'Comment'?",
    ]
