from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customary.connectors.memory_lease import MemoryLease
from customary.connectors.syspro.connector import SysproSource
from customary.errors import ListingRefused, NotPermitted, Unreachable
from customary.model.source import Everything, Page
from customary.sandboxes.server import LoopbackServer, Reply, Request
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.settings import Operator, Settings, Texts
from tests.connectors.syspro.rig import FIELDS, calls, config, fault, source
from tests.support.pages import everything, keys, notices, records

SESSION = b"0123456789ABCDEF0123456789ABCDEF00  "


class Scripted:
    """A SYSPRO whose COMFND answers are given one after the other; the last one stays."""

    def __init__(self, *answers: str) -> None:
        self.url = ""
        self._answers = list(answers)
        self._server = LoopbackServer(self._answer)

    def __enter__(self) -> Scripted:
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.port}/Rest"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path.endswith("/Logon"):
            return Reply(body=SESSION)
        if not request.path.endswith("/Query/Query"):
            return Reply(body=b"<UserProfile/>")
        return Reply(body=(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]).encode())


@contextmanager
def source_at(url: str, read: str = "batch") -> Iterator[Callable[[], list[Page]]]:
    """What reads everything from a server in pages of five."""
    made = SysproSource("erp", config(url, page=5, read=read), ("Customer",), MemoryLease("erp", 0))
    try:
        yield lambda: everything(made)
    finally:
        made.close()


def rows(*numbers: str) -> str:
    """A COMFND answer (facts/syspro.md 7.3)."""
    body = "".join(f"<Row><Customer>{number}</Customer></Row>" for number in numbers)
    return f"<ArCustomer>{body}<RowsReturned>{len(numbers)}</RowsReturned></ArCustomer>"


def test_an_enumeration_is_complete_after_an_empty_page(sandbox: SysproSandbox) -> None:
    with source(sandbox, page=6) as made:
        pages = everything(made)

    assert [len(page.records) for page in pages] == [6, 6, 6, 2, 0]
    assert [page.complete for page in pages] == [False] * 4 + [True]
    assert keys(pages) == list(sandbox.state.customers)


def test_a_short_page_is_not_the_end() -> None:
    with SysproSandbox(customers=20, settings=Settings(find_limit=3)) as sandbox, source(sandbox) as made:
        pages = everything(made)

    assert len(keys(pages)) == 20
    assert pages[-1].complete


def test_a_company_without_customers_is_complete() -> None:
    with SysproSandbox(customers=0) as sandbox, source(sandbox) as made:
        (page,) = everything(made)

    assert (list(page.records), page.complete) == ([], True)


@pytest.mark.parametrize("answer", ["<ArCustomer/>", "ERROR: Table ArCustomer not found"])
@pytest.mark.parametrize("read", ["batch", "fetch"])
def test_nothing_at_all_is_not_believed_unless_it_says_that_there_is_nothing(answer: str, read: str) -> None:
    with Scripted(answer) as server, source_at(server.url, read) as pages:
        assert not pages()[-1].complete
        assert "did not say that there are none" in notices(pages())


@pytest.mark.parametrize("answer", ["<ArCustomer/>", "ERROR: Key not found on table ArCustomer"])
def test_behind_customers_an_error_text_may_be_the_end(answer: str) -> None:
    with Scripted(rows("1", "2"), answer) as server, source_at(server.url) as pages:
        assert pages()[-1].complete


def test_the_raw_key_of_the_last_row_leads_to_the_next_page() -> None:
    with Scripted(rows("A1   ", " B2 "), rows()) as server, source_at(server.url) as pages:
        first, last = pages()

    assert keys([first]) == ["A1", "B2"]
    assert first.cursor == " B2 "
    assert last.complete


def test_a_server_that_gives_the_same_page_for_ever_is_left(sandbox: SysproSandbox) -> None:
    fault(sandbox, "repeat_page", nth=2, times=0)
    with source(sandbox, page=5) as made:
        pages = everything(made)

    assert keys(pages) == list(sandbox.state.customers)[:5]
    assert not pages[-1].complete
    assert "not complete" in notices(pages)


def test_customers_that_come_twice_are_given_once_and_make_it_incomplete() -> None:
    answers = (rows("1", "2", "2"), rows("2", "3"), rows())
    with Scripted(*answers) as server, source_at(server.url) as pages:
        found = pages()

    assert keys(found) == ["1", "2", "3"]
    assert not found[-1].complete
    assert "listed twice" in notices(found)


