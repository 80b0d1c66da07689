"""A client as plain as can be: what the sandbox sends is looked at as it comes."""

from __future__ import annotations

from typing import Any

import httpx
from lxml import etree

from customary.protocols import enet
from customary.sandboxes.syspro import SysproSandbox

LOGON = {"Operator": "WEB", "OperatorPassword": "sandbox", "CompanyId": "A", "CompanyPassword": ""}
SEED_COLUMNS = tuple(column.name for column in enet.CUSTOMER_COLUMNS.values() if column.synchronized)


class Asking:
    """Asks one sandbox over HTTP; logs on when a session is first needed."""

    def __init__(self, sandbox: SysproSandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self.state = sandbox.state
        self.http = http
        self._session = ""

    @property
    def session(self) -> str:
        if not self._session:
            self._session = self.log_on()
        return self._session

    def get(self, path: str, **parameters: str) -> httpx.Response:
        return self.http.get(self.sandbox.url + path, params=parameters)

    def log_on(self, **changed: str) -> str:
        return self.get(enet.LOGON, **{**LOGON, **changed}).text

    def log_off(self, session: str | None = None) -> str:
        return self.get(enet.LOGOFF, UserId=self.session if session is None else session).text

    def fetch(self, key: str, table: str = enet.TABLE) -> httpx.Response:
        return self.get(enet.FETCH, UserId=self.session, XmlIn=enet.FetchRequest(table, key).to_xml())

    def customer(self, key: str) -> dict[str, str]:
        """The nodes of a flat answer."""
        root = enet.parse_xml(self.fetch(key).content)
        return {str(node.tag): node.text or "" for node in root}

    def find(self, *where: enet.Expression, **changed: Any) -> httpx.Response:
        wanted: dict[str, Any] = {
            "table": enet.TABLE,
            "columns": SEED_COLUMNS,
            "where": where,
            "order_by": ("Customer",),
            **changed,
        }
        request = enet.FindRequest(**wanted)
        return self.get(enet.QUERY, UserId=self.session, BusinessObject="COMFND", XmlIn=request.to_xml())

    def rows(self, *where: enet.Expression, **changed: Any) -> list[etree._Element]:
        return enet.parse_xml(self.find(*where, **changed).content).findall("Row")

    def keys(self, *where: enet.Expression, **changed: Any) -> list[str]:
        return [row.findtext("Customer") or "" for row in self.rows(*where, columns=("Customer",), **changed)]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.sandbox.control_url}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()
