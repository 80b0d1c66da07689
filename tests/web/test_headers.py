from __future__ import annotations

import base64

import pytest

from customary.protocols.ssc_soap import SOAP_11, SOAP_12
from customary.web.headers import read_headers


@pytest.mark.parametrize(
    ("content_type", "encoding", "action"),
    [
        ("", "", ""),
        ("text/xml", "", ""),
        ('text/xml; charset="ISO-8859-1"', "ISO-8859-1", ""),
        ("text/xml;charset=utf-8 ; action=x", "utf-8", "x"),
        (";;;", "", ""),
        ("text/xml; charset*=utf-8''%FF", "", ""),
    ],
)
def test_what_the_content_type_says(content_type: str, encoding: str, action: str) -> None:
    said = read_headers({"content-type": content_type})
    assert (said.encoding, said.action, said.version) == (encoding, action, SOAP_11)


def test_soap_1_2_is_known_by_its_type_and_says_its_action_there() -> None:
    said = read_headers({"content-type": 'application/soap+xml; action="http://x/Execute"'})
    assert (said.version, said.action) == (SOAP_12, "Execute")


@pytest.mark.parametrize("action", ['"http://x.example/y/Execute"', "urn:Execute", "x#Execute", "'Execute'"])
def test_the_last_word_of_the_soap_action_counts(action: str) -> None:
    assert read_headers({"soapaction": action}).action == "Execute"


@pytest.mark.parametrize(
    ("raw", "credentials"),
    [
        (b"SUN:a:b", ("SUN", "a:b")),
        ("Änne:ö".encode(), ("Änne", "ö")),
        ("Änne:ö".encode("latin-1"), ("Änne", "ö")),
        (b"no colon", None),
    ],
)
def test_basic_credentials_are_read_in_either_encoding(
    raw: bytes, credentials: tuple[str, str] | None
) -> None:
    header = {"authorization": f"basic {base64.b64encode(raw).decode()}"}
    said = read_headers(header)
    assert said.credentials == credentials
    assert "SUN" not in repr(said)


@pytest.mark.parametrize("header", ["", "Basic", "Basic #", "Bearer eA==", "Basic Ã©"])
def test_what_is_no_basic_gives_no_credentials(header: str) -> None:
    assert read_headers({"authorization": header}).credentials is None


@pytest.mark.parametrize(("length", "bytes_"), [("12", 12), ("", 0), ("-1", 0), ("x", 0), ("١", 0)])
def test_the_length_is_what_is_announced(length: str, bytes_: int) -> None:
    assert read_headers({"content-length": length}).length == bytes_