@pytest.mark.parametrize(
    "answers",
    [(("2", "1"), ("3",)), (("4", "B", "1"), ("2",)), (("1", "5"), ("3", "4"))],
    ids=["in a page", "among others", "from page to page"],
)
def test_numbers_that_do_not_move_on_make_it_incomplete(answers: tuple[tuple[str, ...], ...]) -> None:
    with Scripted(*[rows(*each) for each in answers], rows()) as server, source_at(server.url) as pages:
        found = pages()

    assert not found[-1].complete
    assert "order of their numbers" in notices(found)


def test_letters_may_be_ordered_in_any_way(sandbox: SysproSandbox) -> None:
    with Scripted(rows("1", "b", "A", "10", "ä", "2"), rows()) as server, source_at(server.url) as pages:
        assert pages()[-1].complete


def test_rows_in_reverse_lose_no_customer_and_make_it_incomplete(sandbox: SysproSandbox) -> None:
    fault(sandbox, "rows_out_of_order", times=0)
    with source(sandbox, page=5) as made:
        pages = everything(made)

    assert set(keys(pages)) == set(sandbox.state.customers)
    assert not pages[-1].complete


def test_rows_without_a_number_make_it_incomplete() -> None:
    with Scripted(rows("1", " ", "2"), rows()) as server, source_at(server.url) as pages:
        found = pages()

    assert keys(found) == ["1", "2"]
    assert not found[-1].complete
    assert "without a number" in notices(found)


def test_an_operator_who_is_not_shown_the_numbers_cannot_list() -> None:
    settings = Settings(operators=(Operator(hidden=frozenset({"Customer"})),))
    with (
        SysproSandbox(customers=3, settings=settings) as sandbox,
        source(sandbox) as made,
        pytest.raises(ListingRefused, match="numbers"),
    ):
        everything(made)


@pytest.mark.parametrize("kind", ["access_denied", "exception_100000"])
@pytest.mark.parametrize("read", ["batch", "fetch"])
def test_lists_that_are_refused_are_told_as_that(sandbox: SysproSandbox, kind: str, read: str) -> None:
    fault(sandbox, kind, object="COMFND", times=0)
    with source(sandbox, read=read) as made, pytest.raises(ListingRefused, match="COMFND"):
        everything(made)


def test_a_list_that_is_refused_in_other_words_is_told_in_those_words(sandbox: SysproSandbox) -> None:
    fault(sandbox, "exception_100000", object="COMFND", times=0)
    with (
        source(sandbox, refused_texts=("verboten",)) as made,
        pytest.raises(ListingRefused, match="exception raised: 100000"),
    ):
        everything(made)


@pytest.mark.parametrize("kind", ["http_500", "drop_before", "drop_half"])
def test_a_page_without_an_answer_is_unreachable(sandbox: SysproSandbox, kind: str) -> None:
    fault(sandbox, kind, object="COMFND", nth=3)
    with source(sandbox, page=5) as made:
        pages = made.read(Everything())
        first, second = next(pages), next(pages)
        with pytest.raises(Unreachable):
            next(pages)
        rest = everything(made, second.cursor)

    assert keys([first, second, *rest]) == list(sandbox.state.customers)
    assert not notices(rest), "what passes by itself is not told"


def test_a_customer_that_costs_every_page_its_answer_costs_no_other_customer(sandbox: SysproSandbox) -> None:
    fault(sandbox, "http_500", customer="0000003", call="Query/Fetch", times=0)
    for nth in (1, 2):
        fault(sandbox, "http_500", object="COMFND", nth=nth)
    fault(sandbox, "http_500", object="COMFND", nth=4)
    with source(sandbox) as made:
        with pytest.raises(Unreachable):
            everything(made)
        pages = everything(made)

    assert keys(pages) == [key for key in sandbox.state.customers if key != "0000003"]
    assert [trouble.key for page in pages for trouble in page.unreadable] == ["0000003"]
    assert pages[-1].complete


@pytest.mark.parametrize("kind", ["garbage", "truncated", "html"])
def test_a_page_that_cannot_be_read_is_asked_for_again(sandbox: SysproSandbox, kind: str) -> None:
    fault(sandbox, kind, object="COMFND", nth=2)
    with source(sandbox, page=5) as made:
        pages = everything(made)

    assert keys(pages) == list(sandbox.state.customers)
    assert pages[-1].complete
    assert calls(sandbox, "Query/Query COMFND") == 6


