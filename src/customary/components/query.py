"""Query: records in the shape that can be sent back, streaming, whatever their number (6)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from customary.components.elements import SPELLINGS
from customary.components.filtering import check, matches, only
from customary.components.work import Component, Work
from customary.errors import RequestRefused
from customary.protocols.ssc_elements import COMPONENTS
from customary.protocols.ssc_filter import Condition, Expr
from customary.protocols.ssc_format import SscFormatError, fault_text
from customary.protocols.ssc_node import Node
from customary.protocols.ssc_payload import Header
from customary.protocols.ssc_query import Query, Selected, pick, read_query
from customary.protocols.ssc_record import Record, cleaned


def asked(header: Header, component: Component) -> Query:
    """Read what a Query asks for. Raises ``RequestRefused`` for what makes no sense."""
    try:
        query = read_query(header.query)
    except SscFormatError as error:
        raise RequestRefused(fault_text(error)) from None
    query = replace(query, condition=query.condition and _spelled(query.condition))
    if query.condition:
        check(query.condition, component.kinds)
    if query.selected and query.selected.name != component.name:
        name = query.selected.name[:60]
        raise RequestRefused(f"the Select is of {name}, and this component is {component.name}")
    if query.selected:
        selected = _with_keys(_spelled_out(query.selected), COMPONENTS[component.name])
        return replace(query, selected=selected)
    return query


def found(query: Query, component: Component, work: Work) -> Iterator[Record]:
    """Give the records that are wanted, in the order of their keys, with what is wanted of each.

    After the record that reaches the output limit, which is in bytes, no more come.
    """
    keys = only(query.condition, (component.name, "CustomerCode"))
    size = 0
    for record in component.rows(work, keys):
        if query.condition and not matches(query.condition, record, component.kinds):
            continue
        told = cleaned(pick(record, query.selected, component.keys) if query.selected else record)
        yield told
        if query.most_bytes:
            size += len(told.to_xml().encode())
            if size >= query.most_bytes:
                return


def _spelled(condition: Condition) -> Condition:
    """Name the elements as they are told, where real clients spell them otherwise (9 and 11)."""
    if isinstance(condition, Expr):
        return replace(condition, left=_spelled(condition.left), right=_spelled(condition.right))
    return replace(condition, path=tuple([SPELLINGS.get(name, name) for name in condition.path]))


def _spelled_out(selected: Selected) -> Selected:
    children = tuple([_spelled_out(child) for child in selected.children])
    return Selected(SPELLINGS.get(selected.name, selected.name), children)


def _with_keys(selected: Selected, node: Node) -> Selected:
    """Add what Amend needs of each record and child that is selected in part, so that it takes it back."""
    if not selected.children:
        return selected
    named = {child.name for child in selected.children}
    needed = dict.fromkeys([*node.keys, *node.mandatory])
    children = [
        _with_keys(child, node.nodes[child.name]) if child.name in node.nodes else child
        for child in selected.children
    ]
    keys = [Selected(name=name) for name in needed if name not in named]
    return replace(selected, children=(*children, *keys))


def lacking(query: Query, component: Component) -> list[str]:
    """Name what the Select wants and the component does not have, each as a path such as ``Tax/Name``."""
    if not query.selected:
        return []
    known = {path[1:] for path in component.kinds}
    nodes = {path[:depth] for path in known for depth in range(1, len(path) + 1)}
    return ["/".join(path)[:120] for path in _paths(query.selected, ()) if path not in nodes]


def _paths(selected: Selected, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for child in selected.children:
        path = (*above, child.name)
        yield path
        yield from _paths(child, path)
