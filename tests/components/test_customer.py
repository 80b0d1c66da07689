from __future__ import annotations

import pytest

from customary.components.methods import CUSTOMER
from customary.components.work import Rules
from customary.config.settings import ComponentsConfig
from customary.errors import PlanRefused
from customary.model.limits import LIFTED, Limit
from customary.store import journal, reference_lists
from tests.support.components import FINANCIAL, OPEN, UNIT, Office, fields

A = fields(CustomerCode="A", Name="Anna")
B = fields(CustomerCode="B", Name="Bert")
TEXT = (
    "<StandardText><StandardTextLang><LanguageCode>1</LanguageCode><StandardTextClassCode>STD"
    "</StandardTextClassCode><StandardTextCode>DELIV</StandardTextCode>{}</StandardTextLang></StandardText>"
)


def test_every_method_of_the_page_is_there() -> None:
    page = (
        "Amend BulkCreateOrAmend Closed Create CreateAsDraft CreateOrAmend CreateReplaceOrDelete Delete"
        " DeleteChildData Hidden Open Query SuspendedHeld"
    )
    assert " ".join(CUSTOMER) == page


def test_create_on_an_existing_customer_is_an_error_and_changes_nothing(office: Office) -> None:
    assert office.ask("Create", A).statuses == ["success"]
    told = office.ask("Create", fields(CustomerCode="A", Name="Other"), B)
    assert told.statuses == ["fail", "success"]
    assert told.messages == ["Customer A already exists"]
    assert office.stored("A")["Name"] == "Anna"
    assert office.cycles(told.result.run) == [("A", "rejected"), ("B", "created")]


def test_amend_on_a_missing_customer_is_an_error_and_creates_nothing(office: Office) -> None:
    told = office.ask("Amend", A)
    assert (told.statuses, told.messages) == (["fail"], ["Customer A does not exist"])
    assert office.everything() == []


@pytest.mark.parametrize("method", ["CreateOrAmend", "BulkCreateOrAmend"])
def test_create_or_amend_creates_and_then_amends(office: Office, method: str) -> None:
    first = office.ask(method, A)
    second = office.ask(method, fields(CustomerCode="A", LookupCode="L"))
    assert office.cycles(first.result.run) == [("A", "created")]
    assert office.cycles(second.result.run) == [("A", "updated")]
    assert office.stored("A") == {"CustomerCode": "A", "Name": "Anna", "LookupCode": "L", "Status": "0"}


def test_a_customer_that_stays_as_it_is_has_no_cycle_and_is_counted(office: Office) -> None:
    office.ask("Create", A)
    told = office.ask("Amend", A)
    with office.store.read() as connection:
        counts = journal.counts(connection, told.result.run)
    assert {name: count for name, count in counts.items() if count} == {"unchanged": 1}


def test_amending_leaves_what_is_missing_and_removes_what_is_empty(office: Office) -> None:
    office.ask(
        "Create", fields(CustomerCode="A", Name="Anna", Comment="c", PriorityRating="5", LookupCode=" ")
    )
    office.ask("Amend", "<CustomerCode>A</CustomerCode><Comment/><PriorityRating></PriorityRating>")
    assert office.stored("A") == {"CustomerCode": "A", "Name": "Anna", "LookupCode": " ", "Status": "0"}


def test_a_new_customer_has_the_beginning_of_its_description_as_its_short_heading(office: Office) -> None:
    office.ask("Create", fields(CustomerCode="A", Description="A description of many words"))
    assert office.stored("A")["ShortHeading"] == "A description o"
    office.ask("Amend", "<CustomerCode>A</CustomerCode><ShortHeading/>")
    assert "ShortHeading" not in office.stored("A")
    office.ask("Amend", fields(CustomerCode="A", Description="Another"))
    assert "ShortHeading" not in office.stored("A")


