from __future__ import annotations

import pytest
from lxml import etree

from customary.protocols.ssc_elements import COMPONENTS
from customary.protocols.ssc_schema import input_schema, output_schema


def schema(text: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(text.encode()))


def document(content: str) -> etree._Element:
    return etree.fromstring(
        "<SSC><User/><SunSystemsContext><BusinessUnit>PK1</BusinessUnit></SunSystemsContext>"
        f"<Payload>{content}</Payload></SSC>"
    )


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("method", ["CreateOrAmend", "Query"])
def test_every_schema_is_one(component: str, method: str) -> None:
    assert schema(input_schema(component, method)).validate(document(""))
    schema(output_schema(component, method))


@pytest.mark.parametrize(
    ("content", "valid"),
    [
        ("<Customer><Name>x</Name><CustomerCode>1</CustomerCode><Status>Open</Status></Customer>", True),
        ("<Customer><MaximumSalesOrderValue/><Tax><SequenceNumber>1</SequenceNumber></Tax></Customer>", True),
        ("<Customer><EmailAddress>a@example.com</EmailAddress></Customer><Customer/>", True),
        ("<Customer><MaximumSalesOrderValue>many</MaximumSalesOrderValue></Customer>", False),
        ("<Customer><CustomerName>x</CustomerName></Customer>", False),
        (f"<Customer><CustomerCode>{'x' * 16}</CustomerCode></Customer>", False),
        ("<Customer><CustomerItems><ItemCode>1</ItemCode></CustomerItems></Customer>", False),
        ("<Supplier/>", False),
    ],
)
def test_a_schema_of_input_says_what_a_payload_may_hold(content: str, valid: bool) -> None:
    """SOURCE: facts, section 9; that CustomerItems is for Query only is documented."""
    assert schema(input_schema("Customer", "CreateOrAmend")).validate(document(content)) is valid


def test_a_schema_of_output_has_messages_and_items_where_they_come() -> None:
    answer = document("<Customer status='fail'><Messages><Message Level='error'/></Messages></Customer>")
    queried = document("<Customer><CustomerItems><ItemCode>1</ItemCode></CustomerItems></Customer>")
    assert schema(output_schema("Customer", "Create")).validate(answer)
    assert not schema(output_schema("Customer", "Create")).validate(queried)
    assert schema(output_schema("Customer", "Query")).validate(queried)
    assert not schema(output_schema("Customer", "Query")).validate(answer)
