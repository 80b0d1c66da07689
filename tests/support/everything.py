"""Customers with a value in every element and with every kind of child, as payload text."""

from __future__ import annotations

from customary.components.elements import (
    ACCOUNT,
    ACCOUNT_ANALYSES,
    CHARACTERISTICS,
    CUSTOMER,
    ITEM_CUSTOMER,
    SECTIONS,
    STANDARD_TEXT,
    Element,
    Kind,
    Section,
)

ODD = "Ä & <b> \"'> 東京 😀"
"""Characters that XML escapes, or that take several bytes."""
_NOT_SENT = {"CustomerCode", "ActualAccount", "InvoicingCustomerCode", "AccountCode", "AccountType", "Status"}


def customer(code: str, **more: str) -> str:
    """The elements of a customer with everything but texts: they are attached by some methods only."""
    children = "".join(_child(section, number) for section in SECTIONS for number in (1, 2))
    return f"{_written(CUSTOMER, code)}{_plain({'CustomerCode': code, **more})}{children}"


def account() -> str:
    """The elements of a linked account."""
    children = "".join(_child(section, 1) for section in ACCOUNT_ANALYSES)
    return f"<Accounts>{_written(ACCOUNT, 'acc')}{children}</Accounts>"


def text(code: str) -> str:
    """A standard text to attach."""
    values = _plain({"StandardTextCode": code, "StandardTextClassCode": "STD", "LanguageCode": "1"})
    keys = ("StandardTextCode", "StandardTextClassCode", "LanguageCode")
    more = {name: element for name, element in STANDARD_TEXT.items() if name not in keys}
    return f"<StandardText><StandardTextLang>{values}{_written(more, code)}</StandardTextLang></StandardText>"


def item_customer(item: str, code: str) -> str:
    """The elements of an item customer, with characteristics whose other elements are not known."""
    characteristic = "<Characteristics><CharacteristicsCode>C1</CharacteristicsCode><Other>1</Other>"
    more = {name: element for name, element in ITEM_CUSTOMER.items() if name != "ItemCode"}
    keys = _plain({"ItemCode": item, "CustomerCode": code})
    return f"{keys}{_written(more, item)}{characteristic}</Characteristics>{_child(CHARACTERISTICS, 2)}"


def _child(section: Section, number: int) -> str:
    keys = {name: str(number) for name in section.keys}
    more = {name: element for name, element in section.elements.items() if name not in keys}
    if not section.keys and number > 1:
        return ""
    return f"<{section.node}>{_plain(keys)}{_written(more, str(number))}</{section.node}>"


def _written(elements: dict[str, Element] | object, seed: str) -> str:
    assert isinstance(elements, dict)
    return _plain({name: _value(one, seed) for name, one in elements.items() if name not in _NOT_SENT})


def _value(element: Element, seed: str) -> str:
    match element.kind:
        case Kind.TEXT:
            return f"{seed} {ODD}"[: element.length]
        case Kind.CODE:
            return f"c{seed}"[: element.length]
        case Kind.CODED:
            return next(iter(element.codes))
        case Kind.DATE:
            return "29022024"
        case Kind.INTEGER:
            return "7"
        case Kind.DECIMAL:
            return "1234.50000"


def _plain(values: dict[str, str]) -> str:
    escaped = {
        name: value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for name, value in values.items()
    }
    return "".join(f"<{name}>{value}</{name}>" for name, value in escaped.items())
