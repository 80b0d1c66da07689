"""The requests that real clients send (facts/sunsystems.md, sections 1 and 13), and what they get."""

from __future__ import annotations

import base64
import threading
import time
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
import pytest
from lxml import etree
from msgspec import UNSET

from customary.protocols.ssc_soap import SOAP_PATH
from customary.web.growing import AT_A_TIME
from tests.support.components import FINANCIAL, UNIT, fields, payload
from tests.support.soap import OPERATOR, PASSWORD, READER, Desk, answering, envelope, executing

ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope"


def customer(code: str, **values: str) -> bytes:
    """A payload with one customer."""
    return payload([f"<Customer>{fields(CustomerCode=code, **values)}</Customer>"])


def name_of(desk: Desk, voucher: str, code: str) -> list[str]:
    item = f'<Item name="/Customer/CustomerCode" operator="EQU" value="{code}"/>'
    told = desk.execute(voucher, "Query", payload([f"<Filter>{item}</Filter>"]))
    return [str(record.value("Name")) for record in told.records]


def test_a_payload_may_be_escaped_or_in_cdata(shared: Desk, voucher: str) -> None:
    text = customer("ESC", Name="R&amp;D &lt;1&gt;").decode()
    assert shared.execute(voucher, "Create", text).statuses == ["success"]
    body = executing(voucher, "Amend", f"<![CDATA[{text}]]>")
    assert shared.post("ComponentExecutor", body).statuses == ["success"]
    assert name_of(shared, voucher, "ESC") == ["R&D <1>"]


@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="ISO-8859-1"?>', "\ufeff\n"])
def test_a_payload_may_declare_what_it_likes_since_it_is_text_by_then(
    shared: Desk, voucher: str, declaration: str
) -> None:
    text = declaration + customer("DEC", Name="Größe 東京").decode()
    assert shared.execute(voucher, "CreateOrAmend", text).statuses == ["success"]
    assert name_of(shared, voucher, "DEC") == ["Größe 東京"]


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-16", 'text/xml; charset="utf-16"'),
        ("utf-8", "application/xml"),
        ("utf-8", ""),
    ],
)
def test_an_envelope_may_come_in_another_encoding_and_under_another_type(
    shared: Desk, voucher: str, encoding: str, content_type: str
) -> None:
    body = executing(voucher, "CreateOrAmend", escape(customer("ENC", Name="Café").decode()))
    sent = body.decode().encode(encoding)
    assert shared.post("ComponentExecutor", sent, content_type=content_type).statuses == ["success"]
    assert name_of(shared, voucher, "ENC") == ["Café"]


@pytest.mark.parametrize(
    "action",
    [
        "",
        '""',
        '"http://systemsunion.com/connect/webservices/Execute"',
        "http://systemsunion.com/connect/webservices/Execute",
        "http://example.com:8080/sunsystems-connect/soap/ComponentExecutor/Execute",
        "Authenticate",
    ],
)
def test_the_soap_action_does_not_matter_where_the_element_says_it(
    shared: Desk, voucher: str, action: str
) -> None:
    text = escape(payload([]).decode())
    told = shared.post("ComponentExecutor", executing(voucher, "Query", text), soapaction=action)
    assert told.fault is None
    assert told.text.startswith("<?xml")


def test_names_need_no_namespace_and_no_trailing_slash_in_it(shared: Desk) -> None:
    login = f"<name>{OPERATOR}</name><password>{PASSWORD}</password>"
    soap = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    for element in (
        f"<SecurityProviderAuthenticateRequest>{login}</SecurityProviderAuthenticateRequest>",
        f"<Authenticate>{login}</Authenticate>",
        '<SecurityProviderAuthenticateRequest xmlns="http://systemsunion.com/connect/webservices">'
        f"{login}</SecurityProviderAuthenticateRequest>",
        login,
    ):
        told = shared.post(
            "SecurityProvider", f"<s:Envelope {soap}><s:Body>{element}</s:Body></s:Envelope>".encode()
        )
        assert len(told.text) > 20


