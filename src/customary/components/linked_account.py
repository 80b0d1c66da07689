"""The account that a customer posts to: the rules about it, and the one that a payload makes or amends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct

from customary.components.elements import (
    ACCOUNT,
    ACCOUNT_ANALYSES,
    ACCOUNT_TYPE,
    STATUS_CODES,
    STATUSES,
)
from customary.components.reading import absent_in, error, read_section, read_values, unknown
from customary.components.references import ACCOUNT as ACCOUNT_LIST
from customary.components.references import References
from customary.components.work import Work
from customary.model.change import FieldChange
from customary.model.customer import Status
from customary.protocols.ssc_message import Message
from customary.protocols.ssc_record import Record
from customary.store import accounts, whole
from customary.store.accounts import Account
from customary.store.folding import fold

NODE = "Accounts"
CODE = "ActualAccount"
INVOICING = "InvoicingCustomerCode"

TYPES = ("0", "2")
"""Debtor and Client: what a customer's account may be (10, documented)."""
USABLE = (Status.OPEN, Status.SUSPENDED)
"""What its status may be (10, documented)."""
NODES = frozenset(section.node for section in ACCOUNT_ANALYSES)


class Wanted(Struct, frozen=True, kw_only=True):
    """A customer's root elements before and after, as far as its account is concerned."""

    identity: str
    before: Mapping[str, str]
    after: Mapping[str, str]


