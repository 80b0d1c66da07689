"""The native fields of a SunSystems customer: what each is on the wire, and what can be written.

A native record is flat text. An element of the customer itself has its own name, one of the linked account
stands behind ``Accounts.``, an analysis code behind ``AnalysisN.``. The children of which a customer may have
several are one native field each, which holds all of them as canonical JSON (``children``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from customary.model.fields import Field, FieldTable, Kind, table
from customary.protocols.ssc_elements import CUSTOMER
from customary.protocols.ssc_node import Element, Node, Type

COMPONENT: Final = CUSTOMER.name
KEY: Final = "CustomerCode"
STATUS: Final = "Status"
ACCOUNT: Final = "ActualAccount"
INVOICING: Final = "InvoicingCustomerCode"
ACCOUNTS: Final = "Accounts"
TEXTS: Final = "StandardText"
MOST_KEY: Final = CUSTOMER.elements[KEY].length

_LONGEST_DATE = 10
_SMALLINT = 5

Path = tuple[str, ...]
"""Where an element stands below Customer."""


def _flat(node: Node, above: Path = ()) -> Iterator[tuple[Path, Element]]:
    """Give every element that a customer has at most once, with its path."""
    for element in node.elements.values():
        yield (*above, element.name), element
    for child in node.nodes.values():
        if not child.many:
            yield from _flat(child, (*above, child.name))


FLAT: Final[dict[str, tuple[Path, Element]]] = {
    ".".join(path): (path, element) for path, element in _flat(CUSTOMER)
}
"""Native field -> its path and element."""

CHILDREN: Final[dict[str, Node]] = {
    name: node for name, node in CUSTOMER.nodes.items() if node.many and not node.query_only
}
"""Native field that holds children -> what they are; a standard text is told by ``StandardTextLang``."""

NATIVES: Final = (*FLAT, *CHILDREN)
"""All native fields that a mapping may name."""

ANALYSES: Final[dict[str, str]] = {
    ".".join(path[:-1]): name for name, (path, _) in FLAT.items() if path[-1].endswith("_AnlCode")
}
"""What stands before the elements of an analysis -> its code, which must go with them (8, documented)."""

REMOVABLE: Final = frozenset(name for name, node in CHILDREN.items() if node.deletable)
"""The children that DeleteChildData can delete (8, documented)."""

_DERIVED = frozenset(
    name
    for name, (path, element) in FLAT.items()
    if element.read_only or name == f"{ACCOUNTS}.AccountCode" or path[-1].endswith(("_SHead", "_CustCode"))
)
"""What is read only: the account's code is the customer's ActualAccount."""


def _field(name: str, path: Path, element: Element) -> Field:
    where = " ".join(path[:-1]) or "the customer"
    meaning = f"{path[-1]} of {where}"
    match element.type:
        case Type.DECIMAL:
            return Field(
                name=name, meaning=meaning, kind=Kind.DECIMAL, length=element.whole, decimals=element.scale
            )
        case Type.INTEGER:
            return Field(name=name, meaning=meaning, kind=Kind.DECIMAL, length=_SMALLINT)
        case Type.DATE:
            return Field(name=name, meaning=f"{meaning}, as ddmmyyyy", length=_LONGEST_DATE)
    if element.codes:
        codes = "; ".join(f"{code}={word}" for code, word in element.codes.items())
        longest = max(map(len, (*element.codes, *element.codes.values())))
        return Field(name=name, meaning=f"{meaning}: {codes}", length=longest)
    return Field(name=name, meaning=meaning, length=element.length)


HOLDS: Final[FieldTable] = table(
    *(_field(name, path, element) for name, (path, element) in FLAT.items() if name not in _DERIVED),
    *(Field(name=name, meaning=f"all {name} of the customer, as JSON") for name in CHILDREN),
)
"""What can be written. Lengths and codes: facts/sunsystems.md 9, client code. A coded value has room for its
name, since names are taken too; it is always written as its code."""


def lacks(name: str, without: Iterable[str]) -> bool:
    """Tell whether a native field or an element of a child is one of those, or below one."""
    return any(name == each or name.startswith(f"{each}.") for each in without)


def unknown_elements(without: Iterable[str]) -> list[str]:
    """Say of each name which is neither an element nor a node, and so cannot be lacking."""
    inside = {f"{name}.{element}" for name, node in CHILDREN.items() for element in node.elements}
    names = {*NATIVES, *inside, *(name.rpartition(".")[0] for name in FLAT)} - {"", KEY}
    return [f"`without`: there is no '{name}' that could be lacking" for name in without if name not in names]


def unknown(names: Iterable[str]) -> list[str]:
    """Say of each name that is no native field which one is meant, perhaps."""
    told = []
    for name in names:
        if name not in FLAT and name not in CHILDREN:
            near = get_close_matches(name, NATIVES, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            told.append(f"a SunSystems customer has no '{name}'{hint}")
    return told
