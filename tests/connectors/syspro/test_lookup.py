from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.connectors.syspro.lookup import folded, forms
from customary.errors import NotPermitted, Unreachable
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.settings import Operator, Settings
from tests.connectors.syspro.rig import calls, config, fault, source
from tests.support.pages import everything, keys, listed, notices, records

PLAIN = config("http://erp.example/Rest")
KEPT = config("http://erp.example/Rest", zero_padded=False)


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("0000002", "2"),
        (" 0000002 ", "2"),
        ("000", "0"),
        ("S00002 ", "S00002"),
        ("s00002", "s00002"),
        ("٠٢", "٠٢"),
    ],
)
def test_keys_are_compared_without_padding(key: str, form: str) -> None:
    # SOURCE: facts/syspro.md 8 (guess): without blanks, and all-digit keys without leading zeros.
    assert folded(key, PLAIN) == form


def test_zeros_can_be_made_to_count() -> None:
    assert folded(" 0000002 ", KEPT) == "0000002"
    assert forms("0000002", KEPT) == ("0000002",)


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(key: str) -> None:
    assert folded(folded(key, PLAIN), PLAIN) == folded(key, PLAIN)


@pytest.mark.parametrize(
    ("key", "length", "sent"),
    [
        ("0000002", 0, ("0000002", "000000000000002")),
        ("000000000000002", 0, ("000000000000002", "2")),
        ("2", 7, ("0000002", "2")),
        ("000000000000002", 7, ("0000002", "000000000000002")),
        ("0000002", 7, ("0000002", "000000000000002")),
        ("S123456", 7, ("S123456",)),
    ],
)
def test_a_number_is_sent_in_the_configured_form_and_once_in_another(
    key: str, length: int, sent: tuple[str, ...]
) -> None:
    assert forms(key, config("http://erp.example/Rest", key_length=length)) == sent


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True), st.integers(0, 20))
def test_every_form_of_a_key_is_the_same_customer(key: str, length: int) -> None:
    settings = config("http://erp.example/Rest", key_length=length)
    assert {folded(form, settings) for form in forms(key, settings)} == {folded(key, settings)}


@pytest.mark.parametrize("read", ["batch", "fetch"])
def test_listed_customers_come_in_the_order_of_the_list(sandbox: SysproSandbox, read: str) -> None:
    with source(sandbox, read=read) as made:
        pages = listed(made, "0000009", "NOBODY", "0000002", "0000038")

    assert keys(pages) == ["0000009", "0000002"]
    assert [key for page in pages for key in page.missing] == ["NOBODY", "0000038"]
    assert not pages[-1].complete, "nothing was enumerated"


def test_a_customer_listed_in_two_paddings_comes_once(sandbox: SysproSandbox) -> None:
    with source(sandbox) as made:
        assert keys(listed(made, "2", "0000002", "000000000000002")) == ["0000002"]


def test_listed_customers_are_asked_for_in_groups_that_fit_into_a_url() -> None:
    with SysproSandbox(customers=300, settings=Settings(url_limit=3000)) as sandbox:
        wanted = list(sandbox.state.customers)
        with source(sandbox, url_limit=3000) as made:
            pages = listed(made, *wanted)

        assert keys(pages) == wanted
        assert not notices(pages), "no group was too long"
        assert calls(sandbox, "Query/Fetch COMFCH") == 0
        assert calls(sandbox, "Query/Query COMFND") < 40


@pytest.mark.parametrize("status", [414, 404, 400])
def test_groups_that_are_too_long_for_the_server_are_read_singly(status: int) -> None:
    settings = Settings(url_limit=2000, url_limit_status=status)
    with SysproSandbox(customers=30, settings=settings) as sandbox:
        wanted = list(sandbox.state.customers)
        with source(sandbox) as made:
            pages = listed(made, *wanted)

    assert keys(pages) == wanted
    assert f"HTTP {status}" in notices(pages)


@pytest.mark.parametrize("kind", ["access_denied", "exception_100000"])
def test_where_lists_are_refused_it_goes_on_one_at_a_time_and_says_so_once(kind: str) -> None:
    with SysproSandbox(customers=130) as sandbox:
        fault(sandbox, kind, object="COMFND", times=0)
        wanted = list(sandbox.state.customers)
        with source(sandbox) as made:
            pages = listed(made, *wanted)

        assert keys(pages) == wanted
        assert notices(pages).count("one at a time") == 1
        assert [len(page.records) for page in pages] == [100, 30]
        assert calls(sandbox, "Query/Query COMFND") == 1


def test_single_customers_that_are_refused_stop_the_reading(sandbox: SysproSandbox) -> None:
    fault(sandbox, "access_denied", object="COMFCH", times=0)
    with source(sandbox, read="fetch") as made, pytest.raises(NotPermitted, match="COMFCH"):
        listed(made, "NOBODY")


def test_where_only_single_customers_are_refused_one_that_no_list_has_does_not_stop_the_others(
    sandbox: SysproSandbox,
) -> None:
    fault(sandbox, "access_denied", object="COMFCH", times=0)
    with source(sandbox) as made:
        (page,) = listed(made, "NOBODY", "0000003")

    assert keys([page]) == ["0000003"]
    assert not page.missing, "nobody knows"
    (trouble,) = page.unreadable
    assert (trouble.key, "COMFCH" in trouble.reason) == ("NOBODY", True)


