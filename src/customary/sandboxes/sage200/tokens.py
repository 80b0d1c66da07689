"""OAuth 2 as Sage's identity service does it: authorisation codes, rotation, expiry (section 10)."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from customary.sandboxes.sage200.errors import Refused
from customary.sandboxes.sage200.settings import Settings

_CODE_SECONDS = 600.0


class TokenCounts(Struct, kw_only=True):
    """What happened to tokens since the start."""

    logins: int = 0
    refreshes: int = 0
    refused: int = 0
    """Token requests that were refused."""
    replayed: int = 0
    """Refreshes with a refresh token that rotation had ended."""


class Grant(Struct, kw_only=True):
    """What one login gave: it lives until its refresh token ends."""

    login: float
    access: str = ""
    refresh: str = ""
    expires: float = 0.0
    ended: set[str] = set()
    """Refresh tokens that rotation ended."""


class Tokens:
    """The tokens that were given out. Safe for threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._guard = threading.RLock()
        self._codes: dict[str, tuple[str, str, float]] = {}
        self._grants: list[Grant] = []
        self.counts = TokenCounts()

    def authorise(self, parameters: Mapping[str, str]) -> str:
        """Consent at once, as a person at the page would; gives the address that the browser is led to.

        Raises ``Refused`` for what the service would show an error page for.
        """
        settings = self._settings
        redirect = parameters.get("redirect_uri", "")
        if parameters.get("client_id") != settings.client_id:
            raise Refused(400, "Unknown client: " + parameters.get("client_id", ""))
        if not redirect or (settings.redirect_uris and redirect not in settings.redirect_uris):
            raise Refused(400, "Callback URL mismatch.")
        if parameters.get("response_type") != "code" or not parameters.get("state"):
            raise Refused(400, "response_type=code and a state are needed.")
        if "offline_access" not in parameters.get("scope", "").split():
            raise Refused(400, "The scope lacks offline_access: there would be no refresh token.")
        challenge = parameters.get("code_challenge", "")
        if not challenge and not settings.client_secret:
            raise Refused(400, "A public client needs PKCE.")
        code = secrets.token_urlsafe(24)
        with self._guard:
            self._codes[code] = (redirect, challenge, time.monotonic())
        mark = "&" if "?" in redirect else "?"
        return f"{redirect}{mark}code={code}&state={parameters['state']}"

    def token(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """Answer a request to the token endpoint. Raises ``Refused`` with the text of the error."""
        settings = self._settings
        with self._guard:
            try:
                if (
                    parameters.get("client_id") != settings.client_id
                    or parameters.get("client_secret", "") != settings.client_secret
                ):
                    raise Refused(401, "access_denied: Unauthorized")
                match parameters.get("grant_type"):
                    case "authorization_code":
                        return self._redeemed(parameters)
                    case "refresh_token":
                        return self._refreshed(parameters.get("refresh_token", ""))
                raise Refused(400, "unsupported_grant_type: use authorization_code or refresh_token")
            except Refused:
                self.counts.refused += 1
                raise

    def admits(self, access: str) -> bool:
        """Tell whether an access token is one, and lives."""
        with self._guard:
            return any(
                grant.access == access and time.monotonic() < grant.expires
                for grant in self._grants
                if grant.access
            )

    def issue(self, age_days: float = 0.0) -> dict[str, Any]:
        """Give tokens as a login ``age_days`` days ago would have, for tests."""
        with self._guard:
            grant = Grant(login=time.monotonic() - age_days * 86_400)
            self._grants.append(grant)
            return self._given(grant)

    def expire(self, *, refresh: bool = False) -> int:
        """End all access tokens, and with ``refresh`` the logins too; gives how many there were."""
        with self._guard:
            number = sum(bool(grant.access) for grant in self._grants)
            for grant in self._grants:
                grant.access, grant.expires = "", 0.0
            if refresh:
                self._grants.clear()
            return number

    def _redeemed(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        redirect, challenge, made = self._codes.pop(parameters.get("code", ""), ("", "", 0.0))
        if not redirect or time.monotonic() - made > _CODE_SECONDS:
            raise Refused(403, "invalid_grant: Invalid authorization code")
        if parameters.get("redirect_uri") != redirect:
            raise Refused(403, "invalid_grant: The redirect URI is wrong")
        if challenge and _challenge(parameters.get("code_verifier", "")) != challenge:
            raise Refused(403, "invalid_grant: Failed to verify code verifier")
        self.counts.logins += 1
        grant = Grant(login=time.monotonic())
        self._grants.append(grant)
        return self._given(grant)

    def _refreshed(self, refresh: str) -> dict[str, Any]:
        grant = next((each for each in self._grants if refresh and each.refresh == refresh), None)
        if grant is None:
            self.counts.replayed += any(refresh in each.ended for each in self._grants)
            raise Refused(403, "invalid_grant: Unknown or invalid refresh token.")
        if time.monotonic() - grant.login > self._settings.refresh_days * 86_400:
            raise Refused(403, "invalid_grant: The refresh token has expired.")
        if self._settings.early_refresh_refused and time.monotonic() < grant.expires:
            raise Refused(429, "Rate limit exceeded: access_token not expired")
        self.counts.refreshes += 1
        return self._given(grant)

    def _given(self, grant: Grant) -> dict[str, Any]:
        grant.access = secrets.token_urlsafe(32)
        grant.expires = time.monotonic() + self._settings.token_seconds
        told = {
            "access_token": grant.access,
            "expires_in": self._settings.token_seconds,
            "scope": "openid profile email offline_access",
            "token_type": "Bearer",
        }
        if not grant.refresh or self._settings.rotate:
            grant.ended.add(grant.refresh)
            grant.refresh = secrets.token_urlsafe(32)
            told["refresh_token"] = grant.refresh
        return told


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
