from __future__ import annotations

from typing import Any

import pytest

from tests.sandboxes.sage200.asking import Asking
from tests.sandboxes.sage200.conftest import Opening
from tests.sandboxes.sage200.test_customers import FREE

PARTS = ("customer_emails", "customer_telephones", "customer_mobiles", "customer_faxes", "customer_websites")


def contact(asking: Asking) -> Any:
    (found,) = asking.get(f"customers/{FREE}", expand="contacts")["contacts"]
    return found


def put(asking: Asking, **values: Any) -> Any:
    """Amend the only contact of a customer; gives it."""
    body = {"contacts": [{"id": contact(asking)["id"], **values}]}
    answer = asking.ask("PUT", f"customers/{FREE}", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["contacts"][0]


def test_emails_are_added_amended_and_removed_in_the_contact(asking: Asking) -> None:
    put(asking, emails=[{"id": each["id"], "is_to_delete": True} for each in contact(asking)["emails"]])
    assert (contact(asking)["emails"], contact(asking)["default_email"]) == ([], "")
    made = put(asking, emails=[{"email": "a@example.com"}, {"email": "b@example.com", "is_default": True}])
    first, second = made["emails"]
    assert [(each["email"], each["is_default"]) for each in made["emails"]] == [
        ("a@example.com", False),
        ("b@example.com", True),
    ]
    assert made["default_email"] == "b@example.com"
    amended = put(asking, emails=[{"id": first["id"], "email": "c@example.com"}])
    assert [each["email"] for each in amended["emails"]] == ["c@example.com", "b@example.com"]
    left = put(asking, emails=[{"id": second["id"], "is_to_delete": True}])
    assert (left["default_email"], left["emails"][0]["is_default"]) == ("c@example.com", True)


def test_a_telephone_has_its_full_number_and_the_default_one_is_the_contacts(asking: Asking) -> None:
    # SOURCE: seed 003, full example: <default_telephone>+44 191 303 7279</default_telephone>
    parts = {"country_code": "+44", "area_code": "191", "subscriber_number": "303 7279", "is_default": True}
    made = put(asking, telephones=[parts])
    assert made["default_telephone"] == "+44 191 303 7279"
    assert made["telephones"][-1]["full_number"] == "+44 191 303 7279"


def test_what_hangs_on_a_contact_stays_when_the_contact_is_amended(asking: Asking) -> None:
    put(asking, emails=[{"email": "a@example.com", "is_default": True}])
    assert put(asking, first_name="Zoë")["default_email"] == "a@example.com"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"emails": [{"email": "x" * 228}]}, "email must have at most 227"),
        ({"telephones": [{"country_code": "+44444"}]}, "country_code must have at most 5"),
        ({"emails": [{"id": 5, "email": "a@b.c"}]}, "have no 5"),
        ({"emails": [{"email": None}]}, "cannot be null"),
        ({"emails": "a@b.c"}, "is no list of objects"),
    ],
)
def test_a_part_that_is_wrong_is_refused(asking: Asking, values: dict[str, Any], told: str) -> None:
    before = contact(asking)
    body = {"contacts": [{"id": before["id"], **values}]}
    assert told in asking.refused("PUT", f"customers/{FREE}", body)
    assert contact(asking) == before


@pytest.mark.parametrize("resource", PARTS)
def test_each_kind_of_part_is_a_resource_of_its_own(asking: Asking, resource: str) -> None:
    id_ = contact(asking)["id"]
    field = {"customer_emails": "email", "customer_websites": "website"}.get(resource, "subscriber_number")
    made = asking.ask("POST", f"customers/{FREE}/customer_contacts/{id_}/{resource}", {field: "one"}).json()
    second = asking.ask("POST", f"customer_contacts/{id_}/{resource}", {field: "two"}).json()
    assert (made[field], second[field], made["customer_contact_id"]) == ("one", "two", id_)
    assert asking.ask("PUT", f"{resource}/{made['id']}", {field: "three"}).json()[field] == "three"
    assert asking.get(f"{resource}/{made['id']}")[field] == "three"
    texts = {row["id"]: row[field] for row in asking.get(f"customer_contacts/{id_}/{resource}")}
    assert (texts[made["id"]], texts[second["id"]]) == ("three", "two")
    assert asking.ask("DELETE", f"{resource}/{second['id']}").status_code == 200
    assert asking.ask("GET", f"{resource}/{second['id']}").status_code == 404
    assert second["id"] not in [row["id"] for row in asking.get(resource, orderby="id", top="5000")]


def test_a_part_of_another_customers_contact_is_404(asking: Asking) -> None:
    id_ = contact(asking)["id"]
    answer = asking.ask(
        "POST", f"customers/{FREE + 3}/customer_contacts/{id_}/customer_emails", {"email": "a"}
    )
    assert answer.status_code == 404


def test_made_up_contacts_agree_with_what_hangs_on_them(asking: Asking) -> None:
    rows = asking.get("customer_contacts", orderby="id")
    assert [row["default_email"] for row in rows] == [
        next((each["email"] for each in row["emails"] if each["is_default"]), "") for row in rows
    ]
    assert [row["default_telephone"] for row in rows] == [
        next((each["full_number"] for each in row["telephones"] if each["is_default"]), "") for row in rows
    ]
    assert any(row["emails"] for row in rows)


@pytest.mark.parametrize("moves", [True, False])
def test_a_contact_may_or_may_not_move_its_customer(opening: Opening, moves: bool) -> None:
    with opening(parts_move_customer=moves) as asking:
        before = asking.get(f"customers/{FREE}")["date_time_updated"]
        put(asking, first_name="Zoë")
        after = asking.get(f"customers/{FREE}")["date_time_updated"]
        assert (after > before) is moves
        asking.ask("PUT", f"customers/{FREE}", {"website": "moved"})
        assert asking.get(f"customers/{FREE}")["date_time_updated"] > before
