from __future__ import annotations

import json

import pytest

from customary.protocols import enet
from tests.sandboxes.syspro.asking import LOGON, Asking
from tests.sandboxes.syspro.conftest import Opening

TEXT = 'Müller & "Söhne" <3> Łódź שלום'


def test_a_document_begins_and_ends_as_it_was_seen(asking: Asking) -> None:
    text = asking.fetch("0000002").content.decode("cp1252")
    assert text.startswith(
        "<?xml version=\"1.0\" encoding=\"Windows-1252\"?>\n<ArCustomer Language='05' Language2='EN' "
        "CssStyle='' DecFormat='1' DateFormat='01' Role='01' Version='7.0.035' OperatorPrimaryRole='   '>"
    )
    assert text.endswith("</ArCustomer>\n ")


def test_numbers_are_right_aligned_and_empty_texts_self_closed(asking: Asking) -> None:
    asking.state.customers.change("2", {"CreditLimit": "50000", "UserField2": "0.00", "Email": ""})
    text = asking.fetch("2").text
    assert "<CreditLimit>       50000</CreditLimit>" in text
    assert "<UserField2>           0.00</UserField2>" in text
    assert "<Email/>" in text
    assert "<RowsReturned>     120</RowsReturned>" in asking.find().text


def test_a_missing_date_is_zeros(asking: Asking) -> None:
    asking.state.customers.change("2", {"DateCustAdded": ""})
    assert asking.customer("2")["DateCustAdded"] == "0000-00-00"


def test_padding_can_be_turned_off_and_fixed_texts_on(opening: Opening) -> None:
    with opening(padded=False, fixed_text=True) as asking:
        asking.state.customers.change("2", {"CreditLimit": "50000", "Currency": "$", "TaxStatus": ""})
        text = asking.fetch("2").text
        assert "<CreditLimit>50000</CreditLimit>" in text
        assert "<Currency>$  </Currency>" in text
        assert "<TaxStatus> </TaxStatus>" in text


@pytest.mark.parametrize(("container", "path"), [("flat", "."), ("nested", "Customer"), ("row", "Row")])
def test_a_customer_stands_in_each_of_three_containers(opening: Opening, container: str, path: str) -> None:
    with opening(container=container) as asking:
        root = enet.parse_xml(asking.fetch("0000002").content)
        holder = root.find(path)
        assert root.tag == "ArCustomer"
        assert holder is not None
        assert holder.findtext("Customer") == "0000002"
        assert len(holder) == len(enet.CUSTOMER_COLUMNS)


@pytest.mark.parametrize(("case", "change"), [("lower", str.lower), ("upper", str.upper)])
def test_nodes_come_in_another_case(opening: Opening, case: str, change: type[str]) -> None:
    with opening(case=case) as asking:
        root = enet.parse_xml(asking.fetch("0000002").content)
        assert root.tag == change("ArCustomer")
        assert [node.tag for node in root] == [change(name) for name in enet.CUSTOMER_COLUMNS]
        listed = enet.parse_xml(asking.find(return_rows=1).content)
        assert listed.findtext(f"{change('Row')}/{change('Customer')}") == "0000001"


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-8"])
def test_text_survives_both_encodings(opening: Opening, encoding: str) -> None:
    with opening(encoding=encoding) as asking:
        asking.state.customers.change("2", {"Name": TEXT})
        body = asking.fetch("2").content
        assert "Müller".encode(encoding) in body
        assert (b"&#" in body) is (encoding == "windows-1252")
        assert enet.parse_xml(body).findtext("Name") == TEXT


def test_what_windows_1252_lacks_can_become_question_marks(opening: Opening) -> None:
    with opening(beyond="question_mark") as asking:
        asking.state.customers.change("2", {"Name": TEXT})
        assert asking.customer("2")["Name"] == 'Müller & "Söhne" <3> ?ód? ????'


def test_answers_can_be_json_strings(opening: Opening) -> None:
    with opening(wrapping="json") as asking:
        asking.state.customers.change("2", {"Name": TEXT})
        session = json.loads(asking.log_on())
        assert enet.is_session(session)
        xml = enet.FetchRequest(enet.TABLE, "2").to_xml()
        answer = asking.get(enet.FETCH, UserId=session, XmlIn=xml)
        assert enet.parse_xml(answer.json().encode()).findtext("Name") == TEXT
        assert json.loads(asking.log_off(session)) == "0"


def test_answers_can_be_wrapped_in_a_string_element(opening: Opening) -> None:
    with opening(wrapping="string") as asking:
        asking.state.customers.change("2", {"Name": TEXT})
        session = enet.parse_xml(asking.get(enet.LOGON, **LOGON).content).text or ""
        xml = enet.FetchRequest(enet.TABLE, "2").to_xml()
        root = enet.parse_xml(asking.get(enet.FETCH, UserId=session, XmlIn=xml).content)
        assert root.tag.endswith("}string")
        assert enet.parse_xml((root.text or "").encode()).findtext("Name") == TEXT
