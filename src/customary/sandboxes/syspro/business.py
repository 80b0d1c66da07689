"""The business objects (section 7 of the facts): what each is asked, and what it answers.

A call begins without changing anything and tells which customers it is about; so faults can be chosen by
customer. Then it is finished, or a fault takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, get_args

from msgspec import Struct
from msgspec.structs import replace

from customary.protocols import enet
from customary.sandboxes.faults import Fault
from customary.sandboxes.syspro.browse import browse, parse_browse
from customary.sandboxes.syspro.queries import find
from customary.sandboxes.syspro.sessions import Refused
from customary.sandboxes.syspro.settings import Operator
from customary.sandboxes.syspro.setup import Verb, parse_items, parse_options, set_up
from customary.sandboxes.syspro.state import State
from customary.sandboxes.syspro.table import Record
from customary.sandboxes.syspro.writer import Writer

_FUNCTIONAL_AREAS: Final = {
    "COMFCH": "System Query",
    "COMFND": "System Query",
    "COMBRW": "System Query",
    "ARSQRY": "AR Query",
    "ARSSCS": "AR Setup",
}
"""Guesses, but that System Query is the area of the generic queries (section 13, question 5)."""

_STATEMENT: Final = (
    *("Customer", "Name", "Telephone", "Contact", "Email", "UserField1", "CreditLimit", "TaxStatus"),
    *("TaxExemptNumber", "Currency", "StateCode", "TermsCode", "Salesperson", "InvDiscCode", "Branch"),
    "LineDiscCode",
)
"""What ARSQRY's Header has of a customer (section 7.5, documented)."""


class Call(Struct, frozen=True):
    """One call of a REST path."""

    name: str
    """Such as ``Query/Fetch``."""
    object: str = ""
    """The business object, upper case; blank for calls that have none."""
    parameters: dict[str, str] = {}
    """By lower-case name."""

    def __repr__(self) -> str:
        return f"Call({self.name!r}, {self.object!r})"  # parameters hold passwords and session ids

    def xml(self, name: str) -> bytes:
        """Give a parameter that holds XML, whose declaration says nothing about how it was sent."""
        return self.parameters.get(name, "").encode("utf-8", "replace")


class Work(Struct, frozen=True):
    """A call that was begun."""

    finish: Callable[[tuple[Fault, ...]], str]
    """Does what was asked and gives the answer's text, with the faults that struck. Raises ``Refused``."""
    customers: tuple[str, ...] = ()
    """Keys of the customers it is about, as the table writes them."""