def test_codes_compare_without_case_and_are_stored_as_given(office: Office) -> None:
    office.ask("Create", fields(CustomerCode="aB1", Name="Anna"))
    assert office.ask("Create", fields(CustomerCode="AB1")).statuses == ["fail"]
    office.ask("Amend", fields(CustomerCode="Ab1 ", Name="Annie"))
    assert office.stored("AB1") == {"CustomerCode": "aB1", "Name": "Annie", "Status": "0"}
    assert office.ask("CreateOrAmend", fields(CustomerCode=" B "), fields(CustomerCode=" B ")).statuses
    assert office.stored("B")["CustomerCode"] == "B"


def test_every_missing_mandatory_element_is_reported(office: Office) -> None:
    empty = "<Tax/><DeliveryToAddress/><InvoiceAddress/><ContactAddress/><AcknowledgedAddress/>"
    more = (
        "<DocumentFormat><SalesStage>1</SalesStage></DocumentFormat><Analysis3/>"
        "<Accounts><Analysis1/></Accounts>"
    )
    told = office.ask("CreateOrAmend", f"<CustomerCode> </CustomerCode>{empty}{more}", A)
    assert told.statuses == ["fail", "success"]
    named = {text.split()[0] for text in told.messages if "must be present" in text}
    assert named == {
        "CustomerCode",
        "SequenceNumber",
        "DeliveryAddressCode",
        "InvoiceAddressCode",
        "ContactIdentifier",
        "AddressCode",
        "DocumentFormatCode",
        "VCustCatAnalysis_AnlCode",
        "VAcntCatAnalysis_AnlCode",
    }
    assert sum("AddressCode must" in text and text.startswith("AddressCode") for text in told.messages) == 2


@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("Create", "Customer A already exists"),
        ("Amend", "Customer X does not exist"),
        ("DeleteChildData", "CustomerCode must be present in the payload, for every customer"),
    ],
)
def test_a_record_that_is_refused_as_a_whole_still_names_what_its_children_lack(
    office: Office, method: str, first: str
) -> None:
    office.ask("Create", A)
    code = {"Create": "A", "Amend": "X", "DeleteChildData": ""}[method]
    body = fields(CustomerCode=code) + "<InvoiceAddress/><ContactAddress/>"
    assert [text.partition(" must be")[0] for text in office.ask(method, body).messages] == [
        first.partition(" must be")[0],
        "InvoiceAddressCode",
        "ContactIdentifier",
        "AddressCode",
    ]


@pytest.mark.parametrize(("method", "code"), [("Create", "A"), ("Amend", "X")])
def test_a_record_that_is_refused_as_a_whole_still_names_what_its_account_and_its_texts_lack(
    office: Office, method: str, code: str
) -> None:
    office.ask("Create", A)
    body = "<Accounts><Analysis2/></Accounts><StandardText><StandardTextLang/></StandardText>"
    told = office.ask(method, fields(CustomerCode=code) + body)
    assert [text.partition(" must be")[0] for text in told.messages[1:]] == [
        "VAcntCatAnalysis_AnlCode",
        "StandardTextClassCode",
        "StandardTextCode",
        "LanguageCode",
    ]


@pytest.mark.parametrize("method", ["Delete", "Hidden", "DeleteChildData", "Amend"])
def test_two_codes_in_one_record_are_refused(office: Office, method: str) -> None:
    office.ask("Create", A, B)
    told = office.ask(method, fields(CustomerCode="A") + fields(CustomerCode="B"))
    assert (told.statuses, told.messages) == (["fail"], ["CustomerCode is sent twice"])


def test_a_child_that_is_sent_twice_in_different_ways_is_refused(office: Office) -> None:
    tax = "<Tax><SequenceNumber>1</SequenceNumber><TaxIdentificationCode>{}</TaxIdentificationCode></Tax>"
    told = office.ask("Create", A + tax.format("X") + tax.format("Y"), B + tax.format("X") * 2)
    assert (told.statuses, told.messages) == (
        ["fail", "success"],
        ["Tax 1 is sent twice, each time in another way"],
    )


