from __future__ import annotations

from customary.connectors.sunsystems.fields import HOLDS
from customary.connectors.sunsystems.hub import told
from customary.model.customer import Address, AddressUse, Child, Customer, Status


def customer(**values: object) -> Customer:
    return Customer(identity="i", business_unit="PK1", fields={"code": "A"}, **values)  # type: ignore[arg-type]


def test_of_a_customer_without_anything_of_sunsystems_only_the_status_is_told() -> None:
    other = Address(use=AddressUse.DELIVERY, key="x", vendor={"sage200": {"city": "Bath"}})
    assert told(customer(addresses=(other,), vendor={"sage200": {"motto": "x"}}), {}, ()) == {"Status": "0"}


def test_elements_children_account_and_texts_are_told_as_the_connector_reads_them() -> None:
    own = {"CreditBlock": "1", "UpdateCount": "7", "Analysis2": {"VCustCatAnalysis_AnlCatId": "C2"}}
    delivery = Address(
        use=AddressUse.DELIVERY,
        key="d1",
        fields={"description": "Depot"},
        vendor={"sunsystems": {"DeliveryAddressCode": "D1"}},
    )
    contact = {"ContactIdentifier": "ANNA", "AddressCode": "D1"}
    person = Address(use=AddressUse.CONTACT, key="anna", vendor={"sunsystems": contact})
    tax = Child(key="1", vendor={"sunsystems": {"SequenceNumber": "1", "TaxIdentificationCode": "GB1"}})
    form = {"SalesStage": "1", "SalesDefinitionCode": "S", "DocumentFormatCode": "F"}
    text = {
        "StandardTextClassCode": "STD",
        "StandardTextCode": "DELIV",
        "LanguageCode": "1",
        "Paragraph1": "x",
    }
    account = {
        "CreditLimit": "500",
        "Status": "suspended",
        "Analysis1": {"VAcntCatAnalysis_AnlCode": "NORTH"},
    }
    whole = customer(
        status=Status.CLOSED,
        vendor={"sunsystems": own},
        addresses=(delivery, person),
        tax_registrations=(tax,),
        document_formats=(Child(key="f", vendor={"sunsystems": form}),),
    )
    native = told(whole, account, [text])
    assert native == {
        "Status": "3",
        "CreditBlock": "1",
        "Analysis2.VCustCatAnalysis_AnlCatId": "C2",
        "Accounts.CreditLimit": "500",
        "Accounts.Status": "2",
        "Accounts.Analysis1.VAcntCatAnalysis_AnlCode": "NORTH",
        "DeliveryToAddress": '[{"DeliveryAddressCode":"D1","Description":"Depot"}]',
        "ContactAddress": '[{"AddressCode":"D1","ContactIdentifier":"ANNA"}]',
        "Tax": '[{"SequenceNumber":"1","TaxIdentificationCode":"GB1"}]',
        "DocumentFormat": '[{"DocumentFormatCode":"F","SalesDefinitionCode":"S","SalesStage":"1"}]',
        "StandardText": '[{"LanguageCode":"1","StandardTextClassCode":"STD","StandardTextCode":"DELIV"}]',
    }
    assert set(native) <= set(HOLDS)
