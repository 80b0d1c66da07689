"""The corridor: dry runs, owners and conflicts, limits, and what the journal keeps of every change."""

from __future__ import annotations

from typing import Any

import pytest

from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_REFUSED
from customary.sandboxes.syspro.changes import change
from tests.acceptance.conftest import CUSTOMERS
from tests.support.product import Product, counts, cycles, reasons, told

HUB = ("customer", "cross_reference", "baseline", "customer_class")


def hub(product: Product) -> list[Any]:
    """Everything in the hub that a run may write, but for what is told about the run."""
    return [sorted(map(str, product.rows(f"SELECT * FROM {table}"))) for table in HUB]  # noqa: S608  # ours


def test_a_dry_run_prints_each_fields_before_and_after_and_writes_nothing(either: Product) -> None:
    either.load()
    was = either.customer("0000002")["fields"]
    either.syspro.state.customers.change("0000002", {"Name": "After", "CreditLimit": "12", "Email": ""})
    (new,) = either.syspro.state.customers.new(1)
    either.syspro.state.customers.change(new, {"Branch": ""})
    before = hub(either)

    plan = either.run("--dry-run")
    as_json = either.run("--dry-run", "--json")

    assert plan.exit_code == as_json.exit_code == EXIT_DONE
    assert "1 created, 1 updated, 59 unchanged" in plan.out
    for field, after in (("name", "After"), ("credit_limit", "12"), ("email", "")):
        assert f"{field} '{was[field]}' -> '{after}'" in plan.out
    (created,) = (line for line in plan.out.splitlines() if line.strip().startswith("created"))
    assert f"name '{either.syspro.state.customers[new]['Name']}'" in created
    assert "nothing ->" not in created
    assert "branch" not in created, "what is created blank is no news"
    assert "Nothing was written. Carry it out by: customary run update-customers" in plan.out
    run = as_json.json()
    assert (run["state"], run["dry_run"]) == ("planned", True)
    assert counts(run) == {"created": 1, "updated": 1, "unchanged": CUSTOMERS - 1}
    assert {"field": "branch", "after": ""} in [
        {name: item[name] for name in ("field", "after")} for item in cycles(run)[new]["changes"]
    ], "JSON leaves nothing out"
    (name,) = [item for item in cycles(run)["0000002"]["changes"] if item["field"] == "name"]
    assert (name["before"], name["after"]) == (was["name"], "After")
    assert hub(either) == before

    assert counts(either.run_json()) == counts(run), "the plan was what then happened"


def test_a_dry_run_says_how_it_is_carried_out_with_the_same_options(product: Product) -> None:
    assert "customary run update-customers --initial-load" in product.run("--initial-load", "--dry-run").out
    listed = product.run("--customers", "0000002, 0000003", "--dry-run").out
    assert 'customary run update-customers --customers "0000002, 0000003"' in listed


def test_a_dry_run_tells_rejections_and_refusals_as_the_run_would(loaded: Product) -> None:
    loaded.syspro.state.customers.change("0000002", {"TaxStatus": "X"})
    rejected = loaded.run("--dry-run")
    change(loaded.syspro.state.customers, 50, seed=1)
    refused = loaded.run("--dry-run", "--json")

    assert rejected.exit_code == EXIT_ISSUES
    assert "TaxStatus 'X'" in rejected.out
    assert refused.exit_code == EXIT_REFUSED
    assert counts(refused.json())["updated"] > CUSTOMERS * 0.3, "the plan is shown all the same"
    assert all(cycle["changes"] or cycle["messages"] for cycle in refused.json()["cycles"])


def test_a_field_that_syspro_does_not_own_survives_and_one_that_it_owns_is_set_back(either: Product) -> None:
    either.load()
    name = either.customer("0000002")["fields"]["name"]
    edited = either.call("edit", "0000002", "comment=call first", "payment_terms=99", "name=Mine", "--json")
    assert counts(edited.json()) == {"updated": 1}

    run = either.run_json()  # SYSPRO has not moved

    fields = either.customer("0000002")["fields"]
    assert counts(run) == {"updated": 1, "unchanged": CUSTOMERS - 1}
    assert (fields["comment"], fields["payment_terms"], fields["name"]) == ("call first", "99", name)
    (item,) = cycles(run)["0000002"]["changes"]
    assert item == {"field": "name", "before": "Mine", "after": name, "rule": "owner = source, set back"}
    conflict = f"name was changed here from '{name}' to 'Mine', but the source owns it: set to '{name}'"
    assert conflict in reasons(cycles(run)["0000002"])
    assert counts(either.run_json()) == {"unchanged": CUSTOMERS}, "no eternal difference"