@pytest.mark.parametrize(
    ("method", "code"), [("Hidden", "1"), ("SuspendedHeld", "2"), ("Closed", "3"), ("Close", "3")]
)
def test_a_status_method_sets_the_status_and_open_takes_it_back(
    office: Office, method: str, code: str
) -> None:
    office.ask("Create", A)
    told = office.ask(method, fields(CustomerCode="A", Name="ignored"))
    assert office.cycles(told.result.run) == [("A", "status_changed")]
    assert (office.stored("A")["Status"], office.stored("A")["Name"]) == (code, "Anna")
    assert office.ask("Open", A).statuses == ["success"]
    assert office.stored("A")["Status"] == "0"
    assert office.ask(method, B).messages == ["Customer B does not exist"]


@pytest.mark.parametrize("method", ["Amend", "CreateOrAmend", "BulkCreateOrAmend", "CreateReplaceOrDelete"])
def test_a_status_in_the_payload_changes_nothing_and_is_a_warning(office: Office, method: str) -> None:
    office.ask("Create", A)
    told = office.ask(method, fields(CustomerCode="A", Name="New", Status="3"))
    assert told.statuses == ["success"]
    assert told.messages == [
        "Status is not applied: the customer is open; use Open, Hidden, SuspendedHeld or Closed"
    ]
    assert (office.stored("A")["Status"], office.stored("A")["Name"]) == ("0", "New")
    with office.store.read() as connection:
        (cycle,) = journal.cycles(connection, told.result.run)
    assert [note.level for note in cycle.messages] == ["warning"]


def test_warnings_are_answered_only_from_the_threshold_warning_on(office: Office) -> None:
    told = office.send(
        "Create",
        b"<SSC><SunSystemsContext><BusinessUnit>PK1</BusinessUnit></SunSystemsContext><Payload><Customer>"
        b"<CustomerCode>A</CustomerCode><Status>Closed</Status></Customer></Payload></SSC>",
    )
    assert (told.statuses, told.messages) == (["success"], [])


def test_drafts_are_made_and_approved_by_open(office: Office) -> None:
    office.ask("CreateAsDraft", A)
    assert office.stored("A")["Status"] == "4"
    assert office.ask("CreateAsDraft", A).messages == ["Customer A already exists"]
    office.ask("Open", A)
    assert office.stored("A")["Status"] == "0"


def test_dates_with_slashes_are_taken_by_sasi_and_refused_by_dji(office: Office) -> None:
    body = fields(CustomerCode="A", CustomerMiscDate1="01/02/2024", CustomerMiscDate2="03042024")
    told = office.ask("BulkCreateOrAmend", body)
    assert told.statuses == ["fail"]
    assert "without slashes" in told.messages[0]
    assert office.ask("CreateOrAmend", body).statuses == ["success"]
    assert office.stored("A")["CustomerMiscDate1"] == "01022024"


def test_coded_values_may_be_named_to_sasi_and_come_out_as_codes(office: Office) -> None:
    body = fields(CustomerCode="A", CreditBlock="yes", PaymentMethod="bank payment")
    assert office.ask("BulkCreateOrAmend", body).statuses == ["fail"]
    office.ask("Create", body)
    assert office.stored("A")["CreditBlock"] == "1"
    assert office.stored("A")["PaymentMethod"] == "1"


def test_every_wrong_value_is_reported_and_the_record_is_refused(office: Office) -> None:
    body = fields(
        CustomerCode="A",
        Name="n" * 51,
        WarningLimit="1,000",
        CustomerMiscDate1="31022024",
        CreditBlock="7",
        ToleranceDaysToApply="x",
        MaximumSalesOrderValue="12345678901234",
    )
    told = office.ask(
        "Create", body + "<Comment><b>x</b></Comment><LookupCode>1</LookupCode><LookupCode>2</LookupCode>"
    )
    assert {text.split()[0] for text in told.messages} == {
        "Name",
        "WarningLimit",
        "CustomerMiscDate1",
        "CreditBlock",
        "ToleranceDaysToApply",
        "MaximumSalesOrderValue",
        "Comment",
        "LookupCode",
    }
    assert office.everything() == []


