"""Payloads that a stranger, or a broken program, may send: none of them may be carried out."""

from __future__ import annotations

from tests.support.components import fields

BOMB = (
    '<!DOCTYPE SSC [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL = '<!DOCTYPE SSC [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
GOOD = f"<Customer>{fields(CustomerCode='GOOD')}</Customer>"


def inside(content: str) -> str:
    return f"<SSC><SunSystemsContext><BusinessUnit>PK1</BusinessUnit></SunSystemsContext>{content}</SSC>"


def among(*more: str) -> str:
    """A payload with a good customer and what is hostile behind it."""
    return inside(f"<Payload>{GOOD}{''.join(more)}</Payload>")


def broken(content: str) -> str:
    return among(f"<Customer>{content}</Customer>")


ATTRIBUTES = " ".join([f"a{n}=''" for n in range(50_000)])
PAYLOADS = {
    "entity bomb": BOMB + broken("<CustomerCode>&c;</CustomerCode>"),
    "external entity": EXTERNAL + broken("<CustomerCode>&x;</CustomerCode>"),
    "document type alone": "<!DOCTYPE SSC>" + among(),
    "undeclared entity": broken("<Name>&nbsp;</Name>"),
    "depth": broken("<a>" * 50_000 + "</a>" * 50_000),
    "giant text": broken(f"<Name>{'x' * 20_000_000}</Name>"),
    "giant attribute": broken(f"<Name a='{'x' * 20_000_000}'/>"),
    "attributes": broken(f"<Name {ATTRIBUTES}/>"),
    "names": broken("".join([f"<a{n}/>" for n in range(50_000)])),
    "cut off": among()[:-20],
    "two documents": among() * 2,
    "empty": "",
    "no payload": inside(""),
    "two payloads": inside(f"<Payload>{GOOD}</Payload>" * 2),
    "an unclosed comment": among("<!-- "),
    "declaration inside": among('<?xml version="1.0"?>'),
    "records of another component": among("<Supplier><SupplierCode>1</SupplierCode></Supplier>"),
    "another business unit": among().replace("PK1", "NOWHERE"),
    "just text": "hello",
}
