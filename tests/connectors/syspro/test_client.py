from __future__ import annotations

import logging
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import trustme

from customary.connectors.syspro.client import MOST_BYTES, SysproClient, quotable
from customary.connectors.syspro.faults import Fault
from customary.errors import ConfigError, ConnectorError, NotPermitted, Unreachable, Unreadable
from customary.model.secret import Secret
from customary.protocols.enet import TABLE, FetchRequest
from customary.sandboxes.server import LoopbackServer, Reply, Request
from customary.sandboxes.syspro.sandbox import SysproSandbox
from customary.sandboxes.syspro.settings import Company, Operator, Settings
from tests.connectors.syspro.rig import config, fault

PASSWORD = "pa ss&wörd?/#%"
COMPANY_PASSWORD = "c0mpany-word"
STRANGE = Settings(operators=(Operator(password=PASSWORD),), companies=(Company(password=COMPANY_PASSWORD),))
FETCH = FetchRequest(TABLE, "0000001").to_xml()


@contextmanager
def client_of(url: str, **changes: object) -> Iterator[SysproClient]:
    client = SysproClient("erp", config(url, **changes))
    try:
        yield client
    finally:
        client.close()


@contextmanager
def answering(answer: Callable[[Request], Reply]) -> Iterator[str]:
    server = LoopbackServer(answer)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/Rest"
    finally:
        server.stop()


def test_a_session_is_opened_used_and_ended(sandbox: SysproSandbox) -> None:
    with client_of(sandbox.url) as client:
        session = client.log_on()
        assert client.fetch(session, FETCH).body.startswith(b"<?xml")
        assert client.log_off(session)

    assert sandbox.state.counts().sessions.open == 0


def test_a_session_id_is_kept_and_sent_as_it_came(sandbox: SysproSandbox) -> None:
    # SOURCE: facts/syspro.md 4, two trailing blanks, sent back as %20%20 (observed).
    seen: list[str] = []

    def answer(request: Request) -> Reply:
        seen.append(request.target)
        return Reply(body=b"0123456789ABCDEF0123456789ABCDEF00  ")

    with answering(answer) as url, client_of(url) as client:
        client.profile(client.log_on())

    assert seen[1].endswith("?UserId=0123456789ABCDEF0123456789ABCDEF00%20%20")


def test_all_four_parameters_of_logon_are_sent_also_when_blank() -> None:
    # SOURCE: facts/syspro.md 4, empty is tolerated, missing is refused (client code).
    seen: list[dict[str, list[str]]] = []

    def answer(request: Request) -> Reply:
        seen.append(parse_qs(request.query, keep_blank_values=True))
        return Reply(body=b"0123456789ABCDEF0123456789ABCDEF00  ")

    with answering(answer) as url, client_of(url, password=Secret(str)) as client:
        client.log_on()

    assert seen == [
        {"Operator": ["WEB"], "OperatorPassword": [""], "CompanyId": ["A"], "CompanyPassword": [""]}
    ]


def test_any_password_reaches_syspro_unchanged() -> None:
    with SysproSandbox(customers=1, settings=STRANGE) as sandbox, strange_client(sandbox) as client:
        assert client.log_off(client.log_on())


@contextmanager
def strange_client(sandbox: SysproSandbox, word: str = PASSWORD) -> Iterator[SysproClient]:
    with client_of(
        sandbox.url, password=Secret(lambda: word), company_password=Secret(lambda: COMPANY_PASSWORD)
    ) as client:
        yield client


FAULTS = ("drop_before", "drop_half", "http_500", "html", "garbage", "truncated", "wrong_password", "licence")


@pytest.mark.parametrize("kind", FAULTS)
def test_no_secret_reaches_a_log_or_an_error_whatever_goes_wrong(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    with SysproSandbox(customers=1, settings=STRANGE) as sandbox, strange_client(sandbox) as client:
        session = client.log_on()
        fault(sandbox, kind, times=0, status=404 if kind == "html" else 0)
        for call in (client.log_on, lambda: client.fetch(session, FETCH), lambda: client.log_off(session)):
            try:
                shown.append(repr(call()))
            except ConnectorError as error:
                shown += traceback.format_exception(error)
                shown += [f"{each!r} {vars(each)}" for each in _chain(error)]
        sandbox.state.faults.clear()
        shown += [repr(client), repr(vars(client))]

    spoken = "\n".join([*shown, *(f"{record.getMessage()} {record.args}" for record in caplog.records)])
    for secret in (PASSWORD, COMPANY_PASSWORD, session.strip(), "OperatorPassword=", "UserId="):
        assert secret not in spoken


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_a_logon_that_succeeds_is_in_no_log_either(
    sandbox: SysproSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with client_of(sandbox.url) as client:
        session = client.log_on()
        client.fetch(session, FETCH)
        client.log_off(session)

    assert session.strip() not in caplog.text
    assert "UserId" not in caplog.text


def test_what_syspro_echoes_is_masked() -> None:
    text = "Bad logon ?OperatorPassword=pa%20ss%26w%C3%B6rd%3F%2F%23%25 or PA SS&WÖRD?/#% of  ab, abstract"

    assert quotable(text, [PASSWORD, "ab"]) == "Bad logon ?OperatorPassword=*** or *** of ***, abstract"


def test_a_long_text_is_cut_short() -> None:
    assert len(quotable("x" * 1000, [])) == 201


def test_a_refused_logon_says_so_in_syspros_words(sandbox: SysproSandbox) -> None:
    with (
        client_of(sandbox.url, password=Secret(lambda: "wrong")) as client,
        pytest.raises(NotPermitted, match="operator WEB: Invalid operator password"),
    ):
        client.log_on()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("drop_before", Unreachable),
        ("drop_half", Unreachable),
        ("http_500", Unreachable),
        ("slow", Unreachable),
    ],
)
def test_no_whole_answer_is_unreachable(sandbox: SysproSandbox, kind: str, error: type[Exception]) -> None:
    with client_of(sandbox.url, read_timeout=0.3) as client:
        session = client.log_on()
        fault(sandbox, kind, seconds=2)
        with pytest.raises(error):
            client.fetch(session, FETCH)
        assert client.fetch(session, FETCH).fault is Fault.NONE


