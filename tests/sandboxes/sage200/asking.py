"""A client as plain as can be: what the sandbox sends is looked at as it comes."""

from __future__ import annotations

from typing import Any

import httpx

from customary.protocols.sage200 import COMPANY, SITE
from customary.sandboxes.sage200 import Sage200Sandbox


class Asking:
    """Asks one sandbox over HTTP, with a token, a site and a company."""

    def __init__(self, sandbox: Sage200Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self.state = sandbox.state
        self.http = http
        company = sandbox.state.settings.companies[0]
        self.headers = {
            "Authorization": f"Bearer {self.issue()['access_token']}",
            SITE: company.site_id,
            COMPANY: str(company.company_id),
        }

    def issue(self, age_days: float = 0.0) -> dict[str, Any]:
        return self.state.tokens.issue(age_days)

    def ask(self, method: str, path: str, body: Any = None, **options: str) -> httpx.Response:
        named = {f"${name}": value for name, value in options.items()}
        return self.http.request(
            method, f"{self.sandbox.url}/{path}", params=named or None, json=body, headers=self.headers
        )

    def get(self, path: str, **options: str) -> Any:
        answer = self.ask("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: Any = None, **options: str) -> str:
        answer = self.ask(method, path, body, **options)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["Message"])

    def token(self, **form: str) -> httpx.Response:
        settings = self.state.settings
        usual = {"client_id": settings.client_id, "client_secret": settings.client_secret}
        return self.http.post(f"{self.sandbox.identity_url}/oauth/token", data={**usual, **form})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.sandbox.control_url}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()
