"""The component Customer: its customers, how they are told apart, and what a Query tells of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from customary.components.customer_page import KEY, NAME, CustomerPage, code_of
from customary.components.known import known_of
from customary.components.linked_account import CODE, INVOICING
from customary.components.records import CUSTOMER_KINDS, customer_record, text_keys_of
from customary.components.work import Work
from customary.model.customer import Customer
from customary.protocols.ssc_record import Record, field
from customary.store import accounts, customers, standard_texts, whole
from customary.store.folding import fold


class CustomerComponent:
    """The component Customer."""

    name = NAME
    keys = frozenset({KEY})
    kinds = CUSTOMER_KINDS

    def key(self, record: Record) -> str:
        """Give a record's customer code, folded."""
        return fold(code_of(record))

    def refers(self, record: Record) -> frozenset[str]:
        """Name the other customers that a record needs: whom it is invoiced to."""
        code = str(record.value(INVOICING) or "").strip()
        return frozenset({fold(code)} if code else ())

    def awaited(self, work: Work, sent: Callable[[], Iterable[Record]]) -> frozenset[str]:
        """Give the customers that are made by the payload and that others of it are invoiced to."""
        named = {key for record in sent() for key in self.refers(record)}
        named -= whole.existing(work.connection, work.unit, sorted(named))
        return frozenset({key for record in sent() if (key := self.key(record)) in named} if named else ())

    def page(self, work: Work, records: Sequence[Record]) -> CustomerPage:
        """Read and lock the customers of a page, with what they refer to."""
        return CustomerPage(work, records)

    def rows(self, work: Work, customers: Collection[str] | None) -> Iterator[Record]:
        """Give the business unit's customers with all that belongs to them."""
        connection, unit = work.connection, work.unit
        for page in customer_pages(work, customers):
            known = {one.code: known_of(one) for one in page}
            codes = [one.root[CODE] for one in known.values() if CODE in one.root]
            held = accounts.find(connection, unit, codes)
            named = text_keys_of(item for one in page for item in one.item_customers)
            named |= {key for one in known.values() for key in one.texts}
            texts = standard_texts.find(connection, unit, sorted(named))
            for one in page:
                account = held.get(fold(known[one.code].root.get(CODE, "")))
                yield customer_record(known[one.code], account, texts, one.item_customers)

    def doomed(self, work: Work) -> Iterable[Record]:
        """Give the customers that the payload does not hold, unless none shall be deleted."""
        if work.rules.settings.delete_customers == "never":
            return
        for code in whole.codes(work.connection, work.unit):
            if fold(code) not in work.sent:
                yield Record(NAME, "", (), (field(KEY, code),))

    def count(self, work: Work) -> int:
        """Count the business unit's customers."""
        return customers.count(work.connection, work.unit)


def customer_pages(work: Work, codes: Collection[str] | None) -> Iterator[list[Customer]]:
    """Give a business unit's customers, a page at a time; those of these codes, or all where ``None``."""
    if codes is None:
        yield from whole.pages(work.connection, work.unit)
        return
    wanted = sorted({fold(code.rstrip()) for code in codes})
    for start in range(0, len(wanted), whole.PAGE):
        found = whole.find(work.connection, work.unit, wanted[start : start + whole.PAGE])
        yield sorted(found, key=lambda one: one.code)
