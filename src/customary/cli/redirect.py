"""Waiting on this computer for the address that a browser is led to after a login."""

from __future__ import annotations

import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final
from urllib.parse import urlsplit

NEAR: Final = ("127.0.0.1", "localhost")
_PAGE: Final = b"<!DOCTYPE html>\n<title>Customary</title><p>You may close this page and go back.</p>\n"


class _Server(HTTPServer):
    # On Windows the option would let a second server take the same port silently.
    allow_reuse_address = os.name != "nt"


def can_wait_at(address: str) -> bool:
    """Tell whether an address is one of this computer, over HTTP and with a port."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in NEAR and parts.port is not None


def answer_at(address: str, seconds: float) -> str | None:
    """Wait for a browser to come to ``address``, and give the whole address that it came to.

    ``None`` when none came within ``seconds``. Raises ``OSError`` when the port is taken.
    """
    wanted = urlsplit(address)
    found: list[str] = []

    class Visit(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            here = urlsplit(self.path).path == (wanted.path or "/")
            self.send_response(200 if here else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if here:
                self.wfile.write(_PAGE)
                found.append(f"{wanted.scheme}://{wanted.netloc}{self.path}")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the address holds the answer."""

    deadline = time.monotonic() + seconds
    with _Server(("127.0.0.1", wanted.port or 80), Visit) as server:
        while not found and (left := deadline - time.monotonic()) > 0:
            server.timeout = left
            server.handle_request()
    return found[0] if found else None
