from __future__ import annotations

from collections.abc import Callable

import pytest

from customary.connectors.memory import Manner, MemorySource
from customary.errors import NotPermitted, Unreachable
from customary.model.source import Everything, Keys, Page, Scope
from customary.stages.read import read

CUSTOMERS = {key: {"Customer": key} for key in ("a", "b", "c", "d", "e")}


def lost(*pages: int) -> Callable[[int], None]:
    """Lose the source before these pages."""

    def before(page: int) -> None:
        if page in pages:
            raise Unreachable("erp", "lost")

    return before


class Patience:
    """Remembers how often it was called, and gives up after so many failures in a row."""

    def __init__(self, most: int = 3) -> None:
        self.failures: list[int] = []
        self._most = most

    def __call__(self, error: Unreachable, failures: int) -> None:
        self.failures.append(failures)
        if failures > self._most:
            raise error


def keys(pages: list[Page]) -> list[str]:
    return [record.key for page in pages for record in page.records]


def everything(before: Callable[[int], None], patience: Patience, after: str | None = None) -> list[Page]:
    source = MemorySource("erp", CUSTOMERS, Manner(sizes=(2,), before=before))
    return list(read(source, Everything(), after, patience))


def test_reading_goes_on_behind_the_last_page_that_came() -> None:
    patience = Patience()
    pages = everything(lost(2, 4, 5), patience)
    assert keys(pages) == ["a", "b", "c", "d", "e"]
    assert patience.failures == [1, 1, 2]
    assert [page.complete for page in pages] == [False, False, False, True]


def test_reading_begins_behind_the_cursor_it_is_given() -> None:
    assert keys(everything(lost(), Patience(), "2")) == ["c", "d", "e"]
    assert keys(everything(lost(1), Patience(), "2")) == ["c", "d", "e"]


def test_whoever_loses_patience_stops_the_reading() -> None:
    patience = Patience(most=2)
    with pytest.raises(Unreachable):
        everything(lost(2, 3, 4), patience)
    assert patience.failures == [1, 2, 3]


def test_of_listed_customers_none_is_given_twice() -> None:
    source = MemorySource("erp", CUSTOMERS, Manner(sizes=(1,), before=lost(2)))
    scope: Scope = Keys(("a", "b", "x"))
    pages = list(read(source, scope, None, Patience()))
    assert keys(pages) == ["a", "b"]
    assert [key for page in pages for key in page.missing] == ["x"]


def test_what_is_not_permitted_is_not_tried_again() -> None:
    patience = Patience()

    def forbid(page: int) -> None:
        raise NotPermitted("erp", "no licence is free")

    with pytest.raises(NotPermitted):
        everything(forbid, patience)
    assert patience.failures == []
