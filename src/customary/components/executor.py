"""Answering a request: settled in a first pass, then carried out a page of records at a time.

A request is a run in the journal, with a cycle for each record that changed or was refused.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO

from msgspec import Struct

from customary.components.carrying import Carrying
from customary.components.customer import CustomerComponent
from customary.components.item_customer import ItemCustomerComponent
from customary.components.methods import ALIASES, COMPONENTS, Method
from customary.components.query import asked, lacking
from customary.components.standard_text import StandardTextComponent
from customary.components.work import Component, Rules
from customary.errors import PlanRefused, RequestRefused
from customary.model.outcome import Level, Message
from customary.model.run import EXIT_REFUSED, EXIT_USAGE, HUB, REQUEST, State
from customary.protocols.ssc_answer import Answer, write_answer, write_old_answer
from customary.protocols.ssc_format import SscFormatError, fault_text
from customary.protocols.ssc_payload import Header, inspect, records, write_payload
from customary.protocols.ssc_query import Query
from customary.protocols.ssc_record import Record
from customary.store import business_units, journal, runs
from customary.store.database import Store

ANSWERING: Mapping[str, Component] = {
    component.name: component
    for component in (CustomerComponent(), ItemCustomerComponent(), StandardTextComponent())
}
"""The components that are answered."""


class Request(Struct, frozen=True, kw_only=True):
    """What a client asks of a component."""

    component: str
    method: str
    payload: BinaryIO
    """The payload; it is read several times, so it must be able to go back to its beginning."""
    business_unit: str = ""
    """The business unit where the payload names none."""
    encoding: str = ""
    """The payload's encoding, whatever it declares; ``""``: as declared."""
    operator: str = ""
    """Who asks, which the journal is told; ``""``: whoever may give commands."""


class Result(Struct, frozen=True, kw_only=True):
    """How a request ended; the answer has been written by then."""

    run: int
    records: int
    failed: int
    """Records that were refused; they changed nothing."""
    notes: tuple[Message, ...] = ()
    """What is told about the request as a whole."""


class Wiring(Struct, frozen=True, kw_only=True):
    """What a request is answered with."""

    store: Store
    rules: Callable[[str], Rules]
    """The switches in force in a business unit."""
    permit: Callable[[str, Method], None] = lambda _unit, _method: None
    """Told the business unit and the method before anything is done; raises ``RequestRefused`` where whoever
    asks may not do that."""
    progress: Callable[[int, int], None] = lambda _done, _all: None
    """Told how many records are done, and of how many, after each page; of a Query's it is not known: 0."""


def execute(request: Request, wiring: Wiring, out: Callable[[str], object]) -> Result:
    """Carry a request out, and write its answer to ``out``, piece by piece, after each page has committed.

    Raises ``RequestRefused`` when nothing of it can be carried out (not well-formed, an unknown component,
    method or business unit, records of another name), and ``PlanRefused`` when it would synchronise with an
    empty payload or delete more than the limit allows. Nothing is written then but the run that says so.
    """
    name = f"ssc {request.component}/{request.method}"[:120]
    asked_by = _asked_by(request)
    try:
        ready = _ready(request, wiring)
    except RequestRefused as refused:
        _tell(wiring.store, name, [*asked_by, _error(refused)], (State.FAILED, EXIT_USAGE))
        raise
    except PlanRefused as refused:
        _tell(wiring.store, name, [*asked_by, _error(refused)], (State.REFUSED, EXIT_REFUSED))
        raise
    carrying = ready.carrying
    with carrying.under_way(name, (REQUEST, HUB), asked_by):
        for piece in _pieces(ready, request):
            out(piece)
    return Result(
        run=carrying.run, records=carrying.records, failed=carrying.failed, notes=tuple(carrying.notes)
    )


class _Ready(Struct, frozen=True):
    """A request of which all is settled that can be before anything is carried out."""

    carrying: Carrying
    header: Header
    query: Query | None
    """What a Query asks for; ``None``: another method."""


