"""Each kind of fault, over the wire."""

from __future__ import annotations

import httpx
import pytest

from customary.protocols import enet
from customary.sandboxes.syspro import Fault, FaultError, Texts
from customary.sandboxes.syspro.state import KINDS
from tests.sandboxes.syspro.asking import Asking
from tests.sandboxes.syspro.conftest import Opening


def test_a_wrong_password_is_counted_as_a_failed_logon(opening: Opening) -> None:
    with opening(Fault(kind="wrong_password", times=0)) as asking:
        assert [asking.log_on(), asking.log_on()] == [Texts().password] * 2
        assert asking.state.counts().sessions.failed_logons == 2


def test_a_licence_is_refused_at_logon_only(opening: Opening) -> None:
    with opening(Fault(kind="licence", text="ERROR: no seat")) as asking:
        assert asking.get(enet.VERSION).text == "7.0.0.6"
        assert asking.log_on() == "ERROR: no seat"
        assert enet.is_session(asking.log_on())


def test_a_lost_session_is_gone_for_good(opening: Opening) -> None:
    with opening(Fault(kind="session_lost", customer="0000003")) as asking:
        assert asking.fetch("0000002").text.startswith("<?xml")
        assert asking.fetch("0000003").text == Texts().session
        assert asking.fetch("0000002").text == Texts().session
        assert asking.log_off() == Texts().logoff
        counts = asking.state.counts().sessions
        assert (counts.expired, counts.open, counts.leaked) == (1, 0, 0)


def test_access_is_denied_to_one_business_object(opening: Opening) -> None:
    with opening(Fault(kind="access_denied", object="COMFND", times=0)) as asking:
        assert asking.find().text == (
            "ERROR: Access denied to Functional Area 'System Query' for operator 'WEB' "
            "(Business Object 'COMFND')"
        )
        assert asking.fetch("0000002").text.startswith("<?xml")


def test_exception_100000_comes_as_its_text(opening: Opening) -> None:
    with opening(Fault(kind="exception_100000", call="Query/Fetch")) as asking:
        assert asking.fetch("0000002").text == "ERROR: e.net exception raised: 100000"
        assert asking.fetch("0000002").text.startswith("<?xml")


def test_a_missing_customer_is_not_fetched_and_left_out_of_lists(opening: Opening) -> None:
    with opening(Fault(kind="missing", customer="2", times=0)) as asking:
        assert asking.fetch("0000002").text == "ERROR: Key not found on table ArCustomer"
        assert asking.keys(return_rows=3) == ["0000001", "0000003"]
        assert asking.fetch("0000003").text.startswith("<?xml")


def test_a_listing_may_lack_a_customer_that_a_fetch_finds(opening: Opening) -> None:
    with opening(Fault(kind="missing", object="COMFND", times=0)) as asking:
        assert asking.keys(return_rows=3) == ["0000002", "0000003"]
        assert asking.customer("0000001")["Customer"] == "0000001"


def test_a_forbidden_character_spoils_the_document_that_holds_the_customer(opening: Opening) -> None:
    with opening(Fault(kind="forbidden_character", customer="0000002", times=0)) as asking:
        assert b"\x01" in asking.find(return_rows=3).content
        assert b"\x01" in asking.fetch("0000002").content
        assert b"\x01" not in asking.fetch("0000003").content
        with pytest.raises(enet.EnetFormatError):
            asking.rows()


def test_a_page_comes_again(opening: Opening) -> None:
    with opening(Fault(kind="repeat_page", nth=2)) as asking:
        after = enet.Expression("Customer", "GT", "0000003")
        assert asking.keys(return_rows=3) == ["0000001", "0000002", "0000003"]
        assert asking.keys(after, return_rows=3) == ["0000001", "0000002", "0000003"]
        assert asking.keys(after, return_rows=3) == ["0000004", "0000005", "0000006"]


def test_rows_come_out_of_order(opening: Opening) -> None:
    with opening(Fault(kind="rows_out_of_order")) as asking:
        assert asking.keys(return_rows=3) == ["0000003", "0000002", "0000001"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "drop_half"])
def test_a_dropped_connection_is_one(opening: Opening, kind: str) -> None:
    with opening(Fault(kind=kind, call="Query/Fetch")) as asking:
        asking.log_on()
        with pytest.raises(httpx.RemoteProtocolError):
            asking.fetch("0000002")
        assert asking.fetch("0000002").status_code == 200


@pytest.mark.parametrize(("kind", "done"), [("drop_before", 0), ("drop_after", 1)])
def test_a_drop_happens_before_or_after_the_work(opening: Opening, kind: str, done: int) -> None:
    with opening(Fault(kind=kind, call="Logon")) as asking:
        with pytest.raises(httpx.RemoteProtocolError):
            asking.log_on()
        assert asking.state.counts().sessions.logons == done


def test_a_truncated_answer_says_that_it_is_whole(opening: Opening) -> None:
    with opening(Fault(kind="truncated", object="COMFND")) as asking:
        answer = asking.find()
        assert len(answer.content) == int(answer.headers["Content-Length"])
        with pytest.raises(enet.EnetFormatError):
            enet.parse_xml(answer.content)


def test_garbage_and_web_pages_come_under_http_200(opening: Opening) -> None:
    with opening(Fault(kind="garbage"), Fault(kind="html", nth=2)) as asking:
        assert asking.get(enet.VERSION).text == "The service is being restarted."
        page = asking.get(enet.VERSION)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
        assert "<html>" in page.text


def test_a_server_error_has_its_status(opening: Opening) -> None:
    with opening(Fault(kind="http_500"), Fault(kind="http_500", nth=2, status=502)) as asking:
        assert [asking.get(enet.VERSION).status_code for _ in range(3)] == [500, 502, 200]


def test_a_slow_answer_outlasts_a_client_that_does_not_wait(opening: Opening) -> None:
    with opening(Fault(kind="slow", seconds=3600)) as asking:
        with pytest.raises(httpx.ReadTimeout):
            asking.http.get(asking.sandbox.url + enet.VERSION, timeout=0.05)
        assert asking.get(enet.VERSION).text == "7.0.0.6"


def test_faults_can_be_set_while_it_runs(asking: Asking) -> None:
    asking.state.faults.add(Fault(kind="missing", customer="0000002"))
    assert asking.fetch("2").text.startswith("ERROR")
    assert asking.fetch("2").text.startswith("<?xml")


def test_a_kind_that_there_is_not_is_refused_by_name(opening: Opening) -> None:
    with pytest.raises(FaultError, match="volcano"), opening(Fault(kind="volcano")):
        pass


def test_every_kind_says_what_it_does() -> None:
    assert all(kind.meaning for kind in KINDS.values())
    assert len(KINDS) == 17
