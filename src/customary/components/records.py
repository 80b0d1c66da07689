"""What the hub holds, as records: what Query answers, and Amend takes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from customary.components.elements import (
    ACCOUNT,
    ACCOUNT_ANALYSES,
    CHARACTERISTICS,
    CUSTOMER,
    ITEM_CUSTOMER,
    SECTIONS,
    STANDARD_TEXT,
    STATUS_CODES,
    Elements,
    Kind,
    Section,
)
from customary.components.filtering import Kinds
from customary.components.known import KIND, Known, values_of
from customary.model.customer import Child, Status
from customary.protocols.ssc_record import Record, field
from customary.store.accounts import Account

TextsByKey = Mapping[str, Mapping[str, str]]


def customer_record(
    known: Known, account: Account | None, texts: TextsByKey, items: Sequence[Child]
) -> Record:
    """Give a customer as a record: its elements, its children, its account, its texts and its items."""
    root = {**known.root, "Status": STATUS_CODES[known.status]}
    children = _fields(root, CUSTOMER)
    for section in SECTIONS:
        for values in known.children.get(section.node, {}).values():
            children.append(_section(section, values))
    if account:
        children.append(_account(account))
    children += text_records(known.texts, texts)
    code = known.root.get("CustomerCode", "")
    children += [item_record("CustomerItems", item, code, texts) for item in items]
    return Record("Customer", "", (), tuple(children))


def item_record(name: str, item: Child, customer: str, texts: TextsByKey) -> Record:
    """Give an item customer as a record."""
    values: dict[str, Any] = values_of(item, ITEM_CUSTOMER)
    children = _fields({**values, "CustomerCode": customer}, ITEM_CUSTOMER)
    for held in values.get(CHARACTERISTICS.node, {}).values():
        children.append(_section(CHARACTERISTICS, held))
    children += text_records(values.get("StandardText", ()), texts)
    return Record(name, "", (), tuple(children))


def text_records(keys: Iterable[str], texts: TextsByKey) -> list[Record]:
    """Give the standard texts that are attached, each where Amend takes it; what is gone is left out."""
    return [
        Record("StandardText", "", (), (Record("StandardTextLang", "", (), tuple(fields)),))
        for key in keys
        if (fields := _fields(texts.get(key, {}), STANDARD_TEXT))
    ]


def text_record(text: Mapping[str, str]) -> Record:
    """Give a standard text as a record of its own component."""
    return Record("StandardTextLanguageVariants", "", (), tuple(_fields(text, STANDARD_TEXT)))


def text_keys_of(items: Iterable[Child]) -> set[str]:
    """Tell which standard texts item customers have."""
    return {key for item in items for key in item.vendor.get(KIND, {}).get("StandardText", ())}


def _account(account: Account) -> Record:
    values = {
        **account.fields,
        "AccountCode": account.code,
        "Status": STATUS_CODES[Status(account.status)],
    }
    children = _fields(values, ACCOUNT)
    for section in ACCOUNT_ANALYSES:
        if section.node in values:
            children.append(_section(section, values[section.node]))
    return Record("Accounts", "", (), tuple(children))


def _section(section: Section, values: Mapping[str, str]) -> Record:
    fields = _fields(values, section.elements)
    more = [field(name, values[name]) for name in sorted(values) if name not in section.elements]
    return Record(section.node, "", (), (*fields, *more))


def _fields(values: Mapping[str, Any], elements: Elements) -> list[Record]:
    return [field(name, values[name]) for name in elements if values.get(name)]


def _paths(node: tuple[str, ...], elements: Elements) -> dict[tuple[str, ...], Kind]:
    return {(*node, name): element.kind for name, element in elements.items()}


def _texts(*node: str) -> dict[tuple[str, ...], Kind]:
    return _paths((*node, "StandardText", "StandardTextLang"), STANDARD_TEXT)


def _items(*node: str) -> dict[tuple[str, ...], Kind]:
    characteristics = _paths((*node, CHARACTERISTICS.node), CHARACTERISTICS.elements)
    return {**_paths(node, ITEM_CUSTOMER), **characteristics, **_texts(*node)}


def _of_sections(node: tuple[str, ...], sections: Sequence[Section]) -> dict[tuple[str, ...], Kind]:
    return {
        path: kind
        for section in sections
        for path, kind in _paths((*node, section.node), section.elements).items()
    }


CUSTOMER_KINDS: Kinds = {
    **_paths(("Customer",), CUSTOMER),
    **_of_sections(("Customer",), SECTIONS),
    **_paths(("Customer", "Accounts"), ACCOUNT),
    **_of_sections(("Customer", "Accounts"), ACCOUNT_ANALYSES),
    **_texts("Customer"),
    **_items("Customer", "CustomerItems"),
}
ITEM_KINDS: Kinds = _items("ItemCustomer")
TEXT_KINDS: Kinds = _paths(("StandardTextLanguageVariants",), STANDARD_TEXT)
