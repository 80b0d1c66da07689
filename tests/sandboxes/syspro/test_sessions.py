from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from customary.protocols import enet
from customary.sandboxes.syspro import Operator
from customary.sandboxes.syspro.sessions import Refused, Sessions
from customary.sandboxes.syspro.settings import Company, Settings
from tests.sandboxes.syspro.asking import LOGON
from tests.sandboxes.syspro.conftest import Opening

SENT = {name.lower(): text for name, text in LOGON.items()}


def test_counts_are_right_when_many_log_on_at_once(opening: Opening) -> None:
    operators = tuple(Operator(code=f"OP{number}") for number in range(8))
    with opening(operators=operators, licences=8) as asking, ThreadPoolExecutor(8) as threads:

        def work(operator: str) -> None:
            for _ in range(5):
                session = asking.log_on(Operator=operator)
                xml = enet.FetchRequest(enet.TABLE, "0000002").to_xml()
                answer = asking.get(enet.FETCH, UserId=session, XmlIn=xml)
                assert "<Customer>0000002</Customer>" in answer.text
                assert asking.log_off(session) == "0"

        list(threads.map(work, [operator.code for operator in operators]))
        counts = asking.state.counts()
        assert counts.calls == {"Logon": 40, "Logoff": 40, "Query/Fetch COMFCH": 40}
        sessions = counts.sessions
        assert (sessions.logons, sessions.logoffs, sessions.open, sessions.leaked) == (40, 40, 0, 0)
        assert 1 <= sessions.most <= 8
        assert sessions.most_of_one_operator == 1


def test_of_many_logons_of_one_operator_one_session_is_left(opening: Opening) -> None:
    with opening() as asking, ThreadPoolExecutor(8) as threads:
        tokens = list(threads.map(lambda _: asking.log_on(), range(24)))
        alive = [token for token in tokens if asking.get(enet.PROFILE, UserId=token).text[:5] == "<?xml"]
        counts = asking.state.counts().sessions
        assert len(set(tokens)) == 24
        assert len(alive) == counts.open == counts.most == 1
        assert (counts.logons, counts.evicted, counts.leaked) == (24, 23, 24)


def test_licences_are_never_exceeded(opening: Opening) -> None:
    operators = tuple(Operator(code=f"OP{number}") for number in range(8))
    with opening(operators=operators, licences=3) as asking, ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda each: asking.log_on(Operator=each.code), operators))
        counts = asking.state.counts().sessions
        assert sum(enet.is_session(answer) for answer in answers) == counts.open == counts.most == 3
        assert counts.failed_logons == 5


def test_ended_sessions_are_counted_apart_from_leaked_ones() -> None:
    sessions = Sessions(Settings(evicts=False))
    tokens = [sessions.log_on(SENT) for _ in range(3)]
    assert sessions.expire(tokens[0]) == 1
    assert sessions.expire(tokens[0]) == 0
    assert sessions.expire() == 2
    with pytest.raises(Refused):
        sessions.use(tokens[1])
    assert (sessions.counts().expired, sessions.counts().leaked) == (3, 0)


def test_a_failed_logon_evicts_nobody() -> None:
    sessions = Sessions(Settings())
    token = sessions.log_on(SENT)
    with pytest.raises(Refused):
        sessions.log_on({**SENT, "operatorpassword": "wrong"})
    assert sessions.use(token).operator.code == "WEB"


def test_passwords_do_not_stand_in_what_is_shown() -> None:
    settings = Settings(
        operators=(Operator(code="X", password="hidden-one"),),
        companies=(Company(code="Y", password="hidden-two"),),
    )
    sessions = Sessions(settings)
    token = sessions.log_on(
        {"operator": "X", "operatorpassword": "hidden-one", "companyid": "Y", "companypassword": "hidden-two"}
    )
    shown = repr(settings) + repr(sessions.use(token))
    assert "hidden" not in shown
    assert token.strip() not in shown
