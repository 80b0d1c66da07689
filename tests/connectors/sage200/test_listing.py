from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from customary.connectors.contract import TellsMoved
from customary.errors import ListingRefused, NotPermitted, Unreachable
from customary.model.source import Everything
from customary.sandboxes.sage200 import Sage200Sandbox
from customary.sandboxes.sage200.state import State
from tests.connectors.sage200.rig import calls, fault, source
from tests.support.pages import everything, keys, listed, notices, records


def references(state: State) -> list[str]:
    return [str(record["reference"]) for record in state.customers]


def test_a_page_that_repeats_stops_the_reading_with_an_error(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "repeat_page", object="customers", times=0)
    with source(sandbox, page=5) as made, pytest.raises(Unreachable, match="came again"):
        everything(made)
    assert calls(sandbox, "GET customers") == 2


def test_codes_that_ignore_paging_do_not_hang(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "repeat_page", object="country_codes", times=0)
    with source(sandbox) as made:
        assert len(keys(everything(made))) == 20


def test_a_customer_deleted_between_pages_hides_no_other(sandbox: Sage200Sandbox) -> None:
    expected = references(sandbox.state)[1:]
    with source(sandbox, page=5) as made:
        pages = iter(made.read(Everything()))
        first = next(pages)
        sandbox.state.customers.forget(27006)
        assert [*keys([first])[1:], *keys(list(pages))] == expected


@pytest.mark.parametrize(
    "kind", ["gateway_timeout", "http_500", "drop_before", "drop_half", "garbage", "html"]
)
def test_a_broken_page_is_unreachable_and_reading_goes_on_behind_the_last(
    sandbox: Sage200Sandbox, kind: str
) -> None:
    fault(sandbox, kind, object="customers", nth=2)
    with source(sandbox, page=5) as made:
        pages = made.read(Everything())
        first = next(pages)
        with pytest.raises(Unreachable):
            next(pages)
        rest = everything(made, first.cursor)
    assert [*keys([first]), *keys(rest)] == references(sandbox.state)


def test_a_role_without_the_right_is_told(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "forbidden", object="customers", times=0)
    with source(sandbox) as made, pytest.raises(NotPermitted, match="role"):
        everything(made)


def test_a_wrong_address_stops_the_reading_at_once(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, url=f"{sandbox.url}/nothing") as made:
        with pytest.raises(NotPermitted, match="`url`"):
            everything(made)
        with pytest.raises(NotPermitted, match="`url`"):
            listed(made, "A", "B")


def test_what_a_table_of_codes_would_say_is_left_alone_where_it_is_closed(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "forbidden", object="tax_codes", times=0)
    with source(sandbox) as made:
        pages = everything(made)
    assert len(keys(pages)) == 20
    assert all("default_tax_code.code" not in record.native for record in records(pages))
    assert notices(pages).count("role") == 1
    assert calls(sandbox, "GET tax_codes") == 1


def test_only_customers_that_moved_since_a_moment_are_read(sandbox: Sage200Sandbox) -> None:
    since = datetime(2030, 1, 1, 12, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=2)))
    for id_, moved in ((27009, "2030-01-01T10:00:00.501"), (27015, "2030-01-01T10:00:00.4")):
        sandbox.state.customers.change(id_, {"date_time_updated": moved})
    for id_ in (27030, 27033):
        sandbox.state.customers.change(id_, {"name": "Another"})
        sandbox.state.customers.change(id_, {"date_time_updated": "2031-05-05T00:00:00"})
    with source(sandbox, page=2) as made:
        assert isinstance(made, TellsMoved)
        pages = list(made.read_moved(since))
        rest = list(made.read_moved(since, pages[0].cursor))
    assert [record.native["id"] for record in records(rest)] == ["27033"], "it goes on behind a page"
    moved_ids = [record.native["id"] for record in records(pages)]
    assert moved_ids == ["27009", "27030", "27033"]
    assert not any(page.complete for page in pages), "it is no enumeration"
    assert pages[-1].cursor is None


def test_a_refused_list_is_told_in_sages_words(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "http_500", status=400, text="The property is not known.", object="customers", times=0)
    with source(sandbox) as made, pytest.raises(ListingRefused, match="The property is not known"):
        everything(made)


def test_listed_customers_come_in_groups_and_in_any_case(sandbox: Sage200Sandbox) -> None:
    wanted = [reference.lower() for reference in references(sandbox.state)]
    with source(sandbox) as made:
        pages = listed(made, *wanted, wanted[0].upper())
    assert keys(pages) == references(sandbox.state)
    assert calls(sandbox, "GET customers") == 1


def test_many_references_are_cut_into_short_addresses() -> None:
    with Sage200Sandbox(customers=300) as sandbox, source(sandbox) as made:
        assert len(keys(listed(made, *references(sandbox.state)))) == 300
        assert 5 <= calls(sandbox, "GET customers") <= 20


def test_customers_that_a_group_lacks_are_asked_for_twice_and_not_one_by_one(
    sandbox: Sage200Sandbox,
) -> None:
    known = references(sandbox.state)[0]
    with source(sandbox) as made:
        pages = listed(made, known, "O'NEIL", "nobody")
    assert (keys(pages), [key for page in pages for key in page.missing]) == ([known], ["O'NEIL", "nobody"])
    assert calls(sandbox, "GET customers") == 2


def test_a_refused_group_is_read_singly(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "http_500", status=400, object="customers")
    wanted = references(sandbox.state)[:3]
    with source(sandbox) as made:
        assert keys(listed(made, *wanted)) == wanted


def test_a_reference_that_cannot_be_sent_is_told(sandbox: Sage200Sandbox) -> None:
    with source(sandbox) as made:
        (page,) = listed(made, "A\nB", "  ")
    assert [trouble.key for trouble in page.unreadable] == ["A\nB", "  "]


def test_a_code_that_there_is_not_is_left_alone_and_told_once(sandbox: Sage200Sandbox) -> None:
    for id_ in (27006, 27009):
        sandbox.state.customers.change(id_, {"currency_id": 777})
    with source(sandbox, page=5) as made:
        pages = everything(made)
    assert "currency.code" not in records(pages)[0].native
    assert notices(pages).count("777") == 1


def test_nothing_given_is_blank_and_not_absent(sandbox: Sage200Sandbox) -> None:
    sandbox.state.customers.change(27006, {"contacts": [], "country_code_id": None, "website": None})
    with source(sandbox) as made:
        native = records(everything(made))[0].native
    assert (native["contact.name"], native["country_code.code"], native["website"]) == ("", "", "")


def test_a_customer_without_a_reference_cannot_be_read(sandbox: Sage200Sandbox) -> None:
    sandbox.state.customers.change(27006, {"reference": ""})
    with source(sandbox) as made:
        pages = everything(made)
    assert [trouble.key for page in pages for trouble in page.unreadable] == ["id 27006"]
    assert len(keys(pages)) == 19
