"""Passing a request on to the server behind the sandbox."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Final

from customary.sandboxes.server import Reply, Request

_PASSED: Final = ("host", "content-type", "soapaction", "authorization")
_PATIENCE: Final = 600.0


def pass_on(request: Request, behind: tuple[str, int]) -> Reply:
    """Ask the server at host and port ``behind``, and give what it answers. Raises ``OSError``."""
    headers = {name: request.headers[name] for name in _PASSED if name in request.headers}
    connection = HTTPConnection(*behind, timeout=_PATIENCE)
    try:
        connection.request(request.method, request.target, body=request.body or None, headers=headers)
        answer = connection.getresponse()
        content_type = answer.getheader("content-type") or "application/octet-stream"
        return Reply(status=answer.status, body=answer.read(), content_type=content_type)
    finally:
        connection.close()
