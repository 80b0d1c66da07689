from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from customary.connectors.wire import described, drained, opened, timeouts
from customary.errors import ConfigError, Unreadable


class Settings(Struct, frozen=True):
    connect_timeout: float = 1.5
    read_timeout: float = 60.0
    ca_file: Path | None = None


def test_a_body_is_read_to_its_end_and_not_past_the_limit() -> None:
    assert drained("erp", [b"ab", b"cd"], 4, Settings()) == b"abcd"
    with pytest.raises(Unreadable, match="erp: the answer has more than 3 bytes; lower `page`"):
        drained("erp", [b"ab", b"cd"], 3, Settings())


def test_a_body_that_does_not_end_is_given_up() -> None:
    with pytest.raises(httpx.ReadTimeout):
        drained("erp", iter(lambda: b"", None), 4, Settings(read_timeout=0.01))


def test_a_file_without_certificates_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"systems\.erp\.ca_file: .*ca\.pem holds no certificates"):
        opened("erp", ["http://erp.example", "https://login.example"], Settings(ca_file=file))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "no connection within 1.5 s"),
        (httpx.ReadTimeout("x"), "no whole answer within 60 s"),
        (httpx.ConnectError("refused"), "no connection: refused"),
        (httpx.RemoteProtocolError("x"), "the connection broke before the whole answer had come"),
    ],
)
def test_why_no_answer_came_is_said_in_words(error: httpx.TransportError, words: str) -> None:
    assert described(error, Settings()) == words


def test_connecting_and_answering_have_times_of_their_own() -> None:
    assert timeouts(Settings()) == {"connect": 1.5, "read": 60.0, "write": 60.0, "pool": 60.0}