@pytest.mark.parametrize("kind", ["http_500", "drop_before"])
def test_when_a_group_has_no_answer_again_its_customers_are_read_singly(
    sandbox: SysproSandbox, kind: str
) -> None:
    fault(sandbox, kind, customer="0000003", times=0)
    with source(sandbox) as made:
        with pytest.raises(Unreachable):
            listed(made, "0000002", "0000003", "0000004")
        (page,) = listed(made, "0000002", "0000003", "0000004")

    assert keys([page]) == ["0000002", "0000004"]
    assert [trouble.key for trouble in page.unreadable] == ["0000003"]
    assert "smaller parts" in notices([page])


def test_a_customer_that_a_list_lacks_is_asked_for_singly_before_it_is_missing(
    sandbox: SysproSandbox,
) -> None:
    fault(sandbox, "missing", object="COMFND", customer="0000003", times=0)
    with source(sandbox) as made:
        (page,) = listed(made, "0000002", "0000003")

    assert keys([page]) == ["0000002", "0000003"]
    assert page.missing == ()


def test_a_number_in_another_padding_is_found_in_the_second_form() -> None:
    settings = Settings(key_form="stored", keys_accepted="same")
    with SysproSandbox(customers=5, settings=settings) as sandbox, source(sandbox) as made:
        (page,) = listed(made, "0000002")

    assert keys([page]) == ["000000000000002"], "stored as the source writes it"


def test_one_customer_that_never_answers_is_unreadable_and_the_others_come(sandbox: SysproSandbox) -> None:
    fault(sandbox, "http_500", call="Query/Fetch", customer="0000003", times=0)
    with source(sandbox, read="fetch") as made:
        (page,) = listed(made, "0000002", "0000003", "0000004")

    assert keys([page]) == ["0000002", "0000004"]
    assert [(trouble.key, trouble.reason) for trouble in page.unreadable] == [
        ("0000003", "the server failed with HTTP 500")
    ]


@pytest.mark.parametrize("kind", ["http_500", "garbage", "drop_before"])
def test_a_customer_is_asked_for_twice_before_it_is_given_up(sandbox: SysproSandbox, kind: str) -> None:
    fault(sandbox, kind, call="Query/Fetch", customer="0000003", times=1)
    with source(sandbox, read="fetch") as made:
        assert keys(listed(made, "0000003")) == ["0000003"]


def test_three_customers_in_a_row_without_an_answer_mean_that_nobody_is_there(sandbox: SysproSandbox) -> None:
    fault(sandbox, "http_500", call="Query/Fetch", times=0)
    with source(sandbox, read="fetch") as made, pytest.raises(Unreachable):
        listed(made, *sandbox.state.customers)

    assert calls(sandbox, "Query/Fetch COMFCH") == 6


def test_two_customers_in_a_row_without_an_answer_are_unreadable(sandbox: SysproSandbox) -> None:
    for key in ("0000002", "0000003", "0000005", "0000006"):
        fault(sandbox, "http_500", call="Query/Fetch", customer=key, times=0)
    with source(sandbox, read="fetch") as made:
        (page,) = listed(made, *[f"{number:07}" for number in range(1, 8)])

    assert keys([page]) == ["0000001", "0000004", "0000007"]


def test_a_server_that_is_gone_is_unreachable_at_the_first_customer(sandbox: SysproSandbox) -> None:
    with source(sandbox, read="fetch") as made:
        listed(made, "0000001")
        fault(sandbox, "drop_before", times=0)
        with pytest.raises(Unreachable):
            listed(made, "0000002")
        sandbox.state.faults.clear()


@pytest.mark.parametrize("read", ["batch", "fetch"])
@pytest.mark.parametrize("key", ["", "   ", "A\x01B", "9" * 200])
def test_a_key_that_cannot_be_sent_is_unreadable_and_costs_no_other(
    sandbox: SysproSandbox, read: str, key: str
) -> None:
    with source(sandbox, read=read) as made:
        (page,) = listed(made, key, "0000002")

    assert keys([page]) == ["0000002"]
    assert [trouble.key for trouble in page.unreadable] == [key]


@pytest.mark.parametrize("key", ["A&B", "<A>", "Ö'\"", "100%", "a b", "?*", "Žluťoučký", "日本"])
def test_any_letters_reach_syspro(sandbox: SysproSandbox, key: str) -> None:
    sandbox.state.customers[key] = {"Name": "Odd"}
    for read in ("batch", "fetch"):
        with source(sandbox, read=read) as made:
            assert keys(listed(made, key)) == [key]


def test_another_customer_than_the_one_asked_for_is_not_taken(sandbox: SysproSandbox) -> None:
    with source(sandbox, zero_padded=False) as made:
        (page,) = listed(made, "2")

    assert keys([page]) == []
    assert "answers with 0000002" in page.unreadable[0].reason


def test_an_error_of_one_customer_is_told_in_syspros_words(sandbox: SysproSandbox) -> None:
    with source(sandbox, missing_texts=("nicht da",)) as made:
        (page,) = listed(made, "NOBODY", "0000002")

    assert keys([page]) == ["0000002"]
    assert "Key not found on table ArCustomer" in page.unreadable[0].reason
    assert page.missing == ()


def test_fields_that_are_hidden_are_absent_in_both_ways_to_read() -> None:
    settings = Settings(operators=(Operator(hidden=frozenset({"Email"})),))
    with SysproSandbox(customers=5, settings=settings) as sandbox:
        for read in ("batch", "fetch"):
            with source(sandbox, read=read) as made:
                assert all("Email" not in record.native for record in records(listed(made, "1", "2")))


@pytest.mark.parametrize("read", ["batch", "fetch"])
def test_listed_customers_equal_the_same_ones_of_an_enumeration(sandbox: SysproSandbox, read: str) -> None:
    with source(sandbox, read=read, page=6) as made:
        assert records(listed(made, *sandbox.state.customers)) == records(everything(made))
