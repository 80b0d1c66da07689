"""What each method of the component Customer does to a page of records (seeds on Customer, documented)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import uuid_utils
from msgspec import Struct
from msgspec.structs import replace

from customary.components.customer_changes import Wish, amended, created
from customary.components.elements import SECTIONS
from customary.components.known import changes_of, known_of, write_of
from customary.components.linked_account import CODE, INVOICING, AccountPage, Wanted, absent_in_accounts
from customary.components.reading import Values, absent_in, error, missing, read_section, warning
from customary.components.references import References
from customary.components.texts import TextPage, absent_texts, sent_texts
from customary.components.work import Done, Work
from customary.model.change import Action
from customary.model.customer import Customer
from customary.protocols.ssc_message import Level, Message
from customary.protocols.ssc_record import Record, field, without_dots
from customary.store import accounts, standard_texts, whole
from customary.store.accounts import Account
from customary.store.folding import fold
from customary.store.whole import CustomerWrite

NAME = "Customer"
KEY = "CustomerCode"
DELETABLE = tuple(replace(section, mandatory=section.keys) for section in SECTIONS if section.deletable)
"""What DeleteChildData deletes: by all its keys."""


class CustomerDone(Struct, frozen=True, kw_only=True):
    """What is written for one record."""

    write: CustomerWrite
    account: Account | None = None
    texts: dict[str, Values] = {}


class CustomerPage:
    """The customers of one page, as they are and as the records before have left them."""

    def __init__(self, work: Work, records: Sequence[Record]) -> None:
        self._work = work
        codes = {fold(code_of(record)) for record in records}
        referred = {fold(str(record.value(INVOICING) or "").strip()) for record in records}
        found = whole.find(work.connection, work.unit, sorted(codes), lock=True)
        self._held = _by_code(found, [code_of(record) for record in records])
        self._known = {code: known_of(customer) for code, customer in self._held.items()}
        others = whole.find(work.connection, work.unit, sorted(referred - {""}))
        self._invoicing = {fold(customer.code) for customer in others}
        self._references = References(work)
        self._texts = TextPage(work, records if work.method.attaches_texts else (), self._references)
        self._accounts = AccountPage(work, self._account_codes(records), self._references)
        self._paid_for = self._invoiced_to(codes) if work.method.deletes else {}

    def _account_codes(self, records: Sequence[Record]) -> list[str]:
        held = [self._known[code].root.get(CODE, "") for code in self._known]
        sent = [str(record.value(CODE) or "").strip() for record in records]
        return (
            [code for code in (*held, *sent) if code]
            if self._work.method.creates or self._work.method.amends
            else []
        )

    def _invoiced_to(self, codes: Iterable[str]) -> dict[str, dict[str, str]]:
        """Give who is invoiced to the customers of the page: folded code -> identity -> code.

        Those that synchronising deletes too do not count.
        """
        found: dict[str, dict[str, str]] = {}
        work = self._work
        for payer, identity, code in whole.invoiced_to(work.connection, work.unit, sorted(codes)):
            if not work.sent or fold(code) in work.sent:
                found.setdefault(fold(payer), {})[identity] = code
        return found

    def decide(self, record: Record) -> Done:
        """Settle what becomes of a record."""
        method = self._work.method
        code = code_of(record)
        customer = self._held.get(fold(code)) if code else None
        done = Done(
            record=record,
            answer=Record(NAME, "", (), (field(KEY, code),)),
            customer=code,
            identity=customer.identity if customer else "",
            version=customer.version if customer else 0,
        )
        if refused := self._refused(record, code, customer):
            return replace(done, messages=tuple(refused))
        if customer is None or method.creates or method.amends:
            return self._write(record, done, customer, code)
        if method.deletes:
            return self.delete(done, customer)
        if method.deletes_children:
            return self._delete_children(record, done, customer)
        return self._set_status(done, customer)

    def _refused(self, record: Record, code: str, customer: Customer | None) -> list[Message]:
        """Say why the method cannot be carried out at all, and which mandatory elements are not there."""
        method = self._work.method
        writes = method.creates or method.amends
        at = f"{NAME}.{KEY}"
        if not code and not writes:
            notes = missing(record, (KEY,), NAME, "every customer")
        elif len(record.all(KEY)) > 1 and not writes:
            notes = [error(f"{KEY} is sent twice", at, code)]
        elif code and customer is None and not method.creates:
            notes = [error(f"Customer {code} does not exist", at, code)]
        elif customer is not None and method.creates and not method.amends:
            notes = [error(f"Customer {code} already exists", at, code)]
        else:
            return []
        if writes:
            notes += [*absent_in(record, SECTIONS, NAME), *absent_in_accounts(record, NAME)]
            notes += absent_texts(record, NAME) if method.attaches_texts else ()
        elif method.deletes_children:
            notes += absent_in(without_dots(record), DELETABLE, NAME)
        return notes

    def write(self, done: Sequence[Done]) -> None:
        """Write what was settled: texts and accounts before the customers that need them."""
        connection, unit, run = self._work.connection, self._work.unit, self._work.run
        writes: list[tuple[Action, CustomerDone]] = [
            (item.action, item.write) for item in done if item.action and item.write is not None
        ]
        texts = {key: text for _, one in writes for key, text in one.texts.items()}
        standard_texts.put(connection, unit, texts)
        made = {one.account.code: one.account for _, one in writes if one.account}
        accounts.put(connection, unit, list(made.values()))
        whole.insert(connection, unit, run, [one.write for action, one in writes if action is Action.CREATE])
        changed = (Action.UPDATE, Action.STATUS)
        whole.update(connection, run, [one.write for action, one in writes if action in changed])
        gone = [one.write.identity for action, one in writes if action is Action.DELETE]
        if gone:
            whole.delete(connection, gone)

    def delete(self, done: Done, customer: Customer) -> Done:
        """Settle a delete: refused while others refer to the customer (10, guess; switches)."""
        if used := self._used(customer):
            return replace(done, messages=tuple(used))
        folded = fold(customer.code)
        for users in self._paid_for.values():
            users.pop(customer.identity, None)
        changes = changes_of(self._known[folded], None, self._rule)
        del self._held[folded]
        self._accounts.forget(customer.identity)
        write = CustomerDone(write=CustomerWrite(identity=customer.identity, fields={}))
        return replace(done, action=Action.DELETE, changes=changes, write=write)

    def _used(self, customer: Customer) -> list[Message]:
        """Say what keeps a customer from being deleted."""
        code, settings = customer.code, self._work.rules.settings
        paid_for = self._paid_for.get(fold(code), {})
        others = sorted([other for identity, other in paid_for.items() if identity != customer.identity])
        notes: list[str] = []
        if (items := len(customer.item_customers)) and not settings.delete_with_items:
            notes.append(f"Customer {code} has item customers ({items}); delete them first")
        if others and settings.invoicing_customer_must_exist:
            users = f"{len(others)}, as {others[0]}"
            notes.append(f"others are invoiced to customer {code} ({users}); change or delete them first")
        return [error(text, f"{NAME}.{KEY}", code) for text in notes]

    @property
    def _rule(self) -> str:
        return f"{NAME}/{self._work.method.name}"

    def _write(self, record: Record, done: Done, customer: Customer | None, code: str) -> Done:
        """Settle a create, an amend or a replacement."""
        work = self._work
        before = self._known.get(fold(code)) if customer else None
        wish = Wish(work=work, record=record, before=before, references=self._references)
        after, notes = amended(wish) if before else created(wish)
        texts, wrong = self._texts.read(record, NAME)
        notes += wrong
        attached = dict.fromkeys([*after.texts, *texts])
        after = replace(after, texts=tuple(attached))
        identity = customer.identity if customer else str(uuid_utils.uuid7())
        wanted = Wanted(identity=identity, before=before.root if before else {}, after=after.root)
        account, wrong = self._accounts.settle(record, wanted, NAME)
        notes += [*wrong, *self._invoiced(wanted)]
        done = replace(done, messages=tuple(notes), identity=customer.identity if customer else "")
        if done.failed:
            return done
        changes = changes_of(before, after, self._rule) + self._accounts.changes(account, self._rule)
        self._accounts.note(account, wanted)
        fresh = self._texts.fresh(texts)
        self._texts.note(fresh)
        if before and not changes and not fresh:
            return done
        write = CustomerDone(write=write_of(before, after, customer, identity), account=account, texts=fresh)
        action = Action.UPDATE if before else Action.CREATE
        return replace(done, identity=identity, action=action, changes=changes, write=write)

    def _invoiced(self, wanted: Wanted) -> Iterable[Message]:
        code = wanted.after.get(INVOICING, "")
        known = fold(code) in self._invoicing
        moved = fold(wanted.before.get(INVOICING, "")) != fold(code)
        if code and moved and fold(code) == fold(wanted.after.get(KEY, "")):
            yield error(f"customer {code} cannot be invoiced to itself", f"{NAME}.{INVOICING}", code)
            return
        if code and moved and not known and self._work.rules.settings.invoicing_customer_must_exist:
            yield error(f"invoicing customer {code} does not exist", f"{NAME}.{INVOICING}", code)

    def _set_status(self, done: Done, customer: Customer) -> Done:
        status = self._work.method.status
        assert status is not None  # noqa: S101  # decide() asks for nothing else
        before = self._known[fold(customer.code)]
        after = replace(before, status=status)
        changes = changes_of(before, after, self._rule)
        if not changes:
            note = Message(level=Level.INFORMATION, text=f"Customer {customer.code} is {status} already")
            return replace(done, messages=(note,))
        write = CustomerDone(write=write_of(before, after, customer, customer.identity))
        return replace(done, action=Action.STATUS, changes=changes, write=write)

    def _delete_children(self, record: Record, done: Done, customer: Customer) -> Done:
        before = self._known[fold(customer.code)]
        children = {node: dict(found) for node, found in before.children.items()}
        notes: list[Message] = []
        named = 0
        plain = without_dots(record)
        for section in SECTIONS:
            if not section.deletable and plain.all(section.node):
                text = f"{section.node} is not deleted by {self._work.method.name}"
                notes.append(warning(text, f"{NAME}.{section.node}"))
        for section in DELETABLE:
            named += len(plain.all(section.node))
            found, wrong = read_section(plain, section, children.get(section.node, {}), self._work.way, NAME)
            notes += wrong
            for key, values in found.items():
                if children.get(section.node, {}).pop(key, None) is None:
                    item = f"{NAME}.{section.node}.{section.keys[-1]}"
                    shown = " ".join(values[name] for name in section.keys)
                    notes.append(
                        error(f"{section.node} {shown} does not exist", item, values[section.keys[-1]])
                    )
        if next(sent_texts(plain), None) is not None:
            text = "StandardText is deleted by StandardTextLanguageVariants/Delete"
            notes.append(warning(text, f"{NAME}.StandardText"))
        if not named and not any(note.level is Level.ERROR for note in notes):
            nodes = ", ".join(section.node for section in DELETABLE)
            notes.append(error(f"say which child data to delete: one or more of {nodes}", NAME))
        done = replace(done, messages=tuple(notes))
        if done.failed:
            return done
        after = replace(before, children={node: found for node, found in children.items() if found})
        write = CustomerDone(write=write_of(before, after, customer, customer.identity))
        changes = changes_of(before, after, self._rule)
        return replace(done, action=Action.UPDATE, changes=changes, write=write)


def code_of(record: Record) -> str:
    """Give a record's customer code, without the blanks at its ends; ``""`` where there is none."""
    return str(record.value(KEY) or "").strip()


def _by_code(found: Iterable[Customer], codes: Iterable[str]) -> dict[str, Customer]:
    """Give the customer for each folded code; where several equal it, the one that is spelled as sent."""
    exact = set(codes)
    held: dict[str, Customer] = {}
    for customer in found:
        folded = fold(customer.code)
        if folded not in held or customer.code in exact:
            held[folded] = customer
    return held
