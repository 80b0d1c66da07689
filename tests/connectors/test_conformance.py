from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from customary.connectors import conformance
from customary.connectors.conformance import (
    SOURCE_PROMISES,
    WRITING_PROMISES,
    Promise,
    Subject,
    WritingSubject,
    name_of,
)
from customary.connectors.contract import Probe, Report, Sending, Source, Target, Verdict, Written
from customary.errors import Unreachable
from customary.model.change import Action
from customary.model.fields import FieldTable, table, text
from customary.model.outcome import Outcome
from customary.model.source import Everything, Keys, Page, Record, Scope


class Notebook:
    """A system that keeps customers in a list, in the order of their keys."""

    def __init__(self, *keys: str) -> None:
        self.keys = sorted(keys)
        self.open: set[object] = set()


class NotebookTarget:
    """The smallest target there can be."""

    holds: FieldTable = table(text("code", 30, "the customer's number"))
    batch = 2
    longest = 0.0
    bulk = True

    def __init__(self, notebook: Notebook | None, page: int = 2) -> None:
        self.name = "notebook"
        self._notebook = notebook
        self._page = page

    def check(self) -> Report:
        """Look whether the notebook is there."""
        there = self._notebook is not None
        return Report(self.name, (Probe("there", Verdict.OK if there else Verdict.FAILED, "the notebook"),))

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        """Give pages of what is written down."""
        if self._notebook is None:
            raise Unreachable(self.name, "lost")
        self._notebook.open.add(self)
        if not isinstance(scope, Everything):
            wanted = dict.fromkeys(scope.keys)
            found = [key for key in wanted if key in self._notebook.keys]
            missing = tuple(key for key in wanted if key not in self._notebook.keys)
            yield Page(records=_records(found), missing=missing)
            return
        keys = [key for key in self._notebook.keys if after is None or key > after]
        for start in range(0, len(keys), self._page):
            part = keys[start : start + self._page]
            yield Page(records=_records(part), cursor=part[-1])
        yield Page(records=(), complete=True)

    def fold(self, key: str) -> str:
        """Compare without blanks."""
        return key.strip()

    def close(self) -> None:
        """Close the notebook."""
        if self._notebook is not None:
            self._notebook.open.discard(self)

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        """Write customers down."""
        assert self._notebook is not None
        for sending in sendings:
            self._notebook.keys = sorted([*self._notebook.keys, sending.key])
            yield Written(Outcome.CREATED, Record(sending.key, sending.native))


def _records(keys: Sequence[str]) -> list[Record]:
    return [Record(key, {"code": key}) for key in keys]


def subject(kind: Callable[[Notebook | None, int], Source]) -> Subject:
    notebook = Notebook("a", "b", "c", "d", "e")
    return Subject(
        open=lambda page: kind(notebook, page),
        keys=tuple(notebook.keys),
        unknown=("x",),
        contents=lambda: tuple(notebook.keys),
        sessions=lambda: len(notebook.open),
        unreachable=lambda: kind(None, 2),
    )


def writing(kind: Callable[[Notebook], Target]) -> WritingSubject:
    notebook = Notebook("a")
    sendings = [Sending(action=Action.CREATE, key=key, native={"code": key}) for key in ("k", "l", "m")]
    return WritingSubject(open=lambda: kind(notebook), sendings=sendings, keys=lambda: tuple(notebook.keys))


@pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
def test_a_source_that_keeps_its_promises_passes(promise: Promise) -> None:
    promise(subject(NotebookTarget))


@pytest.mark.parametrize("promise", WRITING_PROMISES, ids=name_of)
def test_a_target_that_keeps_its_promises_passes(promise: Callable[[WritingSubject], None]) -> None:
    promise(writing(NotebookTarget))


class LosesTheLastPage(NotebookTarget):
    """Its last customers are not given."""

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        pages = list(super().read(scope, after))
        yield from pages[: max(len(pages) - 2, 0)] + pages[-1:]


