"""What a stranger, or a broken program, may send: nothing makes a 5xx, a hang, or half a customer."""

from __future__ import annotations

import socket
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest

from customary.protocols.ssc_soap import SOAP_PATH
from tests.support.components import fields, payload
from tests.support.hostile import BOMB, EXTERNAL, PAYLOADS, inside
from tests.support.soap import Desk, answering, envelope, executing


@pytest.mark.parametrize("what", PAYLOADS)
def test_a_hostile_payload_is_a_fault_and_changes_nothing(shared: Desk, voucher: str, what: str) -> None:
    told = shared.execute(voucher, "CreateOrAmend", PAYLOADS[what])
    assert told.fault
    assert told.status < 500
    assert "root:" not in told.fault.text
    assert shared.execute(voucher, "Query", payload([])).records == ()


ENVELOPES = {
    "nothing": b"",
    "blanks": b"  \n ",
    "entity bomb": BOMB.encode() + envelope("Execute", "&c;"),
    "external entity": EXTERNAL.encode() + envelope("Execute", "&x;"),
    "no xml": b"{}",
    "binary": bytes(range(256)) * 100,
    "compressed": zlib.compress(envelope("Execute", "")),
    "a null": b"\0" * 1000,
    "wrong bytes": envelope("Authenticate", "<w:name>\xe9</w:name>").replace("é".encode(), b"\xe9"),
    "depth": b"<a>" * 100_000,
    "cut off": envelope("Execute", "")[:-30],
    "giant voucher": envelope("Execute", f"<w:authentication>{'x' * 2_000_000}</w:authentication>"),
    "giant tag": b"<" + b"x" * 5_000_000,
    "attributes": b"<a " + b" ".join(b"a%d=''" % n for n in range(10_000)) + b"/>",
    "a parameter twice": envelope("Execute", "<w:method>a</w:method><w:method>b</w:method>"),
    "elements in a parameter": envelope("Execute", "<w:payload><SSC/></w:payload>"),
    "two operations": envelope("Execute", "").replace(b"</soapenv:Body>", b"<x/></soapenv:Body>"),
    "no body": b"<Envelope/>",
    "a web page": b"<!DOCTYPE html><html><body>hello</body></html>",
}


@pytest.mark.parametrize("what", ENVELOPES)
def test_a_hostile_envelope_is_a_fault(shared: Desk, what: str) -> None:
    for service in ("ComponentExecutor", "SecurityProvider"):
        told = shared.post(service, ENVELOPES[what])
        assert told.fault
        assert told.status < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/xml; charset=klingon"},
        {"content_type": "text/xml; charset=zlib"},
        {"content_type": "multipart/related; boundary"},
        {"content_type": "text/xml; charset*=utf-8''%FF"},
        {"content_type": ";;;"},
        {"authorization": "Basic"},
        {"authorization": "Basic ####"},
        {"authorization": "Basic " + "YQ" * 3000},
        {"authorization": "Bearer x"},
        {"soapaction": '"""'},
        {"content_encoding": "gzip"},
    ],
)
def test_hostile_headers_do_no_harm(shared: Desk, headers: dict[str, str]) -> None:
    told = shared.post("ComponentExecutor", executing("", "Query", ""), **headers)
    assert told.fault
    assert told.status < 500


def test_a_record_that_breaks_a_rule_in_a_good_payload_stands_alone(shared: Desk, voucher: str) -> None:
    good = [f"<Customer>{fields(CustomerCode=f'R{n}')}</Customer>" for n in range(450)]
    good[300] = "<Customer><CustomerCode>BAD</CustomerCode><CreditBlock>9</CreditBlock></Customer>"
    told = shared.execute(voucher, "CreateOrAmend", payload(good))
    assert [n for n, status in enumerate(told.statuses) if status != "success"] == [300]
    codes = {record.value("CustomerCode") for record in shared.execute(voucher, "Query", payload([])).records}
    assert codes == {f"R{n}" for n in range(450)} - {"R300"}
    everything = [f"<Customer>{fields(CustomerCode=str(code))}</Customer>" for code in codes]
    assert set(shared.execute(voucher, "Delete", payload(everything)).statuses) == {"success"}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Desk]:
    """A server that takes a megabyte at most."""
    with answering(f"sqlite:///{(tmp_path / 'hub.db').as_posix()}", tmp_path, largest_request=1) as desk:
        yield desk


def test_a_request_that_is_too_large_is_refused_announced_or_not(small: Desk) -> None:
    body = executing(small.authenticate(), "Create", escape(inside("<Payload/>") + " " * 1_000_000))

    def streamed() -> Iterator[bytes]:
        yield from (body[start : start + 65_536] for start in range(0, len(body), 65_536))

    for sent in (body, streamed()):
        told = small.post("ComponentExecutor", sent)
        assert told.status == 413
        assert told.fault
        assert "larger than 1 MB" in told.fault.text


def test_what_is_no_http_gets_an_answer_or_a_closed_connection(shared: Desk) -> None:
    at = urlsplit(shared.url)
    for sent in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100,
        b"GET " + b"x" * 100_000,
        f"POST {SOAP_PATH}SecurityProvider HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".encode(),
        f"POST {SOAP_PATH}SecurityProvider HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".encode(),
        f"POST {SOAP_PATH}SecurityProvider HTTP/1.0\r\n\r\n".encode(),
    ):
        with socket.create_connection((str(at.hostname), at.port or 0), timeout=10) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            assert b"HTTP/1.1 5" not in connection.recv(4096)
    assert shared.http.get(f"{shared.url}/health").status_code == 200
