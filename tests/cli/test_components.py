from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from customary.cli.recording import EVERY, progress
from tests.support import processes
from tests.support.command import ERR, customary_command
from tests.support.components import fields, payload
from tests.support.hostile import PAYLOADS
from tests.support.product import wait_until
from tests.support.terminal import on_terminal

CONFIGURATION = """
[[business_unit]]
code = "PK1"
closed_lists = ["currency"]

[components]
account = "never"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "customary.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "currencies.csv").write_text("code,text\nEUR,Euro\nUSD,\n", encoding="utf-8")
    return tmp_path


def customary(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "customary.cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def state(folder: Path) -> str:
    """The state of the only run, as it stands in the hub."""
    hub = folder / "customary-data" / "hub.db"
    if not hub.exists():
        return ""
    with closing(sqlite3.connect(hub)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'run'").fetchone():
            return ""
        return str((connection.execute("SELECT state FROM run").fetchone() or ("",))[0])


def put(folder: Path, *bodies: str) -> None:
    records = [f"<Customer>{body}</Customer>" for body in bodies]
    (folder / "p.xml").write_bytes(payload(records))


def test_a_payload_is_carried_out_and_its_answer_written(folder: Path) -> None:
    put(folder, fields(CustomerCode="A"))
    done = customary(folder, "ssc", "Customer", "Create", "p.xml")
    assert (done.returncode, done.stderr) == (0, "run 1: 1 record\n")
    assert '<Customer status="success"><CustomerCode>A</CustomerCode></Customer>' in done.stdout
    again = customary(folder, "ssc", "Customer", "Create", "p.xml", "-o", "answer.xml")
    assert (again.returncode, again.stdout) == (1, "")
    assert "Customer A already exists" in (folder / "answer.xml").read_text(encoding="utf-8")
    run = json.loads(customary(folder, "show", "run", "2", "--json").stdout)
    assert (run["operation"], run["counts"]["rejected"]) == ("ssc Customer/Create", 1)


def test_an_answer_that_has_no_place_is_told_before_anything_is_carried_out(folder: Path) -> None:
    put(folder, fields(CustomerCode="A"))
    done = customary(folder, "ssc", "Customer", "Create", "p.xml", "-o", "nowhere/answer.xml")
    assert (done.returncode, state(folder)) == (2, "")
    assert "there is no folder nowhere to write the answer into" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file system that is full")
def test_an_answer_that_cannot_be_written_says_that_what_was_done_stays(folder: Path) -> None:
    put(folder, fields(CustomerCode="A"))
    done = customary(folder, "ssc", "Customer", "Create", "p.xml", "-o", "/dev/full")
    assert (done.returncode, "Traceback" in done.stderr) == (4, False)
    assert "What was carried out stays" in done.stderr


def test_each_count_of_records_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(aside=True) as tell:
        for records in (200, EVERY, EVERY + 200, 2 * EVERY - 1, 2 * EVERY + 1, 3 * EVERY):
            tell(records, 0)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" records, ")[0] for line in lines] == ["10,000", "20,001", "30,000"]


def test_a_large_payload_tells_how_far_it_is_in_lines(folder: Path) -> None:
    put(folder, *(fields(CustomerCode=f"C{number}") for number in range(10_100)))
    done = customary(folder, "ssc", "Customer", "BulkCreateOrAmend", "p.xml", "-o", "answer.xml")
    line, end = done.stderr.splitlines()
    assert re.fullmatch(r"10,000 of 10,100 records, [\d,]+/s", line)
    assert end == "run 1: 10,100 records"
    done = customary(folder, "ssc", "Customer", "Query", "p.xml")
    assert "10,000 records, " in done.stderr


def test_on_a_terminal_a_bar_with_the_rate_shows_how_far_a_payload_is(folder: Path) -> None:
    put(folder, *(fields(CustomerCode=f"C{number}") for number in range(300)))
    words = ("ssc", "Customer", "BulkCreateOrAmend", "p.xml", "-o", "answer.xml")
    code, shown = on_terminal([sys.executable, "-m", "customary.cli", *words], folder, columns=60)
    assert code == 0
    plain = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", shown)
    assert re.search(r"300/300 +[\d,]+/s", plain)
    assert plain.rstrip().endswith("run 1: 300 records")


def test_what_refuses_a_request_is_told_by_the_exit_code(folder: Path) -> None:
    put(folder, fields(CustomerCode="A"), fields(CustomerCode="B"))
    assert customary(folder, "ssc", "Customer", "Nonsense", "p.xml").returncode == 2
    assert customary(folder, "ssc", "Customer", "Create", "gone.xml").returncode == 2
    customary(folder, "ssc", "Customer", "Create", "p.xml")
    put(folder, fields(CustomerCode="A"))
    refused = customary(folder, "ssc", "Customer", "CreateReplaceOrDelete", "p.xml", "-o", "answer.xml")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "the setting 'delete' of [components] (1%) allows 0" in refused.stderr
    assert not (folder / "answer.xml").exists()


def test_hostile_payloads_are_refused_in_one_line_each_and_change_nothing(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = tmp_path_factory.mktemp("told")
    for what, text in PAYLOADS.items():
        (folder / "p.xml").write_text(text, encoding="utf-8", newline="")
        words = ["ssc", "Customer", "CreateOrAmend", "p.xml", "-o", "answer.xml"]
        assert processes.run(customary_command, words, folder, {}, told) == 2, what
        (line,) = (told / ERR).read_text(encoding="utf-8").splitlines()
        assert "root:" not in line
        assert len(line) < 500
        assert not (folder / "answer.xml").exists()
    put(folder)
    assert "<Customer>" not in customary(folder, "ssc", "Customer", "Query", "p.xml").stdout


def test_a_reference_list_is_loaded_shown_and_held_against(folder: Path) -> None:
    loaded = customary(folder, "reference", "load", "currency", "currencies.csv")
    assert loaded.stdout == "2 codes in list currency of PK1, which is closed\n"
    shown = json.loads(customary(folder, "reference", "show", "currency", "--json").stdout)
    assert shown == {"list": "currency", "state": "closed", "codes": {"EUR": "Euro", "USD": ""}}
    lists = json.loads(customary(folder, "reference", "show", "--json").stdout)
    assert lists == [{"list": "currency", "state": "closed", "codes": 2}]
    put(folder, fields(CustomerCode="A", DefaultCurrencyCode="XXX"))
    assert customary(folder, "ssc", "Customer", "Create", "p.xml").returncode == 1


def test_a_list_with_mistakes_is_not_loaded_and_all_of_them_are_told(folder: Path) -> None:
    (folder / "bad.csv").write_text("code,text\nEUR,\neur,\n,x\n", encoding="utf-8")
    done = customary(folder, "reference", "load", "currency", "bad.csv")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "bad.csv, line 3: code eur stands in the file twice",
        "bad.csv, line 4: no code",
    ]


def test_a_request_that_is_killed_is_told_as_failed_by_the_next_look(folder: Path) -> None:
    put(folder, *(fields(CustomerCode=f"C{number}") for number in range(20_000)))
    command = [sys.executable, "-m", "customary.cli", "ssc", "Customer", "Create", "p.xml", "-o", "a.xml"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as request:
        wait_until(lambda: state(folder) == "running", "the request to begin")
        request.kill()

    (run,) = json.loads(customary(folder, "runs", "--json").stdout)
    assert (run["state"], run["exit_code"]) == ("failed", 4)
    shown = customary(folder, "show", "run", "1").stdout
    assert "failed  (the records of a request; " in shown
    assert "cut off before its end" in shown
