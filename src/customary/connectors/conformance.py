"""What every connector promises, as plain functions to call from its tests.

A connector joins with a ``Subject`` and one test::

    @pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
    def test_keeps_the_promises_of_a_source(promise: Promise, subject: Subject) -> None:
        promise(subject)

Each promise raises ``AssertionError`` saying what is broken. They look at what a source gives and at what is
left behind in the system, never at the calls made.
"""
# ruff: noqa: S101 - these functions are the body of tests, though they are shipped

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from msgspec import Struct

from customary.connectors.contract import Sending, Source, Target
from customary.errors import Unreachable
from customary.model.outcome import Outcome
from customary.model.source import Everything, Keys, Page, Record


class Subject(Struct, frozen=True, kw_only=True):
    """A source to try, in front of a system whose customers do not change meanwhile."""

    open: Callable[[int], Source]
    """Makes a source that reads pages of at most this many customers. Whoever opens it closes it."""
    keys: tuple[str, ...]
    """All customers of the system, at least five, as it writes their keys."""
    unknown: tuple[str, ...]
    """Keys that the system does not have."""
    contents: Callable[[], Hashable]
    """What the system holds, to see that nothing is written to it."""
    sessions: Callable[[], int]
    """How many sessions are open in the system now; always 0 where there are none."""
    unreachable: Callable[[], Source]
    """Makes a source whose system does not answer."""


Promise = Callable[[Subject], None]


def pages_hold_every_customer_once_whatever_their_size(subject: Subject) -> None:
    """Every page size gives the same records, none twice and none left out, and no page is larger."""
    whole = _records(_everything(subject, len(subject.keys) + 1))
    assert [record.key for record in whole] == list(dict.fromkeys(record.key for record in whole)), "repeated"
    assert sorted(record.key for record in whole) == sorted(subject.keys), "not every customer once"
    for size in (1, 2, len(subject.keys) - 1, len(subject.keys)):
        pages = _everything(subject, size)
        assert max(len(page.records) for page in pages) <= size, f"a page is larger than {size}"
        assert _records(pages) == whole, f"pages of {size} give other records than one page"


def only_the_last_page_has_no_cursor_and_is_complete(subject: Subject) -> None:
    """A cursor stands behind every page but the last, which alone says that the enumeration is complete."""
    *before, last = _everything(subject, 2)
    assert all(page.cursor is not None for page in before), "a page in the middle has no cursor"
    assert not any(page.complete for page in before), "a page in the middle says that it is complete"
    assert last.cursor is None, "the last page has a cursor"
    assert last.complete, "the enumeration is not complete"


def reading_on_behind_any_cursor_gives_the_rest(subject: Subject) -> None:
    """Any cursor, also in a new source with other pages, leads to exactly the customers behind it."""
    pages = _everything(subject, 2)
    for at, page in enumerate(pages[:-1], 1):
        source = subject.open(3)
        try:
            rest = list(source.read(Everything(), page.cursor))
        finally:
            source.close()
        assert _records(rest) == _records(pages[at:]), f"behind page {at}: not the rest"
        assert rest[-1].complete, f"behind page {at}: not complete"


def keys_give_those_customers_and_name_the_missing(subject: Subject) -> None:
    """Listed customers come as they do in an enumeration, each once, and unknown keys are missing."""
    whole = {record.key: record for record in _records(_everything(subject, 1000))}
    listed = subject.keys[::2]
    wanted = (*subject.unknown, *listed, listed[0])
    source = subject.open(2)
    try:
        pages = list(source.read(Keys(wanted)))
    finally:
        source.close()
    found = _records(pages)
    missing = [key for page in pages for key in page.missing]
    assert len(found) == len(listed), "a listed customer came twice, or not at all"
    assert {record.key: record for record in found} == {key: whole.get(key) for key in listed}, (
        "other records than in an enumeration"
    )
    assert sorted(missing) == sorted(subject.unknown), "the missing are not the unknown ones"
    assert not any(page.unreadable for page in pages), "a customer could not be read"


def no_keys_give_no_customers(subject: Subject) -> None:
    """An empty list is a scope of nothing, not of everything."""
    source = subject.open(2)
    try:
        pages = list(source.read(Keys(())))
    finally:
        source.close()
    assert not _records(pages)
    assert not any(page.missing for page in pages)


def folding_keys_is_stable_and_tells_customers_apart(subject: Subject) -> None:
    """Folding twice changes nothing, and no two customers fold to the same key."""
    source = subject.open(2)
    try:
        folded = [source.fold(key) for key in (*subject.keys, *subject.unknown)]
        assert [source.fold(key) for key in folded] == folded, "folding again changes a key"
        assert len(set(folded)) == len(folded), "two customers compare as one"
    finally:
        source.close()


