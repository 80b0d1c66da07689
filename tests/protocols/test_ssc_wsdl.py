from __future__ import annotations

import pytest
from lxml import etree

from customary.protocols.ssc_soap import NAMESPACE, OPERATIONS, soap_action
from customary.protocols.ssc_wsdl import wsdl

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"


@pytest.mark.parametrize("service", OPERATIONS)
def test_a_wsdl_has_every_operation_with_its_parameters_and_action(service: str) -> None:
    """SOURCE: facts, section 1: names and parameters documented, the action observed."""
    root = etree.fromstring(wsdl(service, "http://sun.example/x?a&b").encode())
    assert root.get("targetNamespace") == NAMESPACE
    actions = {
        operation.get("name"): bound.get("soapAction")
        for operation in root.iter(f"{WSDL}operation")
        for bound in operation.iter(f"{SOAP}operation")
    }
    assert actions == {name: soap_action(name).strip('"') for name in OPERATIONS[service]}
    requests = {
        str(element.get("name")): [child.get("name") for child in element.iter(f"{XSD}element")][1:]
        for element in next(root.iter(f"{XSD}schema"))
    }
    for name, parameters in OPERATIONS[service].items():
        assert requests[f"{service}{name}Request"] == list(parameters)
        assert requests[f"{service}{name}Response"] == ["response"]
    (address,) = root.iter(f"{SOAP}address")
    assert address.get("location") == "http://sun.example/x?a&b"


def test_there_is_no_wsdl_of_another_service() -> None:
    with pytest.raises(KeyError):
        wsdl("Nothing", "http://sun.example")
