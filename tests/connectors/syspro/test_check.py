from __future__ import annotations

import pytest

from customary.connectors.contract import Report, Verdict
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.syspro.connector import SysproSource
from customary.sandboxes.server import LoopbackServer, Reply
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.settings import Operator, Settings, Texts
from tests.connectors.syspro.rig import FIELDS, config, fault, source
from tests.support.pages import keys, listed


def verdicts(report: Report) -> dict[str, Verdict]:
    """The verdict of each probe."""
    return {probe.name: probe.verdict for probe in report.probes}


def text(report: Report, name: str) -> str:
    """What one probe says."""
    return next(probe.text for probe in report.probes if probe.name == name)


def test_a_system_that_works_passes_and_tells_what_it_is(sandbox: SysproSandbox) -> None:
    with source(sandbox) as made:
        report = made.check()

    assert report.ok
    assert set(verdicts(report).values()) == {Verdict.OK}
    assert "7.0.0.6" in text(report, "server")
    assert text(report, "logon") == "operator WEB in company A"
    assert "Sandbox Trading" in text(report, "profile")
    assert text(report, "customer numbers") == "the first is 0000001: 7 digits"
    assert text(report, "fields") == "all 20 fields of the mapping are shown"


def test_a_check_reads_at_most_one_customer_and_leaves_no_session(sandbox: SysproSandbox) -> None:
    with source(sandbox) as made:
        made.check()

    counts = sandbox.state.counts()
    assert counts.rows == 2, "one customer, listed and singly"
    assert (counts.sessions.logons, counts.sessions.open) == (1, 0)


def test_reading_goes_on_with_the_session_of_the_check(sandbox: SysproSandbox) -> None:
    with source(sandbox) as made:
        made.check()
        assert keys(listed(made, "0000002")) == ["0000002"]

    assert sandbox.state.counts().sessions.logons == 1


def test_a_system_that_does_not_answer_fails_with_what_to_look_at(sandbox: SysproSandbox) -> None:
    fault(sandbox, "drop_before", times=0)
    with source(sandbox) as made:
        report = made.check()

    assert verdicts(report) == {"server": Verdict.FAILED}
    assert "host, port and path" in text(report, "server")
    assert not report.ok


def test_another_server_at_that_address_fails() -> None:
    server = LoopbackServer(lambda _: Reply(body=b"<html>It works!</html>"))
    server.start()
    try:
        report = _check(f"http://127.0.0.1:{server.port}")
    finally:
        server.stop()

    assert "not as SYSPRO" in text(report, "server")


@pytest.mark.parametrize("kind", ["wrong_password", "licence"])
def test_a_refused_logon_fails_in_syspros_words(sandbox: SysproSandbox, kind: str) -> None:
    fault(sandbox, kind, times=0)
    with source(sandbox) as made:
        report = made.check()

    assert verdicts(report)["logon"] is Verdict.FAILED
    assert "refuses the logon of operator WEB" in text(report, "logon")
    assert "passwords" in text(report, "logon")


def test_a_session_in_use_fails_and_says_by_whom(sandbox: SysproSandbox) -> None:
    lease = MemoryLease("erp", 0)
    with source(sandbox, lease) as busy, source(sandbox, lease) as made:
        listed(busy, "0000001")
        report = made.check()

    assert verdicts(report) == {"server": Verdict.OK, "session": Verdict.FAILED}
    assert "in use by thread" in text(report, "session")
    assert sandbox.state.counts().sessions.logons == 1


def test_an_operator_without_lists_is_a_warning_and_without_single_customers_a_failure() -> None:
    for denied, verdict in (("COMFND", Verdict.WARNING), ("COMFCH", Verdict.FAILED)):
        settings = Settings(operators=(Operator(denied=frozenset({denied})),))
        with SysproSandbox(customers=3, settings=settings) as sandbox, source(sandbox) as made:
            report = made.check()
        (name,) = (probe.name for probe in report.probes if denied in probe.name)
        assert verdicts(report)[name] is verdict
        assert "Access denied" in text(report, name)
        assert report.ok is (verdict is Verdict.WARNING)


