from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customary.actions.upload_files import Ending, Files, write_files
from customary.errors import ConfigError
from customary.protocols.zynk_read import CustomerRecord, read_customers
from tests.protocols.zynk_examples import FULL, customers

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def records(*texts: str) -> list[CustomerRecord]:
    return list(read_customers([customers(*texts)]))


def files(folder: Path) -> Files:
    return Files(folder / "ok.xml", folder / "fail.xml")


def read(path: Path) -> list[CustomerRecord]:
    return list(read_customers([path.read_bytes()]))


def test_every_record_stands_in_one_of_the_two_files_and_a_fail_file_can_be_fed_back(tmp_path: Path) -> None:
    one, two, three = records("<name>A</name>", "<name>B &amp; Co</name><id/>", "<reference>C</reference>")
    endings = [
        (one, Ending("27006", "AAA001")),
        (two, Ending(errors=("name: is <wrong>", "so is the rest"))),
        (three, Ending("27009", "C")),
    ]
    assert write_files(endings, files(tmp_path), AT) == (2, 1)
    done, failed = read(tmp_path / "ok.xml"), read(tmp_path / "fail.xml")
    assert [dict(record.fields) for record in done] == [
        {"id": "27006", "reference": "AAA001", "name": "A"},
        {"id": "27009", "reference": "C"},
    ]
    assert [(record.fields, record.unknown) for record in failed] == [(two.fields, {})]
    text = (tmp_path / "fail.xml").read_text("utf-8")
    assert "<Description>name: is &lt;wrong&gt;</Description>" in text
    assert "2026-11-22T10:00:00" in text


def test_the_whole_example_goes_through_unchanged_but_for_its_names(tmp_path: Path) -> None:
    (record,) = read_customers([FULL.encode()])
    write_files([(record, Ending("31415", "BAYS001"))], files(tmp_path), AT)
    (again,) = read(tmp_path / "ok.xml")
    assert (again.fields, again.contacts) == (record.fields, record.contacts)


def test_without_records_both_are_documents(tmp_path: Path) -> None:
    assert write_files([], files(tmp_path), AT) == (0, 0)
    assert read(tmp_path / "ok.xml") == read(tmp_path / "fail.xml") == []


def test_what_stood_there_stays_until_both_are_whole(tmp_path: Path) -> None:
    (one,) = records("<name>A</name>")
    (tmp_path / "ok.xml").write_text("before", "utf-8")

    def breaking() -> Iterator[tuple[CustomerRecord, Ending]]:
        yield one, Ending("27006", "AAA001")
        raise OSError("no space is left")

    with pytest.raises(OSError, match="no space"):
        write_files(breaking(), files(tmp_path), AT)
    assert [path.name for path in tmp_path.iterdir()] == ["ok.xml"]
    assert (tmp_path / "ok.xml").read_text("utf-8") == "before"


def test_files_that_would_overwrite_each_other_are_refused(tmp_path: Path) -> None:
    given = tmp_path / "in.xml"
    files(tmp_path).refuse_overlap(given)
    for wrong, told in (
        (Files(given, tmp_path / "f.xml"), "--success is"),
        (Files(tmp_path / "o.xml", tmp_path / "x" / ".." / "in.xml"), "--fail is"),
        (Files(tmp_path / "o.xml", tmp_path / "o.xml"), "as is --success"),
        (Files(tmp_path / "nowhere" / "o.xml", tmp_path / "f.xml"), "there is no folder"),
        (Files(tmp_path / "o.xml", tmp_path), "is a folder"),
    ):
        with pytest.raises(ConfigError, match=told):
            wrong.refuse_overlap(given)
