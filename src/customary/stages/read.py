"""Stage 1: a source and a scope give pages of native records."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from customary.connectors.contract import Source
from customary.errors import Unreachable
from customary.model.source import Everything, Page, Scope


def read(
    source: Source, scope: Scope, after: str | None, patience: Callable[[Unreachable, int], None]
) -> Iterator[Page]:
    """Read pages; where the source cannot be reached, go on behind the last page that came.

    ``patience`` is called with the error and how many times in a row it happened: it waits, or raises the
    error again. A list of keys is read whole before it is given, so that none of it is given twice.
    Raises ``NotPermitted``, ``ListingRefused``, ``Unreachable``.
    """
    failures = 0
    while True:
        try:
            if isinstance(scope, Everything):
                for page in source.read(scope, after):
                    failures, after = 0, page.cursor
                    yield page
            else:
                yield from list(source.read(scope, None))
        except Unreachable as error:
            failures += 1
            patience(error, failures)
        else:
            return
