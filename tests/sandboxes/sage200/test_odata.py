from __future__ import annotations

import pytest

from tests.sandboxes.sage200.asking import Asking
from tests.sandboxes.sage200.conftest import Opening


def ids(asking: Asking, **options: str) -> list[int]:
    return [row["id"] for row in asking.get("customers", **options)]


def test_pages_in_order_hold_every_customer_once(asking: Asking) -> None:
    pages = [ids(asking, orderby="id", top="50", skip=str(skip)) for skip in (0, 50, 100, 150)]
    assert [len(page) for page in pages] == [50, 50, 20, 0]
    assert [id_ for page in pages for id_ in page] == [row["id"] for row in asking.state.customers]


def test_a_list_has_500_records_without_top_and_never_more_than_5000(opening: Opening) -> None:
    with opening() as asking:
        asking.state.customers.new(5000)
        assert len(ids(asking)) == 500
        assert len(ids(asking, top="9999", select="id")) == 5000


def test_skip_needs_an_order(asking: Asking) -> None:
    assert "$orderby" in asking.refused("GET", "customers", skip="1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top", "-2"),
        ("top", "many"),
        ("select", "id,nothing"),
        ("orderby", "nothing"),
        ("orderby", "id sideways"),
        ("expand", "currency.currency_iso_code"),
        ("filter", "nothing eq 1"),
        ("filter", "name eq O'Brien"),
        ("filter", "name is 'x'"),
        ("filter", "(id gt 1"),
        ("filter", "id gt 1 and"),
        ("filter", "main_address/city eq 'x'"),
        ("filter", "date_time_updated gt 2016-02-24T09:52:11.452"),
    ],
)
def test_an_option_that_cannot_be_used_is_400(asking: Asking, name: str, value: str) -> None:
    assert asking.refused("GET", "customers", **{name: value})


def test_texts_are_compared_without_case_and_quotes_are_doubled(asking: Asking) -> None:
    asking.state.customers.change(27009, {"name": "O'Brien & Sons"})
    assert ids(asking, filter="name eq 'o''brien & sons'") == [27009]
    assert ids(asking, filter="contains(name,'Brien') and startswith(name,'o')") == [27009]
    assert ids(asking, filter="endswith(name,'BRIEN & SONS') and id ne 27006") == [27009]


def test_and_binds_before_or_unless_there_are_brackets(asking: Asking) -> None:
    assert ids(asking, filter="id eq 27006 or id eq 27009 and id eq 1") == [27006]
    assert ids(asking, filter="(id eq 27006 or id eq 27009) and id ge 27009") == [27009]
    assert ids(asking, filter="not (id gt 27006) and id le 27009 and id lt 30000") == [27006]


def test_times_dates_numbers_flags_and_null_are_compared(asking: Asking) -> None:
    change = asking.state.customers.change
    change(27006, {"date_time_updated": "2030-01-01T10:00:00.5", "credit_limit": 1})
    assert ids(asking, filter="date_time_updated gt 2030-01-01T10:00:00.452Z") == [27006]
    assert ids(asking, filter="date_time_updated gt 2030-01-01") == [27006]
    assert ids(asking, filter="credit_limit eq 1.00") == [27006]
    held = {row["id"] for row in asking.state.customers if row["on_hold"]}
    assert set(ids(asking, filter="on_hold eq true")) == held
    assert ids(asking, filter="payment_terms_days eq null") == []


def test_an_order_may_descend_and_have_several_fields(asking: Asking) -> None:
    rows = asking.get("customers", orderby="currency_id desc,id", select="id,currency_id")
    assert rows == sorted(rows, key=lambda row: (-row["currency_id"], row["id"]))


def test_parts_and_joined_tables_appear_when_they_are_expanded(asking: Asking) -> None:
    (plain,) = asking.get("customers", top="1")
    assert not plain.keys() & {"contacts", "main_address", "currency", "country_code", "default_tax_code"}
    (whole,) = asking.get("customers", top="1", expand="contacts,main_address,currency,country_code")
    assert whole["main_address"]["customer_id"] == whole["contacts"][0]["customer_id"] == whole["id"]
    assert whole["currency"]["id"] == whole["currency_id"]
    assert whole["country_code"]["code"]


def test_the_count_is_told_where_it_is_asked_for(asking: Asking) -> None:
    answer = asking.get("customers", count="true", top="3")
    assert (len(answer["value"]), answer["@odata.count"]) == (3, 120)