def test_the_soap_action_says_the_operation_where_nothing_else_does(shared: Desk, voucher: str) -> None:
    soap = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    bare = f"<authentication>{voucher}</authentication>"
    body = f"<s:Envelope {soap}><s:Body>{bare}</s:Body></s:Envelope>".encode()
    assert shared.post("SecurityProvider", body, soapaction='"x/Validate"').text == "true"


def test_soap_1_2_is_answered_in_soap_1_2(shared: Desk, voucher: str) -> None:
    body = executing(voucher, "Query", escape(payload([]).decode())).replace(
        b"http://schemas.xmlsoap.org/soap/envelope/", ENVELOPE_12.encode()
    )
    kind = 'application/soap+xml; charset=utf-8; action="Execute"'
    told = shared.post("ComponentExecutor", body, content_type=kind)
    assert etree.fromstring(told.raw).tag == f"{{{ENVELOPE_12}}}Envelope"
    assert told.text.startswith("<?xml")
    refused = shared.post("ComponentExecutor", body.replace(b"Query", b"Nope"), content_type=kind)
    assert refused.fault
    assert refused.fault.code == "Sender"
    assert "Customer has no method 'Nope'" in refused.fault.text


def test_an_answer_has_an_unqualified_response_with_the_escaped_text(shared: Desk, voucher: str) -> None:
    told = shared.execute(voucher, "CreateOrAmend", customer("RAW"))
    root = etree.fromstring(told.raw)
    (response,) = root.iter("response")
    parent = response.getparent()
    assert parent is not None
    assert parent.tag.endswith("}ComponentExecutorExecuteResponse")
    assert str(response.text).startswith("<SSC>")


def test_wrong_credentials_get_an_empty_response_and_no_fault(shared: Desk) -> None:
    assert shared.authenticate(password="not the password") == ""
    assert shared.authenticate(name="NOBODY") == ""
    assert shared.authenticate(name="", password="") == ""


@pytest.mark.parametrize("wrong", ["", "made-up", "x" * 5000])
def test_a_voucher_that_is_not_good_gets_a_fault_about_access_rights(shared: Desk, wrong: str) -> None:
    told = shared.execute(wrong, "Query", payload([]))
    assert told.fault
    assert "access rights" in told.fault.text
    assert told.status == 200


def test_a_stranger_s_payload_is_read_to_its_end_and_refused(shared: Desk) -> None:
    large = customer("BIG", Comment="x" * 200) * 5000
    told = shared.post("ComponentExecutor", executing("made-up", "Create", escape(large.decode())))
    assert told.fault
    assert "access rights" in told.fault.text


def test_the_authentication_may_stand_behind_a_payload_only_where_that_is_small(
    shared: Desk, voucher: str
) -> None:
    def sent(text: str) -> bytes:
        parts = f"<w:payload>{escape(text)}</w:payload><w:component>Customer</w:component>"
        parts += f"<w:method>CreateOrAmend</w:method><w:authentication>{voucher}</w:authentication>"
        return envelope("ComponentExecutorExecuteRequest", parts)

    assert shared.post("ComponentExecutor", sent(customer("ORD").decode())).statuses == ["success"]
    record = f"<Customer>{fields(CustomerCode='ORD', Comment='x' * 200)}</Customer>"
    refused = shared.post("ComponentExecutor", sent(payload([record] * 5000).decode()))
    assert refused.fault
    assert "must stand before a payload as large as this one" in refused.fault.text


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_basic_authentication_is_taken_where_there_is_no_voucher(shared: Desk, voucher: str) -> None:
    text = payload([])
    assert shared.execute("", "Query", text, authorization=basic(OPERATOR, PASSWORD)).fault is None
    refused = shared.execute("", "Query", text, authorization=basic(OPERATOR, "wrong password"))
    assert refused.fault
    assert "access rights" in refused.fault.text
    # one live site needed both: what a proxy in between asks for is no concern of ours
    assert shared.execute(voucher, "Query", text, authorization=basic("proxy", "other")).fault is None


