from __future__ import annotations

import httpx
import pytest

from customary.cli.sunsystems_sandbox import sunsystems
from customary.protocols.ssc_elements import CUSTOMER
from customary.protocols.ssc_format import SscFormatError
from customary.sandboxes.sunsystems import Fault, FaultError, Settings, SunSystemsSandbox
from customary.sandboxes.sunsystems.seed import customers
from tests.support.components import fields, payload
from tests.support.soap import Desk, Told


def batch(*codes: str, name: str = "x") -> bytes:
    """A payload of customers, each with an account of its own."""
    return payload(
        f"<Customer>{fields(CustomerCode=code, Name=name, ActualAccount=f'9{code}')}"
        f"<Accounts><AccountCode>9{code}</AccountCode></Accounts></Customer>"
        for code in codes
    )


def names(desk: Desk, voucher: str, *codes: str) -> list[str]:
    """The names of these customers; of those that there are."""
    records = desk.execute(voucher, "Query", payload([])).records
    found = {str(record.value("CustomerCode")): str(record.value("Name")) for record in records}
    return [found[code] for code in codes if code in found]


def texts(told: Told) -> list[str]:
    return [
        str(message.value("UserText"))
        for record in told.records
        for messages in record.all("Messages")
        for message in messages.children
    ]


def test_it_holds_its_customers_and_they_can_be_sent_back(desk: Desk, voucher: str) -> None:
    records = desk.execute(voucher, "Query", payload([])).records
    assert [record.value("CustomerCode") for record in records[:2]] == ["C00001", "C00002"]
    assert len(records) == 120
    again = desk.execute(voucher, "CreateOrAmend", payload(record.to_xml() for record in records))
    assert set(again.statuses) == {"success"}
    assert desk.execute(voucher, "Query", payload([], "PKF")).records == ()


def test_the_same_seed_gives_the_same_customers_and_every_107th_is_long() -> None:
    assert list(customers(20, 3)) == list(customers(50, 3))[:20]
    assert list(customers(20, 3)) != list(customers(20, 4))
    long = list(customers(107, 1))[106]
    assert [len(str(long.value(name))) for name in ("Name", "Comment")] == [
        CUSTOMER.elements[name].length for name in ("Name", "Comment")
    ]


def test_closed_lists_and_the_need_of_an_account_hold(desk: Desk, voucher: str) -> None:
    wrong = payload([f"<Customer>{fields(CustomerCode='W1', DefaultCurrencyCode='XXX')}</Customer>"])
    told = desk.execute(voucher, "Create", wrong)
    assert told.statuses == ["fail"]
    assert any("reference list 'currency'" in text for text in texts(told))
    assert any("ActualAccount" in text for text in texts(told))


def test_what_was_asked_is_counted(sandbox: SunSystemsSandbox, desk: Desk, voucher: str) -> None:
    before = sandbox.state.counts()
    desk.execute(voucher, "CreateOrAmend", batch("K1", "K2"))
    after = sandbox.state.counts()
    assert after.total == before.total + 1
    assert after.records == before.records + 2
    assert "Execute Customer/CreateOrAmend" in after.calls


def test_a_voucher_that_expired_stays_so_and_another_is_good(
    sandbox: SunSystemsSandbox, desk: Desk, voucher: str
) -> None:
    sandbox.state.faults.add(Fault(kind="voucher_expired"))
    for _ in range(2):
        told = desk.execute(voucher, "CreateOrAmend", batch("V1"))
        assert told.fault
        assert "access rights" in told.fault.text
        assert told.status == 500
    assert names(desk, desk.authenticate("SUN", "sandbox password"), "V1") == []


def test_an_empty_voucher_a_fault_and_a_refused_batch(
    sandbox: SunSystemsSandbox, desk: Desk, voucher: str
) -> None:
    sandbox.state.faults.add(Fault(kind="empty_voucher"))
    assert desk.authenticate("SUN", "sandbox password") == ""
    sandbox.state.faults.add(Fault(kind="soap_fault", text="It went wrong"))
    told = desk.execute(voucher, "CreateOrAmend", batch("F1"))
    assert told.fault
    assert told.fault.text == "It went wrong"
    sandbox.state.faults.add(Fault(kind="batch_refused", customer="f2", times=0))
    for codes in (("F1", "F2"), ("F2",)):
        told = desk.execute(voucher, "CreateOrAmend", batch(*codes))
        assert told.fault
        assert "MethodExecutionException" in told.fault.text
    assert names(desk, voucher, "F1", "F2") == []
    assert desk.execute(voucher, "CreateOrAmend", batch("F1", "F3")).statuses == ["success"] * 2


