"""The table ArCustomer as SYSPRO answers for it: one question a method, its faults raised as our errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from customary.connectors.syspro.client import Answer, SysproClient
from customary.connectors.syspro.codec import (
    KEY,
    KeyListing,
    Listing,
    decode_customer,
    decode_keys,
    decode_page,
)
from customary.connectors.syspro.faults import Fault
from customary.connectors.syspro.session import SysproSession
from customary.errors import ConnectorError, ListingRefused, NotPermitted, Rejected, Unreadable
from customary.model.source import Record
from customary.protocols.enet import TABLE, EnetFormatError, Expression, FetchRequest, FindRequest


class FetchRefused(NotPermitted):
    """SYSPRO refuses single customers, but may still list them."""


class CustomerTable:
    """ArCustomer, asked over one session.

    Every method raises ``Unreachable`` and ``NotPermitted``, and ``Unreadable`` for an answer that is not
    what the protocol promises.
    """

    def __init__(
        self, client: SysproClient, session: SysproSession, fields: Sequence[str], fold: Callable[[str], str]
    ) -> None:
        self.fields = (KEY, *(field for field in dict.fromkeys(fields) if field != KEY))
        self.system = client.system
        self._client = client
        self._session = session
        self._fold = fold

    def find(self, where: Sequence[Expression], rows: int) -> Listing:
        """Ask COMFND for at most ``rows`` whole customers, by key.

        Raises ``ListingRefused`` when the operator may not, and ``Rejected`` with SYSPRO's words for any
        other error.
        """
        answer = self._found(self.find_request(where, rows))
        if answer.fault is Fault.MISSING:
            return Listing(())
        try:
            return decode_page(answer.body, self.fields, answer.encoding)
        except EnetFormatError as error:
            raise self._unreadable(error) from None

    def find_keys(self, where: Sequence[Expression], rows: int) -> KeyListing:
        """Ask COMFND for at most ``rows`` keys and nothing else; raises as ``find`` does."""
        answer = self._found(FindRequest(TABLE, (KEY,), rows, tuple(where), (KEY,)))
        if answer.fault is Fault.MISSING:
            return KeyListing(())
        try:
            return decode_keys(answer.body, answer.encoding)
        except EnetFormatError as error:
            raise self._unreadable(error) from None

    def find_request(self, where: Sequence[Expression], rows: int) -> FindRequest:
        """The request that ``find`` sends."""
        return FindRequest(TABLE, self.fields, rows, tuple(where), (KEY,))

    def fetch(self, key: str) -> Record | None:
        """Ask COMFCH for one customer by the key as it is to be sent; ``None`` when SYSPRO has none.

        Raises ``FetchRefused`` when the operator may not, and ``Rejected`` with SYSPRO's words for an error
        that is none of the known ones.
        """
        request = FetchRequest(TABLE, key).to_xml()
        answer = self._session.ask(lambda session: self._client.fetch(session, request))
        match answer.fault:
            case Fault.MISSING:
                return None
            case Fault.REFUSED:
                raise FetchRefused(self.system, f"single customers (COMFCH) are refused: {answer.text}")
            case Fault.OTHER:
                raise Rejected(self.system, f"SYSPRO answers: {answer.text}")
        try:
            record = decode_customer(answer.body, self.fields, answer.encoding)
        except EnetFormatError as error:
            raise self._unreadable(error) from None
        if record.key and self._fold(record.key) != self._fold(key):
            raise Unreadable(self.system, f"asked for customer {key}, SYSPRO answers with {record.key}")
        return record if record.key else Record(key, record.native)

    def alive(self) -> bool:
        """Tell whether SYSPRO answers at all, by the call that needs no session."""
        try:
            self._client.version()
        except ConnectorError:
            return False
        return True

    def _found(self, request: FindRequest) -> Answer:
        xml = request.to_xml()
        answer = self._session.ask(lambda session: self._client.query(session, xml))
        match answer.fault:
            case Fault.REFUSED:
                raise ListingRefused(self.system, f"lists of customers (COMFND) are refused: {answer.text}")
            case Fault.OTHER:
                raise Rejected(self.system, f"SYSPRO answers: {answer.text}")
        return answer

    def _unreadable(self, error: EnetFormatError) -> Unreadable:
        return Unreadable(self.system, f"the answer cannot be read: {error}")
