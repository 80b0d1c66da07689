from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from customary.connectors.sunsystems.client import Answer, Request, SunsystemsClient
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.errors import (
    ConnectorError,
    InDoubt,
    NotPermitted,
    Rejected,
    RequestRefused,
    Unreachable,
    Unreadable,
)
from customary.model.secret import Secret
from customary.protocols.ssc_soap import COMPONENT_EXECUTOR, CONTENT_TYPE, write_fault, write_response
from customary.sandboxes.server import Cut, LoopbackServer, Reply
from customary.sandboxes.server import Request as Asked
from tests.connectors.sunsystems.rig import config

SOAP = b"".join(write_response(COMPONENT_EXECUTOR, "Execute", ["<SSC/>"]))


def request(*, acts: bool, payload: str = "<SSC/>") -> Request:
    return Request(
        service=COMPONENT_EXECUTOR,
        operation="Execute",
        parameters={"authentication": "v", "component": "Customer", "method": "Query"},
        payload=lambda: [payload],
        acts=acts,
    )


@contextmanager
def client_of(answer: Callable[[Asked], Reply], **changes: object) -> Iterator[SunsystemsClient]:
    server = LoopbackServer(answer)
    server.start()
    client = SunsystemsClient("sun", config(f"http://127.0.0.1:{server.port}", **changes))
    try:
        yield client
    finally:
        client.close()
        server.stop()


def text(answer: Answer) -> str:
    with answer.body as body:
        return body.read().decode()


def test_a_call_has_the_headers_and_the_length_that_an_old_server_wants() -> None:
    seen: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        seen.append(asked)
        return Reply(body=SOAP, content_type=CONTENT_TYPE)

    with client_of(answer, basic_user="gate", basic_password=Secret(lambda: "word")) as client:
        assert text(client.call(request(acts=False))) == "<SSC/>"
    (asked,) = seen
    assert asked.path == "/sunsystems-connect/soap/ComponentExecutor"
    assert asked.headers["soapaction"] == '"http://systemsunion.com/connect/webservices/Execute"'
    assert asked.headers["content-type"] == "text/xml; charset=utf-8"
    assert asked.headers["content-length"] == str(len(asked.body))
    assert asked.headers["authorization"] == "Basic Z2F0ZTp3b3Jk"
    assert "transfer-encoding" not in asked.headers


def test_an_answer_in_another_encoding_is_read_as_http_says() -> None:
    body = SOAP.decode().replace("&lt;SSC/&gt;", "Müller").encode("latin-1")
    with client_of(lambda _: Reply(body=body, content_type="text/xml; charset=ISO-8859-1")) as client:
        assert text(client.call(request(acts=False))) == "Müller"


@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_is_an_answer_under_any_status(status: int) -> None:
    reply = Reply(status=status, body=write_fault("Server", "No  way\n"), content_type=CONTENT_TYPE)
    with client_of(lambda _: reply) as client:
        answer = client.call(request(acts=True))
        answer.body.close()
    assert answer.responses.fault is not None
    assert answer.responses.fault.text == "No way"


@pytest.mark.parametrize(
    ("reply", "read", "written"),
    [
        (Reply(status=503), Unreachable, InDoubt),
        (Reply(status=500, body=b"<html>Error</html>"), Unreachable, InDoubt),
        (Reply(body=b"<html>Log in</html>"), Unreadable, InDoubt),
        (Reply(body=SOAP[:-20]), Unreadable, InDoubt),
        (Reply(body=SOAP, cut=Cut.HALF), Unreachable, InDoubt),
        (Reply(cut=Cut.NOTHING), Unreachable, InDoubt),
        (Reply(body=SOAP, seconds=3), Unreachable, InDoubt),
        (Reply(status=302, headers=(("Location", "/elsewhere"),)), Unreachable, Unreachable),
        (Reply(status=404), Unreachable, Unreachable),
        (Reply(status=401), NotPermitted, NotPermitted),
        (Reply(status=413), Rejected, Rejected),
    ],
)
def test_what_no_answer_means_depends_on_whether_something_may_have_been_written(
    reply: Reply, read: type[ConnectorError], written: type[ConnectorError]
) -> None:
    for acts, expected in ((False, read), (True, written)):
        with client_of(lambda _: reply, read_timeout=0.3) as client, pytest.raises(ConnectorError) as caught:
            client.call(request(acts=acts))
        assert type(caught.value) is expected
        assert caught.value.__cause__ is None


def test_nobody_there_is_unreachable_even_for_a_write() -> None:
    client = SunsystemsClient("sun", config("http://127.0.0.1:9"))
    with pytest.raises(Unreachable, match="no connection"):
        client.call(request(acts=True))


def test_what_xml_cannot_hold_is_not_sent() -> None:
    with (
        client_of(lambda _: Reply(cut=Cut.NOTHING)) as client,
        pytest.raises(RequestRefused, match="U\\+0000"),
    ):
        client.call(request(acts=True, payload="\x00"))


def test_certificates_are_checked() -> None:
    client = SunsystemsClient("sun", SunsystemsConfig(url="https://erp", operator="PK1"))
    context = client._transport._pool._ssl_context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_neither_requests_nor_answers_show_what_is_in_them() -> None:
    with client_of(lambda _: Reply(body=SOAP, content_type=CONTENT_TYPE)) as client:
        answer = client.call(request(acts=False))
        answer.body.close()
    assert "SSC" not in repr(answer)
    assert "'v'" not in repr(request(acts=False))
