"""SYSPRO as it really is: wrappings, bytes, containers, keys, two ways to read, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_SYSTEM
from customary.sandboxes.faults import Fault
from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.acceptance.conftest import CUSTOMERS, Make
from tests.support.product import Product, counts, cycles, reasons, settings, told

HUB = (
    "SELECT * FROM customer ORDER BY code",
    "SELECT system, folded, key FROM cross_reference ORDER BY key",
    "SELECT source_hash, source_values, target_values, target_version FROM baseline ORDER BY source_values",
)
"""All that a run leaves in the hub, but for what differs from one time to the next."""

BEHAVIOURS: dict[str, dict[str, Any]] = {
    "as it is likeliest": {},
    "JSON strings, nested": {"wrapping": "json", "container": "nested"},
    "string elements, in a row": {"wrapping": "string", "container": "row"},
    "lower case": {"case": "lower", "container": "nested"},
    "upper case, UTF-8 bytes": {"case": "upper", "encoding": "utf-8"},
    "not padded, short pages": {"padded": False, "find_limit": 7},
    "padded everywhere": {"fixed_text": True, "padded": True},
    "stored keys, found as they are": {"key_form": "stored", "keys_accepted": "same"},
    "short URLs": {"url_limit": 3000},
}


def hub(product: Product) -> list[Any]:
    """All that is in the hub."""
    found = [list(product.rows(query)) for query in HUB]
    found[0] = [row[1:] for row in found[0]]  # the identity
    return found


def both(make: Make, syspro: SysproSandbox, more: str = "") -> tuple[Product, Product]:
    """Two empty hubs before one SYSPRO: one is filled in batches, the other one at a time."""
    batch, fetch = make(syspro, "batch"), make(syspro, "fetch")
    batch.configure(system=f'read = "batch"\npage = 25\n{more}')
    fetch.configure(system=f'read = "fetch"\npage = 25\n{more}')
    return batch, fetch


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS)
def test_both_ways_to_read_leave_byte_equal_hubs_however_syspro_behaves(
    make: Make, behaviour: dict[str, Any]
) -> None:
    more = f"url_limit = {behaviour['url_limit']}" if "url_limit" in behaviour else ""
    with SysproSandbox(customers=CUSTOMERS, settings=settings(**behaviour)) as syspro:
        batch, fetch = both(make, syspro, more)
        runs = [batch.load(), fetch.load()]
        calls = batch.syspro.state.counts().calls
        assert [counts(run) for run in runs] == [{"created": CUSTOMERS}] * 2
        assert [told(run) for run in runs] == ["", ""]
        assert calls["Query/Fetch COMFCH"] == CUSTOMERS, "one customer a call, and none by the batch"

        first = hub(batch)
        assert len(first[0]) == CUSTOMERS
        assert first == hub(fetch)

        batch.syspro.state.customers.change("0000007", {"Name": "Ængström & „Søn“ €"})
        del batch.syspro.state.customers["0000009"]
        listed = [product.run_json("--customers", "0000002,7,9,S123456") for product in (batch, fetch)]
        assert [counts(run) for run in listed] == [{"updated": 1, "unchanged": 2, "rejected": 1}] * 2
        assert hub(batch) == hub(fetch)
        assert batch.syspro.state.counts().sessions.leaked == 0


def test_what_windows_1252_lacks_arrives_or_is_what_syspro_made_of_it(make: Make) -> None:
    names = ("שלום ותודה", "شركة النخيل", "Łódź Ğüneş", '"Quoted" & <Angled> O\'Hara')
    for beyond in ("reference", "question_mark"):
        with SysproSandbox(customers=9, settings=settings(beyond=beyond)) as syspro:
            for number, name in enumerate(names, 2):
                syspro.state.customers.change(f"{number:07}", {"Name": name})
            product = make(syspro, beyond)
            product.load()
            found = [name for (name,) in product.rows("SELECT name FROM customer ORDER BY code")][1:5]
        if beyond == "reference":
            assert found == list(names)
        else:
            assert found == [name.encode("cp1252", "replace").decode("cp1252") for name in names]


def test_batches_are_the_default_and_take_far_fewer_calls(loaded: Product) -> None:
    calls = loaded.syspro.state.counts().calls
    assert calls.get("Query/Fetch COMFCH", 0) == 0
    assert calls["Query/Query COMFND"] == 2, "one page of customers, and the empty one behind it"


@pytest.mark.parametrize("kind", ["access_denied", "exception_100000"])
@pytest.mark.parametrize("scope", ["known", "all"])
def test_where_lists_are_refused_it_goes_on_one_at_a_time_and_says_so(
    loaded: Product, kind: str, scope: str
) -> None:
    loaded.configure(operation=f'scope = "{scope}"')
    loaded.syspro.state.faults.add(Fault(kind=kind, object="COMFND", times=0))
    loaded.syspro.state.customers.change("0000005", {"Name": "Moved"})

    answer = loaded.run("--json")

    assert answer.exit_code == EXIT_DONE
    assert counts(answer.json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}
    assert "one at a time" in told(answer.json())
    assert "COMFND" in told(answer.json())
    assert ("new ones are not found" in told(answer.json())) is (scope == "all")


def test_an_empty_hub_cannot_be_loaded_without_lists_and_the_run_says_so(product: Product) -> None:
    product.syspro.state.faults.add(Fault(kind="access_denied", object="COMFND", times=0))
    answer = product.run("--initial-load")

    assert answer.exit_code == EXIT_SYSTEM
    assert "COMFND" in answer.out
    assert "customary check" in answer.out


def test_without_the_right_to_single_customers_a_missing_one_is_its_own_failure(loaded: Product) -> None:
    loaded.syspro.state.faults.add(Fault(kind="access_denied", object="COMFCH", times=0))
    del loaded.syspro.state.customers["0000005"]

    run = loaded.run_json()

    assert counts(run) == {"unchanged": CUSTOMERS - 1, "failed": 1}
    assert "COMFCH" in reasons(cycles(run)["0000005"])


@pytest.mark.parametrize("kind", ["drop_before", "drop_half", "truncated", "garbage", "html", "http_500"])
def test_a_page_that_goes_wrong_once_costs_nothing(loaded: Product, kind: str) -> None:
    loaded.configure(system="page = 20")
    loaded.syspro.state.faults.add(Fault(kind=kind, object="COMFND", nth=2))
    loaded.syspro.state.customers.change("0000030", {"Name": "Moved"})

    answer = loaded.run("--json")

    assert answer.exit_code == EXIT_DONE
    assert counts(answer.json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}
    assert told(answer.json()) == ""


@pytest.mark.parametrize("read", ["batch", "fetch"])
@pytest.mark.parametrize("scope", ["known", "all"])
def test_a_customer_that_cannot_be_read_is_one_failed_cycle_and_the_sums_are_right(
    loaded: Product, read: str, scope: str
) -> None:
    loaded.configure(system=f'read = "{read}"', operation=f'scope = "{scope}"')
    loaded.syspro.state.faults.add(Fault(kind="forbidden_character", customer="0000007", times=0))
    loaded.syspro.state.customers.change("0000008", {"Name": "Moved"})

    answer = loaded.run("--json")

    run = answer.json()
    assert answer.exit_code == EXIT_ISSUES
    assert run["scope"] == CUSTOMERS
    assert counts(run) == {"updated": 1, "unchanged": CUSTOMERS - 2, "failed": 1}
    assert "cannot be read" in reasons(cycles(run)["0000007"])


@pytest.mark.parametrize("kind", ["garbage", "truncated", "html", "http_500", "drop_before"])
def test_one_customer_that_never_gets_an_answer_does_not_stop_those_listed_with_it(
    loaded: Product, kind: str
) -> None:
    loaded.syspro.state.faults.add(Fault(kind=kind, customer="0000003", times=0))

    answer = loaded.run("--customers", "2,3,4", "--json")

    assert answer.exit_code == EXIT_ISSUES
    assert counts(answer.json()) == {"unchanged": 2, "failed": 1}


def test_an_answer_that_is_too_slow_is_no_answer(loaded: Product) -> None:
    loaded.configure(system="read_timeout = 0.3")
    loaded.syspro.state.faults.add(Fault(kind="slow", object="COMFND", seconds=1, nth=1))

    answer = loaded.run("--json")

    assert answer.exit_code == EXIT_DONE
    assert counts(answer.json()) == {"unchanged": CUSTOMERS}


def test_listed_customers_are_read_in_groups_that_fit_into_a_url(make: Make) -> None:
    with SysproSandbox(customers=CUSTOMERS, settings=settings(url_limit=3100)) as syspro:
        product = make(syspro)
        product.configure(system="url_limit = 3000", operation='scope = "all"\nlimits = { create = 100 }')
        run = product.run_json("--customers", ",".join(syspro.state.customers))
        calls = syspro.state.counts().calls

    assert counts(run) == {"created": CUSTOMERS}
    assert told(run) == ""
    assert 3 < calls["Query/Query COMFND"] < CUSTOMERS / 2
    assert calls.get("Query/Fetch COMFCH", 0) == 0


def test_numbers_keep_their_zeros_and_padding_makes_no_other_customer(make: Make) -> None:
    with SysproSandbox(customers=CUSTOMERS, settings=settings(key_form="stored")) as syspro:
        product = make(syspro)
        product.load()
        codes = [code for (code,) in product.rows("SELECT code FROM customer ORDER BY code")]
        short = product.run_json("--customers", "0000002,3,000000000000004,S123456")

    assert "000000000000002" in codes
    assert "S123456" in codes
    assert counts(short) == {"unchanged": 4}

    with SysproSandbox(customers=CUSTOMERS, settings=settings()) as syspro:
        later = Product(product.folder, syspro)
        run = later.run_json()
    assert counts(run) == {"unchanged": CUSTOMERS}, "SYSPRO now shows 7 digits: the same customers"
    assert [code for (code,) in later.rows("SELECT code FROM customer ORDER BY code")] == codes


def test_a_setting_of_how_numbers_compare_may_change(loaded: Product) -> None:
    loaded.configure(system="zero_padded = false")
    loaded.syspro.state.customers.change("0000002", {"Name": "Moved"})

    assert counts(loaded.run_json()) == {"updated": 1, "unchanged": CUSTOMERS - 1}


@pytest.mark.parametrize("kind", ["repeat_page", "rows_out_of_order"])
def test_a_listing_that_is_not_complete_says_so_and_loses_no_customer(loaded: Product, kind: str) -> None:
    loaded.configure(system="page = 20")
    loaded.syspro.state.faults.add(Fault(kind=kind, object="COMFND", nth=2))

    run = loaded.run_json()

    assert counts(run) == {"unchanged": CUSTOMERS}
    assert "not complete" in told(run)
