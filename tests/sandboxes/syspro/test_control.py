from __future__ import annotations

import pytest

from tests.sandboxes.syspro.asking import Asking


def test_counters_are_told(asking: Asking) -> None:
    asking.fetch("0000002")
    asking.log_off()
    counts = asking.control("GET", "counters")
    assert counts["calls"] == {"Logoff": 1, "Logon": 1, "Query/Fetch COMFCH": 1}
    assert counts["rows"] == 1
    assert counts["sessions"] == {
        "logons": 1,
        "failed_logons": 0,
        "logoffs": 1,
        "open": 0,
        "most": 1,
        "most_of_one_operator": 1,
        "evicted": 0,
        "thrown_out": 0,
        "expired": 0,
        "leaked": 0,
    }


def test_control_is_not_counted_as_a_call(asking: Asking) -> None:
    asking.control("GET", "customers/0000002")
    assert asking.control("GET", "counters")["calls"] == {}


def test_customers_are_listed_in_parts(asking: Asking) -> None:
    first = asking.control("GET", "customers?limit=2")
    assert first == {"count": 120, "customers": ["0000001", "0000002"]}
    rest = asking.control("GET", "customers?after=2")["customers"]
    assert (rest[0], len(rest)) == ("0000003", 118)


def test_a_customer_is_read_put_changed_and_deleted(asking: Asking) -> None:
    path = "customers/0000002"
    assert asking.control("GET", path) == dict(asking.state.customers["2"])
    assert asking.control("PATCH", path, {"Name": "Changed", "Email": None})["Name"] == "Changed"
    assert "Email" not in asking.customer("2")
    put = {"Name": "Only this", "TaxStatus": "X"}
    assert asking.control("PUT", path, put) == {**put, "Customer": "0000002"}
    assert asking.customer("2") == {"Customer": "0000002", "Name": "Only this", "TaxStatus": "X"}
    asking.control("DELETE", path)
    assert asking.fetch("2").text.startswith("ERROR")


def test_a_customer_whose_key_has_a_slash_can_be_put(asking: Asking) -> None:
    assert asking.control("PUT", "customers/A%2F1", {"Name": "Slash"})["Customer"] == "A/1"
    assert asking.customer("A/1")["Name"] == "Slash"


def test_changes_are_made_and_told_so_that_the_next_run_is_known(asking: Asking) -> None:
    before = {key: dict(record) for key, record in asking.state.customers.items()}
    report = asking.control("POST", "change", {"count": 30, "seed": 7})
    after = {key: dict(record) for key, record in asking.state.customers.items()}
    for each in report["changed"]:
        for name, field in each["fields"].items():
            assert before[each["customer"]][name] == field["before"]
            before[each["customer"]][name] = field["after"]
    assert before == after
    assert len(report["changed"]) == 30
    assert report["terms_only"] == [
        each["customer"] for each in report["changed"] if each["fields"].keys() == {"TermsCode"}
    ]
    assert len(report["terms_only"]) == 3


def test_new_customers_are_added_and_told(asking: Asking) -> None:
    new = asking.control("POST", "new", {"count": 2})["new"]
    assert [record["Customer"] for record in new] == ["0000121", "0000122"]
    assert asking.keys()[119:121] == ["0000122", "S123456"]


def test_faults_are_set_listed_and_cleared(asking: Asking) -> None:
    fault = {"kind": "missing", "customer": "0000002", "times": 0}
    assert asking.control("POST", "faults", fault) == {"set": 1}
    assert asking.control("POST", "faults", [{"kind": "slow"}, {"kind": "html"}]) == {"set": 3}
    listed = asking.control("GET", "faults")
    assert [each["fault"]["kind"] for each in listed] == ["missing", "slow", "html"]
    assert [each["met"] for each in listed] == [0, 0, 0]
    asking.control("DELETE", "faults")
    assert asking.control("GET", "faults") == []


def test_sessions_are_ended_as_if_time_had_run_out(asking: Asking) -> None:
    session = asking.log_on()
    assert asking.control("POST", "expire") == {"ended": 1}
    assert asking.log_off(session).startswith("ERROR")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("POST", "counters", None, 404),
        ("GET", "customers/NOBODY", None, 404),
        ("POST", "customers/0000002", {}, 405),
        ("GET", "customers?limit=many", None, 400),
        ("PUT", "customers/0000002", {"Nmae": "x"}, 400),
        ("PUT", "customers/0000002", {"Name": 1}, 400),
        ("POST", "change", {"count": 0}, 400),
        ("POST", "change", {"counts": 1}, 400),
        ("POST", "faults", {"kind": "volcano"}, 400),
        ("POST", "faults", {"kind": "slow", "sceonds": 1}, 400),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(
    asking: Asking, method: str, path: str, body: object, status: int
) -> None:
    answer = asking.http.request(method, f"{asking.sandbox.control_url}/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