class ForgetsWhereItWas(NotebookTarget):
    """It begins anew whatever the cursor says."""

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        return super().read(scope)


class ClaimsToBeComplete(NotebookTarget):
    """Every page says that it is complete."""

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        for page in super().read(scope, after):
            yield Page(records=page.records, missing=page.missing, cursor=page.cursor, complete=True)


class KeepsSilentAboutTheMissing(NotebookTarget):
    """Unknown keys are not named."""

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        for page in super().read(scope, after):
            yield Page(records=page.records, cursor=page.cursor, complete=page.complete)


class TakesNothingForEverything(NotebookTarget):
    """An empty list of keys gives all customers."""

    def read(self, scope: Scope, after: str | None = None) -> Iterator[Page]:
        empty = isinstance(scope, Keys) and not scope.keys
        return super().read(Everything() if empty else scope, after)


class FoldsTooMuch(NotebookTarget):
    """All customers compare as one."""

    def fold(self, key: str) -> str:
        return ""


class FoldsAgainAndAgain(NotebookTarget):
    """Folding never comes to rest."""

    def fold(self, key: str) -> str:
        return f"{key}'"


class WritesWhileItLooks(NotebookTarget):
    """A check leaves a mark."""

    def check(self) -> Report:
        if self._notebook is not None:
            self._notebook.keys.append("z")
        return super().check()


class NeverCloses(NotebookTarget):
    """Its session stays open."""

    def close(self) -> None:
        return


class SeesNothingWrong(NotebookTarget):
    """A check of what is not there succeeds."""

    def check(self) -> Report:
        return Report(self.name, (Probe("there", Verdict.OK, "fine"),))


BROKEN: dict[type[NotebookTarget], Promise] = {
    LosesTheLastPage: conformance.pages_hold_every_customer_once_whatever_their_size,
    ForgetsWhereItWas: conformance.reading_on_behind_any_cursor_gives_the_rest,
    ClaimsToBeComplete: conformance.only_the_last_page_has_no_cursor_and_is_complete,
    KeepsSilentAboutTheMissing: conformance.keys_give_those_customers_and_name_the_missing,
    TakesNothingForEverything: conformance.no_keys_give_no_customers,
    FoldsTooMuch: conformance.folding_keys_is_stable_and_tells_customers_apart,
    FoldsAgainAndAgain: conformance.folding_keys_is_stable_and_tells_customers_apart,
    WritesWhileItLooks: conformance.a_check_succeeds_and_writes_nothing,
    SeesNothingWrong: conformance.an_unreachable_system_is_reported_by_a_check_and_raised_by_a_reading,
    NeverCloses: conformance.closing_twice_leaves_no_session,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_source_that_breaks_a_promise_is_found_out(kind: type[NotebookTarget]) -> None:
    with pytest.raises(AssertionError):
        BROKEN[kind](subject(kind))


def test_every_promise_of_a_source_can_be_broken() -> None:
    assert set(BROKEN.values()) == set(SOURCE_PROMISES)


class AnswersForTheFirstOnly(NotebookTarget):
    """The second change of a batch gets no outcome."""

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        yield from list(super().write(sendings))[:1]


class AnswersOutOfOrder(NotebookTarget):
    """Outcomes come in reverse."""

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        yield from reversed(list(super().write(sendings)))


class SaysSoAndDoesNot(NotebookTarget):
    """Nothing is written down."""

    def write(self, sendings: Sequence[Sending]) -> Iterator[Written]:
        for sending in sendings:
            yield Written(Outcome.CREATED, Record(sending.key, sending.native))


@pytest.mark.parametrize("kind", [AnswersForTheFirstOnly, AnswersOutOfOrder, SaysSoAndDoesNot])
def test_a_target_that_breaks_a_promise_is_found_out(kind: type[NotebookTarget]) -> None:
    with pytest.raises(AssertionError):
        WRITING_PROMISES[0](writing(kind))