class Business:
    """Begins calls of business objects."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._texts = state.settings.texts
        self._writer = Writer(state.settings)
        self._setup_writer = Writer(replace(state.settings, case="mixed"))
        self._objects: dict[tuple[str, str], Callable[[Call, Operator], Work]] = {
            ("Query/Fetch", "COMFCH"): self._fetch,
            ("Query/Query", "COMFND"): self._find,
            ("Query/Query", "ARSQRY"): self._statement,
            ("Query/Browse", "COMBRW"): self._browse,
            **{(f"Setup/{verb}", "ARSSCS"): self._setup for verb in get_args(Verb)},
        }

    def begin(self, call: Call, operator: Operator) -> Work:
        """Look at what is asked. Raises ``Refused``: rights, unknown object, XML, table, column, key."""
        if call.object in operator.denied:
            raise Refused(self.denial(call.object, operator.code))
        known = self._objects.get((call.name, call.object))
        if known is None:
            raise Refused(self._texts.exception)
        try:
            return known(call, operator)
        except enet.EnetFormatError as error:
            raise Refused(self._texts.xml.format(reason=error)) from None

    def denial(self, business_object: str, operator: str) -> str:
        """Write the refusal of a business object (section 5, observed)."""
        area = _FUNCTIONAL_AREAS.get(business_object, "Unknown")
        return self._texts.access.format(area=area, operator=operator, object=business_object)

    def _fetch(self, call: Call, operator: Operator) -> Work:
        request = enet.parse_fetch(call.xml("xmlin"))
        self._check_table(request.table)
        key = self._key(request.key)

        def finish(faults: tuple[Fault, ...]) -> str:
            record = self._record(key)
            if any(fault.kind == "missing" for fault in faults):
                raise Refused(self._texts.missing.format(table=enet.TABLE))
            self._state.count_rows(1)
            return self._writer.customer(
                _spoilt([record], faults, self._state)[0], _visible(enet.CUSTOMER_COLUMNS, operator)
            )

        return Work(finish, (key,))

    def _find(self, call: Call, operator: Operator) -> Work:
        request = enet.parse_find(call.xml("xmlin"))
        self._check_table(request.table)
        named = {*request.columns, *request.order_by, *(each.column for each in request.where)}
        if not named <= enet.CUSTOMER_COLUMNS.keys():
            raise Refused(self._texts.column)
        state = self._state
        keys = tuple(find(request, state.customers, self._key, state.settings.find_limit))

        def finish(faults: tuple[Fault, ...]) -> str:
            found = _reordered(keys, faults, state)
            state.last_found = found
            records = [record for key in found if (record := state.customers.get(key)) is not None]
            state.count_rows(len(records))
            columns = _visible(request.columns, operator)
            return self._writer.rows(_spoilt(records, faults, state), columns, request.order_by)

        return Work(finish, keys)

    def _browse(self, call: Call, operator: Operator) -> Work:
        request = parse_browse(call.xml("xmlin"))
        columns = self._state.settings.browses.get(request.name)
        if columns is None:
            raise Refused(self._texts.browse)
        visible = _visible(columns, operator)
        return Work(lambda _: browse(request, self._state.customers, visible, self._writer))

    def _statement(self, call: Call, operator: Operator) -> Work:
        key = self._key(enet.parse_xml(call.xml("xmlin")).findtext("Key/Customer") or "")

        def finish(_: tuple[Fault, ...]) -> str:
            nodes = self._writer.nodes(self._record(key), _visible(_STATEMENT, operator))
            return self._writer.document("ARStatement", self._writer.element("Header", nodes) + "\n")

        return Work(finish, (key,))

    def _setup(self, call: Call, _: Operator) -> Work:
        options, items = parse_options(call.xml("xmlparameters")), parse_items(call.xml("xmlin"))
        verb: Verb = next(each for each in get_args(Verb) if call.name == f"Setup/{each}")
        customers = self._state.customers
        return Work(
            lambda _: set_up(verb, items, options, customers, self._setup_writer),
            tuple(customers.fold(item.key) for item in items),
        )

    def _check_table(self, table: str) -> None:
        if table != enet.TABLE:
            raise Refused(self._texts.table)

    def _record(self, key: str) -> Record:
        customers = self._state.customers
        # The table itself would find a key in any padding.
        if key not in customers or key != customers.fold(key):
            raise Refused(self._texts.missing.format(table=enet.TABLE))
        return customers[key]

    def _key(self, text: str) -> str:
        if self._state.settings.keys_accepted == "same":
            return text.rstrip()
        return self._state.customers.fold(text)


def _visible(columns: Iterable[str], operator: Operator) -> tuple[str, ...]:
    return tuple(name for name in columns if name not in operator.hidden)


def _reordered(keys: tuple[str, ...], faults: tuple[Fault, ...], state: State) -> tuple[str, ...]:
    for fault in faults:
        match fault.kind:
            case "missing":
                lost = (state.customers.fold(fault.customer),) if fault.customer else keys[:1]
                keys = tuple(key for key in keys if key not in lost)
            case "repeat_page":
                keys = state.last_found or keys
            case "rows_out_of_order":
                keys = keys[::-1]
    return keys


def _spoilt(records: list[Record], faults: tuple[Fault, ...], state: State) -> list[Record]:
    for fault in faults:
        if fault.kind == "forbidden_character" and records:
            victim = state.customers.fold(fault.customer) or records[0].get("Customer", "")
            records = [
                {**record, "Name": _cracked(record)} if record.get("Customer") == victim else record
                for record in records
            ]
    return records


def _cracked(record: Mapping[str, str]) -> str:
    name = record.get("Name", "")
    return f"{name[: len(name) // 2]}\x01{name[len(name) // 2 :]}"
