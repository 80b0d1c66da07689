from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.actions.crossref import PAGE, Table, link, rows, table, unlink
from customary.actions.crossref_files import Format, Imported, Refused, exported, import_file
from customary.actions.workspace import Where, Workspace, open_workspace
from customary.errors import ConfigError
from customary.sandboxes.sage200 import Sage200Sandbox
from customary.store.database import Store, open_store
from customary.store.truth import fold_external
from tests.support import children, processes
from tests.support.children import EXTERNAL, TABLE
from tests.support.sage import SYSTEM, local_hub, write


def told(store: Store, scope: str | None = None) -> list[tuple[str, str, str]]:
    return [(row.scope, row.external_id, row.internal_id) for row in rows(store, TABLE, scope)]


def imported(store: Store, file: Path, form: Format = "xml") -> tuple[Imported, list[Refused]]:
    refused: list[Refused] = []
    return import_file(store, TABLE, file, form, refused.append), refused


def xml(*pairs: tuple[str, str], kind: str = "Zynk.Connect.Sage200Online.Objects.Customer") -> str:
    lines = (f'<TruthRecord Type="{kind}" InternalId="{key}" ExternalId="{id_}" />\n' for id_, key in pairs)
    return f"<TruthRecords>\n{''.join(lines)}</TruthRecords>\n"


def test_a_link_is_there_until_it_is_taken_away(store: Store) -> None:
    link(store, TABLE, "5230", "ZYNK001")
    link(store, TABLE, "0005230", "ZYNK002")
    assert told(store) == [(TABLE.scope, "0005230", "ZYNK002"), (TABLE.scope, "5230", "ZYNK001")]
    assert unlink(store, TABLE, "5230") == "ZYNK001"
    link(store, TABLE, "5230", "ZYNK003")
    assert told(store) == [(TABLE.scope, "0005230", "ZYNK002"), (TABLE.scope, "5230", "ZYNK003")]


@pytest.mark.parametrize(
    ("external_id", "key", "reason"),
    [
        ("5230", "ZYNK001", "is linked to sage ZYNK001 already"),
        ("5230", "zynk001 ", "is linked to sage zynk001  already"),
        ("5230", "ZYNK002", "5230 of upload:sage is linked to sage ZYNK001 already; take that away first: "),
        ("77", "ZYNK001", "sage ZYNK001 is linked to 5230 of upload:sage already; take that away first: "),
        ("5230", "ZYNK009", "customary crossref unlink --system sage --scope upload:sage 5230"),
        ("", "ZYNK009", "the external id must not be empty"),
        (" ", "", "the external id and the key must not be empty"),
    ],
)
def test_what_is_linked_already_or_empty_is_refused_with_what_to_do(
    store: Store, external_id: str, key: str, reason: str
) -> None:
    link(store, TABLE, "5230", "ZYNK001")
    link(store, TABLE, "5231", "ZYNK002")
    before = told(store)
    with pytest.raises(ConfigError, match=reason):
        link(store, TABLE, external_id, key)
    assert told(store) == before


def test_the_same_key_may_have_an_external_id_in_each_scope(store: Store) -> None:
    shop = Table(scope="shop", system=SYSTEM, fold_external=fold_external, fold=TABLE.fold, external=EXTERNAL)
    link(store, TABLE, "5230", "ZYNK001")
    link(store, shop, "5230", "ZYNK001")
    assert told(store) == [("shop", "5230", "ZYNK001"), (TABLE.scope, "5230", "ZYNK001")]
    unlink(store, TABLE, "5230")
    assert told(store) == [("shop", "5230", "ZYNK001")]