@pytest.mark.parametrize("kind", ["record_refused", "record_aborted"])
def test_one_record_fails_and_the_others_are_carried_out(
    sandbox: SunSystemsSandbox, desk: Desk, voucher: str, kind: str
) -> None:
    desk.execute(voucher, "CreateOrAmend", batch("P1", "P2", "P3", name="before"))
    sandbox.state.faults.add(Fault(kind=kind, customer="P2", text="It is locked"))
    told = desk.execute(voucher, "CreateOrAmend", batch("P1", "P2", "P3", name=kind))
    assert told.statuses == ["success", "fail", "success"]
    assert "It is locked" in told.text
    assert told.records[1].value("Name") == kind
    assert texts(told)[0].startswith("Abort()" if kind == "record_aborted" else "It is locked")
    assert names(desk, voucher, "P1", "P2", "P3") == [kind, "before", kind]


def test_a_record_that_fails_is_not_deleted_by_synchronising(
    sandbox: SunSystemsSandbox, desk: Desk, voucher: str
) -> None:
    held = [record.to_xml() for record in desk.execute(voucher, "Query", payload([])).records]
    sandbox.state.faults.add(Fault(kind="record_refused"))
    told = desk.execute(voucher, "CreateReplaceOrDelete", payload(held[:-5]))
    assert told.statuses == ["fail", *["success"] * (len(held) - 6)]
    assert len(desk.execute(voucher, "Query", payload([])).records) == len(held)


def test_a_warning_rides_on_success(sandbox: SunSystemsSandbox, desk: Desk, voucher: str) -> None:
    sandbox.state.faults.add(Fault(kind="record_warned", text="Mind this"))
    told = desk.execute(voucher, "CreateOrAmend", batch("N1"))
    assert (told.statuses, texts(told)) == (["success"], ["Mind this"])


def test_messages_may_stand_at_the_end(sandbox: SunSystemsSandbox, desk: Desk, voucher: str) -> None:
    sandbox.state.faults.add(Fault(kind="old_messages"), Fault(kind="record_refused", text="It is locked"))
    told = desk.execute(voucher, "CreateOrAmend", batch("O1", "O2"))
    assert told.statuses == ["fail", "success"]
    assert texts(told) == []
    assert "<ErrorMessages><Message><PayloadRef>1</PayloadRef><UserText>It is locked" in told.text


@pytest.mark.parametrize(
    ("kind", "done"), [("drop_before", False), ("drop_after", True), ("drop_half", True)]
)
def test_an_answer_may_not_come_though_it_was_done(
    sandbox: SunSystemsSandbox, desk: Desk, voucher: str, kind: str, done: bool
) -> None:
    code = kind.upper().replace("_", "")[:10]
    sandbox.state.faults.add(Fault(kind=kind, call="Execute"))
    with pytest.raises(httpx.RemoteProtocolError):
        desk.execute(voucher, "CreateOrAmend", batch(code))
    assert names(desk, voucher, code) == (["x"] if done else [])


def test_an_answer_may_be_cut_garbage_or_a_page(sandbox: SunSystemsSandbox, desk: Desk, voucher: str) -> None:
    sandbox.state.faults.add(Fault(kind="truncated"))
    with pytest.raises(SscFormatError, match="cut off"):
        desk.execute(voucher, "Query", payload([]))
    sandbox.state.faults.add(Fault(kind="html", status=503))
    assert desk.execute(voucher, "Query", payload([])).status == 503


def test_a_site_may_want_http_basic_besides_the_voucher() -> None:
    with sunsystems(0, settings=Settings(basic="proxy:secret")) as sandbox, httpx.Client() as http:
        wsdl = f"{sandbox.origin}/sunsystems-connect/wsdl/SecurityProvider"
        assert http.get(wsdl).status_code == 401
        http.auth = ("proxy", "secret")
        assert f'location="{sandbox.url}/SecurityProvider"' in http.get(wsdl).text
        assert Desk(sandbox.origin, http).authenticate("SUN", "sandbox password")


def test_the_control_path_sets_faults_ends_vouchers_and_tells_counts(
    sandbox: SunSystemsSandbox, desk: Desk, voucher: str
) -> None:
    assert desk.execute(voucher, "Query", payload([])).fault is None
    assert desk.http.post(f"{sandbox.control_url}/expire").json()["ended"] >= 1
    assert desk.execute(voucher, "Query", payload([])).fault
    fault = {"kind": "slow", "seconds": 0}
    assert desk.http.post(f"{sandbox.control_url}/faults", json=fault).json() == {"set": 1}
    assert desk.http.get(f"{sandbox.control_url}/faults").json() == [{"fault": fault, "met": 0}]
    assert desk.http.post(f"{sandbox.control_url}/faults", json={"kind": "nothing"}).status_code == 400
    assert desk.http.delete(f"{sandbox.control_url}/faults").status_code == 200
    assert "Authenticate" in desk.http.get(f"{sandbox.control_url}/counters").json()["calls"]
    assert desk.http.get(f"{sandbox.control_url}/nothing").status_code == 404


def test_a_wrong_fault_is_told() -> None:
    with (
        pytest.raises(FaultError, match="'nothing' is none of"),
        sunsystems(0, faults=[Fault(kind="nothing")]),
    ):
        pass
