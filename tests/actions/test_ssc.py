from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.actions.ssc import send
from customary.actions.workspace import Where, Workspace, open_workspace
from customary.errors import ConfigError, InDoubt, NotPermitted, RequestRefused, Unreadable
from customary.store import journal, runs
from customary.store.database import open_store
from tests.support.components import fields, payload
from tests.support.sun import OPERATOR, PASSWORD, Sun

CONFIGURATION = """
[[business_unit]]
code = "MAIN"

[systems.sun]
connector = "sunsystems"
unit = "PK1"
url = "{url}"
operator = "{operator}"
password = "env:SUN_PASSWORD"

[systems.erp]
connector = "syspro"
url = "http://127.0.0.1:9/x"
company = "A"
operator = "WEB"
password = "env:SUN_PASSWORD"
"""


@pytest.fixture
def sun(tmp_path: Path) -> Iterator[Sun]:
    store = open_store(f"sqlite:///{(tmp_path / 'sun.db').as_posix()}")
    with Sun(store).running() as running:
        yield running
    store.close()


@pytest.fixture
def folder(sun: Sun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUN_PASSWORD", PASSWORD)
    text = CONFIGURATION.format(url=sun.url, operator=OPERATOR)
    (tmp_path / "customary.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    with open_workspace(Where(folder / "customary.toml")) as opened:
        yield opened


def records(*codes: str) -> bytes:
    return payload([f"<Customer>{fields(CustomerCode=code)}</Customer>" for code in codes])


def told(workspace: Workspace, run: int) -> tuple[str, str, str, list[str]]:
    with workspace.store.read() as connection:
        found = runs.read(connection, run)
        notes = [note.text for note in journal.run_messages(connection, run)]
    assert found is not None
    return found.operation, found.target, str(found.state), notes


def test_a_payload_goes_to_the_system_and_its_answer_comes_back(workspace: Workspace, sun: Sun) -> None:
    pieces: list[str] = []
    run, result = send(workspace, "sun", ("Customer", "Create"), io.BytesIO(records("A", "B")), pieces.append)
    assert (result.records, result.failed, sun.keys()) == (2, 0, ["A", "B"])
    assert '<Customer status="success"><CustomerCode>A</CustomerCode></Customer>' in "".join(pieces)
    assert told(workspace, run) == ("ssc Customer/Create", "sun", "succeeded", [])


def test_records_that_failed_are_counted_and_told_in_the_journal(workspace: Workspace, sun: Sun) -> None:
    send(workspace, "sun", ("Customer", "Create"), io.BytesIO(records("A")), len)
    run, result = send(workspace, "sun", ("Customer", "Create"), io.BytesIO(records("A", "B")), len)
    assert (result.records, result.failed) == (2, 1)
    assert told(workspace, run)[3] == ["Customer A already exists"]
    assert sun.keys() == ["A", "B"]


def test_a_payload_in_another_encoding_arrives_as_its_text(workspace: Workspace, sun: Sun) -> None:
    text = records("A").decode().replace("</Customer>", "<Name>Müller &amp; Söhne</Name></Customer>")
    document = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{text}'.encode("latin-1")
    send(workspace, "sun", ("Customer", "Create"), io.BytesIO(document), len)
    assert sun.office.stored("A")["Name"] == "Müller & Söhne"


def test_what_is_refused_as_a_whole_is_told_and_kept(workspace: Workspace) -> None:
    with pytest.raises(RequestRefused, match="no method 'Nonsense'"):
        send(workspace, "sun", ("Customer", "Nonsense"), io.BytesIO(records("A")), len)
    with pytest.raises(RequestRefused, match="cut off"):
        send(workspace, "sun", ("Customer", "Create"), io.BytesIO(records("A")[:-20]), len)
    with pytest.raises(RequestRefused, match="U\\+0001"):
        send(workspace, "sun", ("Customer", "Create"), io.BytesIO(b"<SSC>\x01</SSC>"), len)
    assert told(workspace, 1)[2] == "failed"
    assert "no method 'Nonsense'" in told(workspace, 1)[3][0]


@pytest.mark.parametrize("kind", ["lost", "truncated", "empty"])
def test_a_write_without_an_answer_is_in_doubt_and_a_query_is_not(
    workspace: Workspace, sun: Sun, kind: str
) -> None:
    sun.trouble(kind, method="Create")
    with pytest.raises(InDoubt, match=r"look by Query before you send it again \(run 1\)"):
        send(workspace, "sun", ("Customer", "Create"), io.BytesIO(records("A")), len)
    assert sun.keys() == ["A"]
    sun.trouble("truncated", method="Query")
    with pytest.raises(Unreadable):
        send(workspace, "sun", ("Customer", "Query"), io.BytesIO(payload([])), len)


def test_a_refused_logon_is_no_permission(workspace: Workspace, sun: Sun) -> None:
    sun.refuse_logon = True
    with pytest.raises(NotPermitted):
        send(workspace, "sun", ("Customer", "Query"), io.BytesIO(payload([])), len)


def test_a_system_without_components_takes_no_payload(workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match="erp takes no payloads"):
        send(workspace, "erp", ("Customer", "Query"), io.BytesIO(b""), len)


def test_the_command_has_the_exit_codes_of_the_local_door(folder: Path, sun: Sun) -> None:
    def ssc(method: str, *words: str) -> tuple[int, str]:
        (folder / "p.xml").write_bytes(records("A"))
        command = [sys.executable, "-m", "customary.cli", "ssc", "Customer", method, "p.xml", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
        return done.returncode, done.stderr

    assert ssc("Create", "--system", "sun", "-o", "a.xml") == (0, "run 1: 1 record\n")
    assert 'status="success"' in (folder / "a.xml").read_text(encoding="utf-8")
    assert ssc("Create", "--system", "sun") == (1, "run 2: 1 record, 1 failed\n")
    assert ssc("Nonsense", "--system", "sun")[0] == 2
    assert ssc("Create", "--system", "moon")[0] == 2
    sun.trouble("lost", method="CreateOrAmend")
    assert ssc("CreateOrAmend", "--system", "sun")[0] == 4
    shown = [sys.executable, "-m", "customary.cli", "show", "run", "2", "--json"]
    run = json.loads(subprocess.run(shown, cwd=folder, capture_output=True, encoding="utf-8").stdout)
    assert (run["operation"], run["messages"][0]["text"]) == (
        "ssc Customer/Create",
        "Customer A already exists",
    )