def test_a_key_that_an_upload_made_up_is_no_external_id_and_makes_way_for_one(store: Store) -> None:
    for number, made_up in enumerate(("reference:ZYNK001", "id:27006", "name:Zynk", "record 7"), 1):
        link(store, TABLE, made_up, f"ZYNK00{number}")
    assert told(store) == []
    assert b"".join(exported(store, TABLE, "csv")).count(b"\r\n") == 1, "the header only"
    link(store, TABLE, "5230", "ZYNK001")
    assert told(store) == [(TABLE.scope, "5230", "ZYNK001")]
    with pytest.raises(ConfigError, match="is linked to 5230"):
        link(store, TABLE, "5231", "ZYNK001")
    assert unlink(store, TABLE, "5230") == "ZYNK001"


def test_two_customers_are_not_made_one(store: Store) -> None:
    other = Table(scope="shop", system="crm", fold_external=fold_external, fold=str, external=EXTERNAL)
    link(store, TABLE, "5230", "ZYNK001")
    link(store, other, "S1", "C1")
    with pytest.raises(ConfigError, match="two customers here"):
        link(
            store,
            Table(
                scope="shop", system=SYSTEM, fold_external=fold_external, fold=TABLE.fold, external=EXTERNAL
            ),
            "S1",
            "ZYNK001",
        )


def test_what_is_not_linked_cannot_be_unlinked(store: Store) -> None:
    with pytest.raises(ConfigError, match="linked to no customer of sage"):
        unlink(store, TABLE, "5230")


