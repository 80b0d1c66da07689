"""The WSDL of SunSystems Connect's services, as a client generator wants it.

Names and parameters are documented, as is SOAP 1.1; document/literal, the element names of all but
Authenticate and Execute, and how a string[] is answered are guesses. Section numbers name the fact sheet on
SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from customary.protocols.ssc_soap import NAMESPACE, OPERATIONS
from customary.protocols.xml import escape_attribute

_LISTS: Final = frozenset({"Components", "Methods", "BusinessUnitGroups"})
"""The operations that answer a string[] (section 1, documented)."""
_BOOLEANS: Final = frozenset({"Validate"})
_OPTIONAL: Final = frozenset({"licensing", "group"})
"""Parameters that may be absent (section 1, client code)."""


def wsdl(service: str, address: str) -> str:
    """Write the WSDL of a service that answers at ``address``. Raises ``KeyError`` for an unknown service."""
    operations = OPERATIONS[service]
    elements = "".join(
        element
        for name, parameters in operations.items()
        for element in _elements(service + name, name, parameters)
    )
    messages = "".join(message for name in operations for message in _messages(service + name))
    ports = "".join(
        f'<operation name="{name}"><input message="tns:{service}{name}Request"/>'
        f'<output message="tns:{service}{name}Response"/></operation>'
        for name in operations
    )
    bindings = "".join(
        f'<operation name="{name}"><soap:operation soapAction="{NAMESPACE}{name}"/>'
        '<input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>'
        for name in operations
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
        f' xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="{NAMESPACE}"'
        f' name="{service}" targetNamespace="{NAMESPACE}">'
        f'<types><xsd:schema targetNamespace="{NAMESPACE}" elementFormDefault="qualified">{elements}'
        f'</xsd:schema></types>{messages}<portType name="{service}PortType">{ports}</portType>'
        f'<binding name="{service}Binding" type="tns:{service}PortType">'
        f'<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>{bindings}'
        f'</binding><service name="{service}"><port name="{service}" binding="tns:{service}Binding">'
        f'<soap:address location="{escape_attribute(address)}"/></port></service></definitions>\n'
    )


def _elements(name: str, operation: str, parameters: tuple[str, ...]) -> Iterator[str]:
    taken = "".join(
        f'<xsd:element name="{parameter}" type="xsd:string"{_optional(parameter)}/>'
        for parameter in parameters
    )
    yield _element(f"{name}Request", taken)
    kind = "boolean" if operation in _BOOLEANS else "string"
    often = ' maxOccurs="unbounded"' if operation in _LISTS else ""
    least = ' minOccurs="0"' if operation in _LISTS else ""
    answer = f'<xsd:element name="response" form="unqualified" type="xsd:{kind}" nillable="true"'
    yield _element(f"{name}Response", f"{answer}{least}{often}/>")


def _optional(parameter: str) -> str:
    return ' minOccurs="0"' if parameter in _OPTIONAL else ""


def _element(name: str, content: str) -> str:
    return (
        f'<xsd:element name="{name}"><xsd:complexType><xsd:sequence>{content}</xsd:sequence>'
        "</xsd:complexType></xsd:element>"
    )


def _messages(name: str) -> Iterator[str]:
    for end in ("Request", "Response"):
        part = f'<part name="parameters" element="tns:{name}{end}"/>'
        yield f'<message name="{name}{end}">{part}</message>'
