"""A customer in a component's own elements: read from what the hub holds, and written back into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct

from customary.components.elements import ANALYSIS_CODE, BY_NODE, CUSTOMER, SECTIONS, Elements, Section
from customary.components.reading import Values
from customary.model.change import FieldChange
from customary.model.customer import Address, Child, Customer, Status
from customary.model.fields import Maybe
from customary.store.whole import CustomerWrite

KIND = "sunsystems"
"""The name under which is kept what only this vendor has."""

TEXTS = "standard_texts"

Children = dict[str, dict[str, Values]]
"""Node -> key -> element -> value."""


class Known(Struct, frozen=True, kw_only=True):
    """A customer as the component sees it: no value is ``""``."""

    root: Values
    children: Children = {}
    texts: tuple[str, ...] = ()
    """The keys of the standard texts that are attached."""
    status: Status = Status.OPEN


def known_of(customer: Customer) -> Known:
    """Give what the hub holds of a customer in the component's elements."""
    own = customer.vendor.get(KIND, {})
    root = {
        name: str(value)
        for name, element in CUSTOMER.items()
        if name != "Status"
        and (value := customer.fields.get(element.field) if element.field else own.get(name))
    }
    children: Children = {}
    for section in SECTIONS:
        if section.kept:
            held = getattr(customer, section.kept)
            found = {
                child.key: values_of(child, section.elements) for child in held if _is_of(child, section)
            }
        else:
            code = customer.fields.get(_analysis_field(section), "")
            values = {ANALYSIS_CODE: str(code)} if code else {}
            values |= own.get(section.node, {})
            found = {"": values} if values else {}
        if found:
            children[section.node] = found
    texts = tuple([child.key for child in customer.standard_texts])
    return Known(root=root, children=children, texts=texts, status=customer.status)


def values_of(child: Child, elements: Elements) -> Values:
    """Give a child's values under the component's names."""
    own: dict[str, str] = child.vendor.get(KIND, {})
    shared = {
        name: str(child.fields[element.field])
        for name, element in elements.items()
        if element.field and child.fields.get(element.field)
    }
    return {**shared, **own}


def split(values: Mapping[str, str], elements: Elements) -> tuple[Values, dict[str, dict[str, Any]]]:
    """Give a child's values as the hub keeps them: those that have a common name, and the vendor's own."""
    fields = {
        elements[name].field: value
        for name, value in values.items()
        if name in elements and elements[name].field
    }
    own = {name: value for name, value in values.items() if name not in elements or not elements[name].field}
    return fields, {KIND: own} if own else {}


def write_of(before: Known | None, after: Known, customer: Customer | None, identity: str) -> CustomerWrite:
    """Give what must be written so that the hub holds ``after``; ``customer`` is what it holds now."""
    was = before or Known(root={})
    fields: dict[str, Maybe] = {}
    for name, element in CUSTOMER.items():
        if element.field and was.root.get(name) != after.root.get(name):
            fields[element.field] = after.root.get(name, "" if before else UNSET)
    for section in SECTIONS:
        if not section.kept:
            codes = [
                one.children.get(section.node, {}).get("", {}).get(ANALYSIS_CODE) for one in (was, after)
            ]
            if codes[0] != codes[1]:
                fields[_analysis_field(section)] = codes[1] or ("" if before else UNSET)
    vendor = dict(customer.vendor) if customer else {}
    vendor.pop(KIND, None)
    if own := _own(after):
        vendor[KIND] = own
    return CustomerWrite(
        identity=identity,
        version=customer.version + 1 if customer else 1,
        fields=fields,
        status=after.status,
        vendor=vendor,
        put=tuple(_put(was, after)),
        drop=tuple(_drop(was, after)),
    )


def changes_of(before: Known | None, after: Known | None, rule: str) -> tuple[FieldChange, ...]:
    """Give the field changes from one to the other, as the journal tells them.

    ``None``: there is no customer. What is removed from a customer that stays is blank then.
    """
    told = [dict(_flat(one)) if one else {} for one in (before, after)]
    names = sorted(set(told[0]) | set(told[1]), key=lambda name: (name not in _FIELDS, name))
    if before and after:
        told[1] = {**dict.fromkeys([name for name in told[0] if name in _FIELDS], ""), **told[1]}
    return tuple(
        FieldChange(name, told[0].get(name, UNSET), told[1].get(name, UNSET), rule)
        for name in names
        if told[0].get(name) != told[1].get(name)
    )


_FIELDS = {element.field: None for element in CUSTOMER.values() if element.field}


def _flat(known: Known) -> Iterator[tuple[str, str]]:
    """Name every value as the history does: a customer's field, else the vendor's path."""
    for name, value in known.root.items():
        yield CUSTOMER[name].field or f"{KIND}.{name}", value
    for node, found in known.children.items():
        for key, values in found.items():
            for name, value in values.items():
                if name == ANALYSIS_CODE:
                    yield _analysis_field(BY_NODE[node]), value
                else:
                    yield f"{KIND}.{node}[{key.replace(chr(9), ', ')}].{name}", value
    for key in known.texts:
        yield f"{KIND}.StandardText[{key.replace(chr(9), ', ')}]", "attached"
    yield "status", known.status.value


def _own(known: Known) -> dict[str, Any]:
    own: dict[str, Any] = {name: value for name, value in known.root.items() if not CUSTOMER[name].field}
    for section in SECTIONS:
        if not section.kept:
            values = known.children.get(section.node, {}).get("", {})
            more = {name: value for name, value in values.items() if name != ANALYSIS_CODE}
            own |= {section.node: more} if more else {}
    return own


def _put(was: Known, after: Known) -> Iterator[tuple[str, Child]]:
    for section in SECTIONS:
        if section.kept:
            held = was.children.get(section.node, {})
            for key, values in after.children.get(section.node, {}).items():
                if held.get(key) != values:
                    yield section.kept, _child(section, key, values)
    for key in after.texts:
        if key not in was.texts:
            yield TEXTS, Child(key=key)


def _child(section: Section, key: str, values: Values) -> Child:
    fields, vendor = split(values, section.elements)
    if section.use is None:
        return Child(key=key, fields=fields, vendor=vendor)
    return Address(use=section.use, key=key, fields=fields, vendor=vendor)


def _drop(was: Known, after: Known) -> Iterator[tuple[str, Any, str]]:
    for section in SECTIONS:
        if section.kept:
            kept = after.children.get(section.node, {})
            for key in was.children.get(section.node, {}):
                if key not in kept:
                    yield section.kept, section.use, key
    for key in was.texts:
        if key not in after.texts:
            yield TEXTS, None, key


def _is_of(child: Child, section: Section) -> bool:
    return not isinstance(child, Address) or child.use is section.use


def _analysis_field(section: Section) -> str:
    return f"analysis_{section.node.removeprefix('Analysis')}"