def test_hidden_fields_and_unknown_columns_are_named() -> None:
    settings = Settings(operators=(Operator(hidden=frozenset({"Email", "Branch"})),))
    with SysproSandbox(customers=3, settings=settings) as sandbox:
        with source(sandbox) as made:
            hidden = made.check()
        with source(sandbox, fields=(*FIELDS, "Ghost")) as made:
            unknown = made.check()

    assert text(hidden, "fields") == "not shown to this operator, so left alone: Email, Branch"
    assert "Invalid column name; customers are read one at a time" in text(unknown, "lists (COMFND)")


def test_words_for_an_unknown_customer_that_are_not_understood_are_told() -> None:
    settings = Settings(texts=Texts(missing="ERROR: Schlüssel fehlt"))
    with SysproSandbox(customers=3, settings=settings) as sandbox, source(sandbox) as made:
        report = made.check()

    assert verdicts(report)["unknown customers"] is Verdict.WARNING
    assert "Schlüssel fehlt; if this means" in text(report, "unknown customers")
    assert "missing_texts" in text(report, "unknown customers")


def test_a_company_without_customers_is_a_warning() -> None:
    with SysproSandbox(customers=0) as sandbox, source(sandbox) as made:
        report = made.check()

    assert report.ok
    assert "no customer" in text(report, "lists (COMFND)")


def test_a_connection_lost_in_the_middle_fails_where_it_was_lost(sandbox: SysproSandbox) -> None:
    fault(sandbox, "drop_before", object="COMFND", times=0)
    with source(sandbox) as made:
        report = made.check()

    assert report.probes[-1].verdict is Verdict.FAILED
    assert "stopped here" in report.probes[-1].text


def test_a_session_that_was_left_behind_is_told(sandbox: SysproSandbox) -> None:
    lease = MemoryLease("erp", 0)
    with lease.hold() as held:
        held.remember("0123456789ABCDEF0123456789ABCDEF00  ")
    with source(sandbox, lease) as made:
        report = made.check()

    assert "a stopped process left" in text(report, "session")


def test_an_address_without_encryption_is_a_warning_unless_it_is_this_machine() -> None:
    report = _check("http://erp.invalid/Rest")

    assert verdicts(report)["encryption"] is Verdict.WARNING
    assert "encryption" not in verdicts(_check("https://erp.invalid/Rest"))


def test_a_server_that_does_not_tell_who_is_logged_on_can_be_used(sandbox: SysproSandbox) -> None:
    fault(sandbox, "garbage", call="GetLogonProfile", times=0)
    with source(sandbox) as made:
        report = made.check()

    assert verdicts(report)["profile"] is Verdict.WARNING
    assert report.ok


def test_a_logon_as_somebody_else_is_a_warning(sandbox: SysproSandbox) -> None:
    profile = "<UserProfile><OperatorCode>ADMIN</OperatorCode></UserProfile>"
    fault(sandbox, "garbage", call="GetLogonProfile", times=0, text=profile)
    with source(sandbox) as made:
        report = made.check()

    assert "another operator: ADMIN" in text(report, "profile")


def test_a_listed_number_that_cannot_be_fetched_is_a_warning(sandbox: SysproSandbox) -> None:
    fault(sandbox, "missing", call="Query/Fetch", times=0)
    with source(sandbox) as made:
        report = made.check()

    assert "key_length" in text(report, "single customers (COMFCH)")
    assert report.ok


def test_a_single_customer_that_cannot_be_read_is_a_warning(sandbox: SysproSandbox) -> None:
    fault(sandbox, "garbage", call="Query/Fetch", times=0)
    with source(sandbox) as made:
        report = made.check()

    assert verdicts(report)["single customers (COMFCH)"] is Verdict.WARNING


def _check(url: str) -> Report:
    made = SysproSource("erp", config(url), FIELDS, MemoryLease("erp", 0))
    try:
        return made.check()
    finally:
        made.close()
