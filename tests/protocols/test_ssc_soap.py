from __future__ import annotations

import pytest
from lxml import etree

from customary.protocols.ssc import (
    OPERATIONS,
    SscFormatError,
    soap_action,
    write_fault,
    write_request,
    write_response,
    write_responses,
)
from customary.protocols.ssc_soap import NAMESPACE, SOAP_11, SOAP_12


def body(document: bytes) -> etree._Element:
    (found,) = etree.fromstring(document).iter(f"{{{SOAP_11.envelope}}}Body")
    (child,) = found
    return child


def test_a_request_is_as_it_was_seen() -> None:
    """SOURCE: facts, section 1, documented."""
    request = b"".join(write_request("SecurityProvider", "Authenticate", {"name": "AB1"}))
    assert request.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP_11.envelope}" xmlns:web="{NAMESPACE}"><soapenv:Body>'
        "<web:SecurityProviderAuthenticateRequest><web:name>AB1</web:name><web:password></web:password>"
        "</web:SecurityProviderAuthenticateRequest></soapenv:Body></soapenv:Envelope>"
    )


def test_the_payload_is_escaped_and_the_parameters_are_in_their_order() -> None:
    """SOURCE: facts, section 1, documented."""
    parameters = {"method": "Query", "component": "Customer", "authentication": "V&1"}
    request = b"".join(
        write_request("ComponentExecutor", "Execute", parameters, ["<SSC>", "<A>]]>é\r</A>", "</SSC>"])
    )
    operation = body(request)
    assert operation.tag == f"{{{NAMESPACE}}}ComponentExecutorExecuteRequest"
    assert [etree.QName(child).localname for child in operation] == [
        "authentication",
        "licensing",
        "component",
        "method",
        "group",
        "payload",
    ]
    assert [child.text for child in operation] == [
        "V&1",
        None,
        "Customer",
        "Query",
        None,
        "<SSC><A>]]>é\r</A></SSC>",
    ]


def test_a_parameter_that_the_operation_has_not_is_refused() -> None:
    for parameter in ("property", "payload"):
        with pytest.raises(SscFormatError, match=f"no parameter {parameter}"):
            list(write_request("ComponentExecutor", "Execute", {parameter: "x"}))


def test_a_character_that_xml_cannot_hold_is_refused_without_quoting_the_password() -> None:
    with pytest.raises(SscFormatError, match=r"password holds the character U\+0001") as refused:
        list(write_request("SecurityProvider", "Authenticate", {"password": "secret\x01"}))
    assert "secret" not in str(refused.value)


def test_an_answer_is_one_response_without_a_namespace() -> None:
    """SOURCE: facts, section 1, client code."""
    answer = body(b"".join(write_response("ComponentExecutor", "Execute", ["<SSC>", "é</SSC>"])))
    assert answer.tag == f"{{{NAMESPACE}}}ComponentExecutorExecuteResponse"
    assert [(child.tag, child.text) for child in answer] == [("response", "<SSC>é</SSC>")]


def test_an_answer_with_many_values_has_many_responses() -> None:
    """SOURCE: facts, section 1: string[] and string|null are documented, how they are written is a guess."""
    answer = body(write_responses("ComponentExecutor", "Components", ["Customer", "a<b", None, ""]))
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    assert [(child.tag, child.text, child.get(nil)) for child in answer] == [
        ("response", "Customer", None),
        ("response", "a<b", None),
        ("response", None, "true"),
        ("response", None, None),
    ]


@pytest.mark.parametrize("text", ["It is wrong: a < b & c.", "]]>", "]]]]>>", "a\x0bb", ""])
def test_the_text_of_a_fault_stands_in_cdata(text: str) -> None:
    """SOURCE: facts, section 4, client code."""
    document = write_fault("Client", text)
    fault = body(document)
    assert b"<faultstring><![CDATA[" in document
    assert fault.tag == f"{{{SOAP_11.envelope}}}Fault"
    assert [child.text or "" for child in fault] == ["soapenv:Client", text.replace("\x0b", "�")]


def test_the_soap_action_is_the_operation_in_the_namespace() -> None:
    """SOURCE: facts, section 1, observed."""
    assert soap_action("Execute") == '"http://systemsunion.com/connect/webservices/Execute"'


def test_every_operation_can_be_called() -> None:
    for service, operations in OPERATIONS.items():
        for operation, names in operations.items():
            request = body(b"".join(write_request(service, operation, {})))
            assert [etree.QName(child).localname for child in request] == list(names)


def test_who_asks_in_soap_1_2_is_answered_in_it() -> None:
    """SOURCE: SOAP 1.2, part 1, sections 5.4 and 5.4.6."""
    (found,) = etree.fromstring(write_fault("Server", "a < b", SOAP_12)).iter(f"{{{SOAP_12.envelope}}}Fault")
    texts = [str(text) for text in found.itertext()]
    assert texts == ["soapenv:Receiver", "a < b"]
    answer = b"".join(write_response("ComponentExecutor", "Execute", ["x"], SOAP_12))
    assert etree.fromstring(answer).tag == f"{{{SOAP_12.envelope}}}Envelope"
