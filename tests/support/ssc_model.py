"""The rules of the components, as simply as they can be told: what a business unit holds after requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

Values = dict[str, Any]
"""A record's elements, as sent: one that is missing is not in it, one that is empty is ``""``."""

SUCCESS, FAIL = "success", "fail"
ATTACHING = {"Create", "Amend", "CreateOrAmend"}
STATUSES = {"Open": "0", "Hidden": "1", "SuspendedHeld": "2", "Closed": "3"}
CHILDREN = ("tax", "delivery")


class Model:
    """What a business unit holds. Every method carries a request out and gives its statuses."""

    def __init__(self) -> None:
        self.customers: dict[str, Values] = {}
        self.accounts: dict[str, Values] = {}
        self.texts: dict[str, str] = {}
        self.items: dict[tuple[str, str], Values] = {}

    def customer(self, method: str, bodies: Sequence[Values]) -> list[str]:
        """Carry out a method of Customer."""
        sent = {body["code"].lower() for body in bodies}
        gone = sorted(set(self.customers) - sent) if method == "CreateReplaceOrDelete" else []
        ordered = self._ordered(bodies) if method.startswith(("Create", "Bulk")) else bodies
        statuses = [self._each(lambda body: self._customer(method, body), body) for body in ordered]
        if FAIL not in statuses:
            statuses += [self._delete(code, gone) for code in gone]
        return statuses

    def item(self, method: str, bodies: Sequence[Values]) -> list[str]:
        """Carry out a method of ItemCustomer."""
        sent = {(body["item"].lower(), body["code"].lower()) for body in bodies}
        of_items = {item for item, _ in sent}
        synchronise = method == "CreateReplaceOrDelete"
        gone = [key for key in self.items if key[0] in of_items and key not in sent] if synchronise else []
        statuses = [self._each(lambda body: self._item(method, body), body) for body in bodies]
        if FAIL not in statuses:
            for key in gone:
                del self.items[key]
            statuses += [SUCCESS] * len(gone)
        return statuses

    def text(self, method: str, code: str, paragraph: str) -> list[str]:
        """Carry out a method of StandardTextLanguageVariants."""
        known = code in self.texts
        if known if method == "Create" else not known and method != "CreateOrAmend":
            return [FAIL]
        if method == "Delete":
            del self.texts[code]
            for record in (*self.customers.values(), *self.items.values()):
                record["texts"].discard(code)
        else:
            self.texts[code] = paragraph
        return [SUCCESS]

    def _each(self, carry_out: Callable[[Values], bool], body: Values) -> str:
        """Carry one record out, all or nothing."""
        before = deepcopy((self.customers, self.accounts, self.texts, self.items))
        if carry_out(body):
            return SUCCESS
        self.customers, self.accounts, self.texts, self.items = before
        return FAIL

    def _ordered(self, bodies: Sequence[Values]) -> list[Values]:
        """Put those that need a customer of this payload that is not there yet behind it."""
        to_come = {body["code"].lower() for body in bodies} - set(self.customers)
        left, ordered = list(bodies), []
        while left:
            waiting: list[Values] = []
            for body in left:
                code = body["code"].lower()
                needed = body.get("invoicing", "").lower()
                behind = [one["code"].lower() for one in waiting]
                if code in behind or (needed != code and needed in to_come):
                    waiting.append(body)
                else:
                    ordered.append(body)
                    to_come.discard(code)
            if len(waiting) == len(left):
                return ordered + waiting
            left = waiting
        return ordered

    def _customer(self, method: str, body: Values) -> bool:
        code = body["code"].lower()
        if method == "Delete":
            return self._delete(code) == SUCCESS
        if method in STATUSES:
            if code in self.customers:
                self.customers[code]["status"] = STATUSES[method]
            return code in self.customers
        if method == "DeleteChildData":
            return self._delete_child(code, body.get("delivery"))
        if code in self.customers if method.startswith("CreateAs") or method == "Create" else False:
            return False
        if code not in self.customers and method == "Amend":
            return False
        return self._write(method, body, code)

    def _write(self, method: str, body: Values, code: str) -> bool:
        old = self.customers.get(code)
        draft = "4" if method == "CreateAsDraft" else "0"
        new = old or {
            "code": body["code"],
            "status": draft,
            "texts": set(),
            **{kind: {} for kind in CHILDREN},
        }
        before = (new.get("account", ""), new.get("invoicing", ""))
        if method == "CreateReplaceOrDelete":
            new = {name: new[name] for name in ("code", "status", "texts")}
            new |= {kind: {} for kind in CHILDREN}
        new |= {name: body[name] for name in ("name", "account", "invoicing") if name in body}
        for kind in CHILDREN:
            for key, value in body.get(kind, {}).items():
                new[kind][key] = value if value is not None else new[kind].get(key, "")
        self.customers[code] = new
        if method in ATTACHING:
            self._attach(new, body)
        return self._account(body, code, before) and self._invoicing(code, before)

    def _account(self, body: Values, code: str, before: tuple[str, str]) -> bool:
        account = self.customers[code].get("account", "")
        used = [key for key, one in self.customers.items() if one.get("account") == account and key != code]
        if account and account != before[0] and used:
            return False
        if "lookup" in body:
            if not account:
                return False
            self.accounts[account] = {"lookup": body["lookup"]}
        return bool(account) is not bool(self.customers[code].get("invoicing", ""))

    def _invoicing(self, code: str, before: tuple[str, str]) -> bool:
        invoicing = self.customers[code].get("invoicing", "").lower()
        moved = invoicing != before[1].lower()
        return not invoicing or not moved or (invoicing != code and invoicing in self.customers)

    def _attach(self, record: Values, body: Values) -> None:
        if "text" in body:
            self.texts.setdefault(body["text"], body["paragraph"])
            record["texts"].add(body["text"])

    def _delete(self, code: str, gone: Sequence[str] = ()) -> str:
        if code not in self.customers or any(customer == code for _, customer in self.items):
            return FAIL
        staying = [one for key, one in self.customers.items() if key not in gone]
        if any(one.get("invoicing", "").lower() == code for one in staying):
            return FAIL
        del self.customers[code]
        return SUCCESS

    def _delete_child(self, code: str, delivery: Values | None) -> bool:
        held = self.customers.get(code)
        if held is None or not delivery or not set(delivery) <= set(held["delivery"]):
            return False
        for key in delivery:
            del held["delivery"][key]
        return True

    def _item(self, method: str, body: Values) -> bool:
        key = (body["item"].lower(), body["code"].lower())
        if key[1] not in self.customers:
            return False
        if method == "Delete":
            return self.items.pop(key, None) is not None
        new = self.items.setdefault(key, {"item": body["item"], "texts": set()})
        if method == "CreateReplaceOrDelete":
            new = self.items[key] = {"item": new["item"], "texts": set()}
        new |= {name: body[name] for name in ("price",) if name in body}
        self._attach(new, body)
        return True
