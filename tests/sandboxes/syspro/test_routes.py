from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols import enet
from customary.sandboxes.server import Request
from customary.sandboxes.syspro import Company, Fault, Operator, Texts
from customary.sandboxes.syspro.routes import Service
from customary.sandboxes.syspro.settings import URL_PREFIX, Settings
from customary.sandboxes.syspro.state import State
from tests.sandboxes.syspro.asking import LOGON, Asking
from tests.sandboxes.syspro.conftest import Opening


def test_a_session_id_is_34_hex_digits_and_two_blanks(asking: Asking) -> None:
    answer = asking.get(enet.LOGON, **LOGON)
    assert re.fullmatch(r"[0-9A-F]{34}  ", answer.text)
    assert answer.headers["Content-Length"] == "36"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Server"] == "Microsoft-HTTPAPI/2.0"


@pytest.mark.parametrize("form", [str, str.strip], ids=["with blanks", "stripped"])
def test_a_session_id_is_taken_with_and_without_its_blanks(asking: Asking, form: type[str]) -> None:
    session = form(asking.log_on())
    assert "<OperatorCode>WEB</OperatorCode>" in asking.get(enet.PROFILE, UserId=session).text
    assert asking.log_off(session) == "0"


def test_a_version_is_told_without_a_session(asking: Asking) -> None:
    assert asking.get(enet.VERSION).text == "7.0.0.6"


@pytest.mark.parametrize("path", ["/LOGON", "/logon", "/Logon/"])
def test_paths_are_taken_in_any_case(asking: Asking, path: str) -> None:
    assert enet.is_session(asking.get(path, **LOGON).text)


def test_parameter_names_are_taken_in_any_case(asking: Asking) -> None:
    assert enet.is_session(
        asking.get(enet.LOGON, **{name.upper(): text for name, text in LOGON.items()}).text
    )


def test_a_path_that_there_is_not_is_a_404(asking: Asking) -> None:
    assert asking.get("/Query/NextKey").status_code == 404
    assert asking.http.get(asking.sandbox.url.replace("Rest", "Soap")).status_code == 404


def test_a_read_by_post_is_a_405(asking: Asking) -> None:
    assert asking.http.post(asking.sandbox.url + enet.VERSION).status_code == 405


def test_the_errors_of_e_net_come_under_http_200(asking: Asking) -> None:
    answer = asking.get(enet.LOGON, **{**LOGON, "OperatorPassword": "wrong"})
    assert (answer.status_code, answer.text) == (200, "ERROR: Invalid operator password")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"Operator": "NOBODY"}, Texts().operator),
        ({"CompanyId": "Z"}, Texts().company),
        ({"CompanyPassword": "wrong"}, Texts().company_password),
        ({"OperatorPassword": ""}, Texts().password),
    ],
)
def test_a_logon_that_is_wrong_is_refused_and_counted(
    asking: Asking, changed: dict[str, str], text: str
) -> None:
    assert asking.log_on(**changed) == text
    counts = asking.state.counts().sessions
    assert (counts.failed_logons, counts.logons, counts.open) == (1, 0, 0)


@pytest.mark.parametrize("left_out", sorted(LOGON))
def test_a_logon_without_one_of_its_four_parameters_is_refused(asking: Asking, left_out: str) -> None:
    sent = {name: text for name, text in LOGON.items() if name != left_out}
    assert asking.get(enet.LOGON, **sent).text.startswith("ERROR:")


def test_operators_and_companies_have_their_own_passwords(opening: Opening) -> None:
    operators = (Operator(code="WEB", password="p&ss=?+ü"), Operator(code="ANN", password=""))
    companies = (Company(code="A"), Company(code="B", password="zwei", name="Übersee & Co"))
    with opening(operators=operators, companies=companies) as asking:
        assert enet.is_session(asking.log_on(OperatorPassword="p&ss=?+ü"))
        session = asking.log_on(Operator="ann", OperatorPassword="", CompanyId="b", CompanyPassword="zwei")
        profile = enet.parse_xml(asking.get(enet.PROFILE, UserId=session).content)
        assert profile.findtext("CompanyName") == "Übersee & Co"
        assert profile.findtext("OperatorCode") == "ANN"


@pytest.mark.parametrize("session", ["", "nonsense", "0123456789ABCDEF0123456789ABCDEF00  "])
def test_a_session_that_is_none_is_told_so(asking: Asking, session: str) -> None:
    assert asking.get(enet.PROFILE, UserId=session).text == Texts().session
    assert asking.log_off(session) == Texts().logoff


def test_a_second_logon_of_an_operator_evicts_the_first_session(asking: Asking) -> None:
    first, second = asking.log_on(), asking.log_on()
    assert asking.get(enet.PROFILE, UserId=first).text == Texts().session
    assert asking.get(enet.PROFILE, UserId=second).text.startswith("<?xml")
    counts = asking.state.counts().sessions
    assert (counts.evicted, counts.open, counts.most, counts.leaked) == (1, 1, 1, 2)


def test_where_nobody_is_evicted_sessions_add_up(opening: Opening) -> None:
    with opening(evicts=False) as asking:
        sessions = [asking.log_on() for _ in range(3)]
        assert {asking.log_off(session) for session in sessions} == {"0"}
        counts = asking.state.counts().sessions
        assert (counts.most, counts.most_of_one_operator, counts.logoffs, counts.leaked) == (3, 3, 3, 0)


