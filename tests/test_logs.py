import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from msgspec import Struct

from customary.logs import configure, redact
from customary.model.secret import Secret

PASSWORD = "hunter2"
SESSION = "0123456789ABCDEF0123456789ABCDEF00"
URL = f"http://erp:31002/SYSPROWCFService/Rest/Logon?Operator=WEB&OperatorPassword={PASSWORD}&CompanyPassword={PASSWORD}"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, sys.excepthook)
    yield
    root.handlers, sys.excepthook = before[0], before[2]
    root.setLevel(before[1])
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(params=["json", "console"])
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    configure("debug", request.param, stream)
    return stream


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        (URL, URL.replace(PASSWORD, "***")),
        (f"{URL}&amp;UserId={SESSION}", URL.replace(PASSWORD, "***") + "&amp;UserId=***"),
        (f"/Query/Fetch?UserId={SESSION}%20%20&XmlIn=x", "/Query/Fetch?UserId=***&XmlIn=x"),
        (
            f"at http%3A%2F%2Fx%3FOperatorPassword%3D{PASSWORD}%26a",
            "at http%3A%2F%2Fx%3FOperatorPassword%3D***%26a",
        ),
        (f"session {SESSION} is open", "session *** is open"),
        (f"session {SESSION.lower()[:32]}", "session ***"),
        (f"postgresql://web:{PASSWORD}@db/hub", "postgresql://web:***@db/hub"),
        (f"<UserId>{SESSION}</UserId><Key>7</Key>", "<UserId>***</UserId><Key>7</Key>"),
        (f"{{'password': '{PASSWORD}', 'operator': 'WEB'}}", "{'password': ***, 'operator': 'WEB'}"),
        (f'{{"sessionId": "{PASSWORD}", "n": 1}}', '{"sessionId": ***, "n": 1}'),
        (f"password: {PASSWORD} was tried", "password: *** was tried"),
        (f"password = '{PASSWORD} more' x", "password = *** x"),
        (f"Authorization: Basic {PASSWORD}", "Authorization: ***"),
        (f"Set-Cookie: sid={PASSWORD}; HttpOnly", "Set-Cookie: ***"),
    ],
)
def test_secrets_are_known_by_their_form(text: str, becomes: str) -> None:
    assert redact(text) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "ERROR: Invalid operator password",
        "run 12 of update-customers: 4,999 unchanged, 1 failed",
        "the session: lost, logging on once more",
        "identity 550e8400-e29b-41d4-a716-446655440000",
        "digest " + "ab" * 32,
        "http://erp:31002/SYSPROWCFService/Rest/Query/Fetch?XmlIn=x",
        "Bayside Bikes & Co <Ltd>",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


class Account(Struct):
    operator: str
    password: Any


LEAKS: list[dict[str, Any]] = [
    {"password": PASSWORD},
    {"operator_password": 1234567},
    {"SESSION_ID": PASSWORD},
    {"user-id": PASSWORD},
    {"Authorization": PASSWORD},
    {"url": URL},
    {"url": httpx.URL(URL)},
    {"params": {"Operator": "WEB", "CompanyPassword": PASSWORD}},
    {"tried": [f"UserId={SESSION}", (f"UserId={SESSION}",)]},
    {"account": Account("WEB", PASSWORD)},
    {"account": Account("WEB", Secret(lambda: PASSWORD))},
    {"error": ValueError(URL)},
    {"body": f"<Logon><OperatorPassword>{PASSWORD}</OperatorPassword></Logon>".encode()},
    {"deep": {"deeper": [{"token": PASSWORD}]}},
]


@pytest.mark.parametrize("leak", LEAKS, ids=str)
def test_no_value_leaks(out: io.StringIO, leak: dict[str, Any]) -> None:
    structlog.get_logger().info("logged on", **leak)
    structlog.contextvars.bind_contextvars(**leak)
    structlog.get_logger().info("still logged on")
    written = out.getvalue()
    assert "still logged on" in written
    assert "***" in written
    assert all(secret not in written for secret in (PASSWORD, SESSION, "1234567"))


def test_no_exception_leaks(out: io.StringIO) -> None:
    try:
        try:
            raise httpx.ConnectError(f"no answer from {URL}", request=httpx.Request("GET", URL))
        except httpx.ConnectError as error:
            raise RuntimeError(f"{error} with session {SESSION}") from error
    except RuntimeError:
        structlog.get_logger().exception("failed")
        logging.getLogger("anybody").exception("failed as well")
    written = out.getvalue()
    assert written.count("RuntimeError: no answer from http") == 2
    assert PASSWORD not in written
    assert SESSION not in written


def test_other_libraries_take_the_same_way_and_are_heard_from_warnings_on(out: io.StringIO) -> None:
    for name in ("httpx", "httpcore.connection", "sqlalchemy.engine", "dbos"):
        logging.getLogger(name).info("HTTP Request: GET %s", URL)
        assert out.getvalue() == ""
        logging.getLogger(name).warning("HTTP Request: GET %s", URL)
        assert "HTTP Request: GET http" in out.getvalue()
        assert PASSWORD not in out.getvalue()
        out.truncate(0)
        out.seek(0)


def test_a_library_that_logs_on_its_own_account_does_so_no_longer() -> None:
    own, out = io.StringIO(), io.StringIO()
    logging.getLogger("dbos").handlers = [logging.StreamHandler(own)]
    configure("info", "json", out)
    logging.getLogger("dbos").error("lost %s", URL)
    assert own.getvalue() == ""
    assert json.loads(out.getvalue())["event"] == f"lost {redact(URL)}"


def test_warnings_are_logged(out: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"slow: {URL}", stacklevel=1)
    assert "slow: http" in out.getvalue()
    assert PASSWORD not in out.getvalue()


def test_for_a_program_each_line_is_a_json_object() -> None:
    out = io.StringIO()
    configure("info", "json", out)
    structlog.get_logger("customary.engine").warning("refused", run=12, customer="0000002")
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "refused",
        "run": 12,
        "customer": "0000002",
        "level": "warning",
        "logger": "customary.engine",
    }


@pytest.mark.parametrize("out", [Terminal(), io.StringIO()], ids=["on a terminal", "elsewhere"])
def test_lines_are_for_a_person_unless_json_is_asked_for(out: io.StringIO) -> None:
    configure("info", stream=out)
    structlog.get_logger().info("a run began", operation="update-customers")
    logging.getLogger("customary.engine").warning("%s: the lease was taken over", "syspro")
    first, second = out.getvalue().splitlines()
    assert "a run began" in first
    assert "syspro: the lease was taken over" in second
    assert "{" not in out.getvalue()
    assert ("\x1b" in out.getvalue()) is out.isatty(), "colours on a terminal only"


def test_less_than_the_level_is_not_logged() -> None:
    out = io.StringIO()
    configure("warning", "json", out)
    structlog.get_logger().info("a detail")
    logging.getLogger("customary").info("a detail")
    assert out.getvalue() == ""


CRASH = f"""
import sys, threading
from customary.logs import configure
configure("info", "json")
def fail():
    raise RuntimeError({URL!r})
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_an_exception_that_nothing_catches_is_logged_and_not_printed_as_it_is() -> None:
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["stopped by an error"] * 2
    assert all("RuntimeError: http://erp" in line["exception"] for line in lines)
    # The traceback shows the line of the source that failed, but never what was in it.
    assert PASSWORD not in done.stderr