@pytest.mark.parametrize("method", ["Create", "CreateOrAmend", "BulkCreateOrAmend", "Amend"])
def test_a_financials_only_unit_does_not_apply_six_fields_and_says_so(office: Office, method: str) -> None:
    names = [
        "DefaultCarrier",
        "DefaultDispatchWarehouse",
        "DefaultReturnLocation",
        "DefaultSalesDefinitionCode",
        "DefaultSalesperson",
        "PrimaryDeliveryAddress",
    ]
    six = fields(**dict.fromkeys(names, "X"))
    if method == "Amend":
        office.ask("Create", A, unit=FINANCIAL)
    told = office.ask(method, A + six, unit=FINANCIAL)
    assert told.statuses == ["success"]
    assert [text.split()[0] for text in told.messages] == names
    assert not set(names) & set(office.stored("A", FINANCIAL))
    office.ask("Create", A + six)
    assert set(names) <= set(office.stored("A"))


def test_what_a_financials_only_unit_does_not_apply_is_not_looked_at_either(office: Office) -> None:
    office.ask("CreateAsDraft", A + fields(DefaultCarrier="X"), unit=FINANCIAL)
    body = fields(CustomerCode="A", DefaultCarrier="far more than fifteen characters")
    told = office.ask("Amend", body, unit=FINANCIAL)
    assert told.statuses == ["success"]
    assert [text.split()[0] for text in told.messages] == ["DefaultCarrier"]
    assert office.stored("A", FINANCIAL)["DefaultCarrier"] == "X"


CHILDREN = (
    "<DeliveryToAddress><DeliveryAddressCode>D1</DeliveryAddressCode><Description>dock</Description>"
    "<MinimumOrderValue>10</MinimumOrderValue></DeliveryToAddress>"
    "<InvoiceAddress><InvoiceAddressCode>I1</InvoiceAddressCode></InvoiceAddress>"
    "<ContactAddress><ContactIdentifier>C1</ContactIdentifier><AddressCode>A1</AddressCode></ContactAddress>"
    "<AcknowledgedAddress><AddressCode>K1</AddressCode></AcknowledgedAddress>"
    "<DocumentFormat><SalesStage>1</SalesStage><SalesDefinitionCode>S</SalesDefinitionCode>"
    "<DocumentFormatCode>F</DocumentFormatCode></DocumentFormat>"
    "<Tax><SequenceNumber>1</SequenceNumber><TaxIdentificationCode>T</TaxIdentificationCode></Tax>"
    "<Analysis2><VCustCatAnalysis_AnlCode>X</VCustCatAnalysis_AnlCode></Analysis2>"
)
NODES = [
    "DeliveryToAddress",
    "InvoiceAddress",
    "ContactAddress",
    "AcknowledgedAddress",
    "DocumentFormat",
    "Tax",
    "Analysis2",
]


def nodes(office: Office, code: str = "A") -> list[str]:
    item = f'<Filter><Item name="/Customer/CustomerCode" operator="EQU" value="{code}"/></Filter>'
    (record,) = office.query(item).records
    return [child.name for child in record.children if child.children]


def test_children_are_made_amended_by_their_keys_and_kept(office: Office) -> None:
    office.ask("Create", A + CHILDREN)
    assert nodes(office) == NODES
    office.ask(
        "Amend",
        "<CustomerCode>A</CustomerCode><DeliveryToAddress><DeliveryAddressCode>d1</DeliveryAddressCode>"
        "<Description/><ShortHeading>S</ShortHeading></DeliveryToAddress>"
        "<DeliveryToAddress><DeliveryAddressCode>D2</DeliveryAddressCode></DeliveryToAddress>",
    )
    told = office.query("<Select><Customer><DeliveryToAddress/></Customer></Select>")
    one, two = told.records[0].all("DeliveryToAddress")
    assert {child.name: child.text for child in one.children} == {
        "DeliveryAddressCode": "d1",
        "MinimumOrderValue": "10",
        "ShortHeading": "S",
    }
    assert two.value("DeliveryAddressCode") == "D2"
    assert nodes(office) == ["DeliveryToAddress", *NODES]


