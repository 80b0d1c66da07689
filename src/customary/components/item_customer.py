"""The component ItemCustomer: what its methods do to a record (seed on ItemCustomer, documented)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from customary.components.customer import customer_pages
from customary.components.elements import CHARACTERISTICS, ITEM_CUSTOMER, ITEM_KEYS
from customary.components.known import KIND, values_of
from customary.components.reading import (
    KEY_BREAK,
    Values,
    error,
    missing,
    read_section,
    read_values,
    unknown,
)
from customary.components.records import ITEM_KINDS, item_record, text_keys_of
from customary.components.references import References
from customary.components.texts import NODE as TEXT_NODE
from customary.components.texts import WRAPPER, TextPage
from customary.components.work import Done, Unrelated, Work
from customary.model.change import Action, FieldChange
from customary.model.customer import Child, Customer
from customary.protocols.ssc_message import Message
from customary.protocols.ssc_record import Record, field
from customary.store import item_customers, standard_texts, whole
from customary.store.folding import fold
from customary.store.whole import CustomerWrite

NAME = "ItemCustomer"
ITEM, CUSTOMER = ITEM_KEYS
KEPT = "item_customers"
NODES = frozenset({CHARACTERISTICS.node, TEXT_NODE, WRAPPER})


class Known(Struct, frozen=True, kw_only=True):
    """An item customer as the component sees it; no value is ``""``."""

    values: Values
    characteristics: dict[str, Values] = {}
    texts: tuple[str, ...] = ()


class ItemDone(Struct, frozen=True, kw_only=True):
    """What is written for one record."""

    identity: str
    key: str
    child: Child | None
    """``None``: it is deleted."""
    texts: dict[str, Values] = {}


class ItemCustomerComponent(Unrelated):
    """The component ItemCustomer."""

    name = NAME
    keys = frozenset(ITEM_KEYS)
    kinds = ITEM_KINDS

    def key(self, record: Record) -> str:
        """Give the item's and the customer's code, folded."""
        codes = [_code(record, name) for name in ITEM_KEYS]
        return fold(KEY_BREAK.join(codes)) if all(codes) else ""

    def page(self, work: Work, records: Sequence[Record]) -> ItemCustomerPage:
        """Read and lock the customers of a page with their items."""
        return ItemCustomerPage(work, records)

    def rows(self, work: Work, customers: Collection[str] | None) -> Iterator[Record]:
        """Give the business unit's item customers, by customer and item."""
        for page in customer_pages(work, customers):
            named = text_keys_of([item for one in page for item in one.item_customers])
            texts = standard_texts.find(work.connection, work.unit, sorted(named))
            for one in page:
                yield from (item_record(NAME, item, one.code, texts) for item in one.item_customers)

    def doomed(self, work: Work) -> Iterable[Record]:
        """Give the item customers that the payload does not hold: of its items, or of the whole unit."""
        scope = work.rules.settings.delete_item_customers
        items = {key.partition(KEY_BREAK)[0] for key in work.sent}
        if scope == "never":
            return
        for item, customer in item_customers.keys(work.connection, work.unit):
            gone = f"{item}{KEY_BREAK}{fold(customer)}" not in work.sent
            if gone and (scope == "unit" or item in items):
                yield Record(NAME, "", (), (field(ITEM, item), field(CUSTOMER, customer)))

    def count(self, work: Work) -> int:
        """Count the business unit's item customers."""
        return item_customers.count(work.connection, work.unit)


