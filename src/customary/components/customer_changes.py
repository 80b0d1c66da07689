"""What a record makes of a customer: created, amended or replaced, with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from customary.components.elements import BY_NODE, CUSTOMER, FINANCIALS_ONLY, SECTIONS, STATUSES, Section
from customary.components.known import Children, Known
from customary.components.linked_account import NODE as ACCOUNT_NODE
from customary.components.reading import Values, missing, read_section, read_values, unknown, warning
from customary.components.references import References
from customary.components.texts import NODE as TEXT_NODE
from customary.components.texts import WRAPPER
from customary.components.values import read_value
from customary.components.work import Work
from customary.model.customer import Status
from customary.protocols.ssc_message import Message
from customary.protocols.ssc_record import Record

NAME = "Customer"
ITEMS_NODE = "CustomerItems"
NODES = frozenset(BY_NODE) | {ACCOUNT_NODE, TEXT_NODE, WRAPPER, ITEMS_NODE}
ROOT = {name: element for name, element in CUSTOMER.items() if name != "Status"}


class Wish(Struct, frozen=True, kw_only=True):
    """A record, and the customer that it is about as it is now."""

    work: Work
    record: Record
    before: Known | None
    references: References


def created(wish: Wish) -> tuple[Known, list[Message]]:
    """Give the customer that a record makes; what is missing or empty has its default (3, documented).

    A blank ShortHeading defaults to the first characters of the description (10, documented); not where a
    unit is synchronised, which must end as what was sent (guess).
    """
    root, children, notes = _read(wish, Known(root={}))
    status = wish.work.method.first_status
    if wish.work.method.replaces:
        status = _sent_status(wish.record) or status
    elif root.get("Description") and not root.get("ShortHeading"):
        root["ShortHeading"] = root["Description"][: CUSTOMER["ShortHeading"].length]
    notes += _about_status(wish, status)
    known = Known(root=_filled(root), children=_nonempty(children), status=status)
    return known, notes


def amended(wish: Wish) -> tuple[Known, list[Message]]:
    """Give the customer that a record makes of an existing one.

    Amending, what is missing stays and what is empty is removed (3, documented); replacing, what is missing
    goes back to its default, children included. The status stays as it is.
    """
    before = wish.before or Known(root={})
    root, children, notes = _read(wish, before)
    notes += _about_status(wish, before.status)
    kept = {"CustomerCode": before.root.get("CustomerCode", "")}
    if wish.work.method.replaces:
        known = Known(root=_filled({**root, **kept}), children=_nonempty(children))
    else:
        merged: Children = {node: dict(found) for node, found in before.children.items()}
        for node, found in children.items():
            held = merged.setdefault(node, {})
            for key, values in found.items():
                held[key] = {**held.get(key, {}), **values}
        known = Known(root=_filled({**before.root, **root, **kept}), children=_nonempty(merged))
    return Known(root=known.root, children=known.children, texts=before.texts, status=before.status), notes


def _read(wish: Wish, before: Known) -> tuple[Values, Children, list[Message]]:
    work, record = wish.work, wish.record
    notes = missing(record, ("CustomerCode",), NAME, "every customer")
    left = FINANCIALS_ONLY if work.financials_only and work.method.leaves_financials else ()
    taken = {name: element for name, element in ROOT.items() if name not in left}
    root, wrong = read_values(record, taken, before.root, work.way, NAME)
    notes += [*wrong, *unknown(record, CUSTOMER, NODES, work.way, NAME), *_about_left(record, left)]
    notes += wish.references.check(root, before.root, ROOT, NAME)
    children: Children = {}
    for section in SECTIONS:
        held = before.children.get(section.node, {})
        found, wrong = read_section(record, section, held, work.way, NAME)
        notes += wrong
        if found:
            children[section.node] = found
            notes += _check(wish, section, found, held)
    return root, children, notes


def _check(
    wish: Wish, section: Section, found: Mapping[str, Values], held: Mapping[str, Values]
) -> list[Message]:
    path = f"{NAME}.{section.node}"
    return [
        note
        for key, values in found.items()
        for note in wish.references.check(values, held.get(key, {}), section.elements, path)
    ]


def _about_left(record: Record, left: Collection[str]) -> list[Message]:
    """Tell of each element that is not looked at in a unit that is financials only (seed, documented)."""
    text = "is not applicable in a business unit that is financials only, and is not applied"
    return [
        warning(f"{child.name} {text}", f"{NAME}.{child.name}", child.text)
        for child in record.children
        if child.name in left
    ]


def _sent_status(record: Record) -> Status | None:
    text = record.value("Status")
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return STATUSES[read_value(CUSTOMER["Status"], text, lenient=True)]
    except ValueError:
        return None


def _about_status(wish: Wish, status: Status) -> list[Message]:
    text = wish.record.value("Status")
    if not isinstance(text, str) or not text.strip() or _sent_status(wish.record) is status:
        return []
    what = f"Status is not applied: the customer is {status}; use Open, Hidden, SuspendedHeld or Closed"
    return [warning(what, f"{NAME}.Status", text)]


def _filled(values: Values) -> Values:
    return {name: value for name, value in values.items() if value != ""}


def _nonempty(children: Children) -> Children:
    return {
        node: {key: _filled(values) for key, values in found.items()}
        for node, found in children.items()
        if found
    }