def test_guests_may_have_several_sessions(opening: Opening) -> None:
    with opening(operators=(Operator(guest=True),)) as asking:
        sessions = [asking.log_on() for _ in range(2)]
        assert all(asking.get(enet.PROFILE, UserId=each).text.startswith("<?xml") for each in sessions)


def test_without_a_free_licence_a_logon_is_refused(opening: Opening) -> None:
    with opening(licences=1, evicts=False) as asking:
        first = asking.log_on()
        assert asking.log_on() == Texts().licence
        assert asking.log_off(first) == "0"
        assert enet.is_session(asking.log_on())


def test_a_session_idle_beyond_its_time_makes_room(opening: Opening) -> None:
    with opening(licences=1, evicts=False, licence_minutes=0) as asking:
        first, second = asking.log_on(), asking.log_on()
        assert asking.get(enet.PROFILE, UserId=first).text == Texts().session
        assert asking.get(enet.PROFILE, UserId=second).text.startswith("<?xml")
        assert asking.state.counts().sessions.thrown_out == 1


def test_a_url_beyond_the_limit_is_a_414(opening: Opening) -> None:
    with opening(url_limit=900) as asking:
        assert asking.fetch("0000002").status_code == 200
        assert asking.fetch("X" * 900).status_code == 414


def test_xml_may_stand_in_the_url_with_signs_that_others_would_encode(asking: Asking) -> None:
    xml = enet.FetchRequest(enet.TABLE, "0000002").to_xml().replace("<", "%3C").replace(">", "%3E")
    xml = xml.replace('"', "%22").replace(" ", "%20")
    assert "=" in xml
    assert "?" in xml
    url = f"{asking.sandbox.url}{enet.FETCH}?UserId={asking.session.strip()}&XmlIn={xml}"
    assert "<Customer>0000002</Customer>" in asking.http.get(url).text


def test_business_objects_that_are_not_registered_raise_exception_100000(asking: Asking) -> None:
    for path in (enet.QUERY, enet.SETUP_ADD, "/Transaction/Post"):
        answer = asking.get(path, UserId=asking.session, BusinessObject="SORTOI", XmlIn="<x/>")
        assert answer.text == Texts().exception


def test_large_posts_are_read(asking: Asking) -> None:
    body = (
        '<TransactionPostLD xmlns="http://SYSPROWcfService">'
        f"<UserId>{asking.session}</UserId><BusinessObject>SORTOI</BusinessObject>"
        "<XmlParameters><![CDATA[<a/>]]></XmlParameters><XmlIn><![CDATA[<b/>]]></XmlIn></TransactionPostLD>"
    )
    url = asking.sandbox.url + "/Transaction/PostLD"
    assert asking.http.post(url, content=body).text == Texts().exception
    assert asking.http.post(url, content="nonsense").text == Texts().session
    assert asking.state.counts().calls["Transaction/PostLD SORTOI"] == 1


def test_calls_are_counted_by_path_and_business_object(asking: Asking) -> None:
    asking.fetch("0000002")
    asking.fetch("0000003")
    asking.find(return_rows=10)
    counts = asking.state.counts()
    assert counts.calls == {"Logon": 1, "Query/Fetch COMFCH": 2, "Query/Query COMFND": 1}
    assert (counts.total, counts.rows) == (4, 12)


def test_a_fault_comes_before_what_was_asked(opening: Opening) -> None:
    with opening(Fault(kind="wrong_password")) as asking:
        assert asking.log_on() == Texts().password
        assert enet.is_session(asking.log_on())


STATE = State(Settings(), 60, 1)
SESSION = STATE.sessions.log_on({name.lower(): text for name, text in LOGON.items()})
XML = st.text(max_size=30) | st.builds(
    "<{0}><{1}>{2}</{1}></{0}>".format,
    st.sampled_from(["Fetch", "Query", "Browse", "SetupArCustomer"]),
    st.sampled_from(["TableName", "Columns", "Key", "Item", "BrowseName", "ReturnRows"]),
    st.sampled_from(["", "ArCustomer", "<Column>Name</Column>", "<Customer>2</Customer>", "&x;", "7"]),
)


@given(
    st.sampled_from(["/Query/Query", "/Query/Fetch", "/Query/Browse", "/Setup/Update", "/Logon", "/Nothing"]),
    st.sampled_from(["COMFND", "COMFCH", "COMBRW", "ARSQRY", "ARSSCS", "", "x"]),
    XML,
    st.text("&=%+?a\xe9\x00", max_size=8),
)
def test_whatever_is_asked_an_answer_comes(path: str, business_object: str, xml: str, rest: str) -> None:
    sent = {"UserId": SESSION, "BusinessObject": business_object, "XmlIn": xml, "XmlParameters": ""}
    query = urlencode(sent, errors="replace") + "&" + rest
    reply = Service(STATE).answer(Request("GET", f"{URL_PREFIX}{path}?{query}"))
    assert reply.status == (404 if path == "/Nothing" else 200)
    assert reply.status == 404 or reply.body.startswith((b"<?xml", b"ERROR:"))
