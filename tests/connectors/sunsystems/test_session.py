from __future__ import annotations

import logging

import pytest

from customary.connectors.sunsystems.client import Request
from customary.connectors.sunsystems.connector import SunsystemsSource
from customary.errors import ConnectorError, NotPermitted, Unreachable
from customary.model.secret import Secret
from tests.connectors.sunsystems.rig import config, create, everything, fill, keys, source
from tests.support.sun import EXPIRED, PASSWORD, Sun


def test_it_logs_on_once_for_many_calls(sun: Sun) -> None:
    fill(sun, "A", "B", "C")
    with source(sun, page=1) as made:
        assert keys(everything(made)) == ["A", "B", "C"]
    assert sun.logons == 1


def test_an_empty_voucher_is_a_refused_logon(sun: Sun) -> None:
    wrong = Secret(lambda: "another")
    with (
        source(sun, password=wrong) as made,
        pytest.raises(NotPermitted, match="refuses the logon of operator PK1"),
    ):
        everything(made)


def test_a_voucher_that_is_refused_again_is_a_lack_of_rights(sun: Sun) -> None:
    sun.trouble("fault", times=0, text=EXPIRED)
    with source(sun) as made, pytest.raises(NotPermitted, match="access rights"):
        everything(made)
    assert (sun.logons, len(sun.calls)) == (2, 2)


def test_what_a_refused_voucher_is_told_by_may_be_configured(sun: Sun) -> None:
    fill(sun, "A")
    with source(sun, voucher_texts=("zugriff verweigert",)) as made:
        made.check()
        sun.trouble("fault", text="ZUGRIFF VERWEIGERT (7)")
        assert keys(everything(made)) == ["A"]
    assert sun.logons == 2


def test_what_is_no_sunsystems_says_so(sun: Sun) -> None:
    with source(sun, url=f"{sun.url}/elsewhere") as made, pytest.raises(Unreachable, match="`url`"):
        everything(made)


def test_password_and_voucher_reach_no_log_no_message_and_no_repr(
    sun: Sun, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    with source(sun, basic_user="gate", basic_password=Secret(lambda: "gate-word")) as made:
        said.append(str(made.check()))
        sun.trouble("expired", method="Query")
        list(made.all_keys())
        sun.trouble("fault", method="CreateOrAmend", text=f"no: {PASSWORD} voucher-2 gate-word", times=0)
        said += [str(written) for written in made.write([create("A")])]
        sun.trouble("fault", method="Query", text=f"no: {PASSWORD} voucher-2 gate-word {EXPIRED}", times=0)
        with pytest.raises(ConnectorError) as caught:
            everything(made)
        said += [str(caught.value), repr(caught.value), repr(vars(made)), repr(made)]
    request = Request(service="S", operation="O", parameters={"password": PASSWORD})
    told = "\n".join([*said, caplog.text, repr(request), repr(config(sun.url))])
    assert "***" in told
    assert not [word for word in (PASSWORD, "voucher-", "gate-word") if word in told]
    assert sun.requests[0].headers["authorization"].startswith("Basic ")


def test_after_it_was_closed_no_voucher_is_kept(sun: Sun) -> None:
    with source(sun) as made:
        made.check()
        made.close()
        assert isinstance(made, SunsystemsSource)
        assert made._session._voucher == ""
