from __future__ import annotations

from typing import Any

import pytest

from customary.connectors.contract import Report, Verdict
from customary.connectors.memory_lease import MemoryLease
from customary.sandboxes.sage200 import Company, Sage200Sandbox, Settings
from customary.sandboxes.sage200.settings import COMPANIES
from tests.connectors.sage200.rig import fault, logged_in, source


def told(report: Report) -> dict[str, tuple[str, str]]:
    return {probe.name: (probe.verdict.value, probe.text) for probe in report.probes}


def test_a_system_that_works_is_told_step_by_step(sandbox: Sage200Sandbox) -> None:
    with source(sandbox) as made:
        report = made.check()
    assert report.ok
    assert all(probe.verdict is Verdict.OK for probe in report.probes)
    assert [*told(report)] == ["login", "company", "user", "customers", "fields", "codes"]
    assert "90 days left" in told(report)["login"][1]
    assert "Sandbox Trading Ltd" in told(report)["company"][1]


@pytest.mark.parametrize(
    ("age", "verdict", "text"),
    [(0, "ok", "90 days left"), (81, "warning", "9 days left"), (91, "failed", "has ended")],
)
def test_the_days_left_are_told_and_warned_of(
    sandbox: Sage200Sandbox, age: float, verdict: str, text: str
) -> None:
    with source(sandbox, logged_in(sandbox, age)) as made:
        found = told(made.check())["login"]
    assert found[0] == verdict
    assert text in found[1]
    assert ("customary login sage" in found[1]) == (verdict != "ok")


def test_without_a_login_the_check_says_how_to_log_in(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, MemoryLease("sage", 0)) as made:
        report = made.check()
    assert not report.ok
    assert told(report) == {"login": ("failed", "nobody has logged in; run: customary login sage")}


@pytest.mark.parametrize("changes", [{"site": "", "company": 0}, {"company": 3}, {"site": "other"}])
def test_companies_are_listed_where_none_fits(sandbox: Sage200Sandbox, changes: dict[str, Any]) -> None:
    with source(sandbox, **changes) as made:
        verdict, text = told(made.check())["company"]
    assert verdict == "failed"
    assert all(f"company = {each.company_id}" in text and each.site_id in text for each in COMPANIES)


def test_a_company_that_the_user_may_not_use_is_not_listed() -> None:
    companies = (Company(allowed=False), Company(company_id=2))
    with Sage200Sandbox(3, settings=Settings(companies=companies)) as sandbox, source(sandbox) as made:
        verdict, text = told(made.check())["company"]
    assert verdict == "failed"
    assert "company = 1 " not in text


def test_a_lost_tunnel_is_told(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "no_sites")
    with source(sandbox) as made:
        assert "tunnel" in told(made.check())["company"][1]


def test_fields_that_a_site_lacks_are_told() -> None:
    with Sage200Sandbox(3, settings=Settings(edition="standard")) as sandbox, source(sandbox) as made:
        report = made.check()
    assert report.ok
    verdict, text = told(report)["fields"]
    assert (verdict, "telephone_area_code" in text) == ("warning", True)


def test_a_missing_right_is_told(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "forbidden", object="customers")
    with source(sandbox) as made:
        report = made.check()
    assert not report.ok
    assert "role" in report.probes[-1].text


def test_tables_of_codes_that_cannot_be_read_are_told(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "http_500", status=400, object="salutations")
    with source(sandbox) as made:
        assert told(made.check())["codes"][0] == "failed"


def test_tokens_in_clear_text_are_warned_of(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, url="http://sage.invalid/v1", connect_timeout=1) as made:
        assert told(made.check())["encryption"][0] == "warning"