def test_an_error_that_passes_costs_one_more_call(sandbox: SysproSandbox) -> None:
    fault(sandbox, "exception_100000", object="COMFND", nth=2)
    with source(sandbox, page=5, refused_texts=("verboten",)) as made:
        pages = everything(made)

    assert keys(pages) == list(sandbox.state.customers)
    assert not notices(pages)


@pytest.mark.parametrize("kind", ["garbage", "html"])
def test_a_list_that_can_never_be_read_is_unreachable(sandbox: SysproSandbox, kind: str) -> None:
    fault(sandbox, kind, object="COMFND", times=0)
    with source(sandbox) as made, pytest.raises(Unreachable, match="cannot be read"):
        everything(made)


def test_one_broken_customer_costs_no_other_one(sandbox: SysproSandbox) -> None:
    fault(sandbox, "forbidden_character", customer="0000007", times=0)
    with source(sandbox, page=5) as made:
        pages = everything(made)

    assert [trouble.key for page in pages for trouble in page.unreadable] == ["0000007"]
    assert sorted(keys(pages)) == sorted(set(sandbox.state.customers) - {"0000007"})
    assert pages[-1].complete, "it is there, though it cannot be read"
    assert "not well-formed" in notices(pages)
    assert calls(sandbox, "Query/Fetch COMFCH") <= 10, "only its group is read singly"


def test_a_column_that_this_syspro_lacks_costs_speed_and_no_customer(sandbox: SysproSandbox) -> None:
    with source(sandbox, fields=(*FIELDS, "Ghost")) as made, source(sandbox) as usual:
        pages = everything(made)
        made.close()
        assert records(pages) == records(everything(usual))

    assert pages[-1].complete
    assert "Invalid column name; customers are read one at a time" in notices(pages)


def test_one_at_a_time_work_is_given_in_small_pages_that_can_be_resumed() -> None:
    with SysproSandbox(customers=130) as sandbox, source(sandbox, read="fetch") as made:
        pages = everything(made)
        assert [len(page.records) for page in pages] == [100, 30, 0]
        assert keys(everything(made, pages[0].cursor)) == keys(pages[1:])


@pytest.mark.parametrize("read", ["batch", "fetch"])
def test_a_customer_that_vanishes_between_list_and_reading_is_missing(
    sandbox: SysproSandbox, read: str
) -> None:
    fault(sandbox, "missing", call="Query/Fetch", customer="0000003", times=0)
    with source(sandbox, read=read) as made:
        pages = everything(made)

    missing = [key for page in pages for key in page.missing]
    assert missing == (["0000003"] if read == "fetch" else [])
    assert pages[-1].complete


def test_a_refused_logon_is_not_taken_for_refused_lists(sandbox: SysproSandbox) -> None:
    fault(sandbox, "wrong_password", times=0)
    with source(sandbox) as made, pytest.raises(NotPermitted) as refused:
        everything(made)

    assert not isinstance(refused.value, ListingRefused)


BEHAVIOURS = [
    Settings(),
    Settings(wrapping="json", container="nested"),
    Settings(wrapping="string", container="row", case="lower"),
    Settings(case="upper", encoding="utf-8", padded=False),
    Settings(key_form="stored", fixed_text=True, beyond="question_mark"),
    Settings(
        operators=(Operator(hidden=frozenset({"Email", "CreditLimit"})),), texts=Texts(missing="ERROR: ?")
    ),
]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=range(len(BEHAVIOURS)))
def test_both_ways_to_read_give_equal_records_however_syspro_behaves(behaviour: Settings) -> None:
    with SysproSandbox(customers=40, seed=3, settings=behaviour) as sandbox:
        sandbox.state.customers.hide("0000004", ["Telephone"])
        with source(sandbox, page=7) as made:
            together = everything(made)
        with source(sandbox, page=7, read="fetch") as made:
            singly = everything(made)

    assert records(together) == records(singly)
    assert keys(together) == list(sandbox.state.customers)
    assert together[-1].complete
    assert singly[-1].complete
    assert "Telephone" not in records(together)[3].native


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(1, 5))
def test_whatever_a_server_answers_no_customer_comes_twice_and_the_reading_ends(
    numbers: list[int], size: int
) -> None:
    chunks = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    answers = [rows(*map(str, chunk)) for chunk in chunks]
    with Scripted(*answers) as server, source_at(server.url) as pages:
        found = pages()

    assert found[-1].cursor is None
    assert all(set(keys([page])).isdisjoint(keys([following])) for page, following in pairwise(found))
    assert not found[-1].complete, "no empty page came"