def test_child_data_is_deleted_by_its_keys_and_the_customer_stays(office: Office) -> None:
    office.ask("Create", A + CHILDREN)
    told = office.ask(
        "DeleteChildData",
        "<CustomerCode>A</CustomerCode>"
        "<DeliveryToAddress><DeliveryAddressCode>d1</DeliveryAddressCode></DeliveryToAddress>"
        "<InvoiceAddress.InvoiceAddressCode>I1</InvoiceAddress.InvoiceAddressCode>"
        "<ContactAddress><ContactIdentifier>C1</ContactIdentifier><AddressCode>A1</AddressCode></ContactAddress>"
        "<AcknowledgedAddress><AddressCode>K1</AddressCode></AcknowledgedAddress>"
        "<DocumentFormat><SalesStage>1</SalesStage><SalesDefinitionCode>S</SalesDefinitionCode></DocumentFormat>",
    )
    assert told.statuses == ["success"]
    assert nodes(office) == ["Tax", "Analysis2"]


def test_deleting_child_data_needs_every_key_and_existing_child_data(office: Office) -> None:
    office.ask("Create", A + CHILDREN)
    empty = "<DeliveryToAddress/><InvoiceAddress/><ContactAddress/><AcknowledgedAddress/><DocumentFormat/>"
    told = office.ask("DeleteChildData", f"<CustomerCode>A</CustomerCode>{empty}")
    assert [text.split()[0] for text in told.messages] == [
        "DeliveryAddressCode",
        "InvoiceAddressCode",
        "ContactIdentifier",
        "AddressCode",
        "AddressCode",
        "SalesStage",
        "SalesDefinitionCode",
    ]
    gone = "<InvoiceAddress><InvoiceAddressCode>I9</InvoiceAddressCode></InvoiceAddress>"
    told = office.ask("DeleteChildData", "<CustomerCode>A</CustomerCode>" + gone, empty, A)
    assert told.statuses == ["fail", "fail", "fail"]
    assert told.messages[0] == "InvoiceAddress I9 does not exist"
    assert "CustomerCode must be present" in told.messages[1]
    assert "say which child data" in told.messages[-1]
    assert nodes(office) == NODES


def test_replacing_puts_what_is_missing_back_to_its_default_and_replaces_children(office: Office) -> None:
    office.ask("Create", A + fields(Comment="c", PriorityRating="1") + CHILDREN)
    office.ask("Hidden", A)
    new = "<Tax><SequenceNumber>2</SequenceNumber></Tax>"
    office.ask("CreateReplaceOrDelete", fields(CustomerCode="a", LookupCode="L") + new)
    assert office.stored("A") == {"CustomerCode": "A", "LookupCode": "L", "Status": "1"}
    assert nodes(office) == ["Tax"]


def test_synchronising_deletes_last_what_the_payload_does_not_hold(office: Office) -> None:
    office.ask("Create", A, B, fields(CustomerCode="C"))
    office.ask("Create", fields(CustomerCode="Z"), unit=FINANCIAL)
    told = office.ask("CreateReplaceOrDelete", fields(CustomerCode="b"), fields(CustomerCode="D"))
    assert [str(record.value("CustomerCode")) for record in told.records] == ["b", "D", "A", "C"]
    assert told.messages == ["deleted: the payload does not hold it"] * 2
    assert office.cycles(told.result.run)[-2:] == [("A", "deleted"), ("C", "deleted")]
    assert sorted(office.stored(code).get("CustomerCode", "") for code in "ABCD") == ["", "", "B", "D"]
    assert office.stored("Z", FINANCIAL)


def test_synchronising_deletes_nothing_if_a_record_failed(office: Office) -> None:
    office.ask("Create", A, B)
    told = office.ask("CreateReplaceOrDelete", B, fields(CustomerCode="C", CreditBlock="9"))
    assert told.statuses == ["success", "fail"]
    assert "were not deleted, because 1" in told.result.notes[0].text
    assert office.stored("A")