def test_zynks_records_are_imported_and_exported_again(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "truth.xml"
    file.write_text(xml(("5230", "ZYNK001"), ("a &amp; b", "ZYNK002")), encoding="utf-8")
    done, refused = imported(store, file)
    assert (done.linked, done.unchanged, done.refused, done.exit_code) == (2, 0, 0, 0)
    assert refused == []
    assert told(store) == [(TABLE.scope, "5230", "ZYNK001"), (TABLE.scope, "a & b", "ZYNK002")]
    again, _ = imported(store, file)
    assert (again.linked, again.unchanged) == (0, 2)


@pytest.mark.parametrize("form", ["xml", "csv"])
def test_an_export_imported_into_an_empty_hub_exports_the_same(
    store: Store, tmp_path: Path, form: Format
) -> None:
    columns = "Id,Profile,Type,InternalId,ExternalId,Hash,Created,Modified\n"
    kind = "Zynk.Connect.Sage200Online.Objects.Customer"
    file = tmp_path / "truth.csv"
    file.write_text(
        f"{columns}1,7d1c,{kind},ZYNK001,5230,-1287,2019-01-02T03:04:05.678,2020-01-02T03:04:05\n"
        f'2,7d1c,Customer,ZYNK002,"a ""b"", c",,,\n',
        encoding="utf-8",
    )
    imported(store, file, "csv")
    first = b"".join(exported(store, TABLE, form))
    assert b"-1287" in first
    assert b"2019-01-02T03:04:05.678" in first
    copy = tmp_path / f"copy.{form}"
    copy.write_bytes(first)
    other = open_store(f"sqlite:///{(tmp_path / 'other.db').as_posix()}")
    try:
        assert import_file(other, TABLE, copy, form, lambda _: None).linked == 2
        assert b"".join(exported(other, TABLE, form)) == first
    finally:
        other.close()


def test_a_row_that_cannot_be_taken_is_told_with_its_line_and_the_others_go_on(
    store: Store, tmp_path: Path
) -> None:
    link(store, TABLE, "1", "ZYNK001")
    file = tmp_path / "truth.csv"
    file.write_text(
        "Type,InternalId,ExternalId\n"
        "Customer,ZYNK001,2\n"
        "Customer,ZYNK003,\n"
        "Zynk.Connect.Sage50.Objects.SalesOrder,ZYNK004,4\n"
        "Customer,ZYNK005,5\n"
        "Customer,zynk005,6\n"
        "Customer,ZYNK007,5\n"
        "Customer,ZYNK005,5\n",
        encoding="utf-8",
    )
    done, refused = imported(store, file, "csv")
    assert (done.linked, done.unchanged, done.refused, done.exit_code) == (1, 1, 5, 1)
    assert [(row.line, row.reason.partition(";")[0]) for row in refused] == [
        (2, "sage ZYNK001 is linked to 1 of upload:sage already"),
        (3, "ExternalId is empty"),
        (4, "Type says Zynk.Connect.Sage50.Objects.SalesOrder: only customers are kept here"),
        (6, "sage zynk005 is linked to 5 of upload:sage already"),
        (7, "5 of upload:sage is linked to sage ZYNK005 already"),
    ]
    assert told(store) == [(TABLE.scope, "1", "ZYNK001"), (TABLE.scope, "5", "ZYNK005")]


def test_the_pages_before_a_broken_place_stay(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "truth.xml"
    whole = xml(*((str(number), f"K{number}") for number in range(PAGE + 10)))
    file.write_text(whole.replace("</TruthRecords>", "<TruthRecord"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"truth\.xml"):
        imported(store, file)
    assert len(told(store)) == PAGE


def test_a_file_of_many_pages_is_imported_and_exported_whole(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "truth.xml"
    file.write_text(xml(*((f"{number:05}", f"K{number}") for number in range(1200))), encoding="utf-8")
    done, _ = imported(store, file)
    assert done.linked == 1200
    assert b"".join(exported(store, TABLE, "xml")).count(b"<TruthRecord ") == 1200


def test_of_two_that_link_the_same_at_once_one_is_refused(store: Store, hub_url: str) -> None:
    results: list[str] = []
    ready = threading.Barrier(6)

    def attempt(external_id: str, key: str) -> None:
        mine = open_store(hub_url)
        try:
            ready.wait()
            link(mine, TABLE, external_id, key)
            results.append("linked")
        except ConfigError:
            results.append("refused")
        finally:
            mine.close()

    wanted = [("1", "A"), ("1", "B"), ("1", "C"), ("2", "A"), ("2", "B"), ("2", "C")]
    threads = [threading.Thread(target=attempt, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["linked"] * 2 + ["refused"] * 4
    found = told(store)
    assert [row[1] for row in found] == ["1", "2"]
    assert len({row[2] for row in found}) == 2


def test_two_imports_at_once_leave_one_external_id_for_each_customer(
    store: Store, hub_url: str, tmp_path: Path
) -> None:
    files = [tmp_path / "one.xml", tmp_path / "two.xml"]
    files[0].write_text(xml(*((str(n), f"K{n}") for n in range(900))), encoding="utf-8")
    files[1].write_text(xml(*((str(n), f"K{899 - n}") for n in reversed(range(900)))), encoding="utf-8")
    with (
        processes.running(children.import_truth, hub_url, files[0]) as first,
        processes.running(children.import_truth, hub_url, files[1]) as second,
    ):
        first.join(60)
        second.join(60)
        assert (first.exitcode, second.exitcode) == (0, 0)
    counts = [[int(n) for n in file.with_suffix(".done").read_text().split()] for file in files]
    found = told(store)
    assert [sum(count) for count in counts] == [900, 900], "each row is linked, unchanged or refused"
    assert sum(linked for linked, _, _ in counts) == len(found)
    assert len({row[1] for row in found}) == len({row[2] for row in found}) == len(found)


@pytest.fixture
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    with Sage200Sandbox(customers=1) as sandbox:
        file = write(tmp_path, sandbox, local_hub(tmp_path, request))
    with open_workspace(Where(config=file)) as opened:
        yield opened


def test_the_only_system_and_its_uploads_are_meant_where_nothing_is_said(workspace: Workspace) -> None:
    meant = table(workspace, None, None)
    assert (meant.system, meant.scope) == (SYSTEM, "upload:sage")
    assert (meant.fold(" Zynk001"), meant.fold_external("Ab")) == ("zynk001", "Ab")


def test_a_scope_must_be_another_system(workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match="is the system itself"):
        table(workspace, SYSTEM, SYSTEM)
    with pytest.raises(ConfigError, match="there is no system 'nobody'"):
        table(workspace, "nobody", None)
