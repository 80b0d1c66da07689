"""A hub that answers SunSystems Connect over HTTP, and somebody who asks it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import httpx
from msgspec import Struct

from customary.actions import operators
from customary.config.settings import BusinessUnit, ComponentsConfig, Config, HubConfig, LogsConfig, WebConfig
from customary.model.operator import Rights
from customary.protocols.ssc_payload import records
from customary.protocols.ssc_record import Record
from customary.protocols.ssc_soap import SOAP_PATH, soap_action
from customary.protocols.ssc_soap_read import Fault, ResponseReader
from customary.store import business_units
from customary.store.database import open_store
from customary.web.app import application
from customary.web.server import WebServer
from tests.support.components import FINANCIAL, OPEN, UNIT

PASSWORD = "a good password"
OPERATOR, READER = "PK1", "RDR"


class Told(Struct, frozen=True):
    """An HTTP answer, and what SOAP says in it."""

    status: int
    responses: tuple[str, ...]
    fault: Fault | None
    raw: bytes

    @property
    def text(self) -> str:
        """The one response."""
        assert self.fault is None, self.fault
        (text,) = self.responses
        return text

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of a component's answer."""
        return tuple(records(io.BytesIO(self.text.encode()), "utf-8"))

    @property
    def statuses(self) -> list[str]:
        """The status of each record."""
        return [record.attribute("status") for record in self.records]


class Desk:
    """Somebody who asks a server."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.url = url
        self.http = http

    def post(self, service: str, body: bytes | Iterable[bytes], **headers: str) -> Told:
        """Send bytes to a service."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("content-type", "text/xml; charset=utf-8")
        answer = self.http.post(f"{self.url}{SOAP_PATH}{service}", content=body, headers=named)
        return told(answer)

    def authenticate(self, name: str = OPERATOR, password: str = PASSWORD) -> str:
        """Get a voucher; empty where it is refused."""
        content = f"<w:name>{escape(name)}</w:name><w:password>{escape(password)}</w:password>"
        request = envelope("SecurityProviderAuthenticateRequest", content)
        return self.post("SecurityProvider", request, soapaction=soap_action("Authenticate")).text

    def execute(
        self, voucher: str, method: str, payload: bytes | str, component: str = "Customer", **headers: str
    ) -> Told:
        """Have a payload carried out."""
        text = payload.decode() if isinstance(payload, bytes) else payload
        return self.post("ComponentExecutor", executing(voucher, method, escape(text), component), **headers)


def envelope(element: str, content: str) -> bytes:
    """Write a request as the documentation shows it."""
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:w="http://systemsunion.com/connect/webservices/"><soapenv:Header/><soapenv:Body>'
        f"<w:{element}>{content}</w:{element}></soapenv:Body></soapenv:Envelope>"
    ).encode()


def executing(voucher: str, method: str, payload: str, component: str = "Customer") -> bytes:
    """Write an Execute; the payload is escaped already, or in CDATA."""
    content = (
        f"<w:authentication>{voucher}</w:authentication><w:licensing/><w:component>{component}</w:component>"
        f"<w:method>{method}</w:method><w:group/><w:payload>{payload}</w:payload>"
    )
    return envelope("ComponentExecutorExecuteRequest", content)


def told(answer: httpx.Response) -> Told:
    """Read an answer; what is no SOAP has no response."""
    texts = io.BytesIO()
    if "xml" not in answer.headers.get("content-type", ""):
        return Told(answer.status_code, (), None, answer.content)
    reader = ResponseReader(texts)
    reader.feed(answer.content)
    found = reader.close()
    texts.seek(0)
    responses = tuple(texts.read(length).decode() for length in found.lengths)
    return Told(answer.status_code, responses, found.fault, answer.content)


def configuration(folder: Path, web: WebConfig, components: ComponentsConfig) -> Config:
    """A configuration with two business units, one of them financials only."""
    return Config(
        path=folder / "customary.toml",
        data=folder,
        hub=HubConfig(),
        business_units=(BusinessUnit(code=UNIT), BusinessUnit(code=FINANCIAL, financials_only=True)),
        systems={},
        operations=(),
        mail=None,
        logs=LogsConfig(),
        components=components,
        web=web,
    )


@contextmanager
def answering(hub_url: str, folder: Path, components: ComponentsConfig = OPEN, **web: Any) -> Iterator[Desk]:
    """Run a server with an operator of two units who may write, and one of a single unit who may read."""
    store = open_store(hub_url)
    business_units.ensure(store, {UNIT: False, FINANCIAL: True})
    operators.add(store, OPERATOR, PASSWORD, Rights.WRITE, [UNIT, FINANCIAL])
    operators.add(store, READER, PASSWORD, Rights.READ, [UNIT])
    settings = WebConfig(listen="127.0.0.1:0", **web)
    app = application(store, configuration(folder, settings, components), settings)
    with WebServer(app, settings) as server, httpx.Client(timeout=60) as http:
        yield Desk(server.url, http)
    store.close()
