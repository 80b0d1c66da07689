"""The login at Sage's identity service: OAuth 2 with state and PKCE, and tokens that rotate."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from msgspec.structs import replace

from customary.connectors.contract import Invitation
from customary.connectors.sage200.client import Answer, Sage200Client
from customary.connectors.sage200.codec import WrongShape, decode, said
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.sage200.tokens import Tokens, TokenStore
from customary.errors import NotPermitted, Unreachable

MARGIN: Final = 120
"""Seconds that an access token must still live, or it is refreshed first (10, client code); half of its life
where that is less."""
_EARLY = "access_token not expired"
_SCOPE = "openid profile email offline_access"
_log = logging.getLogger(__name__)


class Identity:
    """The login of one client; threads may share it."""

    def __init__(self, client: Sage200Client, config: Sage200Config, store: TokenStore) -> None:
        self._client = client
        self._config = config
        self._store = store
        self._lock = threading.RLock()
        self._tokens: Tokens | None = None

    def access(self, refused: str = "") -> str:
        """Give an access token that lives, refreshing it first where need be.

        ``refused`` is one that Sage did not accept: another one is given. Raises ``NotPermitted`` when
        somebody has to log in, and ``Unreachable``.
        """
        with self._lock:
            if self._tokens is None or self._tokens.access == refused or not self._tokens.good:
                self._tokens = self._fresh(refused)
            return self._tokens.access

    def tokens(self) -> Tokens | None:
        """Give the tokens that are kept, ``None`` when nobody has logged in. Raises ``NotPermitted``."""
        with self._store.hold() as held:
            return held.tokens

    def invite(self) -> Invitation:
        """Begin a login: an address for a browser, with a state and a PKCE challenge of its own."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "audience": self._config.audience,
            "client_id": self._config.client_id,
            "response_type": "code",
            "redirect_uri": self._config.redirect_uri,
            "scope": _SCOPE,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        address = f"{self._config.identity}/authorize?{urlencode(query)}"
        return Invitation(address, self._config.redirect_uri, state, verifier)

    def admit(self, invitation: Invitation, answer: str) -> None:
        """End a login with the address that the browser was led to, or with the code in it.

        The tokens are kept in the place of any others. Raises ``NotPermitted`` when it is refused, or when
        the address belongs to another login.
        """
        form = {
            "grant_type": "authorization_code",
            "code": self._code(invitation, answer.strip()),
            "redirect_uri": invitation.back,
            "code_verifier": invitation.verifier,
        }
        with self._lock, self._store.hold() as held:
            tokens = self._given(self._client.token(form), None)
            held.keep(tokens)
            self._tokens = tokens

    def _code(self, invitation: Invitation, answer: str) -> str:
        if "?" not in answer and "=" not in answer:
            return answer
        query = parse_qs(urlsplit(answer).query or answer.partition("?")[2] or answer)
        if "error" in query:
            words = query.get("error_description", query["error"])[0]
            raise NotPermitted(self._client.system, f"the login was refused: {words}")
        if query.get("state", [""])[0] != invitation.state:
            text = "this address is the answer to another login; begin again: customary login"
            raise NotPermitted(self._client.system, f"{text} {self._client.system}")
        return query.get("code", [""])[0]

    def _fresh(self, refused: str) -> Tokens:
        with self._store.hold() as held:
            kept = held.tokens
            if kept is None:
                raise NotPermitted(
                    self._client.system, f"nobody has logged in; run: customary login {self._client.system}"
                )
            if kept.access != refused and kept.good:
                return kept  # another process has refreshed them already
            form = {"grant_type": "refresh_token", "refresh_token": kept.refresh}
            answer = self._client.token(form)
            if answer.status != 200 and _EARLY in said(answer.body):
                return kept
            tokens = self._given(answer, kept)
            held.keep(tokens)
            _log.info("%s: the tokens were refreshed", self._client.system)
            return tokens

    def _given(self, answer: Answer, before: Tokens | None) -> Tokens:
        """Read an answer of the token endpoint; ``before`` are the tokens that were refreshed."""
        system = self._client.system
        if answer.status in (408, 429) or answer.status >= 500 or 300 <= answer.status < 400:
            raise Unreachable(system, f"the identity service failed with HTTP {answer.status}")
        if answer.status != 200:
            words = said(answer.body, (before.refresh, before.access) if before else ())
            over = "the login has ended or was refused" if before else "the login was refused"
            raise NotPermitted(
                system, f"{over} ({words or f'HTTP {answer.status}'}); run: customary login {system}"
            )
        try:
            told = decode(answer.body)
        except WrongShape as error:
            raise Unreachable(system, f"the identity service's answer cannot be read: {error}") from None
        told = told if isinstance(told, dict) else {}
        access, seconds = told.get("access_token"), told.get("expires_in")
        if not isinstance(access, str) or not access or not isinstance(seconds, int):
            raise Unreachable(system, "the identity service gives no token; is `identity_url` right?")
        now = datetime.now(UTC)
        refresh = told.get("refresh_token") or (before.refresh if before else "")
        if not refresh:
            raise NotPermitted(system, "no refresh token came: the client lacks the right to offline_access")
        tokens = Tokens(
            access=access,
            refresh=refresh,
            expires=now + timedelta(seconds=seconds),
            renew=now + timedelta(seconds=max(seconds - MARGIN, seconds / 2)),
            login=now,
        )
        return replace(tokens, login=before.login) if before else tokens
