"""What a cycle does to one customer: its twenty fields, its payment terms, and what is wrong with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from customary.model.run import EXIT_DONE, EXIT_ISSUES
from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.acceptance.conftest import CUSTOMERS, Make
from tests.support.product import Product, counts, cycles, reasons, settings, told

TABLE = {
    "Customer": "code",
    "Name": "name",
    "Telephone": "telephone",
    "Contact": "contact_name",
    "Email": "email",
    "UserField1": "user_field_1",
    "CreditLimit": "credit_limit",
    "TaxStatus": "tax_status",
    "TaxExemptNumber": "tax_exempt_number",
    "Currency": "currency",
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
"""The twenty rows of the product page, in its order (seed 000)."""

LONGEST = {
    "Name": 50,
    "Telephone": 20,
    "Contact": 50,
    "Email": 255,
    "UserField1": 10,
    "TaxExemptNumber": 30,
    "Currency": 3,
    "SalesWarehouse": 10,
    "StateCode": 3,
    "TermsCode": 2,
    "Salesperson": 20,
    "Salesperson3": 20,
    "BuyingGroup5": 10,
    "InvDiscCode": 10,
    "Branch": 10,
    "LineDiscCode": 10,
}
"""SOURCE: facts/syspro.md 2: the lengths of SYSPRO 7 and 8."""


def expected(record: Any) -> dict[str, Any]:
    """What the hub must hold of a SYSPRO record."""
    fields: dict[str, Any] = {field: record[column] for column, field in TABLE.items()}
    fields["credit_limit"] = str(Decimal(record["CreditLimit"]))
    fields["trade_promotion_pricing"] = record["TpmPricingFlag"] == "Y"
    return fields


def held(product: Product, code: str) -> dict[str, Any]:
    """The fields of the table, as the hub holds them."""
    fields: dict[str, Any] = product.customer(code)["fields"]
    assert fields.pop("currency_iso", "") in ("", *("USD", "EUR", "GBP", fields["currency"]))
    return fields


def test_all_twenty_fields_of_every_international_customer_arrive_as_they_are(either: Product) -> None:
    either.load()
    columns = ", ".join(field for field in TABLE.values() if field != "trade_promotion_pricing")
    for row in either.rows(f"SELECT {columns} FROM customer"):  # noqa: S608  # our own names
        found = dict(zip(columns.split(", "), row, strict=True))
        wanted = expected(either.syspro.state.customers[found["code"]])
        del wanted["trade_promotion_pricing"]
        assert found == wanted
    for code in ("0000002", "S123456"):
        assert held(either, code) == expected(either.syspro.state.customers[code])


def test_values_as_long_as_syspros_columns_fit_and_longer_ones_are_told(product: Product) -> None:
    # SOURCE: facts/syspro.md 2 (guess): take the longer, warn, never cut.
    values = {column: "ж" * length for column, length in LONGEST.items()}
    values |= {"CreditLimit": "9" * 12, "TaxStatus": "O", "TpmPricingFlag": "N"}
    product.syspro.state.customers.change("0000002", values)
    # the hub's own field of this has no more room
    longer = {column: "ж" * (length + 1) for column, length in LONGEST.items() if column != "Email"}
    product.syspro.state.customers.change("0000003", longer)
    run = product.run_json("--customers", "0000002,0000003")

    assert counts(run) == {"created": 2}
    assert "characters" not in reasons(cycles(run)["0000002"])
    warned = {note["field"] for note in cycles(run)["0000003"]["messages"] if "characters" in note["text"]}
    assert warned == {TABLE[column] for column in longer}
    for code in ("0000002", "0000003"):
        assert held(product, code) == expected(product.syspro.state.customers[code])


def test_each_domain_takes_its_codes_and_rejects_another_with_every_reason(product: Product) -> None:
    customers = product.syspro.state.customers
    good = {"0000002": ("E", "Y", "0"), "0000003": ("N", "N", "50000.00"), "0000004": ("O", "", "12")}
    for key, (tax, flag, limit) in good.items():
        customers.change(key, {"TaxStatus": tax, "TpmPricingFlag": flag, "CreditLimit": limit})
    bad = {"TaxStatus": "", "TpmPricingFlag": "Q", "CreditLimit": "-1", "Name": "x" * 151}
    customers.change("0000005", bad)
    customers.change("0000006", {"TaxStatus": "e", "CreditLimit": "a lot"})

    answer = product.run("--customers", "2,3,4,5,6", "--json")

    run = answer.json()
    assert answer.exit_code == EXIT_ISSUES
    assert counts(run) == {"created": 3, "rejected": 2}
    fields = {note["field"] for note in cycles(run)["0000005"]["messages"] if note["level"] == "error"}
    assert fields >= {"trade_promotion_pricing", "credit_limit"}
    assert {note["field"] for note in cycles(run)["0000006"]["messages"]} == {"tax_status", "credit_limit"}
    assert product.customer("0000003")["fields"]["credit_limit"] == "50000"
    assert product.customer("0000004")["fields"]["trade_promotion_pricing"] is False
    assert product.rows("SELECT count(*) FROM customer WHERE code > '0000004'") == [(0,)]


def test_a_value_that_the_hub_cannot_hold_rejects_the_customer_and_nothing_is_cut_off(
    loaded: Product,
) -> None:
    before = held(loaded, "0000002")
    loaded.syspro.state.customers.change("0000002", {"Name": "x" * 151, "Telephone": "555-0100"})

    answer = loaded.run("--json")

    cycle = cycles(answer.json())["0000002"]
    assert answer.exit_code == EXIT_ISSUES
    assert cycle["outcome"] == "rejected"
    assert "name has 151 characters" in reasons(cycle)
    assert held(loaded, "0000002") == before, "not one of its fields was written"


def test_payment_terms_are_written_on_a_customers_own_initial_load_only(either: Product) -> None:
    either.load()
    was = either.customer("0000002")["fields"]["payment_terms"]
    (new,) = either.syspro.state.customers.new(1)
    either.syspro.state.customers.change(new, {"TermsCode": "45"})
    either.syspro.state.customers.change("0000002", {"TermsCode": "99", "Telephone": "1"})

    run = either.run_json()
    again = either.run_json("--initial-load")

    assert counts(run) == {"created": 1, "updated": 1, "unchanged": CUSTOMERS - 1}
    assert either.customer(new)["fields"]["payment_terms"] == "45", "new to this hub, in any run"
    assert {item["field"] for item in cycles(run)["0000002"]["changes"]} == {"telephone"}
    assert "payment_terms is '99' in the source" in reasons(cycles(run)["0000002"])
    assert counts(again) == {"unchanged": CUSTOMERS + 1}
    assert either.customer("0000002")["fields"]["payment_terms"] == was


def test_a_node_left_out_leaves_the_value_and_an_empty_one_clears_it(loaded: Product) -> None:
    before = held(loaded, "0000002")
    customers = loaded.syspro.state.customers
    customers.hide("0000002", ["Name", "Email", "CreditLimit", "TpmPricingFlag", "Currency"])
    customers.change("0000002", {"Contact": "", "Branch": "   "})

    run = loaded.run_json()

    assert {item["field"] for item in cycles(run)["0000002"]["changes"]} == {"contact_name", "branch"}
    assert held(loaded, "0000002") == before | {"contact_name": "", "branch": ""}
    assert counts(loaded.run_json()) == {"unchanged": CUSTOMERS}


def test_columns_hidden_from_the_operator_are_never_cleared(make: Make) -> None:
    hidden = frozenset({"Name", "CreditLimit", "TermsCode", "TaxStatus"})
    with SysproSandbox(customers=20, settings=settings(operator={"hidden": hidden})) as syspro:
        product = make(syspro)
        loaded = product.load()
        check = product.call("check").out

    assert counts(loaded) == {"created": 20}
    assert not {"name", "credit_limit", "payment_terms", "tax_status"} & set(
        product.customer("0000002")["fields"]
    )
    assert "not shown to this operator" in check
    assert "CreditLimit" in check


def test_a_customer_that_syspro_no_longer_has_is_an_issue_not_a_delete(either: Product) -> None:
    either.load()
    before = either.rows("SELECT * FROM customer ORDER BY code")
    del either.syspro.state.customers["0000005"]
    for scope in ("known", "all"):
        either.configure(operation=f'scope = "{scope}"')
        answer = either.run("--json")

        assert answer.exit_code == EXIT_ISSUES
        assert counts(answer.json()) == {"unchanged": CUSTOMERS - 1, "rejected": 1}
        assert "no customer 0000005" in reasons(cycles(answer.json())["0000005"])
    assert either.rows("SELECT * FROM customer ORDER BY code") == before


def test_a_company_that_lost_all_its_customers_changes_nothing_here(loaded: Product) -> None:
    before = loaded.rows("SELECT * FROM customer ORDER BY code")
    for key in list(loaded.syspro.state.customers):
        del loaded.syspro.state.customers[key]

    run = loaded.run_json()

    assert counts(run) == {"rejected": CUSTOMERS}
    assert loaded.rows("SELECT * FROM customer ORDER BY code") == before


def test_one_bad_customer_never_stops_the_others(loaded: Product) -> None:
    for key in list(loaded.syspro.state.customers):
        loaded.syspro.state.customers.change(key, {"UserField1": "moved"})
    for number, bad in enumerate(({"TaxStatus": "?"}, {"CreditLimit": "x"}, {"Name": "n" * 500}), 7):
        loaded.syspro.state.customers.change(f"{number:07}", bad)
    loaded.configure(operation='scope = "all"\nlimits = { update = "100%" }')

    run = loaded.run_json()

    assert counts(run) == {"updated": CUSTOMERS - 3, "rejected": 3}
    assert {"0000007", "0000008", "0000009"} == {
        customer for customer, cycle in cycles(run).items() if cycle["outcome"] == "rejected"
    }


def test_a_currency_without_iso_code_is_one_warning_a_run_and_no_rejection(product: Product) -> None:
    for key in ("0000002", "0000003"):
        product.syspro.state.customers.change(key, {"Currency": "Q1"})
    product.syspro.state.customers.change("0000004", {"Currency": ""})

    run = product.run_json("--customers", "2,3,4")

    assert counts(run) == {"created": 3}
    assert told(run).count("'Q1'") == 1
    assert product.customer("0000002")["fields"]["currency"] == "Q1"
    assert not product.customer("0000002")["fields"].get("currency_iso")
    assert product.customer("0000004")["fields"]["currency_iso"] == "USD"


def test_a_currency_that_changes_to_one_without_iso_code_leaves_no_wrong_iso_code(loaded: Product) -> None:
    loaded.syspro.state.customers.change("0000002", {"Currency": "Q1"})
    assert loaded.run().exit_code == EXIT_DONE

    fields = loaded.customer("0000002")["fields"]
    assert (fields["currency"], fields["currency_iso"]) == ("Q1", "")
