"""``customary serve`` as its own process, asked over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
import psutil
import pytest

from customary.protocols.ssc_soap import SOAP_PATH
from tests.support.command import customary_command
from tests.support.components import fields, payload
from tests.support.processes import run
from tests.support.soap import Desk, executing

PASSWORD = "a good password"
CONFIGURATION = """
[[business_unit]]
code = "PK1"

[components]
account = "never"

[web]
listen = "127.0.0.1:0"
"""
MEGABYTE = 1_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "customary.toml").write_text(CONFIGURATION, encoding="utf-8")
    words = ["operator", "add", "SUN", "--rights", "write", "--password-from", "env:SUN_PASSWORD"]
    assert run(customary_command, words, tmp_path, {"SUN_PASSWORD": PASSWORD}, tmp_path) == 0
    return tmp_path


class Serving:
    """A ``customary serve``, and what it printed to standard error."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed: list[str] = []
        self._ready = threading.Event()
        self._reading = threading.Thread(target=self._read)
        self._reading.start()
        assert self._ready.wait(60), self.printed

    @property
    def url(self) -> str:
        (line,) = [line for line in self.printed if line.startswith("SunSystems Connect")]
        return line.split()[-1].removesuffix(SOAP_PATH.rstrip("/"))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._reading.join()
        return code

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.printed.append(line.strip())
            if "agent is at work" in line:
                self._ready.set()
        self._ready.set()


@contextmanager
def serve(folder: Path) -> Iterator[Serving]:
    """Serve until the block ends, and whatever happens no longer."""
    process = subprocess.Popen(
        [sys.executable, "-m", "customary.cli", "--verbose", "serve"],
        cwd=folder,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield Serving(process)
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that asks a process to stop from outside")
def test_it_answers_beside_the_agent_stops_cleanly_and_logs_no_secret(folder: Path) -> None:
    with serve(folder) as serving, httpx.Client() as http:
        desk = Desk(serving.url, http)
        voucher = desk.authenticate("SUN", PASSWORD)
        assert desk.authenticate("SUN", "not the password") == ""
        records = ["<Customer><CustomerCode>A1</CustomerCode><Name>Secretive Ltd</Name></Customer>"]
        assert desk.execute(voucher, "Create", payload(records)).statuses == ["success"]
        assert desk.execute(voucher, "Query", "<broken").fault
        assert http.get(f"{serving.url}/health").json() == {"status": "ok"}
        assert serving.stop() == 0
    told = "\n".join(serving.printed)
    assert serving.printed[-1] == "The agent has stopped."
    assert [secret for secret in (PASSWORD, voucher, "Secretive", "not the pass") if secret in told] == []
    assert "Traceback" not in told


@pytest.mark.parametrize("count", [20_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_many_records_go_in_and_come_out_at_flat_memory(folder: Path, count: int) -> None:
    long = "x" * 250
    texts = fields(Comment=long, CustomerMiscDescription1=long, CustomerMiscDescription2=long)
    record = f"<Customer><CustomerCode>{{:06}}</CustomerCode>{texts}</Customer>"
    with serve(folder) as serving, httpx.Client(timeout=600) as http:
        desk = Desk(serving.url, http)
        voucher = desk.authenticate("SUN", PASSWORD)

        def send(method: str, count: int) -> int:
            text = payload(record.format(number) for number in range(count)).decode()
            sent = executing(voucher, method, escape(text))
            size = 0
            with http.stream("POST", f"{desk.url}{SOAP_PATH}ComponentExecutor", content=sent) as answer:
                for piece in answer.iter_bytes():
                    size += len(piece)
            assert answer.status_code == 200
            return max(size, len(sent))

        send("BulkCreateOrAmend", 1000)
        send("Query", 0)
        with watched(serving.process.pid) as grown:
            assert send("BulkCreateOrAmend", count) > 750 * count
            assert send("Query", 0) > 750 * count
        assert max(grown) < 15 * MEGABYTE
        with watched(serving.process.pid) as grown:
            assert send("CreateReplaceOrDelete", count) > 750 * count
        assert max(grown) < 15 * MEGABYTE + 150 * count, "the keys, and nothing else, are kept"


@contextmanager
def watched(process_id: int) -> Iterator[list[int]]:
    """Watch by how many bytes a process grows."""
    process = psutil.Process(process_id)
    before = process.memory_info().rss
    grown: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            grown.append(process.memory_info().rss - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield grown
    finally:
        done.set()
        watching.join()
