"""SSC records and native records, one made of the other; and what a Query has to ask for. Pure.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from customary.connectors.sunsystems import children
from customary.connectors.sunsystems.fields import (
    ACCOUNT,
    ACCOUNTS,
    ANALYSES,
    CHILDREN,
    COMPONENT,
    FLAT,
    KEY,
    NATIVES,
    REMOVABLE,
    STATUS,
    TEXTS,
    Path,
    lacks,
)
from customary.connectors.sunsystems.values import told
from customary.model.source import Native
from customary.protocols.ssc_filter import Condition, Item, Joint, Operator, equal, joined
from customary.protocols.ssc_query import Selected
from customary.protocols.ssc_record import Record

KEY_PATH: Final = (COMPONENT, KEY)
Tree = dict[str, "Tree"]
"""Names of elements, each with those below it."""

ONLY_KEYS: Final = Selected(COMPONENT, (Selected(KEY),))
"""What is selected where only the keys are wanted."""


def folded(key: str) -> str:
    """Bring a customer code into the form that is compared: no blanks around, no case (10, guess)."""
    return key.strip().casefold()


def key_of(record: Record) -> str:
    """Give the customer code of a record; ``""`` when it has none."""
    return str(record.value(KEY) or "").strip()


def these(keys: Sequence[str]) -> Condition:
    """Ask for customers by their codes: EQU and OR in pairs, the only operators that are documented (6)."""
    return joined(Joint.OR, [equal(KEY_PATH, key.strip()) for key in keys])


def behind(key: str) -> Condition:
    """Ask for customers whose code is greater; how that is written is a guess (6)."""
    return Item(KEY_PATH, Operator.GREATER, (key,))


def selection(natives: Iterable[str], without: Sequence[str] = ()) -> Selected:
    """Select what these native fields are made of, element by element, and the key."""
    tree: Tree = {KEY: {}}
    for name in natives:
        for path in _paths(name):
            if lacks(".".join(path), without):
                continue
            place = tree
            for part in path:
                place = place.setdefault(part, {})
    return _selected(COMPONENT, tree)


def native_of(record: Record, natives: Sequence[str]) -> dict[str, str]:
    """Give the native fields of a customer that a Query has told.

    An element that was selected and is not there is blank: SunSystems has nothing to say of it (guess).
    """
    native: dict[str, str] = {}
    for name in natives:
        if name in CHILDREN:
            native[name] = children.of_record(name, record)
        else:
            path, element = FLAT[name]
            native[name] = told(element, _text(record, path))
    return native


def customer_record(key: str, native: Native, held: Native, *, accounts: bool) -> Record:
    """Make the record that creates or amends a customer; ``accounts``: with its linked account.

    The status is left out, because these methods cannot set it (8, documented).
    """
    nested: dict[Path, list[Record]] = {(): [Record(KEY, key)]}
    for name in _needed(native, accounts):
        if name in CHILDREN:
            nested[()] += children.to_records(name, native[name], held.get(name, ""))
            continue
        path, element = FLAT[name]
        nested.setdefault(path[:-1], []).append(Record(element.name, native.get(name, held.get(name, ""))))
    return _built(COMPONENT, (), nested)


def account_record(account: str, native: Native) -> Record:
    """Make the record that creates or amends a linked account by the component Accounts."""
    nested: dict[Path, list[Record]] = {(ACCOUNTS,): [Record("AccountCode", account)]}
    for name, text in native.items():
        if name.startswith(f"{ACCOUNTS}."):
            path, element = FLAT[name]
            nested.setdefault(path[:-1], []).append(Record(element.name, text))
    return _built(ACCOUNTS, (ACCOUNTS,), nested)


def deletion_record(key: str, native: Native, held: Native) -> Record | None:
    """Make the record by which DeleteChildData deletes what is held and not desired; ``None``: nothing."""
    gone = [
        child
        for name in CHILDREN
        if name in native and name in REMOVABLE
        for child in children.to_delete(name, native[name], held.get(name, ""))
    ]
    return Record(COMPONENT, "", (), (Record(KEY, key), *gone)) if gone else None


def key_record(key: str) -> Record:
    """Make the record of a method that needs the customer's code only."""
    return Record(COMPONENT, "", (), (Record(KEY, key),))


def attaches_texts(native: Native) -> bool:
    """Tell whether a standard text is to be attached, which BulkCreateOrAmend cannot (9, documented)."""
    return bool(native.get(TEXTS))


def _needed(native: Native, accounts: bool) -> list[str]:
    """Name the native fields to send, in their order: with those that must stand beside others of them."""
    wanted = {name for name in native if name not in (KEY, STATUS)}
    if not accounts:
        wanted = {name for name in wanted if not name.startswith(f"{ACCOUNTS}.")}
    beside = {ANALYSES[name.rpartition(".")[0]] for name in wanted if name.rpartition(".")[0] in ANALYSES}
    if any(name.startswith(f"{ACCOUNTS}.") for name in wanted):
        beside.add(ACCOUNT)
    return [name for name in NATIVES if name in wanted or name in beside]


def _paths(name: str) -> Iterable[Path]:
    if name not in CHILDREN:
        return (FLAT[name][0],)
    inner = (name, "StandardTextLang") if name == TEXTS else (name,)
    return [(*inner, element) for element in children.elements_of(name)]


def _selected(name: str, tree: Tree) -> Selected:
    return Selected(name, tuple(_selected(part, below) for part, below in tree.items()))


def _text(record: Record, path: Path) -> str:
    for name in path[:-1]:
        found = record.all(name)
        if not found:
            return ""
        record = found[0]
    return str(record.value(path[-1]) or "")


def _built(name: str, path: Path, nested: dict[Path, list[Record]]) -> Record:
    below = dict.fromkeys(
        other[len(path)] for other in nested if len(other) > len(path) and other[: len(path)] == path
    )
    inner = [_built(part, (*path, part), nested) for part in below]
    return Record(name, "", (), (*nested.get(path, ()), *inner))
