from __future__ import annotations

import pytest

from customary.sandboxes.sage200 import Fault, FaultError, Sage200Sandbox
from tests.sandboxes.sage200.asking import Asking
from tests.sandboxes.sage200.conftest import Opening


@pytest.mark.parametrize("header", ["Authorization", "X-Site", "X-Company"])
def test_without_a_header_the_answer_is_an_empty_401(asking: Asking, header: str) -> None:
    del asking.headers[header]
    answer = asking.ask("GET", "customers")
    assert (answer.status_code, answer.content) == (401, b"")


def test_sites_need_no_company(asking: Asking) -> None:
    del asking.headers["X-Site"], asking.headers["X-Company"]
    assert [(site["company_id"], site["site_name"]) for site in asking.get("sites")] == [
        (1, "Sandbox"),
        (2, "Sandbox"),
    ]


def test_a_subscription_key_may_be_needed(opening: Opening) -> None:
    with opening(subscription_key="k") as asking:
        assert asking.ask("GET", "sites").status_code == 401
        asking.headers["ocp-apim-subscription-key"] = "k"
        assert asking.ask("GET", "sites").status_code == 200


@pytest.mark.parametrize(
    "path", ["nothing", "customers/x", "customers/1", "country_codes/99", "customer_contacts/1"]
)
def test_what_there_is_not_is_404(asking: Asking, path: str) -> None:
    assert asking.ask("GET", path).status_code == 404


def test_the_other_edition_has_another_path(asking: Asking) -> None:
    address = asking.sandbox.url.replace("sage200extra", "sage200")
    assert asking.http.get(f"{address}/sites", headers=asking.headers).status_code == 404


@pytest.mark.parametrize(
    "resource", ["currencies", "currency_iso_codes", "country_codes", "tax_codes", "salutations"]
)
def test_codes_are_listed_and_read_by_id(asking: Asking, resource: str) -> None:
    rows = (
        asking.get(resource, expand="currency_iso_code") if resource == "currencies" else asking.get(resource)
    )
    assert len({row["id"] for row in rows}) == len(rows) >= 5
    assert asking.get(f"{resource}/{rows[0]['id']}")["id"] == rows[0]["id"]
    assert asking.ask("POST", resource, {}).status_code == 405


def test_the_vendors_examples_have_their_ids(asking: Asking) -> None:
    assert asking.get("country_codes/13")["code"] == "GB"
    assert asking.get("tax_codes/2")["code"] == 1
    (pound,) = asking.get("currencies", filter="id eq 1", expand="currency_iso_code")
    assert pound["currency_iso_code"]["code"] == "GBP"
    assert [row["value"] for row in asking.get("account_status_types")] == [
        "AccountStatusActive",
        "AccountStatusHidden",
    ]


def test_lists_may_be_wrapped(opening: Opening) -> None:
    with opening(wrapped=True) as asking:
        assert len(asking.get("customers")["value"]) == 120
        assert asking.get("customers/27006")["id"] == 27006


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("array", '[{"error_code":400,"message":"The field name is required."}]'),
        ("gateway", '{"statusCode":400,"message":"The field name is required."}'),
        ("text", "The field name is required."),
        ("empty", ""),
    ],
)
def test_a_400_has_one_of_several_shapes(opening: Opening, shape: str, body: str) -> None:
    with opening(error_shape=shape) as asking:
        assert asking.ask("POST", "customers", {"reference": "A", "name": ""}).text == body


def test_more_than_the_rate_is_429_with_a_time_to_wait(opening: Opening) -> None:
    with opening(rate=3) as asking:
        answers = [asking.ask("GET", "sites") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["Retry-After"] == "1"
        assert asking.state.counts().most_in_a_second == 3


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("token_expired", 401),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("too_many", 429),
        ("gateway_timeout", 504),
        ("http_500", 500),
    ],
)
def test_a_fault_strikes_once_and_does_nothing(asking: Asking, kind: str, status: int) -> None:
    asking.state.faults.add(Fault(kind=kind, call="PUT customers/id"))
    answer = asking.ask("PUT", "customers/27006", {"website": "changed"})
    assert answer.status_code == status
    if kind != "http_500":
        assert asking.state.customers.get(27006)["website"] != "changed"


def test_a_write_can_happen_though_the_answer_is_a_time_out(asking: Asking) -> None:
    asking.state.faults.add(Fault(kind="commit_then_time_out", call="POST customers", customer="NEW1"))
    assert asking.ask("POST", "customers", {"reference": "OTHER", "name": "A"}).status_code == 200
    assert asking.ask("POST", "customers", {"reference": "NEW1", "name": "A"}).status_code == 504
    assert asking.state.customers.by_reference("new1") is not None
    asking.state.faults.add(Fault(kind="commit_then_time_out", call="PUT customers/id", customer="NEW1"))
    made = asking.state.customers.by_reference("NEW1")
    assert made is not None
    assert asking.ask("PUT", f"customers/{made['id']}", {"website": "changed"}).status_code == 504
    assert asking.state.customers.get(made["id"])["website"] == "changed"


def test_a_list_can_ignore_its_page_and_filter(asking: Asking) -> None:
    asking.state.faults.add(Fault(kind="repeat_page", object="country_codes", times=0))
    first, second = (asking.get("country_codes", orderby="id", top="5", skip=skip) for skip in ("0", "5"))
    assert first == second
    assert len(first) == 5


def test_the_tunnel_can_be_lost(asking: Asking) -> None:
    asking.state.faults.add(Fault(kind="no_sites"))
    assert asking.get("sites") == []


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(FaultError, match="volcano"):
        Sage200Sandbox(1, faults=[Fault(kind="volcano")])


def test_a_company_without_customers_is_still_one(opening: Opening) -> None:
    with opening() as asking:
        for record in list(asking.state.customers):
            asking.state.customers.forget(record["id"])
        assert asking.get("customers") == []
