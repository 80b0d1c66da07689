"""A small HTTP server on this machine's loopback address, for sandboxes.

A sandbox gives it one function from ``Request`` to ``Reply``. The server carries out what a reply says about
the wire: waiting, closing without an answer, closing in the middle of one. It logs nothing: vendors put
credentials into addresses.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler
from typing import Any, Final

from msgspec import Struct

LOOPBACK: Final = "127.0.0.1"
MOST_BODY: Final = 64 * 1024 * 1024
"""The largest request body taken, in bytes."""


class Request(Struct, frozen=True):
    """One HTTP request."""

    method: str
    target: str
    """Path and query as they came, still percent-encoded."""
    body: bytes = b""
    headers: Mapping[str, str] = {}
    """The headers, their names in lower case."""

    def __repr__(self) -> str:
        return f"Request({self.method!r}, {self.path!r})"  # queries hold passwords and session ids

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What stands behind the first ``?``, still percent-encoded."""
        return self.target.partition("?")[2]


class Cut(StrEnum):
    """How much of a reply is sent before the connection is closed."""

    WHOLE = "whole"
    HALF = "half"
    NOTHING = "nothing"


class Reply(Struct, frozen=True, kw_only=True):
    """One HTTP reply, and what happens to it on its way."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/octet-stream"
    server: str = "sandbox"
    """The Server header."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers, such as ``Retry-After``."""
    seconds: float = 0.0
    """How long to wait before it is sent."""
    cut: Cut = Cut.WHOLE
    """Less than ``WHOLE`` closes the connection after that part of the body, or without any byte."""


_PHRASES = {status.value: status.phrase for status in HTTPStatus}

Answering = Callable[[Request], Reply]
"""What a sandbox does with a request. It is called from many threads at once."""


class LoopbackServer:
    """Serves ``answering`` on the loopback address from threads, between ``start`` and ``stop``.

    ``port`` 0 takes a free one; the port in use stands in ``port``. Raises ``OSError`` when it is taken.
    """

    def __init__(self, answering: Answering, port: int = 0) -> None:
        self._stopping = threading.Event()
        self._http = _Server((LOOPBACK, port), _connection(answering, self._stopping))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self.port: int = self._http.server_address[1]

    def start(self) -> None:
        """Begin to answer; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering: waits end, open connections are closed, the port is free afterwards."""
        self._stopping.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.close_connections()
        self._http.server_close()


class _Server(ThreadingHTTPServer):
    # On Windows the option would let a second server take the same port silently.
    allow_reuse_address = os.name != "nt"
    block_on_close = False
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that go away; anything else is a fault of the sandbox and shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close_connections(self) -> None:
        with self._guard:
            connections = tuple(self._open)
        for connection in connections:
            _hang_up(connection)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker


def _connection(answering: Answering, stopping: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 600

        def do_GET(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdigit() or int(length) > MOST_BODY or self.headers.get("Transfer-Encoding"):
                self._send(Reply(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
                self.close_connection = True
                return
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(answering(Request(self.command, self.path, body, headers)))

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def _send(self, reply: Reply) -> None:
            if reply.seconds:
                stopping.wait(reply.seconds)
            if reply.cut is not Cut.WHOLE:
                self.close_connection = True
            if reply.cut is Cut.NOTHING:
                return
            sent = reply.body if reply.cut is Cut.WHOLE else reply.body[: len(reply.body) // 2]
            lines = [
                f"HTTP/1.1 {reply.status} {_PHRASES.get(reply.status, 'Unknown')}",
                f"Content-Length: {len(reply.body)}",
                f"Content-Type: {reply.content_type}",
                f"Server: {reply.server}",
                *(f"{name}: {value}" for name, value in reply.headers),
                f"Date: {self.date_time_string()}",
                *(("Connection: close",) if self.close_connection else ()),
            ]
            # One write: head and body apart would wait for each other's acknowledgement.
            self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + sent)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Connection
