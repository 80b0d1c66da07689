from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from customary.connectors.contract import Invitation
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sage200.connector import Sage200Source
from customary.connectors.sage200.tokens import LeasedTokens, Tokens
from customary.errors import ConnectorError, NotPermitted, Unreachable
from customary.model.secret import Secret
from customary.sandboxes.sage200 import Sage200Sandbox, Settings
from tests.connectors.sage200.rig import FIELDS, calls, config, fault, kept, logged_in, source
from tests.support.pages import everything, keys


def browse(invitation: Invitation) -> str:
    """Go where the person is sent, and give the address that the browser is led to."""
    answer = httpx.get(invitation.address)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


@pytest.mark.parametrize("pasted", ["address", "code", "query"])
def test_a_login_by_a_pasted_address_or_code_opens_the_api(sandbox: Sage200Sandbox, pasted: str) -> None:
    lease = MemoryLease("sage", 1)
    with source(sandbox, lease) as made:
        with pytest.raises(NotPermitted, match="customary login sage"):
            everything(made)
        invitation = made.invite()
        address = browse(invitation)
        query = urlsplit(address).query
        answer = {"address": f" {address}\n", "code": parse_qs(query)["code"][0], "query": query}[pasted]
        made.admit(invitation, answer)
        assert len(keys(everything(made))) == 20
    with source(sandbox, lease) as again:
        assert len(keys(everything(again))) == 20


def test_a_public_client_logs_in_by_its_challenge() -> None:
    with (
        Sage200Sandbox(3, settings=Settings(client_secret="")) as sandbox,
        source(sandbox, MemoryLease("sage", 1)) as made,
    ):
        invitation = made.invite()
        made.admit(invitation, browse(invitation))
        assert len(keys(everything(made))) == 3


def test_the_answer_to_another_login_is_refused(sandbox: Sage200Sandbox) -> None:
    lease = MemoryLease("sage", 1)
    with source(sandbox, lease) as made:
        first, second = made.invite(), made.invite()
        with pytest.raises(NotPermitted, match="another login"):
            made.admit(first, browse(second))
        with pytest.raises(NotPermitted, match="code verifier"):
            made.admit(first, parse_qs(urlsplit(browse(second)).query)["code"][0])
        with pytest.raises(NotPermitted, match="denied it"):
            made.admit(first, f"{first.back}?error=access_denied&error_description=denied%20it")
    with LeasedTokens(lease).hold() as held:
        assert held.tokens is None


def test_a_token_that_ends_in_the_middle_is_refreshed_once(sandbox: Sage200Sandbox) -> None:
    lease = logged_in(sandbox)
    before = kept(lease)
    fault(sandbox, "token_expired", object="customers", nth=3)
    with source(sandbox, lease, page=5) as made:
        assert len(keys(everything(made))) == 20
    assert sandbox.state.counts().tokens.refreshes == 1
    after = kept(lease)
    assert (after.login, after.refresh == before.refresh) == (before.login, False)


def test_a_token_about_to_end_is_refreshed_before_it_is_used() -> None:
    with Sage200Sandbox(3) as sandbox:
        lease = MemoryLease("sage", 1)
        with LeasedTokens(lease).hold() as held:
            told = sandbox.state.tokens.issue()
            past = datetime.now(UTC) - timedelta(seconds=1)
            held.keep(
                Tokens(access="old", refresh=told["refresh_token"], expires=past, renew=past, login=past)
            )
        with source(sandbox, lease) as made:
            assert len(keys(everything(made))) == 3
        assert (calls(sandbox, "POST token"), calls(sandbox, "GET customers")) == (1, 2)


def test_a_refresh_token_that_stays_is_kept() -> None:
    with Sage200Sandbox(3, settings=Settings(rotate=False)) as sandbox:
        lease = logged_in(sandbox)
        before = kept(lease)
        fault(sandbox, "token_expired", object="customers")
        with source(sandbox, lease) as made:
            everything(made)
        assert kept(lease).refresh == before.refresh
        assert kept(lease).access != before.access


def test_many_threads_and_sources_refresh_once_for_all() -> None:
    with Sage200Sandbox(6) as sandbox:
        lease = logged_in(sandbox)
        sources = [Sage200Source("sage", config(sandbox, page=2), FIELDS, lease) for _ in range(3)]
        for each in sources:
            everything(each)  # all of them hold the same access token now
        sandbox.state.tokens.expire()
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda made=made: found.append(len(keys(everything(made)))))
            for made in sources * 2
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counts = sandbox.state.counts().tokens
    assert found == [6] * 6
    assert (counts.refreshes, counts.replayed) == (1, 0)


def test_an_early_refresh_that_is_refused_keeps_the_token() -> None:
    with Sage200Sandbox(3, settings=Settings(early_refresh_refused=True)) as sandbox:
        lease = logged_in(sandbox)
        fault(sandbox, "unauthorized", object="customers")
        with source(sandbox, lease) as made:
            assert len(keys(everything(made))) == 3


def test_a_401_that_stays_names_site_company_and_login(sandbox: Sage200Sandbox) -> None:
    with source(sandbox, company=7) as made, pytest.raises(NotPermitted, match="`company`"):
        everything(made)
    assert sandbox.state.counts().tokens.refreshes == 1


def test_a_login_that_has_ended_asks_for_another(sandbox: Sage200Sandbox) -> None:
    lease = logged_in(sandbox, age_days=91)
    sandbox.state.tokens.expire()
    with source(sandbox, lease) as made, pytest.raises(NotPermitted, match="customary login sage"):
        everything(made)


@pytest.mark.parametrize("kind", ["gateway_timeout", "http_500", "drop_before", "garbage", "html"])
def test_an_identity_service_that_fails_is_unreachable(sandbox: Sage200Sandbox, kind: str) -> None:
    lease = logged_in(sandbox)
    sandbox.state.tokens.expire()
    fault(sandbox, kind, call="POST token")
    with source(sandbox, lease) as made, pytest.raises(Unreachable):
        everything(made)


SECRET = "cl1ent-s3cret"


@pytest.fixture
def secretive() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(3, settings=Settings(client_secret=SECRET)) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "kind", ["none", "refresh_refused", "unauthorized", "drop_before", "garbage", "http_500", "token_expired"]
)
def test_no_secret_reaches_a_log_an_error_or_a_repr(
    secretive: Sage200Sandbox, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lease = logged_in(secretive)
    tokens = kept(lease)
    shown: list[str] = [repr(tokens)]
    if kind != "none":
        fault(secretive, kind, times=0)
    for end in (False, True):
        if end:
            secretive.state.tokens.expire()
        with source(secretive, lease, client_secret=Secret(lambda: SECRET)) as made:
            try:
                shown.append(repr(everything(made)))
            except ConnectorError as error:
                shown += traceback.format_exception(error)
                shown.append(f"{error!r} {vars(error)}")
            shown += [repr(made.check()), repr(made.invite()), repr(vars(made))]
    spoken = "\n".join([*shown, *(f"{record.getMessage()} {record.args}" for record in caplog.records)])
    after = kept(lease)
    for secret in (SECRET, tokens.access, tokens.refresh, after.access, after.refresh):
        assert secret not in spoken
