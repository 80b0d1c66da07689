"""Downloading whole customers of a system into a file of Zynk's customer XML."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from customary.actions.crossref import external_in, uploaded_to
from customary.actions.whole_file import whole_file
from customary.actions.workspace import Workspace
from customary.config.references import unresolved
from customary.connectors.contract import Chosen, GivesWhole, WholePage
from customary.engine.patience import wait_again
from customary.errors import ConfigError, Unreachable
from customary.model.outcome import Level, Message
from customary.model.run import EXIT_DONE, EXIT_ISSUES
from customary.protocols.zynk_stream import ZynkFormatError
from customary.protocols.zynk_values import texts
from customary.protocols.zynk_write import CLOSING, OPENING, customer_xml
from customary.stages.read import patiently
from customary.store import runs, truth, watermarks

PAUSE = 2.0
"""Seconds until a system that cannot be reached is tried again; doubled each time."""
MESSAGES = 200
"""The most messages that are kept of a download."""
_REFERENCE = "reference"
_EXTERNAL_ID = "external_id"


class Wanted(Struct, frozen=True, kw_only=True):
    """What a person wants downloaded."""

    system: str
    file: Path
    scope: str = ""
    """The system by whose external ids the customers are told; ``""``: what is uploaded to ``system``."""
    modified: bool = False
    """Only what was created or changed since the last download for the same purpose."""
    filter: str = ""
    """In the system's own language."""
    purpose: str = ""
    """Downloads of one purpose go on from each other; ``""``: those of one filter do."""

    @property
    def watermark(self) -> str:
        """The purpose by which the hub keeps how far these downloads are."""
        if self.purpose:
            return f"download for {self.purpose}"
        return f"download of {self.filter.strip()}" if self.filter.strip() else "download"


class Downloaded(Struct, frozen=True, kw_only=True):
    """What was downloaded."""

    wanted: Wanted
    since: datetime | None
    """Only what changed after this moment was asked for; ``None``: everything."""
    customers: int
    """Customers in the file."""
    left_out: int
    """Customers that cannot be written; the messages say which and why."""
    messages: tuple[Message, ...]

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        return EXIT_ISSUES if self.left_out else EXIT_DONE


def download(
    workspace: Workspace,
    wanted: Wanted,
    progress: Callable[[int], None] = lambda _: None,
    pause: float = PAUSE,
) -> Downloaded:
    """Download customers; the file is put into its place when all of it has come.

    ``progress`` is called with the number of customers after each page; ``pause`` is how many seconds are
    waited before a system that cannot be reached is tried again, doubled each time. How far the downloads of
    this purpose are moves on only when every customer is in the file. Raises ``ConfigError``,
    ``Unreachable`` and ``NotPermitted``; the file is as it was then.
    """
    if problems := unresolved(workspace.system(wanted.system).settings):
        raise ConfigError(problems)
    source = workspace.open_source(workspace.system(wanted.system), "customary download")
    try:
        if not isinstance(source, GivesWhole):
            raise ConfigError(f"{wanted.system} gives no whole customers; a Sage 200 system does")
        begun = runs.now()
        with workspace.store.read() as connection:
            before = watermarks.read(connection, wanted.system, wanted.watermark)
        since = before - source.overlap if before and wanted.modified else None
        records = _Records(workspace, wanted, source.fold)
        with whole_file(wanted.file) as file:
            file.write(OPENING)
            for page in _pages(source, Chosen(since=since, filter=wanted.filter), pause):
                file.writelines(records.of(page))
                progress(records.written)
            file.write(CLOSING)
        if not records.left_out and (wanted.modified or before is None):
            with workspace.store.write() as connection:
                watermarks.advance(connection, wanted.system, wanted.watermark, begun)
    finally:
        source.close()
    return Downloaded(
        wanted=wanted,
        since=since,
        customers=records.written,
        left_out=records.left_out,
        messages=tuple(records.messages),
    )


def _pages(source: GivesWhole, chosen: Chosen, pause: float) -> Iterator[WholePage]:
    def patience(error: Unreachable, failures: int) -> None:
        wait_again(error, failures, pause, time.sleep)

    return patiently(lambda behind: source.read_whole(chosen, behind), None, patience)


class _Records:
    """The records of a download: what was written, and what was left out and why."""

    def __init__(self, workspace: Workspace, wanted: Wanted, fold: Callable[[str], str]) -> None:
        self.written = 0
        self.left_out = 0
        self.messages: list[Message] = []
        self._store = workspace.store
        self._external = external_in(workspace.config)
        self._between = (wanted.scope or uploaded_to(wanted.system), wanted.system)
        self._fold = fold

    def of(self, page: WholePage) -> Iterator[bytes]:
        """Give the records of a page, without those that cannot be written."""
        self.messages += [note for note in page.notices if note not in self.messages]
        folded = [self._fold(str(customer.get(_REFERENCE) or "")) for customer in page.customers]
        with self._store.read() as connection:
            found = truth.external_ids(connection, self._between, folded)
        external = {key: id_ for key, id_ in found.items() if self._external(self._between[0], id_)}
        for key, customer in zip(folded, page.customers, strict=True):
            known = {_EXTERNAL_ID: external[key]} if key in external else {}
            try:
                yield customer_xml(texts({**customer, **known}))
            except ZynkFormatError as error:
                self._leave_out(customer, error)
            else:
                self.written += 1

    def _leave_out(self, customer: Mapping[str, Any], error: ZynkFormatError) -> None:
        self.left_out += 1
        if self.left_out <= MESSAGES:
            who = str(customer.get(_REFERENCE) or f"id {customer.get('id')}")
            self.messages.append(Message(level=Level.ERROR, customer=who, text=f"left out: {error}"))
