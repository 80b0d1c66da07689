from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from customary.sandboxes.server import LOOPBACK, Answering, Cut, LoopbackServer, Reply, Request


@contextmanager
def serving(answering: Answering) -> Iterator[tuple[LoopbackServer, str]]:
    server = LoopbackServer(answering)
    server.start()
    try:
        yield server, f"http://{LOOPBACK}:{server.port}"
    finally:
        server.stop()


def echo(request: Request) -> Reply:
    return Reply(body=f"{request.method} {request.path} {request.query} {request.body.decode()}".encode())


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_request_arrives_as_it_was_sent(method: str) -> None:
    with serving(echo) as (_, url):
        answer = httpx.request(method, f"{url}/A/b?c=%20d", content=b"body")
    assert answer.text == f"{method} /A/b c=%20d body"


def test_a_reply_arrives_as_it_was_meant() -> None:
    reply = Reply(status=503, body=b"\xff", content_type="text/odd", server="Somebody/1")
    with serving(lambda _: reply) as (_, url):
        answer = httpx.get(url)
    assert (answer.status_code, answer.content) == (503, b"\xff")
    assert (answer.headers["Content-Type"], answer.headers["Server"]) == ("text/odd", "Somebody/1")


def test_headers_arrive_both_ways() -> None:
    def answer(request: Request) -> Reply:
        return Reply(headers=(("Retry-After", request.headers["x-seconds"]),))

    with serving(answer) as (_, url):
        assert httpx.get(url, headers={"X-Seconds": "7"}).headers["Retry-After"] == "7"


def test_many_requests_use_one_connection() -> None:
    with serving(echo) as (server, _), socket.create_connection((LOOPBACK, server.port), timeout=10) as line:
        for number in range(3):
            line.sendall(f"GET /{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert f"GET /{number}".encode() in line.recv(4096)


@pytest.mark.parametrize("cut", [Cut.NOTHING, Cut.HALF])
def test_a_cut_reply_ends_the_connection(cut: Cut) -> None:
    reply = Reply(body=b"0123456789", cut=cut)
    with serving(lambda _: reply) as (_, url), pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url)


def test_half_a_reply_promises_the_whole() -> None:
    reply = Reply(body=b"0123456789", cut=Cut.HALF)
    with serving(lambda _: reply) as (server, _), socket.create_connection((LOOPBACK, server.port)) as line:
        line.settimeout(10)
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b"".join(iter(lambda: line.recv(4096), b""))
    assert b"Content-Length: 10\r\n" in received
    assert received.endswith(b"\r\n\r\n01234")


def test_stopping_ends_a_wait_and_frees_the_port() -> None:
    arrived = threading.Event()

    def slowly(_: Request) -> Reply:
        arrived.set()
        return Reply(seconds=3600)

    with serving(slowly) as (server, _), socket.create_connection((LOOPBACK, server.port)) as line:
        line.settimeout(20)
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert arrived.wait(20)
        server.stop()
        received = b"".join(iter(lambda: line.recv(4096), b""))
    assert received == b"" or received.startswith(b"HTTP/1.1 200 ")
    again = LoopbackServer(echo, server.port)
    assert again.port == server.port
    again.stop()


def test_a_port_that_is_taken_is_an_error() -> None:
    with serving(echo) as (server, _), pytest.raises(OSError, match=r"."):
        LoopbackServer(echo, server.port)


def test_a_body_that_is_too_long_is_not_read() -> None:
    with serving(echo) as (server, _), socket.create_connection((LOOPBACK, server.port)) as line:
        line.settimeout(10)
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_nothing_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(echo) as (_, url):
        httpx.get(f"{url}/Logon?OperatorPassword=secret")
    assert capfd.readouterr() == ("", "")


def test_a_request_is_shown_without_its_query() -> None:
    assert repr(Request("GET", "/Logon?OperatorPassword=secret")) == "Request('GET', '/Logon')"