class ItemCustomerPage:
    """The item customers of one page, as they are and as the records before have left them."""

    def __init__(self, work: Work, records: Sequence[Record]) -> None:
        self._work = work
        codes = {fold(_code(record, CUSTOMER)) for record in records} - {""}
        self._customers: dict[str, Customer] = {}
        self._known: dict[tuple[str, str], Known] = {}
        sent = {_code(record, CUSTOMER) for record in records}
        for customer in whole.find(work.connection, work.unit, sorted(codes), lock=True):
            if fold(customer.code) not in self._customers or customer.code in sent:
                self._customers[fold(customer.code)] = customer
        for customer in self._customers.values():
            for item in customer.item_customers:
                self._known[customer.identity, item.key] = _known(item)
        self._references = References(work)
        self._texts = TextPage(work, records, self._references)

    def decide(self, record: Record) -> Done:
        """Settle what becomes of a record."""
        code, item = _code(record, CUSTOMER), _code(record, ITEM)
        answer = Record(NAME, "", (), (field(ITEM, item), field(CUSTOMER, code)))
        done = Done(record=record, answer=answer, customer=code)
        notes = missing(record, ITEM_KEYS, NAME, "every item customer")
        customer = self._customers.get(fold(code)) if code else None
        if code and customer is None:
            notes.append(error(f"customer {code} does not exist", f"{NAME}.{CUSTOMER}", code))
        identity = customer.identity if customer else ""
        held = self._known.get((identity, fold(item)))
        method = self._work.method
        if method.deletes:
            if customer and item and held is None:
                text = f"customer {code} has no item customer for item {item}"
                notes.append(error(text, f"{NAME}.{ITEM}", item))
            after = None
        else:
            if held is not None and not method.amends:
                notes.append(error(f"item customer {item}, {code} already exists", NAME))
            after, wrong = self._after(record, held or Known(values={}))
            notes += wrong
        texts, wrong = self._texts.read(record, NAME) if after else ({}, [])
        done = replace(done, messages=(*notes, *wrong), identity=identity)
        if done.failed or customer is None:
            return done
        if after is not None:
            kept = held.texts if held and not method.replaces else ()
            after = replace(after, texts=tuple(dict.fromkeys([*kept, *texts])))
        return self._settled(done, customer, (item, held, after), texts)

    def write(self, done: Sequence[Done]) -> None:
        """Write what was settled, customer by customer."""
        writes: list[ItemDone] = [item.write for item in done if item.action and item.write is not None]
        texts = {key: text for one in writes for key, text in one.texts.items()}
        standard_texts.put(self._work.connection, self._work.unit, texts)
        versions = {customer.identity: customer.version for customer in self._customers.values()}
        by_customer: dict[str, list[ItemDone]] = {}
        for write in writes:
            by_customer.setdefault(write.identity, []).append(write)
        whole.update(
            self._work.connection,
            self._work.run,
            [
                CustomerWrite(
                    identity=identity,
                    version=versions[identity] + 1,
                    fields={},
                    put=tuple((KEPT, one.child) for one in found if one.child),
                    drop=tuple((KEPT, None, one.key) for one in found if one.child is None),
                )
                for identity, found in by_customer.items()
            ],
        )

    def _settled(
        self,
        done: Done,
        customer: Customer,
        what: tuple[str, Known | None, Known | None],
        texts: Mapping[str, Values],
    ) -> Done:
        item, held, after = what
        rule = f"{NAME}/{self._work.method.name}"
        changes = _changes(item, held, after, rule)
        fresh = self._texts.fresh(texts)
        if held and not changes and not fresh:
            return done
        self._texts.note(fresh)
        key = fold(item)
        if after is None:
            del self._known[customer.identity, key]
        else:
            self._known[customer.identity, key] = after
        child = None if after is None else _child(key, after)
        write = ItemDone(identity=customer.identity, key=key, child=child, texts=fresh)
        return replace(done, action=Action.UPDATE, changes=changes, write=write, version=customer.version)

    def _after(self, record: Record, held: Known) -> tuple[Known, list[Message]]:
        way, method = self._work.way, self._work.method
        values, notes = read_values(record, ITEM_CUSTOMER, held.values, way, NAME)
        notes += unknown(record, ITEM_CUSTOMER, NODES, way, NAME)
        notes += self._references.check(values, held.values, ITEM_CUSTOMER, NAME)
        values.pop(CUSTOMER, None)
        found, wrong = read_section(record, CHARACTERISTICS, held.characteristics, way, NAME)
        notes += wrong
        path = f"{NAME}.{CHARACTERISTICS.node}"
        for key, sent in found.items():
            earlier = held.characteristics.get(key, {})
            notes += self._references.check(sent, earlier, CHARACTERISTICS.elements, path)
        kept = {ITEM: held.values[ITEM]} if ITEM in held.values else {}
        if not method.replaces:
            values = {**held.values, **values}
            merged = {key: {**held.characteristics.get(key, {}), **sent} for key, sent in found.items()}
            found = {**held.characteristics, **merged}
        characteristics = {key: _filled(one) for key, one in found.items()}
        return Known(values=_filled({**values, **kept}), characteristics=characteristics), notes


def detach(work: Work, texts: Iterable[str]) -> None:
    """Take standard texts that are deleted off the item customers that they were attached to."""
    for text in texts:
        held = item_customers.holding(work.connection, work.unit, text)
        for _, _, vendor in held:
            own: dict[str, Any] = vendor.get(KIND, {})
            own[TEXT_NODE] = [key for key in own.get(TEXT_NODE, []) if key != text]
        item_customers.put_vendor(work.connection, held)


def _known(item: Child) -> Known:
    values: dict[str, Any] = values_of(item, ITEM_CUSTOMER)
    return Known(
        values={name: value for name, value in values.items() if isinstance(value, str)},
        characteristics=values.get(CHARACTERISTICS.node, {}),
        texts=tuple(values.get(TEXT_NODE, ())),
    )


def _child(key: str, known: Known) -> Child:
    own: dict[str, Any] = dict(known.values)
    if known.characteristics:
        own[CHARACTERISTICS.node] = known.characteristics
    if known.texts:
        own[TEXT_NODE] = list(known.texts)
    return Child(key=key, vendor={KIND: own})


def _changes(item: str, before: Known | None, after: Known | None, rule: str) -> tuple[FieldChange, ...]:
    told = [dict(_flat(item, one)) if one else {} for one in (before, after)]
    return tuple(
        FieldChange(name, told[0].get(name, UNSET), told[1].get(name, UNSET), rule)
        for name in sorted(told[0] | told[1])
        if told[0].get(name) != told[1].get(name)
    )


def _flat(item: str, known: Known) -> Iterator[tuple[str, str]]:
    at = f"{KIND}.{NAME}[{item}]"
    yield from ((f"{at}.{name}", value) for name, value in known.values.items())
    for key, values in known.characteristics.items():
        for name, value in values.items():
            yield f"{at}.{CHARACTERISTICS.node}[{key}].{name}", value
    for key in known.texts:
        yield f"{at}.{TEXT_NODE}[{key.replace(KEY_BREAK, ', ')}]", "attached"


def _filled(values: Mapping[str, str]) -> Values:
    return {name: value for name, value in values.items() if value != ""}


def _code(record: Record, name: str) -> str:
    return str(record.value(name) or "").strip()
