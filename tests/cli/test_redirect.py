from __future__ import annotations

import socket
import threading
import time

import httpx
import pytest

from customary.cli.redirect import answer_at, can_wait_at


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def visit(address: str) -> int:
    while True:
        try:
            return httpx.get(address).status_code
        except httpx.ConnectError:
            time.sleep(0.02)


def test_the_address_that_the_browser_comes_to_is_given_whole() -> None:
    address = f"http://127.0.0.1:{free_port()}/callback"
    found: list[str | None] = []
    waiting = threading.Thread(target=lambda: found.append(answer_at(address, 30)))
    waiting.start()
    other = address.replace("callback", "favicon.ico")
    assert visit(other) == 404
    assert visit(f"{address}?code=c%20d&state=s") == 200
    waiting.join(30)
    assert found == [f"{address}?code=c%20d&state=s"]


def test_nobody_is_waited_for_without_end() -> None:
    assert answer_at(f"http://127.0.0.1:{free_port()}/callback", 0.05) is None


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match=r".+"):
            answer_at(f"http://127.0.0.1:{taken.getsockname()[1]}/callback", 1)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("http://127.0.0.1:53682/callback", True),
        ("http://localhost:8123/", True),
        ("http://localhost/callback", False),
        ("https://localhost:8123/callback", False),
        ("https://erp.example:8123/callback", False),
    ],
)
def test_only_an_address_of_this_computer_is_waited_at(address: str, near: bool) -> None:
    assert can_wait_at(address) is near
