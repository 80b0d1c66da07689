"""Customers by their keys: in groups by COMFND, and whatever a group lacks singly by COMFCH."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from customary.connectors.syspro.client import encoded
from customary.connectors.syspro.codec import BLANKS, KEY
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.syspro.table import CustomerTable, FetchRefused
from customary.errors import ConnectorError, ListingRefused, Rejected, Unreachable, Unreadable
from customary.model.outcome import Level, Message
from customary.model.source import Page, Record, Trouble
from customary.protocols.enet import QUERY, EnetFormatError, Expression, escape

SINGLES: Final = 100
"""Most customers of a page that is read one at a time, so that work is committed every few seconds."""

DOWN_AFTER: Final = 3
"""Customers in a row without an answer, after which SYSPRO counts as unreachable (a decision)."""

_STORED = 15
_LONGEST = 100
_AROUND = len(f"{QUERY}?UserId=&BusinessObject=COMFND&XmlIn=") + 3 * 36  # a session id of 36 characters


def folded(key: str, config: SysproConfig) -> str:
    """Bring a key into the form that is compared: no blanks around it, no zeros before digits (8, guess)."""
    key = key.strip(BLANKS)
    if config.zero_padded and key.isascii() and key.isdigit():
        return key.lstrip("0") or "0"
    return key


def forms(key: str, config: SysproConfig) -> tuple[str, ...]:
    """Give the forms in which a key is sent: the configured one, then at most one other (8, guess)."""
    key = key.strip(BLANKS)
    if not (config.zero_padded and key.isascii() and key.isdigit()):
        return (key,)
    bare = key.lstrip("0") or "0"
    if config.key_length and (configured := bare.zfill(config.key_length)) != key:
        return (configured, key)
    other = key.zfill(_STORED) if len(key) < _STORED else bare
    return (key,) if other == key else (key, other)


class Lookup:
    """Reads listed customers for one ``read``; remembers whether groups work and what it has already said.

    ``smaller``: what has no answer is asked for in smaller parts.
    """

    def __init__(self, table: CustomerTable, config: SysproConfig, *, smaller: bool = False) -> None:
        self.grouped = config.read == "batch"
        self._smaller = smaller
        self._table = table
        self._config = config
        self._said: set[str] = set()
        self._notices: list[Message] = []
        self._unanswered = 0

    @property
    def size(self) -> int:
        """The most customers of one page."""
        return self._config.page if self.grouped else min(self._config.page, SINGLES)

    def pages(self, keys: Sequence[str]) -> Iterator[Page]:
        """Give the customers of ``keys``, each customer once; the cursor is the last key that was asked for.

        No page says that it is complete, because nothing was enumerated. Raises ``Unreachable`` and
        ``NotPermitted``.
        """
        wanted = list({folded(key, self._config): key for key in reversed(keys)}.values())[::-1]
        start = 0
        while True:
            chunk = wanted[start : start + self.size]
            found = self._together(chunk)
            if len(chunk) > self.size:
                continue  # groups were refused just now: smaller pages from here on
            start += len(chunk)
            last = start >= len(wanted)
            yield self._page(chunk, found, None if last else chunk[-1])
            if last:
                return

    def look_up(self, keys: Sequence[str], cursor: str) -> Page:
        """Read these customers, none of them repeated, as one page in their order; raises as ``pages``."""
        return self._page(keys, self._together(keys), cursor)

    def notice(self, text: str) -> None:
        """Put a warning on the page that comes next, the same one only once in a ``read``."""
        if text not in self._said:
            self._said.add(text)
            self._notices.append(Message(level=Level.WARNING, text=text))

    def go_smaller(self, fault: Unreachable, what: str) -> None:
        """Give notice that ``what`` had no answer and is asked for in smaller parts; else raise ``fault``."""
        if not self._smaller or not self._table.alive():
            raise fault
        self.notice(f"{what}: {fault.reason}; it is read in smaller parts instead")

    def take_notices(self) -> tuple[Message, ...]:
        """Give the warnings that no page has carried yet."""
        notices, self._notices = tuple(self._notices), []
        return notices

    def _page(self, keys: Sequence[str], found: Mapping[str, Record], cursor: str | None) -> Page:
        records: list[Record] = []
        missing: list[str] = []
        unreadable: list[Trouble] = []
        for key in keys:
            one = found.get(folded(key, self._config)) or self._single(key)
            match one:
                case None:
                    missing.append(key)
                case Trouble():
                    unreadable.append(one)
                case Record():
                    records.append(one)
        return Page(
            records=records,
            missing=tuple(missing),
            unreadable=tuple(unreadable),
            notices=self.take_notices(),
            cursor=cursor,
        )

    def _together(self, keys: Sequence[str]) -> dict[str, Record]:
        found: dict[str, Record] = {}
        for group in self._groups(keys) if self.grouped else ():
            where = [Expression(KEY, "EQ", key, "Or" if at else "And") for at, key in enumerate(group)]
            try:
                listing = self._table.find(where, len(group))
            except (ListingRefused, Rejected) as fault:
                self.grouped = False
                self.notice(f"{fault.reason}; customers are read one at a time, which is slower")
                break
            except Unreadable as fault:
                self.notice(f"{fault.reason}; the customers of that group are read one at a time")
                continue
            except Unreachable as fault:
                self.go_smaller(fault, "a group of customers")
                continue
            asked = {folded(key, self._config) for key in group}
            rows = {folded(record.key, self._config): record for record in listing.records}
            found |= {key: record for key, record in rows.items() if key in asked}
        return found

    def _groups(self, keys: Sequence[str]) -> Iterator[list[str]]:
        """Cut the keys into groups whose request fits into a URL; keys that cannot be sent are left out."""
        one = Expression(KEY, "EQ", "", "And")
        request = self._table.find_request((one,), self._config.page).to_xml()
        around = len(self._config.url) + _AROUND + len(encoded(request)) - len(encoded(one.to_xml()))
        group: list[str] = []
        size = around
        for key in keys:
            if _unsendable(key):
                continue
            cost = len(encoded(Expression(KEY, "EQ", forms(key, self._config)[0], "And").to_xml()))
            if group and size + cost > self._config.url_limit:
                yield group
                group, size = [], around
            group.append(forms(key, self._config)[0])
            size += cost
        if group:
            yield group

    def _single(self, key: str) -> Record | Trouble | None:
        if problem := _unsendable(key):
            return Trouble(key, problem)
        found = self._attempt(key)
        if isinstance(found, Unreadable | Unreachable):
            found = self._attempt(key)
        if isinstance(found, Unreachable):
            self._unanswered += 1
            if self._unanswered >= DOWN_AFTER or not self._table.alive():
                raise found
        else:
            self._unanswered = 0
        return Trouble(key, found.reason) if isinstance(found, ConnectorError) else found

    def _attempt(self, key: str) -> Record | Unreadable | Unreachable | Rejected | None:
        try:
            for form in forms(key, self._config):
                if found := self._table.fetch(form):
                    return found
        except (Unreadable, Unreachable, Rejected) as fault:
            return fault
        except FetchRefused as fault:
            if not self.grouped:
                raise
            return Rejected(fault.system, f"SYSPRO does not list it, and {fault.reason}")
        return None


def _unsendable(key: str) -> str:
    """Say why a key cannot be asked for; ``""`` when it can."""
    if not key.strip(BLANKS) or len(key) > _LONGEST:
        return f"no SYSPRO key is blank or longer than {_LONGEST} characters"
    try:
        escape(key)
    except EnetFormatError as error:
        return f"SYSPRO cannot be asked for it: {error}"
    return ""