class AccountPage:
    """The accounts that one page's records name, with the customers that post to them."""

    def __init__(self, work: Work, codes: Sequence[str], references: References) -> None:
        self._work = work
        self._references = references
        self._held = accounts.find(work.connection, work.unit, codes)
        self._users: dict[str, dict[str, str]] = {}
        folded = sorted({fold(code) for code in codes})
        for account, identity, customer in whole.account_users(work.connection, work.unit, folded):
            self._users.setdefault(fold(account), {})[identity] = customer

    def settle(self, record: Record, wanted: Wanted, path: str) -> tuple[Account | None, list[Message]]:
        """Give the account to make or to write over, if any, and what is wrong with it or with its use."""
        code = wanted.after.get(CODE, "")
        notes = list(self._choice(wanted))
        sent = record.all(NODE)
        if len(sent) > 1:
            text = f"{NODE} is sent {len(sent)} times, and a customer has one account"
            notes.append(error(text, f"{path}.{NODE}"))
        held = self._held.get(fold(code)) if code else None
        account, wrong = self._sent(sent[0], code, held, f"{path}.{NODE}") if sent else (None, [])
        notes += wrong
        if code:
            notes += self._use(wanted, account or held, amended=account is not None)
        return account, notes

    def changes(self, account: Account | None, rule: str) -> tuple[FieldChange, ...]:
        """Give the field changes that making or writing over an account means, as the journal tells them."""
        if account is None:
            return ()
        held = self._held.get(fold(account.code))
        told = [dict(_flat(one)) if one else {} for one in (held, account)]
        return tuple(
            FieldChange(name, told[0].get(name, UNSET), told[1].get(name, UNSET), rule)
            for name in sorted(told[0] | told[1])
            if told[0].get(name) != told[1].get(name)
        )

    def note(self, account: Account | None, wanted: Wanted) -> None:
        """Let the records behind see what this one made, and which account it uses now."""
        if account:
            self._held[fold(account.code)] = account
        for code, uses in ((wanted.before.get(CODE), False), (wanted.after.get(CODE), True)):
            if code:
                users = self._users.setdefault(fold(code), {})
                users.pop(wanted.identity, None)
                if uses:
                    users[wanted.identity] = wanted.after.get("CustomerCode", "")

    def forget(self, identity: str) -> None:
        """Let the records behind see that a customer is gone."""
        for users in self._users.values():
            users.pop(identity, None)

    def _choice(self, wanted: Wanted) -> Iterator[Message]:
        code, invoicing = (wanted.after.get(name, "") for name in (CODE, INVOICING))
        item = f"Customer.{CODE}"
        if code and invoicing:
            text = f"give either {CODE} or {INVOICING}, not both; send the one that is not meant empty"
            yield error(text, item, code)
        elif not code and not invoicing and self._work.rules.needs_account:
            yield error(f"one of {CODE} and {INVOICING} must be present", item)

    def _use(self, wanted: Wanted, account: Account | None, *, amended: bool) -> Iterator[Message]:
        code, item = wanted.after[CODE], f"Customer.{CODE}"
        moved = fold(wanted.before.get(CODE, "")) != fold(code)
        if (
            account is None
            and moved
            and self._must_exist()
            and not self._references.knows(ACCOUNT_LIST, code)
        ):
            yield error(f"account {code} does not exist; send it in {NODE}, or make it first", item, code)
        if account and (moved or amended):
            kind = account.fields.get("AccountType", "0")
            if kind not in TYPES:
                text = f"account {code} is {ACCOUNT_TYPE.get(kind, kind)}, and must be Debtor or Client"
                yield error(text, item, code)
            if account.status not in USABLE:
                yield error(f"account {code} is {account.status}, and must be open or suspended", item, code)
        if moved and self._work.rules.settings.account_used_once:
            others = {who for who in self._users.get(fold(code), {}) if who != wanted.identity}
            for other in sorted(self._users[fold(code)][who] for who in others):
                yield error(f"account {code} is assigned to customer {other} already", item, code)

    def _must_exist(self) -> bool:
        return self._work.rules.settings.account_must_exist or self._references.closed(ACCOUNT_LIST)

    def _sent(
        self, sent: Record, code: str, held: Account | None, path: str
    ) -> tuple[Account | None, list[Message]]:
        before: dict[str, Any] = dict(held.fields) if held else {}
        status = STATUS_CODES[Status(held.status)] if held else "0"
        way = self._work.way
        values, notes = read_values(sent, ACCOUNT, {**before, "Status": status}, way, path)
        notes += unknown(sent, ACCOUNT, NODES, way, path)
        notes += self._references.check(values, before, ACCOUNT, path)
        named = values.pop("AccountCode", "")
        status = values.pop("Status", "") or status
        fields: dict[str, Any] = {**before, **values}
        for section in ACCOUNT_ANALYSES:
            earlier = {"": dict(before.get(section.node, {}))}
            found, wrong = read_section(sent, section, earlier, way, path)
            notes += wrong
            for analysis in found.values():
                notes += self._references.check(analysis, earlier[""], section.elements, path)
                fields[section.node] = _without_blanks({**earlier[""], **analysis})
        if not code:
            return None, [*notes, error(f"{NODE} is sent and {CODE} is not: say which account it is", path)]
        if named and fold(named) != fold(code):
            text = f"{NODE} is about account {named}, and {CODE} is {code}"
            return None, [*notes, error(text, f"{path}.AccountCode", named)]
        fields.setdefault("AccountType", "0")
        account = Account(
            code=held.code if held else code, status=STATUSES[status].value, fields=_without_blanks(fields)
        )
        return (None if account == held else account), notes


def absent_in_accounts(record: Record, path: str) -> list[Message]:
    """Name every mandatory element that the analyses of a record's account lack."""
    return [
        note
        for account in record.all(NODE)
        for note in absent_in(account, ACCOUNT_ANALYSES, f"{path}.{NODE}")
    ]


def _flat(account: Account) -> Iterator[tuple[str, str]]:
    """Name every value as the history does."""
    at = f"sunsystems.{NODE}[{account.code}]"
    yield f"{at}.Status", account.status
    for name, value in account.fields.items():
        if isinstance(value, str):
            yield f"{at}.{name}", value
        else:
            yield from ((f"{at}.{name}.{inner}", text) for inner, text in value.items())


def _without_blanks(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value != ""}
