from __future__ import annotations

from customary.connectors.contract import Report, Verdict
from tests.connectors.sunsystems.rig import fill, source
from tests.support.sun import Sun


def said(report: Report) -> dict[str, tuple[str, str]]:
    return {probe.name: (probe.verdict.value, probe.text) for probe in report.probes}


def test_a_system_that_works_is_told_step_by_step(sun: Sun) -> None:
    fill(sun, "A")
    with source(sun, ("Name", "Comment")) as made:
        report = made.check()
    told = said(report)
    assert report.ok
    assert list(told) == ["login", "query", "elements", "methods"]
    assert told["query"] == ("ok", "business unit PK1, the mapped elements are understood")
    assert told["methods"][0] == "ok"


def test_a_refused_logon_stops_the_check(sun: Sun) -> None:
    sun.refuse_logon = True
    with source(sun) as made:
        report = made.check()
    assert not report.ok
    assert "refuses the logon of operator PK1" in said(report)["connection"][1]


def test_a_business_unit_that_there_is_not_is_told(sun: Sun) -> None:
    with source(sun, unit="XXX") as made:
        report = made.check()
    assert said(report)["query"][0] == "failed"
    assert "no business unit 'XXX'" in said(report)["query"][1]
    with source(sun, business_unit="") as made:
        assert "set `unit`" in said(made.check())["business unit"][1]


def test_accounts_that_shall_go_before_need_their_component(sun: Sun) -> None:
    with source(sun, accounts="before") as made:
        report = made.check()
    assert report.ok
    assert said(report)["accounts"][0] == Verdict.WARNING


def test_elements_that_this_sunsystems_lacks_are_told_and_can_be_named(sun: Sun) -> None:
    sun.trouble("fault", holding="<MinimumOrderValue/>", times=0, text="MinimumOrderValue is not known")
    with source(sun, ("Name",)) as made:
        report = made.check()
    assert report.ok
    assert "name those in `without`: MinimumOrderValue is not known" in said(report)["elements"][1]
    with source(sun, ("Name",), without=["DeliveryToAddress.MinimumOrderValue"]) as made:
        assert said(made.check())["elements"][0] == "ok"
