from __future__ import annotations

import pytest
from msgspec.structs import replace

from customary.actions.request import request_of
from customary.config.parameters import parse
from customary.config.settings import OperationConfig
from customary.errors import ConfigError
from customary.model.run import Request, ScopeName, Together

PLAIN = OperationConfig(name="update", command="UpdateCustomers", source="erp", target="hub")
NARROWED = OperationConfig(
    name="update",
    command="UpdateCustomers",
    source="erp",
    target="hub",
    scope=ScopeName.ALL,
    parameters=parse("Customers: 0000002, S1\nClasses: Dealer"),
    together=Together.BOTH,
)


def test_without_options_an_operation_asks_for_what_it_is_configured_to() -> None:
    assert request_of(PLAIN) == Request()
    assert request_of(NARROWED) == Request(
        scope=ScopeName.ALL, customers=("0000002", "S1"), classes=("Dealer",), together=Together.BOTH
    )


def test_any_option_that_names_customers_takes_the_place_of_all_parameters() -> None:
    by_customers = request_of(NARROWED, customers="7, 0008")
    assert (by_customers.customers, by_customers.classes) == (("7", "0008"), ())
    by_classes = request_of(NARROWED, classes="All")
    assert (by_classes.customers, by_classes.classes, by_classes.all_classes) == ((), (), True)


def test_an_initial_load_is_about_everything_whatever_is_configured() -> None:
    assert request_of(NARROWED, initial_load=True) == Request(scope=ScopeName.ALL, initial_load=True)


@pytest.mark.parametrize(("customers", "classes"), [("1", None), (None, "all"), (None, "")])
def test_an_initial_load_of_some_customers_contradicts_itself(
    customers: str | None, classes: str | None
) -> None:
    with pytest.raises(ConfigError, match="leave out --customers and --classes"):
        request_of(PLAIN, initial_load=True, customers=customers, classes=classes)


def test_an_option_without_a_value_does_not_mean_everybody() -> None:
    with pytest.raises(ConfigError) as caught:
        request_of(PLAIN, customers=" , ", classes="")
    assert len(caught.value.problems) == 2
    assert "--customers names nothing" in caught.value.problems[0]


@pytest.mark.parametrize("initial_load", [False, True])
def test_a_dry_run_asks_for_the_same_without_writing(initial_load: bool) -> None:
    real, dry = (request_of(NARROWED, initial_load=initial_load, dry_run=dry) for dry in (False, True))
    assert (real.dry_run, dry.dry_run) == (False, True)
    assert replace(dry, dry_run=False) == real


def test_customers_are_deleted_only_by_a_run_about_all_of_them() -> None:
    deleting = replace(PLAIN, scope=ScopeName.ALL, missing="delete")
    assert request_of(deleting).deletes is True
    for request in (
        request_of(deleting, customers="1"),
        request_of(deleting, initial_load=True),
        request_of(PLAIN),
    ):
        assert request.deletes is False
