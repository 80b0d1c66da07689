"""The HTTP server: in a thread, between starting and stopping."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import uvicorn
from litestar import Litestar

from customary.config.settings import WebConfig
from customary.errors import ConfigError

GRACE = 30
"""Seconds that requests which are under way get to end when the server stops."""
KEEP_ALIVE = 75
"""Seconds that an idle connection is kept."""

_LOOK = 0.01


class WebServer:
    """Serves an application where ``[web]`` says; ``with WebServer(app, web) as server: ...``.

    ``url`` is its address, without a slash at the end.
    Raises ``ConfigError``, when it is made, for an address that cannot be listened at, and for a certificate
    or key that cannot be used.
    """

    def __init__(self, application: Litestar, web: WebConfig) -> None:
        settings = uvicorn.Config(
            application,
            log_config=None,  # all logs go where customary.logs sends them, redacted
            access_log=False,
            server_header=False,
            proxy_headers=False,  # [web] address says how clients reach it; a header may come from anybody
            http="h11",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
            ssl_certfile=web.certificate,
            ssl_keyfile=web.key,
        )
        try:
            settings.load()
        except (ssl.SSLError, OSError) as error:
            raise ConfigError(f"web.certificate and web.key cannot be used: {error}") from None
        self._socket = _listening(web)
        host, port = self._socket.getsockname()[:2]
        scheme = "https" if web.certificate else "http"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer; returns once it does."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(_LOOK)

    def stop(self) -> None:
        """Take no more requests, let those that are under way end, and free the port."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    def __enter__(self) -> WebServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def _listening(web: WebConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        return socket.create_server((web.host, web.port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(f"web.listen: {web.listen} cannot be listened at: {error.strerror}") from None
