"""Which customers a run is about: agent parameters, options, the operation's scope, the initial load."""

from __future__ import annotations

import pytest

from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_REFUSED, EXIT_USAGE
from tests.acceptance.conftest import CUSTOMERS
from tests.support.product import Product, counts, cycles, reasons, told


def parameters(*lines: str, more: str = "") -> str:
    """An operation with these agent parameters."""
    text = "\n".join(lines)
    return f'scope = "known"\nparameters = """\n{text}\n"""\n{more}'


def update(product: Product, *arguments: str) -> set[str]:
    """Change a field of every customer at the source, run, and give the customers that the run updated."""
    version = product.rows("SELECT coalesce(max(id), 0) FROM run")[0][0]
    for key in product.syspro.state.customers:
        product.syspro.state.customers.change(key, {"UserField1": f"v{version}"})
    run = product.run_json(*arguments)
    assert run["state"] == "succeeded", run["messages"]
    assert set(counts(run)) == {"updated"}
    return set(cycles(run))


def classed(product: Product) -> None:
    """Load every customer, and put some into classes."""
    product.load()
    for code, classes in (
        ("0000002", "Wholesaler"),
        ("0000003", "Wholesaler,Dealer"),
        ("0000004", "Über/Sonder-Klasse"),
    ):
        assert product.call("edit", code, f"classes={classes}").exit_code == EXIT_DONE


def test_agent_parameters_choose_customers_in_the_grammar_of_the_product_page(product: Product) -> None:
    classed(product)
    wholesalers, dealers, special = {"0000002", "0000003"}, {"0000003"}, {"0000004"}
    for lines, expected in (
        (["Customers: 0000002, 0000038, S123456"], {"0000002", "0000038", "S123456"}),
        (["  customers :0000005,, ,0000006 ,", "CUSTOMERS: 0000007"], {"0000005", "0000006", "0000007"}),
        (["Classes: Wholesaler, Dealer, Über/Sonder-Klasse"], wholesalers | dealers | special),
        (["Classes: dealer"], dealers),
        (["Classes: all"], wholesalers | special),
        (["Classes: Dealer, ALL"], wholesalers | special),
        (["Customers: 0000009, 0000003", "Classes: Dealer"], {"0000009", "0000003"}),
    ):
        product.configure(operation=parameters(*lines))
        assert update(product) == expected, lines


def test_both_parameters_mean_either_and_a_setting_makes_it_both(product: Product) -> None:
    classed(product)
    lines = ("Customers: 0000002, 0000009", "Classes: Wholesaler, Dealer")
    product.configure(operation=parameters(*lines))
    assert update(product) == {"0000002", "0000003", "0000009"}
    product.configure(operation=parameters(*lines, more='together = "both"'))
    assert update(product) == {"0000002"}


def test_options_of_the_command_take_the_place_of_the_configured_parameters(product: Product) -> None:
    classed(product)
    product.configure(operation=parameters("Customers: 0000010"))
    assert update(product) == {"0000010"}
    assert update(product, "--customers", "0000011, 12") == {"0000011", "0000012"}
    assert update(product, "--classes", "Dealer") == {"0000003"}
    assert update(product, "--classes", "all", "--customers", "0000010") == {
        *("0000002", "0000003", "0000004", "0000010"),
    }


def test_without_parameters_the_scope_known_is_the_hubs_customers_and_all_is_whatever_syspro_has(
    product: Product,
) -> None:
    product.load()
    (new,) = product.syspro.state.customers.new(1)

    product.configure(operation='scope = "known"')
    assert counts(product.run_json()) == {"unchanged": CUSTOMERS}
    product.configure(operation='scope = "all"')
    run = product.run_json()

    assert counts(run) == {"created": 1, "unchanged": CUSTOMERS}
    assert list(cycles(run)) == [new], "yesterday's new customer arrives tonight"


def test_known_means_the_customers_of_that_syspro_company(product: Product) -> None:
    product.load()
    other = product.folder / "customary.toml"
    text = other.read_text(encoding="utf-8")
    system = text[text.index("[systems.syspro]") : text.index("[[operation]]")]
    operation = text[text.index("[[operation]]") :]
    more = (system + operation).replace('"A"', '"B"').replace("syspro]", "second]")
    more = more.replace('source = "syspro"', 'source = "second"').replace(
        "update-customers", "second-company"
    )
    other.write_text(f"{text}\n{more}".replace('"all"', '"known"'), encoding="utf-8")

    answer = product.call("run", "second-company")

    assert answer.exit_code == EXIT_USAGE
    assert "the hub knows no customer of second yet" in answer.err


