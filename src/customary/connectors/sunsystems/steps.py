"""What has to be called to carry out one change: methods with their records, in their order. Pure.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``), here always section 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from customary.connectors.contract import Sending
from customary.connectors.sunsystems.codec import (
    account_record,
    attaches_texts,
    customer_record,
    deletion_record,
    key_record,
)
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import ACCOUNT, ACCOUNTS, COMPONENT, FLAT, KEY, STATUS
from customary.connectors.sunsystems.fitting import DRAFT
from customary.model.change import Action
from customary.protocols.ssc_record import Record
from customary.protocols.ssc_values import read_code

STATUS_METHODS: Final = {"0": "Open", "1": "Hidden", "2": "SuspendedHeld", "3": "Closed"}
"""Status -> the method that sets it (documented)."""
WRITES: Final = frozenset({"Amend", "BulkCreateOrAmend", "Create", "CreateAsDraft", "CreateOrAmend"})
"""The methods that write fields."""
OPEN: Final = "0"
"""What a customer is once it was created (10, documented)."""


class Step(Struct, frozen=True):
    """One method to call with one record."""

    component: str
    method: str
    record: Record

    @property
    def call(self) -> tuple[str, str]:
        """What records must have in common to go into one payload."""
        return self.component, self.method


def steps_of(sending: Sending, config: SunsystemsConfig) -> tuple[Step, ...]:
    """Give the steps of a change. Raises ``ValueError`` for a status that no method sets.

    The account comes before the customer, and the status and what is to be deleted behind it.
    """
    match sending.action:
        case Action.DELETE:
            return (_step("Delete", key_record(sending.key)),)
        case Action.CREATE:
            return (*_written(sending, config), *_status(sending, OPEN))
        case Action.UPDATE | Action.STATUS:
            return (*_written(sending, config), *_status(sending, sending.held.get(STATUS, "")))


def _written(sending: Sending, config: SunsystemsConfig) -> Iterator[Step]:
    native, held = sending.native, sending.held
    fields = native.keys() - {KEY, STATUS}
    own = {name for name in fields if not name.startswith(f"{ACCOUNTS}.")}
    inside = config.accounts == "inside"
    if own < fields and not inside:
        account = native.get(ACCOUNT, held.get(ACCOUNT, ""))
        yield Step(ACCOUNTS, "CreateOrAmend", account_record(account, native))
    if sending.action is Action.CREATE or own or (fields and inside):
        record = customer_record(sending.key, native, held, accounts=inside)
        if sending.action is Action.CREATE or len(record.children) > 1:
            yield _step(_method(sending, config), record)
    if sending.action is Action.UPDATE and (gone := deletion_record(sending.key, native, held)):
        yield _step("DeleteChildData", gone)


def _method(sending: Sending, config: SunsystemsConfig) -> str:
    """Choose the method: the SASI one where bulk cannot carry a customer, and a draft's own."""
    creates = sending.action is Action.CREATE
    if creates and _wanted(sending) == DRAFT:
        return "CreateAsDraft"
    if config.write == "exact":
        return "Create" if creates else "Amend"
    if config.write == "bulk" and not attaches_texts(sending.native):
        return "BulkCreateOrAmend"
    return "CreateOrAmend"


def _status(sending: Sending, now: str) -> Iterator[Step]:
    wanted = _wanted(sending)
    if not wanted or wanted == now or (wanted == DRAFT and sending.action is Action.CREATE):
        return
    method = STATUS_METHODS.get(wanted)
    if method is None:
        raise ValueError("no method of SunSystems Connect makes an existing customer a draft")
    yield _step(method, key_record(sending.key))


def _wanted(sending: Sending) -> str:
    """Give the code of the status that is wanted; ``""`` for none. Raises ``ValueError``."""
    text = sending.native.get(STATUS, "")
    if not text:
        return ""
    try:
        return read_code(text, FLAT[STATUS][1].codes, names=True)
    except ValueError as error:
        raise ValueError(f"{STATUS} {error}") from None


def _step(method: str, record: Record) -> Step:
    return Step(COMPONENT, method, record)
