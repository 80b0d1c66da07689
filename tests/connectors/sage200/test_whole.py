from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from customary.connectors.contract import Chosen, GivesWhole, LoginEnds, WholePage
from customary.connectors.sage200.connector import Sage200Source
from customary.connectors.sage200.whole import narrowed
from customary.errors import ConfigError, NotPermitted, Unreachable
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.connectors.sage200.rig import calls, fault, source

MOMENT = datetime(2026, 3, 4, 6, 6, 7, 8900, timezone(timedelta(hours=1)))


def pages(made: Sage200Source, after: str | None = None, **chosen: object) -> list[WholePage]:
    return list(made.read_whole(Chosen(**chosen), after))  # type: ignore[arg-type]


def references(found: list[WholePage]) -> list[str]:
    return [str(customer["reference"]) for page in found for customer in page.customers]


@pytest.mark.parametrize(
    ("since", "filter", "told"),
    [
        (None, "", ""),
        (None, " balance gt 0 ", "balance gt 0"),
        (MOMENT, "", "date_time_updated gt 2026-03-04T05:06:07.008Z"),
        (MOMENT, "on_hold eq true", "date_time_updated gt 2026-03-04T05:06:07.008Z and on_hold eq true"),
        (None, "balance gt 0 or on_hold eq true", "(balance gt 0 or on_hold eq true)"),
        (None, "name eq 'Order'", "name eq 'Order'"),
    ],
)
def test_what_was_chosen_is_one_filter(since: datetime | None, filter: str, told: str) -> None:
    assert narrowed(since, filter) == told


def test_customers_come_by_id_with_a_cursor_behind_each_page(sandbox: Sage200Sandbox) -> None:
    everyone = [str(row["reference"]) for row in sandbox.state.customers]
    with source(sandbox, page=8) as made:
        assert isinstance(made, GivesWhole)
        found = pages(made)
        assert [len(page.customers) for page in found] == [8, 8, 4, 0]
        assert [page.cursor is None for page in found] == [False, False, False, True]
        assert references(found) == everyone
        assert references(pages(made, after=found[0].cursor)) == everyone[8:]


def test_what_a_customer_refers_to_is_joined(sandbox: Sage200Sandbox) -> None:
    with source(sandbox) as made:
        (page, _) = pages(made, filter="id eq 27006")
    (customer,) = page.customers
    assert customer["currency"]["id"] == customer["currency_id"]
    assert customer["currency"]["currency_iso_code"]["id"] == customer["currency"]["currency_iso_code_id"]
    assert customer["country_code"]["id"] == customer["country_code_id"]
    assert customer["default_tax_code"]["id"] == customer["default_tax_code_id"]
    address, (contact,) = customer["main_address"], customer["contacts"]
    assert address["address_country_code"]["id"] == address["address_country_code_id"]
    assert contact["salutation"]["id"] == contact["salutation_id"]
    assert "emails" in contact, "also what no mapping names"
    assert page.notices == ()


def test_an_id_that_a_table_lacks_is_told_once_and_left_out(sandbox: Sage200Sandbox) -> None:
    for id_ in (27006, 27009):
        sandbox.state.customers.change(id_, {"country_code_id": 999, "default_tax_code_id": None})
    with source(sandbox, page=1) as made:
        first, second, *_ = pages(made)
    assert [note.text for note in first.notices] == [
        "country_codes has no id 999, which customers refer to; they go without it"
    ]
    assert second.notices == ()
    for page in (first, second):
        assert not {"country_code", "default_tax_code"} & page.customers[0].keys()


def test_tables_are_read_once_for_all_readings(sandbox: Sage200Sandbox) -> None:
    with source(sandbox) as made:
        pages(made)
        pages(made)
    assert calls(sandbox, "GET currencies") == calls(sandbox, "GET currency_iso_codes") == 1


def test_a_listing_that_is_refused_is_no_fault_of_a_filter_that_was_not_given(
    sandbox: Sage200Sandbox,
) -> None:
    fault(sandbox, "html", call="GET customers", status=400)
    with source(sandbox) as made, pytest.raises(NotPermitted, match="refused with HTTP 400"):
        pages(made)
    with source(sandbox) as made, pytest.raises(ConfigError, match="does not take the filter"):
        pages(made, filter="nonsense")


def test_a_page_that_repeats_is_an_error(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "repeat_page", call="GET customers", nth=2, times=0)
    with source(sandbox, page=5) as made, pytest.raises(Unreachable, match="came again"):
        pages(made)


def test_without_a_company_it_says_where_they_are_listed(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, company=0) as made, pytest.raises(NotPermitted, match="customary check"):
        pages(made)


def test_the_end_of_a_login_counts_from_the_login(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, refresh_days=30, warn_days=5) as made:
        assert isinstance(made, LoginEnds)
        end = made.login_end()
    assert end is not None
    assert timedelta(days=29.9) < end.at - datetime.now(UTC) <= timedelta(days=30)
    assert end.at - end.warn == timedelta(days=5)
