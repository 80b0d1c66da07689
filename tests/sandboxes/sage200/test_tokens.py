from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandboxes.sage200.asking import Asking
from tests.sandboxes.sage200.conftest import Opening

BACK = "http://127.0.0.1:8123/callback"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"


def authorise(asking: Asking, **changed: str) -> httpx.Response:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    usual = {
        "client_id": "sandbox-client",
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": "openid profile email offline_access",
        "state": "s-1",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    return asking.http.get(f"{asking.sandbox.identity_url}/authorize", params={**usual, **changed})


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["s-1"]
    return query["code"][0]


def test_a_login_gives_tokens_that_open_the_api(asking: Asking) -> None:
    form = {"grant_type": "authorization_code", "code": code_of(authorise(asking)), "redirect_uri": BACK}
    told = asking.token(**form, code_verifier=VERIFIER).json()
    asking.headers["Authorization"] = f"Bearer {told['access_token']}"
    assert told["expires_in"] == 3600
    assert len(asking.get("sites")) == 2
    assert asking.token(**form, code_verifier=VERIFIER).status_code == 403, "a code is good for once"


@pytest.mark.parametrize(
    "wrong", [{"code_verifier": "other"}, {"redirect_uri": "http://else"}, {"code": "x"}]
)
def test_a_code_is_redeemed_only_by_who_asked_for_it(asking: Asking, wrong: dict[str, str]) -> None:
    form = {"grant_type": "authorization_code", "code": code_of(authorise(asking)), "redirect_uri": BACK}
    answer = asking.token(**{**form, "code_verifier": VERIFIER, **wrong})
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_grant")


@pytest.mark.parametrize(
    "wrong", [{"client_id": "x"}, {"redirect_uri": ""}, {"state": ""}, {"scope": "openid"}]
)
def test_a_login_that_cannot_succeed_is_told_to_the_person(asking: Asking, wrong: dict[str, str]) -> None:
    assert authorise(asking, **wrong).status_code == 400


def test_a_refresh_rotates_the_refresh_token(asking: Asking) -> None:
    first = asking.issue()["refresh_token"]
    second = asking.token(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    assert second != first
    assert asking.token(grant_type="refresh_token", refresh_token=first).status_code == 403
    assert asking.state.counts().tokens.replayed == 1
    assert asking.token(grant_type="refresh_token", refresh_token=second).status_code == 200


def test_a_refresh_token_may_stay(opening: Opening) -> None:
    with opening(rotate=False) as asking:
        first = asking.issue()["refresh_token"]
        for _ in range(2):
            told = asking.token(grant_type="refresh_token", refresh_token=first)
            assert "refresh_token" not in told.json()


def test_a_login_ends_however_often_it_is_refreshed(asking: Asking) -> None:
    old = asking.issue(age_days=91)["refresh_token"]
    assert asking.token(grant_type="refresh_token", refresh_token=old).status_code == 403


def test_an_early_refresh_may_be_refused(opening: Opening) -> None:
    with opening(early_refresh_refused=True) as asking:
        refresh = asking.issue()["refresh_token"]
        answer = asking.token(grant_type="refresh_token", refresh_token=refresh)
        assert answer.json()["error_description"] == "Rate limit exceeded: access_token not expired"
        asking.state.tokens.expire()
        assert asking.token(grant_type="refresh_token", refresh_token=refresh).status_code == 200


def test_an_access_token_ends_in_time(opening: Opening) -> None:
    with opening(token_seconds=0) as asking:
        answer = asking.ask("GET", "sites")
        assert (answer.status_code, answer.content) == (401, b"")


def test_another_client_gets_nothing(asking: Asking) -> None:
    refresh = asking.issue()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert asking.token(**form, client_secret="wrong").status_code == 401
    assert asking.token(**{**form, "grant_type": "password"}).status_code == 400
