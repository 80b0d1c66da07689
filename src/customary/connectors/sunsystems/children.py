"""Children of a customer as one native text: canonical JSON, so that they are compared and written whole.

It is a list of objects, element -> text, in the order of their keys; names are sorted, blanks are left out,
``""`` says that there are none. Of a standard text only its keys are told: nothing else of it can be written
through a customer (facts/sunsystems.md 9, documented).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from customary.connectors.sunsystems.fields import CHILDREN, TEXTS
from customary.connectors.sunsystems.values import Unwritable, canonical, told
from customary.protocols.ssc_node import Node
from customary.protocols.ssc_record import Record

Child = Mapping[str, str]
"""One child: element -> text."""

_LANGUAGE: Final = "StandardTextLang"
_DECODER: Final = msgspec.json.Decoder(list[dict[str, str]])


def node_of(name: str) -> Node:
    """Give the node that holds the elements of a kind of child."""
    return CHILDREN[name].nodes[_LANGUAGE] if name == TEXTS else CHILDREN[name]


def elements_of(name: str) -> tuple[str, ...]:
    """Name the elements that are told of a kind of child."""
    node = node_of(name)
    if name == TEXTS:
        return tuple(element for element in node.elements if element in node.keys)
    return tuple(element.name for element in node.elements.values() if not element.read_only)


def key_of(name: str, child: Child) -> tuple[str, ...]:
    """Give what tells a child from the others of its kind; codes compare without case (10, guess)."""
    return tuple(child.get(key, "").strip().casefold() for key in node_of(name).keys)


def written(name: str, children: Iterable[Child]) -> str:
    """Write children as their native text."""
    kept = [{key: text for key, text in sorted(child.items()) if text} for child in children]
    kept = sorted((child for child in kept if child), key=lambda child: key_of(name, child))
    return msgspec.json.encode(kept).decode() if kept else ""


def read(text: str) -> Sequence[Child]:
    """Read a native text. Raises ``ValueError`` for what is none."""
    try:
        return _DECODER.decode(text) if text else []
    except msgspec.DecodeError:
        raise ValueError("is no JSON list of objects whose values are texts") from None


def of_record(name: str, record: Record) -> str:
    """Give the native text of the children that a customer's record has; ``""`` for none."""
    found = record.all(name)
    if name == TEXTS:
        found = tuple(inner for child in found for inner in child.all(_LANGUAGE))
    elements = node_of(name).elements
    wanted = elements_of(name)
    return written(
        name,
        ({key: told(elements[key], str(child.value(key) or "")) for key in wanted} for child in found),
    )


def to_records(name: str, desired: str, held: str) -> Iterator[Record]:
    """Give the children to send so that those that are ``held`` become the ``desired`` ones.

    An element that has to go is sent empty. What has to be deleted is ``to_delete``.
    """
    before = {key_of(name, child): child for child in read(held)}
    for child in read(desired):
        known = before.get(key_of(name, child), {})
        if known != child:
            yield _record(name, {**dict.fromkeys(known, ""), **child})


def to_delete(name: str, desired: str, held: str) -> Iterator[Record]:
    """Give the keys of the held children that are not desired, as DeleteChildData takes them."""
    kept = {key_of(name, child) for child in read(desired)}
    for child in read(held):
        if key_of(name, child) not in kept:
            yield _record(name, {key: child.get(key, "") for key in node_of(name).keys})


def checked(name: str, text: str) -> tuple[str, list[str]]:
    """Give the native text in its canonical form, and everything that is wrong with it."""
    try:
        children = read(text)
    except ValueError as error:
        return text, [f"{name} {error}"]
    node = node_of(name)
    wrong: list[str] = []
    made: list[Child] = []
    for child in children:
        one = _checked(name, child, wrong)
        needed = dict.fromkeys((*node.mandatory, *node.keys))
        wrong += [f"{name} needs a {key} in each" for key in needed if not one.get(key)]
        made.append(one)
    keys = [key_of(name, child) for child in made]
    wrong += [f"{name} has {' '.join(key)} twice" for key in dict.fromkeys(keys) if keys.count(key) > 1]
    return written(name, made), list(dict.fromkeys(wrong))


def leave_out(name: str, text: str, without: Sequence[str]) -> str:
    """Take out of a native text the elements that this SunSystems lacks."""
    if not any(each.startswith(f"{name}.") for each in without):
        return text
    kept = [
        {key: value for key, value in child.items() if f"{name}.{key}" not in without} for child in read(text)
    ]
    return written(name, kept)


def _checked(name: str, child: Child, wrong: list[str]) -> Child:
    elements = node_of(name).elements
    made: dict[str, str] = {}
    for key, text in child.items():
        element = elements.get(key)
        if element is None:
            wrong.append(f"{name} has no element {key[:60]}")
        elif key in elements_of(name):
            try:
                made[key] = canonical(element, text)
            except Unwritable as unfit:
                wrong.append(f"{name}: {key} {unfit}")
    return made


def _record(name: str, child: Child) -> Record:
    fields = tuple(Record(key, child[key]) for key in elements_of(name) if key in child)
    if name == TEXTS:
        return Record(name, "", (), (Record(_LANGUAGE, "", (), fields),))
    return Record(name, "", (), fields)