@pytest.mark.parametrize(
    "bodies", [[], ["<CustomerCode>B</CustomerCode>"]], ids=["empty", "too many deletes"]
)
def test_synchronising_is_refused_untouched(office: Office, bodies: list[str]) -> None:
    office.ask("Create", *(fields(CustomerCode=f"C{number}") for number in range(5)))
    before = office.everything()
    strict = office.with_rules(ComponentsConfig(account="never", delete=Limit(count=4)))
    with pytest.raises(PlanRefused) as refused:
        strict.ask("CreateReplaceOrDelete", *bodies)
    assert ("5 of 5" if bodies else "and the unit 5:") in str(refused.value)
    assert "'delete' of [components] (4)" in str(refused.value)
    assert office.everything() == before


def test_synchronising_may_be_told_to_delete_nothing(office: Office) -> None:
    office.ask("Create", A, B)
    kind = office.with_rules(ComponentsConfig(account="never", delete_customers="never"))
    assert kind.ask("CreateReplaceOrDelete", B).statuses == ["success"]
    assert office.stored("A")


def test_a_customer_that_others_are_invoiced_to_is_not_deleted_before_them(office: Office) -> None:
    branches = [fields(CustomerCode=code, InvoicingCustomerCode="a") for code in "BC"]
    a, b, c = (fields(CustomerCode=code) for code in "ABC")
    office.ask("Create", A, *branches)
    told = office.ask("Delete", a, b)
    assert told.statuses == ["fail", "success"]
    assert told.messages == [
        "others are invoiced to customer A (2, as B); change or delete them first",
    ]
    free = office.with_rules(
        ComponentsConfig(account="never", delete=LIFTED, invoicing_customer_must_exist=False)
    )
    assert office.ask("Delete", c, a).statuses == ["success", "success"]

    office.ask("Create", A, *branches)
    told = office.ask("CreateReplaceOrDelete", branches[0])
    answered = [(str(one.value("CustomerCode")), one.attribute("status")) for one in told.records]
    assert answered == [("B", "success"), ("A", "fail"), ("C", "success")]
    assert office.ask("CreateReplaceOrDelete", fields(CustomerCode="D")).statuses == ["success"] * 3
    office.ask("Create", A, *branches)
    assert free.ask("Delete", a).statuses == ["success"]


def test_delete_deletes_and_a_missing_customer_is_an_error(office: Office) -> None:
    office.ask("Create", A + CHILDREN, B)
    told = office.ask("Delete", fields(CustomerCode="a"), fields(CustomerCode="X"), "<Name>x</Name>")
    assert told.statuses == ["success", "fail", "fail"]
    assert [str(record.value("CustomerCode")) for record in office.query().records] == ["B"]


def test_standard_texts_are_attached_by_key_made_if_missing_and_never_amended(office: Office) -> None:
    office.ask("Create", A + TEXT.format("<Paragraph1>first</Paragraph1>"))
    office.ask(
        "CreateOrAmend",
        B + f"<AnalysisCodes>{TEXT.format('<Paragraph1>second</Paragraph1>')}</AnalysisCodes>",
    )
    told = office.query("<Select><Customer><StandardText/></Customer></Select>")
    texts = [record.all("StandardText")[0].all("StandardTextLang")[0] for record in told.records]
    assert [text.value("Paragraph1") for text in texts] == ["first", "first"]


def test_of_a_text_that_exists_only_the_key_is_looked_at_also_within_one_record(office: Office) -> None:
    first, second = (TEXT.format(fields(Description=word)) for word in ("first", "second"))
    assert office.ask("Create", A + first + second).statuses == ["success"]
    assert office.ask("Amend", A + TEXT.format(fields(Description="x" * 51))).statuses == ["success"]
    (record,) = office.query().records
    (text,) = record.all("StandardText")
    assert text.all("StandardTextLang")[0].value("Description") == "first"


@pytest.mark.parametrize("method", ["BulkCreateOrAmend", "CreateAsDraft", "CreateReplaceOrDelete"])
def test_other_methods_attach_no_standard_text_and_say_so(office: Office, method: str) -> None:
    told = office.ask(method, A + TEXT.format(""))
    assert told.statuses == ["success"]
    assert told.messages == [f"StandardText is not attached by {method}; the method does not support it"]
    assert nodes(office) == []


