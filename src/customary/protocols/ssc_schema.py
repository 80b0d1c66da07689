"""The schemas of the components' payloads and answers, made from the tables of their elements.

What InputSchema and OutputSchema really answer is not published (section 1 of ``facts/sunsystems.md``): that
it is an XML Schema of a whole SSC document is a guess. A schema says what there is, and not what is
mandatory, which depends on the method.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from customary.protocols.ssc_elements import COMPONENTS
from customary.protocols.ssc_node import Element, Node, Type

_TYPES: Final = {Type.DECIMAL: "xs:decimal", Type.INTEGER: "xs:integer"}
_QUERY: Final = ("Filter", "Select", "OutputLimit")
_SECTIONS: Final = ("ErrorContext", "User", "SunSystemsContext", "MethodContext")
_OPEN: Final = (
    '<xs:complexType mixed="true"><xs:sequence>'
    '<xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/>'
    '</xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType>'
)

_EMPTY: Final = (
    '<xs:simpleType><xs:restriction base="xs:string"><xs:length value="0"/></xs:restriction></xs:simpleType>'
)


def input_schema(component: str, method: str) -> str:
    """Write the schema of a payload. Raises ``KeyError`` for a component whose elements are not known."""
    if method == "Query":
        return _schema(_open(_QUERY))
    return _schema(_records(COMPONENTS[component], queried=False, more=""))


def output_schema(component: str, method: str) -> str:
    """Write the schema of an answer. Raises ``KeyError`` likewise."""
    queried = method == "Query"
    messages = "" if queried else f'<xs:element name="Messages">{_OPEN}</xs:element>'
    return _schema(_records(COMPONENTS[component], queried=queried, more=messages))


def _schema(content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="SSC"><xs:complexType>'
        f'<xs:all>{_open(_SECTIONS)}<xs:element name="Payload"><xs:complexType><xs:sequence>{content}'
        "</xs:sequence></xs:complexType></xs:element></xs:all></xs:complexType></xs:element></xs:schema>\n"
    )


def _open(names: tuple[str, ...]) -> str:
    """Write elements of any content."""
    return "".join(f'<xs:element name="{name}" minOccurs="0">{_OPEN}</xs:element>' for name in names)


def _records(node: Node, *, queried: bool, more: str) -> str:
    often = ' minOccurs="0" maxOccurs="unbounded"'
    return f'<xs:element name="{node.name}"{often}>{_content(node, queried, more)}</xs:element>'


def _content(node: Node, queried: bool, more: str) -> str:
    """Write what a record or a child holds, in any order (section 2, guess)."""
    parts = "".join([*_elements(node), *_children(node, queried), more])
    return (
        f'<xs:complexType><xs:choice minOccurs="0" maxOccurs="unbounded">{parts}</xs:choice>'
        '<xs:attribute name="status" type="xs:string"/><xs:attribute name="Reference" type="xs:string"/>'
        "</xs:complexType>"
    )


def _children(node: Node, queried: bool) -> Iterator[str]:
    for child in node.nodes.values():
        if queried or not child.query_only:
            yield f'<xs:element name="{child.name}">{_content(child, queried, "")}</xs:element>'


def _elements(node: Node) -> Iterator[str]:
    for element in node.elements.values():
        for name in (element.name, *element.aliases):
            yield f'<xs:element name="{name}"><xs:simpleType>{_type(element)}</xs:simpleType></xs:element>'


def _type(element: Element) -> str:
    """Write what a text may be. An empty one clears the value, so a number may be empty too (section 3)."""
    if element.type in _TYPES:
        return f'<xs:union memberTypes="{_TYPES[element.type]}">{_EMPTY}</xs:union>'
    longest = max([element.length, *map(len, element.codes.values())])  # SASI takes codes by name too
    facet = f'<xs:maxLength value="{longest}"/>' if longest else ""
    return f'<xs:restriction base="xs:string">{facet}</xs:restriction>'
