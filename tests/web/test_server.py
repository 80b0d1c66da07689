from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import httpx
import pytest
import trustme
from litestar import Litestar, get

from customary.config.settings import WebConfig
from customary.errors import ConfigError
from customary.web.server import WebServer


@get("/", sync_to_thread=False)
def hello() -> str:
    return "hello"


def application(*routes: object) -> Litestar:
    return Litestar([hello, *routes], logging_config=None, openapi_config=None)  # type: ignore[list-item]


def test_it_answers_until_it_stops_and_frees_the_port() -> None:
    with WebServer(application(), WebConfig(listen="localhost:0")) as server:
        answer = httpx.get(server.url)
        assert answer.text == "hello"
        assert "server" not in answer.headers
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigError, match=f"web.listen: {listen} cannot be listened at"):
            WebServer(application(), WebConfig(listen=listen))


def test_what_is_under_way_ends_before_the_server_stops() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @get("/slow", sync_to_thread=True)
    def slow() -> str:
        begun.set()
        go_on.wait(20)
        return "done"

    told: list[str] = []
    with WebServer(application(slow), WebConfig(listen="127.0.0.1:0")) as server:
        asking = threading.Thread(target=lambda: told.append(httpx.get(f"{server.url}/slow").text))
        asking.start()
        begun.wait(20)
        threading.Timer(0.2, go_on.set).start()
    asking.join()
    assert told == ["done"]


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def test_it_answers_by_tls_with_a_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "certificate.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    web = WebConfig(listen="127.0.0.1:0", certificate=tmp_path / "certificate.pem", key=tmp_path / "key.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with WebServer(application(), web) as server:
        assert server.url.startswith("https://")
        assert httpx.get(server.url, verify=trusting).text == "hello"


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).write_text("nothing", encoding="utf-8")
    web = WebConfig(listen="127.0.0.1:0", certificate=tmp_path / "certificate.pem", key=tmp_path / "key.pem")
    with pytest.raises(ConfigError, match=r"web\.certificate and web\.key cannot be used"):
        WebServer(application(), web)