def test_a_standard_text_needs_its_three_keys_inside_its_language(office: Office) -> None:
    told = office.ask(
        "Create",
        A + "<StandardText><StandardTextLang/></StandardText>",
        B + "<StandardText><StandardTextCode>X</StandardTextCode></StandardText>",
    )
    assert told.statuses == ["fail", "success"]
    assert len([text for text in told.messages if "must be present" in text]) == 3
    assert "must stand inside StandardTextLang" in told.messages[-1]


def test_the_linked_account_is_made_and_amended_with_its_customer(office: Office) -> None:
    account = "<ActualAccount>100</ActualAccount><Accounts>{}</Accounts>"
    office.ask("Create", A + account.format(fields(CreditLimit="500", LookupCode="L")))
    analysis = "<Analysis1><VAcntCatAnalysis_AnlCode>Q</VAcntCatAnalysis_AnlCode></Analysis1>"
    office.ask("Amend", fields(CustomerCode="A") + f"<Accounts><CreditLimit/>{analysis}</Accounts>")
    (record,) = office.query().records
    (held,) = record.all("Accounts")
    assert {child.name: child.text for child in held.children} == {
        "AccountCode": "100",
        "AccountType": "0",
        "LookupCode": "L",
        "Status": "0",
        "Analysis1": "",
    }


def test_the_rules_about_accounts(office: Office) -> None:
    strict = office.with_rules(ComponentsConfig(account="always"))
    told = strict.ask(
        "Create",
        fields(CustomerCode="A"),
        fields(CustomerCode="B", ActualAccount="1", InvoicingCustomerCode="C"),
        fields(CustomerCode="C", ActualAccount="1"),
        fields(CustomerCode="D", ActualAccount="1"),
        fields(CustomerCode="E", InvoicingCustomerCode="c"),
        fields(CustomerCode="F", InvoicingCustomerCode="nobody"),
        fields(CustomerCode="J", InvoicingCustomerCode="j"),
        fields(CustomerCode="G", ActualAccount="2") + "<Accounts><AccountType>1</AccountType></Accounts>",
        fields(CustomerCode="H", ActualAccount="3") + "<Accounts><Status>Closed</Status></Accounts>",
        fields(CustomerCode="I", ActualAccount="4") + "<Accounts><AccountCode>5</AccountCode></Accounts>",
    )
    assert told.statuses == ["fail", "success", "fail", "success", *["fail"] * 6]
    assert [text for text in told.messages if "C already" in text] == [
        "account 1 is assigned to customer C already"  # D, and B, which came behind the C that it names
    ] * 2
    assert "must be Debtor or Client" in told.text
    assert "must be open or suspended" in told.text
    assert "invoicing customer nobody does not exist" in told.messages
    assert "customer j cannot be invoiced to itself" in told.messages
    assert "give either ActualAccount or InvoicingCustomerCode, not both" in told.text


def test_each_rule_that_is_not_documented_can_be_switched_off(office: Office) -> None:
    lax = office.with_rules(
        ComponentsConfig(account="never", account_used_once=False, invoicing_customer_must_exist=False)
    )
    told = lax.ask(
        "Create",
        fields(CustomerCode="A"),
        fields(CustomerCode="B", ActualAccount="1"),
        fields(CustomerCode="C", ActualAccount="1"),
        fields(CustomerCode="D", InvoicingCustomerCode="nobody"),
    )
    assert told.statuses == ["success"] * 4
    strict = office.with_rules(ComponentsConfig(account="never", account_must_exist=True))
    told = strict.ask("Create", fields(CustomerCode="E", ActualAccount="9"))
    assert told.messages == ["account 9 does not exist; send it in Accounts, or make it first"]


def test_an_account_that_is_given_up_can_be_taken_by_the_next_record(office: Office) -> None:
    office.ask("Create", fields(CustomerCode="A", ActualAccount="1"))
    told = office.ask(
        "CreateOrAmend",
        fields(CustomerCode="A", ActualAccount="2"),
        fields(CustomerCode="B", ActualAccount="1"),
        fields(CustomerCode="C", ActualAccount="2"),
    )
    assert told.statuses == ["success", "success", "fail"]