def test_owners_of_the_mapping_decide_who_wins(loaded: Product) -> None:
    (loaded.folder / "mine.toml").write_text(
        '[[field]]\nfield = "telephone"\nnative = "Telephone"\nowner = "target"\n'
        '[[field]]\nfield = "email"\nnative = "Email"\nowner = "nobody"\n',
        encoding="utf-8",
    )
    loaded.configure(system='mapping = "mine.toml"')
    assert counts(loaded.run_json()) == {"unchanged": CUSTOMERS}
    source = loaded.syspro.state.customers
    source.change("0000002", {"Telephone": "moved there"})  # the hub owns it
    source.change("0000003", {"Email": "there@example.com"})  # only the source moved
    assert loaded.call("edit", "0000004", "email=here@example.com").exit_code == EXIT_DONE  # only the hub
    source.change("0000005", {"Email": "there@example.com"})  # both moved
    assert loaded.call("edit", "0000005", "email=here@example.com").exit_code == EXIT_DONE

    first, second = loaded.run_json(), loaded.run_json()

    mails = dict(loaded.rows("SELECT code, email FROM customer WHERE code BETWEEN '0000003' AND '0000005'"))
    assert mails == {
        "0000003": "there@example.com",
        "0000004": "here@example.com",
        "0000005": "here@example.com",
    }
    assert loaded.customer("0000002")["fields"]["telephone"] != "moved there"
    assert {code: cycle["outcome"] for code, cycle in cycles(first).items()} == {"0000003": "updated"}
    assert "nobody owns it: left alone, a person decides" in told(first)
    assert "the target owns it" in told(first)
    assert counts(second) == {"unchanged": CUSTOMERS}


def test_a_changed_mapping_takes_effect_at_the_next_run_although_no_customer_moved(loaded: Product) -> None:
    (loaded.folder / "mine.toml").write_text(
        '[[field]]\nfield = "short_name"\nnative = "ShortName"\n', encoding="utf-8"
    )
    loaded.configure(system='mapping = "mine.toml"', operation='scope = "all"\nlimits = { update = "100%" }')

    run = loaded.run_json()

    assert counts(run) == {"updated": CUSTOMERS}
    assert (
        loaded.customer("0000002")["fields"]["short_name"]
        == (loaded.syspro.state.customers["0000002"]["ShortName"])
    )


@pytest.mark.parametrize(
    ("limit", "moved", "refused"),
    [
        ("30%", 18, False),
        ("30%", 19, True),
        ("12", 12, False),
        ("12", 13, True),
        ('["50%", 12]', 13, True),
        ("0", 10, False),
        ("0", 11, True),
    ],
)
def test_updates_beyond_a_count_or_share_are_refused_and_ten_always_pass(
    loaded: Product, limit: str, moved: int, refused: bool
) -> None:
    limit = f'"{limit}"' if limit.endswith("%") else limit
    loaded.configure(operation=f'scope = "all"\nlimits = {{ update = {limit} }}')
    for number in range(2, moved + 2):
        loaded.syspro.state.customers.change(f"{number:07}", {"UserField1": "moved"})
    before = hub(loaded)

    answer = loaded.run("--json")

    assert answer.exit_code == (EXIT_REFUSED if refused else EXIT_DONE)
    if refused:
        assert answer.json()["state"] == "refused"
        assert counts(answer.json()) == {"skipped": moved, "unchanged": CUSTOMERS - moved}
        assert hub(loaded) == before
        assert f"{moved} customers would be updated, and the limit 'update'" in told(answer.json())
        assert "0000002: user_field_1" in told(answer.json()), "examples"
    else:
        assert counts(answer.json()) == {"updated": moved, "unchanged": CUSTOMERS - moved}


def test_too_many_new_customers_refuse_the_whole_run_and_its_updates_too(either: Product) -> None:
    either.load()
    either.syspro.state.customers.new(11)
    either.syspro.state.customers.change("0000002", {"Name": "Moved"})
    before = hub(either)

    answer = either.run()

    assert answer.exit_code == EXIT_REFUSED
    assert "11 customers would be created" in answer.out
    assert "raise the operation's limit 'create'" in answer.out
    assert ", name '" in answer.out
    assert hub(either) == before


def test_the_journal_keeps_before_after_source_and_rule_of_every_change(either: Product) -> None:
    either.load()
    was = either.customer("0000002")["fields"]
    either.call("edit", "0000002", "name=Mine", "comment=mine")
    either.syspro.state.customers.change("0000002", {"Telephone": "1", "Email": ""})
    either.run()

    query = "SELECT run_id, field, before, after, source, rule FROM change WHERE customer = '0000002'"
    history = set(either.rows(f"{query} AND run_id > 1"))

    assert history == {
        (2, "name", was["name"], "Mine", "hand", "by hand"),
        (2, "comment", None, "mine", "hand", "by hand"),
        (3, "name", "Mine", was["name"], "syspro", "owner = source, set back"),
        (3, "telephone", was["telephone"], "1", "syspro", "owner = source"),
        (3, "email", was["email"], "", "syspro", "owner = source"),
    }
    created = dict(either.rows("SELECT field, rule FROM change WHERE customer = '0000002' AND run_id = 1"))
    assert created["payment_terms"] == "initial load only"
    assert created["name"] == "owner = source"


def test_it_works_in_pages_each_with_its_checkpoint(loaded: Product) -> None:
    loaded.configure(system="page = 20")
    change(loaded.syspro.state.customers, 10, seed=2)
    loaded.run_json()

    pages = loaded.rows("SELECT records, applied FROM page WHERE run_id = 2 ORDER BY number")

    assert [records for records, _ in pages][:3] == [20, 20, 20]
    assert {applied for _, applied in pages} == {1}