def a_check_succeeds_and_writes_nothing(subject: Subject) -> None:
    """A check of a system that works says so, and the system holds what it held."""
    before = subject.contents()
    source = subject.open(2)
    try:
        report = source.check()
    finally:
        source.close()
    assert report.probes, "nothing was looked at"
    assert report.ok, f"the check fails: {report}"
    assert subject.contents() == before, "the check wrote something"


def an_unreachable_system_is_reported_by_a_check_and_raised_by_a_reading(subject: Subject) -> None:
    """A system that does not answer makes ``check`` fail in words, and ``read`` raise ``Unreachable``."""
    source = subject.unreachable()
    try:
        assert not source.check().ok, "the check does not notice"
        for scope in (Everything(), Keys(subject.keys[:1])):
            try:
                list(source.read(scope))
            except Unreachable:
                continue
            raise AssertionError(f"reading {scope} does not notice")
    finally:
        source.close()


def closing_twice_leaves_no_session(subject: Subject) -> None:
    """No session is left behind by ``close``: unused, after a check, in the middle of a reading, or again."""
    unused, checked, stopped = subject.open(2), subject.open(2), subject.open(2)
    unused.close()
    checked.check()
    checked.close()
    next(iter(stopped.read(Everything())))
    for _ in range(2):
        stopped.close()
        assert subject.sessions() == 0, "a session is left open"


SOURCE_PROMISES: Final[tuple[Promise, ...]] = (
    pages_hold_every_customer_once_whatever_their_size,
    only_the_last_page_has_no_cursor_and_is_complete,
    reading_on_behind_any_cursor_gives_the_rest,
    keys_give_those_customers_and_name_the_missing,
    no_keys_give_no_customers,
    folding_keys_is_stable_and_tells_customers_apart,
    a_check_succeeds_and_writes_nothing,
    an_unreachable_system_is_reported_by_a_check_and_raised_by_a_reading,
    closing_twice_leaves_no_session,
)
"""What every source promises; a target promises it too."""


class WritingSubject(Struct, frozen=True, kw_only=True):
    """A target to try, and creates that it can carry out."""

    open: Callable[[], Target]
    sendings: Sequence[Sending]
    """At least two creates of different customers."""
    keys: Callable[[], Sequence[str]]
    """The keys of all customers that the target holds now."""


def one_outcome_comes_for_each_change_in_order(subject: WritingSubject) -> None:
    """Batches of any allowed size give one ``Written`` per change, in order, and each is carried out."""
    target = subject.open()
    try:
        assert target.batch >= 1, "a batch takes no change"
        assert not list(target.write(())), "an outcome without a change"
        before = set(subject.keys())
        for start in range(0, len(subject.sendings), target.batch):
            batch = subject.sendings[start : start + target.batch]
            written = list(target.write(batch))
            assert len(written) == len(batch), "not one outcome per change"
            for sending, result in zip(batch, written, strict=True):
                assert result.outcome is Outcome.CREATED, f"{sending.key} was not created: {result}"
                same = result.record is None or result.record.key == sending.key
                assert same, "the outcomes are not in the order of the changes"
        expected = before | {sending.key for sending in subject.sendings}
        assert set(subject.keys()) == expected, "the target does not hold what was written"
    finally:
        target.close()


def a_target_says_what_it_can_hold(subject: WritingSubject) -> None:
    """The field table has a meaning for each field, under the field's own name."""
    target = subject.open()
    try:
        assert target.holds, "it can hold nothing"
        for name, field in target.holds.items():
            assert field.name == name, f"{name} is called {field.name}"
            assert field.meaning, f"{name} is not explained"
    finally:
        target.close()


WRITING_PROMISES: Final[tuple[Callable[[WritingSubject], None], ...]] = (
    one_outcome_comes_for_each_change_in_order,
    a_target_says_what_it_can_hold,
)
"""What a target promises beyond ``SOURCE_PROMISES``."""


def name_of(promise: Callable[..., None]) -> str:
    """Write a promise as words, for the names of tests."""
    return promise.__name__


def _everything(subject: Subject, size: int) -> list[Page]:
    source = subject.open(size)
    try:
        pages = list(source.read(Everything()))
    finally:
        source.close()
    assert pages, "a reading has at least one page"
    assert not any(page.unreadable or page.missing for page in pages), "a customer could not be read"
    return pages


def _records(pages: Sequence[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]