def test_a_listed_customer_that_the_hub_lacks_is_loaded(either: Product) -> None:
    answer = either.run("--customers", "0000002,S123456", "--json")

    assert answer.exit_code == EXIT_DONE
    assert counts(answer.json()) == {"created": 2}
    assert either.customer("S123456")["keys"] == {"syspro": "S123456"}


def test_initial_load_means_everything_with_the_limit_on_creates_lifted(either: Product) -> None:
    either.configure(operation=parameters("Customers: 0000002"))
    refused = either.run("--initial-load", "--customers", "0000002")
    loaded = either.run("--initial-load", "--json")

    assert refused.exit_code == EXIT_USAGE
    assert "leave out --customers" in refused.err
    assert loaded.exit_code == EXIT_DONE
    assert counts(loaded.json()) == {"created": CUSTOMERS}


def test_without_initial_load_a_first_load_is_refused_and_the_remedy_named(product: Product) -> None:
    answer = product.run()

    assert answer.exit_code == EXIT_REFUSED
    assert "--initial-load" in answer.out
    assert product.rows("SELECT count(*) FROM customer") == [(0,)]


@pytest.mark.parametrize(
    ("lines", "told_of"),
    [
        (["Kunden: 0000002"], ['unknown argument "Kunden"', "Customers and Classes"]),
        (["Items: 100"], ["UpdateAllItemsSYSPRO"]),
        (["Customers 0000002"], ["is not an argument"]),
        (["Customers: ,"], ["Customers names nothing"]),
        (["Foo: 1", "Classes:"], ['unknown argument "Foo"', "Classes names nothing"]),
    ],
)
def test_a_wrong_argument_is_an_error_before_anything_runs_and_names_what_would_help(
    product: Product, lines: list[str], told_of: list[str]
) -> None:
    product.configure(operation=parameters(*lines))
    answer = product.run()

    assert answer.exit_code == EXIT_USAGE
    assert all(text in answer.err for text in told_of)
    assert "customary.toml" in answer.err
    assert "operation[1].parameters" in answer.err
    assert product.rows("SELECT count(*) FROM run") == [(0,)]
    assert product.syspro.state.counts().total == 0


@pytest.mark.parametrize("arguments", [("--customers", ""), ("--classes", " , ")])
def test_an_option_without_a_value_does_not_mean_every_customer(
    product: Product, arguments: tuple[str, str]
) -> None:
    answer = product.run(*arguments)

    assert answer.exit_code == EXIT_USAGE
    assert f"{arguments[0]} names nothing" in answer.err


def test_an_empty_scope_is_an_error_before_anything_runs_and_names_what_would_help(product: Product) -> None:
    product.configure(operation='scope = "known"')
    nobody = product.run()
    no_class = product.run("--classes", "all")
    classed(product)
    another = product.run("--classes", "Special")
    product.configure(operation=parameters("Customers: 0000009", "Classes: Dealer", more='together = "both"'))
    none_of_them = product.run()

    for answer in (nobody, no_class, another, none_of_them):
        assert answer.exit_code == EXIT_USAGE
        assert "the scope is empty" in answer.err
    assert "--initial-load" in nobody.err
    assert "customary edit" in no_class.err
    assert "Dealer, Wholesaler" in another.err, "it names the classes that there are"
    assert "none of the customers named is in" in none_of_them.err
    assert product.rows("SELECT count(*) FROM run WHERE operation = 'update-customers'") == [(1,)]


def test_an_unknown_class_is_told_and_an_unknown_number_is_rejected_and_the_others_go_on(
    either: Product,
) -> None:
    classed(either)
    either.syspro.state.customers.change("0000003", {"Telephone": "1"})
    either.configure(operation=parameters("Customers: 7777777, NOBODY", "Classes: Dealer, Nonesuch"))

    answer = either.run("--json")

    run = answer.json()
    assert answer.exit_code == EXIT_ISSUES
    assert counts(run) == {"updated": 1, "rejected": 2}
    assert "class 'Nonesuch'" in told(run)
    assert {code for code, cycle in cycles(run).items() if cycle["outcome"] == "rejected"} == {
        *("7777777", "NOBODY"),
    }
    assert "nothing was changed" in reasons(cycles(run)["NOBODY"])


def test_a_customer_named_in_two_ways_is_looked_at_once(product: Product) -> None:
    product.load()
    run = product.run_json("--customers", "2, 0000002, 000000000000002, 0000002")

    assert run["scope"] == 1
    assert counts(run) == {"unchanged": 1}


def test_control_characters_in_a_number_are_a_mistake_and_nothing_else_is_printed(product: Product) -> None:
    answer = product.run("--customers", "0000002,\x1b[31mred,0000\n003")

    assert answer.exit_code == EXIT_USAGE
    assert "\x1b" not in answer.told
