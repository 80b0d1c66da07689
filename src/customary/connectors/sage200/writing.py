"""Writing customers: several calls at once, their outcomes in order, and nothing ever sent twice.

Sage has no call for many customers, so that each is a call of its own. What was sent without an answer is
unknown; whoever asked for it looks the customer up by its reference (facts/sage200.md 13).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final

from customary.connectors.contract import Sending, Written
from customary.connectors.sage200.api import Row, Sage200Api
from customary.connectors.sage200.bodies import body, touches_contact
from customary.connectors.sage200.codec import CONTACT_ID, CONTACTS, ID, JOINED, default_contact
from customary.connectors.sage200.fields import COLUMNS
from customary.connectors.sage200.listing import Reading
from customary.connectors.sage200.lookups import Codes, UnknownCode
from customary.errors import (
    ConnectorError,
    InDoubt,
    NotPermitted,
    Rejected,
    Unreachable,
    Unreadable,
)
from customary.model.change import Action
from customary.model.outcome import Level, Message, Outcome
from customary.model.source import Record

_IDS: Final = tuple(name for name in COLUMNS if name.endswith("_id"))


class Writing:
    """One round of writes to a company."""

    def __init__(self, api: Sage200Api, codes: Codes, reading: Reading, at_once: int) -> None:
        self._api = api
        self._codes = codes
        self._reading = reading
        self._at_once = at_once

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Carry changes out, as ``contract.Target.write`` promises it."""
        left = iter(sendings)
        with ThreadPoolExecutor(self._at_once, "sage200-write") as pool:
            under_way = deque(pool.submit(self._one, each) for each in islice(left, self._at_once))
            stopped: ConnectorError | None = None
            while under_way:
                ended = under_way.popleft().result()
                if isinstance(ended, ConnectorError):
                    stopped = ended
                    if all(isinstance(other.result(), ConnectorError) for other in under_way):
                        raise stopped
                    yield _unsent(stopped)  # one behind it was sent already, so its turn has come
                else:
                    yield ended
                if stopped is None:
                    under_way.extend(pool.submit(self._one, each) for each in islice(left, 1))
        if stopped is not None and next(left, None) is not None:
            raise stopped

    def _one(self, sending: Sending) -> Written | ConnectorError:
        """Carry one change out; an error says that nothing was sent, and that nothing else can be now."""
        if sending.action is Action.DELETE:
            text = "customers of Sage are not deleted from here; hide it: account_status_type"
            return _ended(Outcome.FAILED, text)
        try:
            prepared = self._prepared(sending)
        except UnknownCode as fault:
            return _ended(Outcome.FAILED, str(fault))
        except (Unreachable, NotPermitted) as fault:
            return fault
        except (Rejected, Unreadable) as fault:
            return Unreachable(fault.system, fault.reason)
        if prepared is None:
            return _ended(Outcome.FAILED, "Sage has no such customer any more: run it again")
        try:
            row = self._sent(sending, prepared)
        except (Unreachable, NotPermitted) as fault:
            return fault
        except Rejected as fault:
            return _refused(sending, fault.reason)
        except (InDoubt, Unreadable) as fault:
            return _ended(Outcome.UNKNOWN, f"{fault.reason}; whether it was done is looked up")
        return Written(sending.action.outcome, self._told(row))

    def _prepared(self, sending: Sending) -> bytes | None:
        """Give the body to send, ``None`` where the customer is gone."""
        contact = ""
        if sending.action is not Action.CREATE and touches_contact(sending):
            known = sending.held.get(CONTACT_ID)
            if known is None:  # without its id, Sage would add another contact (12, guess)
                rows = self._api.customers_numbered((sending.held[ID],), CONTACTS)
                if not rows:
                    return None
                known = str(default_contact(rows[0].get(CONTACTS) or []).get(ID, ""))
            contact = known
        return body(sending, self._codes.id_of, contact)

    def _sent(self, sending: Sending, prepared: bytes) -> Row:
        if sending.action is Action.CREATE:
            return self._api.create(prepared)
        return self._api.amend(sending.held[ID], prepared)

    def _told(self, row: Row) -> Record | None:
        try:
            return self._reading.record(row)
        except ConnectorError:
            return None  # it was written all the same; whoever wants to know it reads it


def _ended(outcome: Outcome, text: str, field: str = "") -> Written:
    level = Level.WARNING if outcome is Outcome.UNKNOWN else Level.ERROR
    return Written(outcome, messages=(Message(level=level, text=text, field=field),))


def _unsent(fault: ConnectorError) -> Written:
    return _ended(Outcome.FAILED, f"nothing was sent: {fault.reason}")


def _refused(sending: Sending, text: str) -> Written:
    """Tell which field Sage means, where it names one, and else what it is often."""
    for name in sorted(sending.native, key=len, reverse=True):
        told = JOINED[name][0] if name in JOINED else name
        if re.search(rf"\b{re.escape(told.rpartition('.')[2])}\b", text):
            return _ended(Outcome.FAILED, text, name)
    given = [name for name in sending.native if name in _IDS or name in JOINED]
    if "no reason" in text and given:
        # It is often a wrong id of another record (13, client code).
        text += f"; often it is an id or a code that this company does not have: {', '.join(given)}"
    return _ended(Outcome.FAILED, text)
