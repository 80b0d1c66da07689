"""The paragraph "How it will be checked" of the first issue, a test for each of its sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct

from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_SYSTEM
from customary.sandboxes.faults import Fault
from customary.sandboxes.syspro.changes import Changed, change
from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.support.postgres import Postgres
from tests.support.product import (
    SQLITE,
    Answer,
    Product,
    counts,
    cycles,
    reasons,
    settings,
    told,
    wait_until,
)

CUSTOMERS = 5000
CHANGES = 250

FIELDS = {
    "Name": "name",
    "Telephone": "telephone",
    "Contact": "contact_name",
    "Email": "email",
    "UserField1": "user_field_1",
    "CreditLimit": "credit_limit",
    "TaxStatus": "tax_status",
    "TaxExemptNumber": "tax_exempt_number",
    "SalesWarehouse": "warehouse",
    "TpmPricingFlag": "trade_promotion_pricing",
    "StateCode": "state_code",
    "TermsCode": "payment_terms",
    "Salesperson": "salesperson",
    "Salesperson3": "salesperson_3",
    "BuyingGroup5": "buying_group_5",
    "InvDiscCode": "invoice_discount_code",
    "Branch": "branch",
    "LineDiscCode": "line_discount_code",
}
"""The columns that the sandbox changes, each with the customer field that it fills."""

EVERYTHING = "SELECT * FROM customer ORDER BY identity"
LINKS = "SELECT * FROM cross_reference ORDER BY identity"
VERSIONS = "SELECT DISTINCT version FROM customer"


class Story(Struct, frozen=True):
    """Three runs one after the other, and what the hub held in between."""

    product: Product
    first: Answer
    second: Answer
    third: Answer
    loaded: list[Any]
    reloaded: list[Any]
    updated: list[Any]
    changed: list[Changed]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """An initial load of 5,000, the same again, and 250 customers changed at the source."""
    hub = SQLITE
    server: Postgres | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        hub = server.url(name := server.create())
    with SysproSandbox(customers=CUSTOMERS, settings=settings()) as syspro:
        product = Product(tmp_path_factory.mktemp("story"), syspro, hub)
        first = product.run("--initial-load", "--json")
        loaded = list(product.rows(EVERYTHING))
        second = product.run("--json")
        reloaded = list(product.rows(EVERYTHING))
        changed = change(syspro.state.customers, CHANGES, seed=7)
        third = product.run("--json")
        updated = list(product.rows(EVERYTHING))
        yield Story(product, first, second, third, loaded, reloaded, updated, changed)
    if server is not None:
        server.drop(name)


def test_an_initial_load_of_5000_creates_5000(story: Story) -> None:
    run = story.first.json()

    assert story.first.exit_code == EXIT_DONE
    assert run["state"] == "succeeded"
    assert counts(run) == {"created": CUSTOMERS}
    assert run["scope"] == CUSTOMERS == len(run["cycles"]) == len(story.loaded)
    assert sorted(cycles(run)) == sorted(story.product.syspro.state.customers)


def test_a_second_run_finds_5000_unchanged_and_writes_no_customer(story: Story) -> None:
    run = story.second.json()

    assert story.second.exit_code == EXIT_DONE
    assert counts(run) == {"unchanged": CUSTOMERS}
    assert run["cycles"] == []
    assert story.reloaded == story.loaded


def test_after_250_known_changes_it_updates_exactly_those_customers_and_fields(story: Story) -> None:
    run = story.third.json()
    expected = {
        each.customer: fields
        for each in story.changed
        if (fields := {FIELDS[column] for column in each.fields} - {"payment_terms"})
    }
    found = {
        customer: {item["field"] for item in cycle["changes"]} for customer, cycle in cycles(run).items()
    }

    assert story.third.exit_code == EXIT_DONE
    assert counts(run) == {"updated": len(expected), "unchanged": CUSTOMERS - len(expected)}
    assert found == expected
    before, after = ({row[0]: row for row in rows} for rows in (story.loaded, story.updated))
    assert sum(before[identity] != after[identity] for identity in before) == len(expected)


def test_what_changed_has_the_values_of_the_source(story: Story) -> None:
    done = cycles(story.third.json())
    for each in story.changed:
        for column, moved in each.fields.items():
            if column in ("TermsCode", "TpmPricingFlag"):
                continue
            (item,) = [item for item in done[each.customer]["changes"] if item["field"] == FIELDS[column]]
            assert (item["before"], item["after"]) == (moved.before, moved.after), (each.customer, column)


def test_changed_payment_terms_are_left_alone_and_told(story: Story) -> None:
    moved = {each.customer: each.fields["TermsCode"] for each in story.changed if "TermsCode" in each.fields}
    run = story.third.json()
    texts = told(run) + "\n".join(reasons(cycle) for cycle in run["cycles"])
    held = dict(story.product.rows("SELECT code, payment_terms FROM customer"))

    assert len(moved) > CHANGES // 10
    for customer, terms in moved.items():
        assert held[customer] == terms.before
    assert texts.count("only written on the initial load") == len(moved)


def test_unknown_customer_value_out_of_domain_and_hidden_field_have_the_right_outcomes(
    either: Product,
) -> None:
    either.load()
    customers = either.syspro.state.customers
    customers.change("0000003", {"TaxStatus": "X", "Name": "Not to be written"})
    customers.change("0000004", {"Telephone": "555-0100"})
    customers.hide("0000004", ["Email", "CreditLimit"])
    was = either.customer("0000004")["fields"]

    answer = either.run("--customers", "0000002,0000003,0000004,9999999", "--json")

    run = answer.json()
    done = cycles(run)
    assert answer.exit_code == EXIT_ISSUES
    assert counts(run) == {"unchanged": 1, "updated": 1, "rejected": 2}
    assert done["9999999"]["outcome"] == "rejected"
    assert "has no customer 9999999" in reasons(done["9999999"])
    assert done["0000003"]["outcome"] == "rejected"
    assert "TaxStatus 'X'" in reasons(done["0000003"])
    assert either.customer("0000003")["fields"]["name"] != "Not to be written"
    assert done["0000004"]["outcome"] == "updated"
    assert either.customer("0000004")["fields"] == {**was, "telephone": "555-0100"}


def test_a_wrong_password_ends_with_exit_code_4_and_no_row_changed(either: Product) -> None:
    either.load()
    before = (either.rows(EVERYTHING), either.rows(LINKS), either.rows("SELECT * FROM baseline ORDER BY 1"))
    change(either.syspro.state.customers, 10, seed=3)

    answer = either.call("run", "update-customers", SYSPRO_PASSWORD="wrong")

    after = (either.rows(EVERYTHING), either.rows(LINKS), either.rows("SELECT * FROM baseline ORDER BY 1"))
    assert answer.exit_code == EXIT_SYSTEM
    assert "Invalid operator password" in answer.out
    assert after == before
    assert either.syspro.state.counts().sessions.failed_logons == 1


@pytest.mark.parametrize("restart", ["run", "serve"])
def test_after_sigkill_in_the_middle_a_restart_completes_with_the_sums_right_and_no_session_leaked(
    either: Product, restart: str
) -> None:
    either.configure(system="page = 5", operation='scope = "all"')
    either.syspro.state.faults.add(Fault(kind="slow", object="COMFND", seconds=0.2, times=0))
    with either.begin("run", "update-customers", "--initial-load") as command:
        wait_until(lambda: either.rows("SELECT count(*) FROM page")[0][0] >= 4, "four pages")
        command.kill()
    in_between = either.rows("SELECT count(*) FROM customer")[0][0]
    assert 0 < in_between < 60, "it was killed in the middle"
    assert either.syspro.state.counts().sessions.open == 1, "its session was left behind"
    either.syspro.state.faults.clear()

    if restart == "run":
        assert either.run().exit_code == EXIT_DONE
    else:
        with either.begin("serve") as agent:
            wait_until(lambda: either.rows("SELECT finished FROM run")[0][0] is not None, "the run's end")
            wait_until(lambda: either.syspro.state.counts().sessions.open == 0, "the logoff")
            assert agent.alive

    run = either.call("show", "run", "1", "--json").json()
    sessions = either.syspro.state.counts().sessions
    assert run["state"] == "succeeded"
    assert counts(run) == {"created": 60}
    assert sorted(cycles(run)) == sorted(either.syspro.state.customers)
    assert either.rows("SELECT count(*) FROM run") == [(1,)]
    assert either.rows(VERSIONS) == [(1,)], "no customer was written twice"
    assert (sessions.leaked, sessions.most, sessions.logons) == (0, 1, sessions.logoffs)