@pytest.mark.parametrize(
    ("component", "method", "words"),
    [
        ("Customers", "Query", "there is no component 'Customers'"),
        ("Customer", "Explode", "Customer has no method 'Explode'"),
    ],
)
def test_what_is_not_there_is_a_fault(
    shared: Desk, voucher: str, component: str, method: str, words: str
) -> None:
    told = shared.execute(voucher, method, payload([]), component)
    assert told.fault
    assert words in told.fault.text


def test_a_payload_that_is_not_well_formed_is_a_fault_in_the_words_of_sunsystems(
    shared: Desk, voucher: str
) -> None:
    told = shared.execute(voucher, "Create", "<SSC><Payload><Customer><Name>x</Payload></SSC>")
    assert told.fault
    assert told.fault.text.startswith("com.systemsunion.SSTS.exec.MethodExecutionException")
    assert 'The element type "Name" must be terminated by the matching end-tag "</Name>".' in told.fault.text


def test_a_fault_s_status_can_be_the_one_that_soap_1_1_wants(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'hub.db').as_posix()}"
    with answering(url, tmp_path, fault_status=500) as desk:
        assert desk.execute("made-up", "Query", payload([])).status == 500


def test_several_records_fare_each_for_itself(shared: Desk, voucher: str) -> None:
    records = [f"<Customer>{fields(CustomerCode=code)}</Customer>" for code in ("M1", "", "M2")]
    told = shared.execute(voucher, "CreateOrAmend", payload(records))
    assert told.statuses == ["success", "fail", "success"]


def test_an_answer_that_is_larger_than_what_is_sent_at_a_time_comes_whole(shared: Desk, voucher: str) -> None:
    records = [
        f"<Customer>{fields(CustomerCode=f'L{n:04}', Comment='&amp;ü' * 80)}</Customer>" for n in range(500)
    ]
    assert set(shared.execute(voucher, "BulkCreateOrAmend", payload(records)).statuses) == {"success"}
    item = '<Filter><Item name="/Customer/CustomerCode" operator="LIKE" value="L0%"/></Filter>'
    told = shared.execute(voucher, "Query", payload([item]))
    assert len(told.raw) > 3 * AT_A_TIME
    assert [record.value("Comment") for record in told.records] == ["&ü" * 80] * 500


def test_the_business_unit_of_an_operator_who_has_one_need_not_be_named(shared: Desk, voucher: str) -> None:
    shared.execute(voucher, "CreateOrAmend", customer("UNI"))
    bare = "<SSC><User/><Payload><Select><Customer>*</Customer></Select></Payload></SSC>"
    assert shared.execute(shared.authenticate(READER), "Query", bare).records
    refused = shared.execute(voucher, "Query", bare)
    assert refused.fault
    assert "names no BusinessUnit" in refused.fault.text