def test_the_codes_of_a_text_that_is_made_are_held_against_closed_lists_too(office: Office) -> None:
    closed = office.with_rules(OPEN, closed=frozenset({"standard_text_class"}))
    told = closed.ask("Create", A + TEXT.format(""))
    assert (told.statuses, len(told.messages)) == (["fail"], 1)
    assert "is not in the reference list 'standard_text_class'" in told.messages[0]
    office.ask("Create", B + TEXT.format(""))
    assert closed.ask("Create", A + TEXT.format("")).statuses == ["success"]


def test_codes_are_held_against_lists_that_are_closed(office: Office) -> None:
    with office.store.write() as connection:
        reference_lists.replace(connection, UNIT, "currency", {"EUR": "Euro"})
    closed = office.with_rules(OPEN, closed=frozenset({"currency"}))
    told = closed.ask(
        "Create",
        fields(CustomerCode="A", DefaultCurrencyCode="eur", DefaultCarrier="any"),
        fields(CustomerCode="B", DefaultCurrencyCode="XXX"),
    )
    assert told.statuses == ["success", "fail"]
    assert told.messages == [
        "DefaultCurrencyCode XXX is not in the reference list 'currency', which is closed"
    ]


def test_a_closed_list_of_accounts_lets_a_payload_make_its_account(office: Office) -> None:
    with office.store.write() as connection:
        reference_lists.replace(connection, UNIT, "account", {"LISTED": ""})
    closed = office.with_rules(OPEN, closed=frozenset({"account"}))
    told = closed.ask(
        "Create",
        fields(CustomerCode="A", ActualAccount="listed"),
        fields(CustomerCode="B", ActualAccount="new") + "<Accounts><LookupCode>L</LookupCode></Accounts>",
        fields(CustomerCode="C", ActualAccount="other"),
    )
    assert told.statuses == ["success", "success", "fail"]
    assert told.messages == ["account other does not exist; send it in Accounts, or make it first"]


def test_unknown_elements_are_ignored_warned_of_or_refused(office: Office) -> None:
    body = fields(CustomerCode="A", AddressLine1="street", EmailAddress="a@example.com", UpdateCount="3")
    assert office.ask("CreateOrAmend", body).messages == []
    assert office.stored("A")["EMailAddress"] == "a@example.com"
    for way, status in (("warn", "success"), ("refuse", "fail")):
        told = office.with_rules(ComponentsConfig(account="never", unknown_elements=way)).ask("Amend", body)  # type: ignore[arg-type]
        assert (told.statuses, told.messages) == (
            [status],
            ["AddressLine1 is not known here and is not applied"],
        )


def test_customers_that_repeat_in_a_payload_are_carried_out_in_order(office: Office) -> None:
    told = office.ask(
        "CreateOrAmend", A, fields(CustomerCode="a", Comment="1"), fields(CustomerCode="A", Name="Z")
    )
    assert told.statuses == ["success"] * 3
    assert office.stored("A") == {"CustomerCode": "A", "Name": "Z", "Comment": "1", "Status": "0"}
    assert office.cycles(told.result.run) == [("A", "created"), ("a", "updated"), ("A", "updated")]


def test_the_history_tells_before_after_and_rule(office: Office) -> None:
    office.ask("Create", A + fields(PriorityRating="1"))
    told = office.ask("Amend", "<CustomerCode>A</CustomerCode><Name/><PriorityRating>2</PriorityRating>")
    with office.store.read() as connection:
        (cycle,) = journal.cycles(connection, told.result.run)
    assert cycle.changes == (
        {"field": "name", "before": "Anna", "after": "", "rule": "Customer/Amend"},
        {"field": "sunsystems.PriorityRating", "before": "1", "after": "2", "rule": "Customer/Amend"},
    )


def test_the_default_limit_on_deletes_is_never_off() -> None:
    assert Rules().settings.delete != LIFTED
