from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from customary.connectors.sage200.client import Answer, Sage200Client
from customary.connectors.sage200.config import Sage200Config
from customary.errors import ConfigError, Unreachable
from customary.model.secret import Secret
from customary.sandboxes.sage200 import Sage200Sandbox, Settings
from customary.sandboxes.server import LoopbackServer, Reply, Request
from tests.connectors.sage200.rig import fault, source
from tests.support.pages import everything, keys


@contextmanager
def client_of(answer: Callable[[Request], Reply], **changes: object) -> Iterator[Sage200Client]:
    server = LoopbackServer(answer)
    server.start()
    place = f"http://127.0.0.1:{server.port}"
    usual: dict[str, object] = {"client_id": "c", "url": place, "identity_url": place, "rate": 1000}
    client = Sage200Client("sage", Sage200Config(**{**usual, **changes}))  # type: ignore[arg-type]
    try:
        yield client
    finally:
        client.close()
        server.stop()


def test_a_call_has_the_headers_that_sage_wants() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Reply:
        seen.append(request)
        return Reply(body=b"[]")

    key = Secret(lambda: "k")
    with client_of(answer, site="s-1", company=2, subscription_key=key) as client:
        client.get("customers", {"$filter": "name eq 'a & b'"}, "t")
        client.get("sites", {}, "t", company=False)
    first, second = (request.headers for request in seen)
    assert (first["authorization"], first["x-site"], first["x-company"]) == ("Bearer t", "s-1", "2")
    assert first["ocp-apim-subscription-key"] == "k"
    assert "x-site" not in second
    assert seen[0].target == "/customers?$filter=name%20eq%20%27a%20%26%20b%27"


def test_a_busy_server_is_waited_for_as_it_asks_and_asked_again() -> None:
    statuses = iter([429, 200])

    def answer(_: Request) -> Reply:
        status = next(statuses)
        return Reply(status=status, headers=(("Retry-After", "1"),) if status == 429 else (), body=b"[]")

    with client_of(answer) as client:
        assert client.get("customers", {}, "t").status == 200


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("7", 7, 7),
        ("", 0, 0),
        ("soon", 0, 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0, 0),
    ],
)
def test_a_time_to_wait_comes_in_seconds_or_as_a_date(text: str, least: float, most: float) -> None:
    reply = Reply(status=429, headers=(("Retry-After", text),) if text else ())
    with client_of(lambda _: reply, busy_wait=0) as client:
        assert least <= client.get("customers", {}, "t").retry_after <= most


def test_a_time_to_wait_that_comes_as_a_date_is_counted_from_now() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    reply = Reply(status=429, headers=(("Retry-After", later),))
    with client_of(lambda _: reply, busy_wait=0) as client:
        assert 3000 <= client.get("customers", {}, "t").retry_after <= 3600


def test_a_server_that_stays_busy_is_not_waited_for_without_end() -> None:
    with client_of(lambda _: Reply(status=429, headers=(("Retry-After", "60"),)), busy_wait=5) as client:
        answer = client.get("customers", {}, "t")
    assert (answer.status, answer.retry_after) == (429, 60)


def test_calls_keep_to_the_rate_and_come_close_to_it() -> None:
    with Sage200Sandbox(20, settings=Settings(rate=40)) as sandbox, source(sandbox, rate=40, page=1) as made:
        assert len(keys(everything(made))) == 20
        counts = sandbox.state.counts()
    assert counts.most_in_a_second <= 40


def test_no_more_calls_are_under_way_at_once_than_configured() -> None:
    with Sage200Sandbox(20) as sandbox:
        fault(sandbox, "slow", seconds=0.02, times=0, object="customers")
        with source(sandbox, concurrency=2, page=5) as made:
            made.check()
            threads = [threading.Thread(target=everything, args=(made,)) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sandbox.state.counts().most_at_once <= 2


@pytest.mark.parametrize("reply", [Reply(seconds=3), Reply(status=503, seconds=3)])
def test_an_answer_that_does_not_come_is_unreachable(reply: Reply) -> None:
    with client_of(lambda _: reply, read_timeout=0.2) as client, pytest.raises(Unreachable, match=r"0\.2 s"):
        client.get("customers", {}, "t")


def test_nobody_there_is_unreachable() -> None:
    with (
        client_of(lambda _: Reply(), url="http://127.0.0.1:9") as client,
        pytest.raises(Unreachable, match="no connection"),
    ):
        client.get("customers", {}, "t")


def test_authorities_that_cannot_be_read_are_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    file.write_text("nothing", encoding="utf-8")
    with pytest.raises(ConfigError, match="ca_file"):
        Sage200Client("sage", Sage200Config(client_id="c", ca_file=file))


def test_certificates_are_checked() -> None:
    client = Sage200Client("sage", Sage200Config(client_id="c"))
    context = client._transport._pool._ssl_context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_an_answer_shows_nothing_of_its_body() -> None:
    assert "secret" not in repr(Answer(200, b"secret"))