def _ready(request: Request, wiring: Wiring) -> _Ready:
    """Read a request as a whole, and hold it against what may be. Raises as ``execute``."""
    component, method = _method(request)
    header = _inspect(request)
    unit, financials_only = _unit(wiring.store, header.business_unit or request.business_unit)
    wiring.permit(unit, method)
    if not method.queries:
        _check_names(header, component)
    rules = wiring.rules(unit)
    if method.setting and not getattr(rules.settings, method.setting):
        raise RequestRefused(
            f"{component.name}/{method.name} is switched off: [components] {method.setting} = true"
        )
    carrying = Carrying(
        store=wiring.store,
        component=component,
        method=method,
        rules=rules,
        unit=unit,
        financials_only=financials_only,
        count=header.count,
        progress=wiring.progress,
    )
    query = asked(header, component) if method.queries else None
    if query is not None:
        carrying.notes += _not_told(lacking(query, component), rules)
    if method.replaces:
        carrying.collect(_records(request))
    return _Ready(carrying, header, query)


def _pieces(ready: _Ready, request: Request) -> Iterator[str]:
    """Carry the request out, and give its answer piece by piece."""
    header, carrying = ready.header, ready.carrying
    if ready.query is not None:
        return write_payload(header.sections, carrying.found(ready.query))
    return _written(header, carrying.answers(partial(_records, request)), carrying.rules)


def _method(request: Request) -> tuple[Component, Method]:
    component = ANSWERING.get(request.component)
    if component is None:
        raise RequestRefused(
            f"there is no component '{request.component[:60]}'; there are: {', '.join(ANSWERING)}"
        )
    methods = COMPONENTS[component.name]
    method = methods.get(ALIASES.get(request.method, request.method))
    if method is None:
        known = ", ".join(methods)
        raise RequestRefused(f"{component.name} has no method '{request.method[:60]}'; it has: {known}")
    return component, method


def _inspect(request: Request) -> Header:
    request.payload.seek(0)
    try:
        return inspect(request.payload, request.encoding)
    except SscFormatError as error:
        raise RequestRefused(fault_text(error)) from None


def _records(request: Request) -> Iterator[Record]:
    request.payload.seek(0)
    yield from records(request.payload, request.encoding)


def _unit(store: Store, code: str) -> tuple[str, bool]:
    if not code:
        raise RequestRefused("the payload names no BusinessUnit in its SunSystemsContext")
    with store.read() as connection:
        found = business_units.find(connection, code)
    if found is None:
        raise RequestRefused(f"there is no business unit '{code[:60]}'")
    return found


def _check_names(header: Header, component: Component) -> None:
    others = [name for name in header.names if name != component.name]
    if others:
        text = f"the payload holds records named {', '.join(others)}, and {component.name} takes its own only"
        raise RequestRefused(text)


def _not_told(names: Sequence[str], rules: Rules) -> list[Message]:
    """Warn of what a Select wants and is not told; it may be maintained elsewhere (6, documented).

    Raises ``RequestRefused`` where unknown elements are refused.
    """
    if not names:
        return []
    text = f"the Select names {', '.join(names[:20])}, which this component does not have"
    if rules.settings.unknown_elements == "refuse":
        raise RequestRefused(text)
    return [Message(level=Level.WARNING, text=text)]


def _written(header: Header, answers: Iterable[Answer], rules: Rules) -> Iterator[str]:
    if header.errors.latest or rules.settings.messages == "nested":
        yield from write_answer(header.sections, answers, header.errors)
        return
    with tempfile.TemporaryFile() as aside:
        yield from write_old_answer(header.sections, answers, header.errors, aside)


def _asked_by(request: Request) -> list[Message]:
    if not request.operator:
        return []
    return [Message(level=Level.INFORMATION, text=f"asked for by operator {request.operator}")]


def _error(refused: Exception) -> Message:
    return Message(level=Level.ERROR, text=str(refused))


def _tell(store: Store, name: str, messages: Sequence[Message], end: tuple[State, int]) -> None:
    with store.write() as connection:
        run = runs.begin_request(connection, name, (REQUEST, HUB), 0, "")
        journal.write_messages(connection, run, messages)
        runs.finish(connection, run, *end)
