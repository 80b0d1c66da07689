"""Stage 1: a source and a scope give pages of native records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from customary.connectors.contract import Source, TellsMoved
from customary.errors import Unreachable
from customary.model.source import Everything, Page, Scope

Patience = Callable[[Unreachable, int], None]
"""Called with the error and how many times in a row it happened: it waits, or raises the error again."""


class Cut(Protocol):
    """A page with the cursor behind it."""

    @property
    def cursor(self) -> str | None:
        """Where the next page begins; ``None`` on the last page."""


C = TypeVar("C", bound=Cut)


def read(source: Source, scope: Scope, after: str | None, patience: Patience) -> Iterator[Page]:
    """Read pages; where the source cannot be reached, go on behind the last page that came.

    A list of keys is read whole before it is given, so that none of it is given twice.
    Raises ``NotPermitted``, ``ListingRefused``, ``Unreachable``.
    """
    if isinstance(scope, Everything):
        yield from patiently(lambda behind: source.read(scope, behind), after, patience)
        return
    failures = 0
    while True:
        try:
            yield from list(source.read(scope, None))
        except Unreachable as error:
            failures += 1
            patience(error, failures)
        else:
            return


def read_moved(source: TellsMoved, since: datetime, after: str | None, patience: Patience) -> Iterator[Page]:
    """Read the customers that moved after ``since``, from behind the cursor ``after``; raises as ``read``."""
    return patiently(lambda behind: source.read_moved(since, behind), after, patience)


def patiently(
    pages: Callable[[str | None], Iterator[C]], after: str | None, patience: Patience
) -> Iterator[C]:
    """Give the pages that ``pages`` gives from behind a cursor; behind the last one again after a failure."""
    failures = 0
    while True:
        try:
            for page in pages(after):
                failures, after = 0, page.cursor
                yield page
        except Unreachable as error:
            failures += 1
            patience(error, failures)
        else:
            return