def test_two_business_units_at_once_one_of_them_financials_only(desk: Desk) -> None:
    voucher = desk.authenticate()
    told = {}

    def send(unit: str) -> None:
        records = [
            f"<Customer>{fields(CustomerCode=f'C{n}', DefaultCarrier='DHL', Name=unit)}</Customer>"
            for n in range(300)
        ]
        told[unit] = desk.execute(voucher, "CreateOrAmend", payload(records, unit))

    threads = [threading.Thread(target=send, args=(unit,)) for unit in (UNIT, FINANCIAL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [set(told[unit].statuses) for unit in (UNIT, FINANCIAL)] == [{"success"}] * 2
    for unit, carrier in ((UNIT, "DHL"), (FINANCIAL, UNSET)):
        records = desk.execute(voucher, "Query", payload([], unit)).records
        assert {(record.value("Name"), record.value("DefaultCarrier")) for record in records} == {
            (unit, carrier)
        }


def test_two_requests_at_the_same_customer_at_once_are_carried_out_one_behind_the_other(desk: Desk) -> None:
    voucher = desk.authenticate()
    told = []

    def send(number: int) -> None:
        told.append(desk.execute(voucher, "Create", customer("SAME", Name=f"by {number}")).statuses)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [["fail"]] * 7 + [["success"]]
    assert len(name_of(desk, voucher, "SAME")) == 1


def test_the_wsdl_is_at_both_paths_and_names_the_address_that_was_asked(shared: Desk) -> None:
    executor = f"{SOAP_PATH}ComponentExecutor"
    for path in (f"{executor}?wsdl", f"{executor}?WSDL", "/sunsystems-connect/wsdl/ComponentExecutor"):
        answer = shared.http.get(shared.url + path, headers={"host": "sun.example:81"})
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        (address,) = etree.fromstring(answer.content).iter("{http://schemas.xmlsoap.org/wsdl/soap/}address")
        assert address.get("location") == f"http://sun.example:81{executor}"


def test_the_wsdl_names_the_configured_address_and_believes_no_header_of_a_proxy(
    shared: Desk, tmp_path: Path
) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example", "host": "sun.example"}
    url = f"sqlite:///{(tmp_path / 'hub.db').as_posix()}"
    with answering(url, tmp_path, address="https://hub.example/sun/") as behind:
        for desk, told in ((behind, "https://hub.example/sun"), (shared, "http://sun.example")):
            answer = desk.http.get(f"{desk.url}{SOAP_PATH}SecurityProvider?wsdl", headers=forwarded)
            (address,) = etree.fromstring(answer.content).iter(
                "{http://schemas.xmlsoap.org/wsdl/soap/}address"
            )
            assert address.get("location") == f"{told}{SOAP_PATH}SecurityProvider"


def test_other_paths_are_not_there_and_a_service_is_asked_by_post(shared: Desk) -> None:
    assert shared.http.get(f"{shared.url}{SOAP_PATH}SecurityProvider").status_code == 405
    assert shared.http.post(f"{shared.url}{SOAP_PATH}Nothing", content=b"").status_code == 404
    assert shared.http.get(f"{shared.url}/sunsystems-connect/wsdl/Nothing").status_code == 404


def test_whether_it_is_well_can_be_asked_without_a_login(shared: Desk) -> None:
    answer = shared.http.get(f"{shared.url}/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_an_unknown_operation_is_a_fault(shared: Desk) -> None:
    told = shared.post("SecurityProvider", envelope("Nothing", ""))
    assert told.fault
    assert "there is no operation 'Nothing'" in told.fault.text


def test_a_client_that_goes_away_while_it_sends_leaves_nothing(shared: Desk, voucher: str) -> None:
    body = executing(voucher, "Create", escape(customer("GONE").decode()))

    def half() -> object:
        yield body[: len(body) // 2]
        raise httpx.WriteError("gone")

    with pytest.raises(httpx.WriteError):
        shared.post("ComponentExecutor", half())  # type: ignore[arg-type]
    assert name_of(shared, voucher, "GONE") == []


def test_a_client_that_goes_away_before_its_answer_has_its_whole_payload_carried_out(tmp_path: Path) -> None:
    count = 3_000
    bodies = [
        f"<Customer>{fields(CustomerCode=f'L{number:04}', Name='x')}</Customer>" for number in range(count)
    ]
    with answering(f"sqlite:///{(tmp_path / 'hub.db').as_posix()}", tmp_path) as desk:
        voucher = desk.authenticate()
        body = executing(voucher, "Create", escape(payload(bodies).decode()))
        address = f"{desk.url}{SOAP_PATH}ComponentExecutor"
        with desk.http.stream("POST", address, content=body) as answer:
            assert next(answer.iter_raw())
        for _ in range(600):
            if name_of(desk, voucher, f"L{count - 1:04}"):
                break
            time.sleep(0.1)
        assert name_of(desk, voucher, f"L{count - 1:04}") == ["x"]
