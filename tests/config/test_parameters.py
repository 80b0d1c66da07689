import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.config.parameters import Parameters, parse, with_options
from customary.errors import ConfigError


def test_the_examples_of_the_product_page_are_read() -> None:
    assert parse("Customers: 0000002, 0000038, S123456").customers == ("0000002", "0000038", "S123456")
    assert parse("Classes: Wholesaler, Dealer, Special").classes == ("Wholesaler", "Dealer", "Special")
    assert parse("Classes: all") == Parameters(all_classes=True)


def test_arguments_are_used_together_or_alone() -> None:
    both = parse("\nCustomers: 0000002\nClasses: Dealer\n")
    assert both == Parameters(customers=("0000002",), classes=("Dealer",))
    assert parse("") == Parameters()


def test_names_of_arguments_and_the_word_all_are_read_in_any_case() -> None:
    assert parse("CUSTOMERS: a\nclasses: ALL") == Parameters(customers=("a",), all_classes=True)


def test_values_keep_their_zeros_hyphens_slashes_and_inner_spaces() -> None:
    text = "Customers:  007 ,  bikes/mountain-bikes,Old  Customer:9 "
    assert parse(text).customers == ("007", "bikes/mountain-bikes", "Old  Customer:9")


def test_empty_values_blank_lines_and_repeats_are_ignored_and_the_order_is_kept() -> None:
    assert parse("Customers: b, ,a,,b\r\n\r\n  \r\nCustomers: c, a").customers == ("b", "a", "c")


def test_every_class_includes_the_named_ones() -> None:
    assert parse("Classes: Dealer, all") == Parameters(all_classes=True)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("Categories: bikes\nCustomer: 1\n0000002\nClasses: ,")
    assert [problem.split(";")[0] for problem in caught.value.problems] == [
        'line 1: the argument "Categories" belongs to the item operation UpdateAllItemsSYSPRO',
        'line 2: unknown argument "Customer"',
        'line 3: "0000002" is not an argument',
        "Classes names nothing",
    ]
    assert "known are Customers and Classes" in caught.value.problems[1]


def test_an_argument_left_empty_never_means_everybody() -> None:
    with pytest.raises(ConfigError, match="Customers names nothing"):
        parse("Customers:\n")
    with pytest.raises(ConfigError, match="--customers names nothing"):
        with_options(Parameters(), " , ", None)


def test_options_replace_all_that_is_configured() -> None:
    configured = parse("Customers: 0000002\nClasses: Dealer")
    assert with_options(configured, None, None) == configured
    assert with_options(configured, "0000038, 7", None) == Parameters(customers=("0000038", "7"))
    assert with_options(configured, None, "ALL") == Parameters(all_classes=True)
    assert with_options(configured, "7", "Special") == Parameters(customers=("7",), classes=("Special",))


def test_only_parameters_that_name_something_are_true() -> None:
    assert not Parameters()
    assert Parameters(customers=("1",))
    assert Parameters(classes=("Dealer",))
    assert Parameters(all_classes=True)


NAMES = st.text(st.characters(exclude_characters=",", exclude_categories=("C", "Z")), min_size=1, max_size=15)


@given(st.lists(NAMES, min_size=1, unique=True))
def test_what_is_written_is_read_back(customers: list[str]) -> None:
    assert parse("Customers: " + ", ".join(customers)).customers == tuple(customers)


def test_control_characters_are_a_mistake_in_every_value() -> None:
    with pytest.raises(ConfigError, match="Customers has control characters"):
        parse("Customers: 0000002\x1b[31m")
    with pytest.raises(ConfigError, match="--classes has control characters"):
        with_options(Parameters(), None, "Dealer\n,Special")