def test_nobody_there_is_unreachable() -> None:
    with answering(lambda _: Reply()) as url:
        pass
    with client_of(url) as client, pytest.raises(Unreachable, match="no connection"):
        client.version()


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"ERROR: no", b"", b"x" * 100])
def test_a_server_that_is_no_syspro_is_unreachable(body: bytes) -> None:
    with (
        answering(lambda _: Reply(body=body)) as url,
        client_of(url) as client,
        pytest.raises(Unreachable, match="url"),
    ):
        client.version()


@pytest.mark.parametrize(("status", "body"), [(200, b"<html/>"), (200, b"hello"), (404, b""), (302, b"")])
def test_a_logon_without_session_and_error_is_unreachable(status: int, body: bytes) -> None:
    with (
        answering(lambda _: Reply(status=status, body=body)) as url,
        client_of(url) as client,
        pytest.raises(Unreachable, match="url"),
    ):
        client.log_on()


def test_an_answer_without_end_is_not_read() -> None:
    body = bytes(MOST_BYTES + 1)
    with (
        answering(lambda _: Reply(body=body)) as url,
        client_of(url) as client,
        pytest.raises(Unreadable, match="more than"),
    ):
        client.profile("session")


def test_an_answer_whose_wrapping_is_cut_off_cannot_be_read() -> None:
    with (
        answering(lambda _: Reply(body=b'"<ArCustomer')) as url,
        client_of(url) as client,
        pytest.raises(Unreadable, match="cut off"),
    ):
        client.profile("session")


def test_an_answer_that_trickles_is_not_waited_for_without_end() -> None:
    class Trickle(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not stopped.wait(0.05):
                    self.wfile.write(b" ")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    stopped = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Trickle) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/Rest"
        with client_of(url, read_timeout=0.3) as client, pytest.raises(Unreachable, match="no whole answer"):
            client.profile("session")
        stopped.set()
        server.shutdown()
        serving.join()


def test_a_logoff_that_did_not_arrive_is_told_and_not_raised(sandbox: SysproSandbox) -> None:
    with client_of(sandbox.url) as client:
        session = client.log_on()
        fault(sandbox, "drop_before")
        assert not client.log_off(session)
        assert client.log_off(session)
        assert client.log_off(session), "a session that is gone is logged off"


@pytest.mark.parametrize("wrapping", ["json", "string"])
def test_wrapped_answers_are_read(wrapping: str) -> None:
    settings = Settings(wrapping="json" if wrapping == "json" else "string")
    with SysproSandbox(customers=1, settings=settings) as sandbox, client_of(sandbox.url) as client:
        session = client.log_on()
        assert session.endswith("  ")
        assert b"<Customer>0000001</Customer>" in client.fetch(session, FETCH).body
        assert client.fetch("nonsense", FETCH).fault is Fault.SESSION_LOST


class _OverTls(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"7.0.1")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_url(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("localhost", 0), _OverTls) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        yield f"https://localhost:{server.server_address[1]}/Rest"
        server.shutdown()
        serving.join()


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_url: str) -> None:
    with client_of(tls_url) as client, pytest.raises(Unreachable, match="certificate"):
        client.version()


def test_a_companys_own_authority_can_be_trusted(tls_url: str, authority: trustme.CA, tmp_path: Path) -> None:
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with client_of(tls_url, ca_file=trusted) as client:
        assert client.version() == "7.0.1"


def test_a_file_without_certificates_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")

    with pytest.raises(ConfigError, match=r"erp\.ca_file"):
        SysproClient("erp", config("https://erp.example/Rest", ca_file=tmp_path / "ca.pem"))
