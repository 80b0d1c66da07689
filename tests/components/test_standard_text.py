from __future__ import annotations

from tests.support.components import Office, Told, fields

NAME = "StandardTextLanguageVariants"
KEY = {"LanguageCode": "1", "StandardTextClassCode": "STD", "StandardTextCode": "D"}


def ask(office: Office, method: str, *bodies: str) -> Told:
    return office.ask(method, *bodies, component=NAME)


def test_texts_are_created_amended_and_deleted_by_their_three_keys(office: Office) -> None:
    body = fields(**KEY, Paragraph1="one", Description="d")
    assert ask(office, "Amend", body).messages == ["standard text STD D 1 does not exist"]
    assert ask(office, "Create", body, body).statuses == ["success", "fail"]
    assert ask(office, "CreateOrAmend", fields(**KEY, Paragraph1="two", Description="")).statuses == [
        "success"
    ]
    (record,) = office.query(component=NAME).records
    assert {child.name: child.text for child in record.children} == {**KEY, "Paragraph1": "two"}
    told = ask(office, "Delete", fields(**KEY), fields(**KEY), fields(LanguageCode="1"))
    assert told.statuses == ["success", "fail", "fail"]
    assert sum("must be present" in text for text in told.messages) == 2
    assert office.query(component=NAME).records == ()


def test_an_attached_text_changes_here_and_a_deleted_one_is_attached_no_more(office: Office) -> None:
    attached = f"<StandardText><StandardTextLang>{fields(**KEY)}</StandardTextLang></StandardText>"
    office.ask("Create", fields(CustomerCode="A") + attached)
    item = fields(ItemCode="%d", CustomerCode="A", LookupCode="L")
    office.ask("CreateOrAmend", item + attached, component="ItemCustomer")
    ask(office, "Amend", fields(**KEY, Paragraph1="new"))
    assert office.query().text.count("<Paragraph1>new</Paragraph1>") == 2
    ask(office, "Delete", fields(**KEY))
    ask(office, "Create", fields(**KEY))
    assert "StandardText" not in office.query().text
    assert "StandardText" not in office.query(component="ItemCustomer").text
    assert "<LookupCode>L</LookupCode>" in office.query(component="ItemCustomer").text
