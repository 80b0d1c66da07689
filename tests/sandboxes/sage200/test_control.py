from __future__ import annotations

import pytest

from tests.sandboxes.sage200.asking import Asking


def test_counters_tell_calls_rows_and_tokens(asking: Asking) -> None:
    asking.get("customers", top="3")
    asking.token(grant_type="refresh_token", refresh_token=asking.issue()["refresh_token"])
    counts = asking.control("GET", "counters")
    assert counts["calls"] == {"GET customers": 1, "POST token": 1}
    assert (counts["rows"], counts["tokens"]["refreshes"], counts["most_at_once"]) == (3, 1, 1)


def test_customers_are_listed_read_changed_added_and_taken_away(asking: Asking) -> None:
    listed = asking.control("GET", "customers?after=27006&limit=2")
    assert (listed["count"], [row["id"] for row in listed["customers"]]) == (120, [27009, 27012])
    assert asking.control("PATCH", "customers/27009", {"name": "Changed"})["name"] == "Changed"
    assert asking.control("GET", "customers/27009")["name"] == "Changed"
    asking.control("DELETE", "customers/27009")
    assert asking.ask("GET", "customers/27009").status_code == 404
    assert len(asking.control("POST", "new", {"count": 2})["new"]) == 2


def test_tokens_are_given_and_ended(asking: Asking) -> None:
    told = asking.control("POST", "token", {"age_days": 91})
    assert asking.control("POST", "expire", {"refresh": True})["ended"] == 2
    assert asking.ask("GET", "sites").status_code == 401
    assert asking.token(grant_type="refresh_token", refresh_token=told["refresh_token"]).status_code == 403


def test_faults_are_set_listed_and_cleared(asking: Asking) -> None:
    assert asking.control("POST", "faults", [{"kind": "slow"}, {"kind": "too_many"}]) == {"set": 2}
    assert [each["fault"]["kind"] for each in asking.control("GET", "faults")] == ["slow", "too_many"]
    asking.control("DELETE", "faults")
    assert asking.control("GET", "faults") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("GET", "customers/1", None, 404),
        ("POST", "customers/27006", {}, 405),
        ("GET", "customers?limit=many", None, 400),
        ("POST", "new", {"count": 0}, 400),
        ("POST", "faults", {"kind": "volcano"}, 400),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    asking: Asking, method: str, path: str, body: object, status: int
) -> None:
    answer = asking.http.request(method, f"{asking.sandbox.control_url}/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
