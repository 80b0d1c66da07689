from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from customary.actions.edit import Edit, edit, read_edit, read_file
from customary.errors import ConfigError, PlanRefused
from customary.model.limits import Limit, Limits
from customary.model.outcome import Outcome
from customary.model.run import State
from customary.store import edits
from customary.store import runs as stored_runs
from customary.store.database import Store
from tests.support.desk import INITIAL, UNIT, Desk, Ended, natives

NAMES = ("0001", "0002", "A3")


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store, natives(*NAMES))
    desk.run(INITIAL)
    return desk


def carry_out(desk: Desk, *wanted: Edit, limits: Limits | None = None) -> Ended:
    return desk.look(edit(desk.store, wanted, UNIT, limits or Limits()))


def history(desk: Desk, run: int) -> list[tuple[Any, ...]]:
    query = text(
        "SELECT customer, field, before, after, source, rule, outcome FROM change"
        " WHERE run_id = :run ORDER BY customer, field"
    )
    with desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query, {"run": run})]


def classes(desk: Desk) -> dict[str, tuple[str, ...]]:
    with desk.store.read() as connection:
        codes = {identity: code for code, identity in edits.identities(connection, UNIT, NAMES).items()}
        return {codes[one]: names for one, names in edits.classes_of(connection, list(codes)).items()}


def mistakes(*settings: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_edit("0001", settings)
    return list(caught.value.problems)


def csv(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "edits.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def file_mistakes(tmp_path: Path, content: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_file(csv(tmp_path, content))
    return [problem.replace(str(tmp_path / "edits.csv"), "FILE") for problem in caught.value.problems]


# What is written on the command line


def test_settings_are_read_by_the_kind_of_their_field() -> None:
    read = read_edit(
        "0001",
        ["name=A = b", " fax =", "credit_limit=50000.00", "on_hold=YES", "trade_promotion_pricing=false"],
    )
    assert read == Edit(
        "0001",
        {
            "name": "A = b",
            "fax": "",
            "credit_limit": "50000",
            "on_hold": True,
            "trade_promotion_pricing": False,
        },
    )


def test_classes_are_names_each_once() -> None:
    assert read_edit("0001", ["classes= Dealer, Big Shop ,Dealer,"]).classes == ("Dealer", "Big Shop")
    assert read_edit("0001", ["classes="]).classes == ()
    assert read_edit("0001", ["fax=1"]).classes is None


def test_every_mistake_is_told_and_what_may_be_meant() -> None:
    told = mistakes(
        "nmae=x", "code=2", "credit_limit=a lot", "on_hold=maybe", "classes=All", f"class={'x' * 9}"
    )
    assert told == [
        "0001: there is no field 'nmae'; did you mean 'name'?",
        "0001: a customer's code cannot be changed",
        "0001: credit_limit: 'a lot' is not a number",
        "0001: on_hold: 'maybe' is neither yes nor no",
        "0001: 'all' cannot name a class: it means every class",
        "0001: there is no field 'class'; did you mean 'classes'?",
    ]


def test_a_setting_without_a_value_or_given_twice_is_a_mistake() -> None:
    assert mistakes("fax", "name=x", "name=y") == ["'fax' is not FIELD=VALUE", "'name' is given twice"]


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[31m", "\udcff"])
def test_what_is_no_text_is_a_mistake(value: str) -> None:
    assert mistakes(f"name={value}") == ["0001: name: it holds a character that is no text"]
    assert "it holds a character that is no text" in mistakes(f"classes={value}")[0]


def test_a_class_whose_name_is_too_long_is_a_mistake() -> None:
    assert read_edit("0001", [f"classes={'x' * 120}"]).classes == ("x" * 120,)
    assert "a class has at most 120 characters" in mistakes(f"classes={'x' * 121}")[0]


@pytest.mark.parametrize("number", ["NaN", "1E999999999", "1,5"])
def test_what_is_no_number_is_a_mistake(number: str) -> None:
    assert mistakes(f"credit_limit={number}")


# What stands in a file


def test_a_file_has_a_column_for_each_field_and_an_empty_cell_leaves_its_field_alone(tmp_path: Path) -> None:
    content = (
        "\ufeffcode, name ,classes,on_hold\r\n"
        '0001,"O\'Brien, ""Bob""","Dealer,Special",\r\n'
        "\r\n"
        "0002,-,-,no\r\n"
        "A3\r\n"
    )
    assert read_file(csv(tmp_path, content)) == [
        Edit("0001", {"name": 'O\'Brien, "Bob"'}, ("Dealer", "Special")),
        Edit("0002", {"name": "", "on_hold": False}, ()),
        Edit("A3", {}),
    ]


def test_an_empty_column_at_the_end_is_not_looked_at(tmp_path: Path) -> None:
    assert read_file(csv(tmp_path, "code,fax,\n0001,1,\n0002,2,,,\n")) == [
        Edit("0001", {"fax": "1"}),
        Edit("0002", {"fax": "2"}),
    ]


def test_every_mistake_of_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    content = 'code,name,credit_limit\n0001,"two\nlines",x\n\n,B,\n0002,B,1,more\n0003,C,\n0003,D,y\n'
    assert file_mistakes(tmp_path, content) == [
        "FILE, line 3: credit_limit: 'x' is not a number",
        "FILE, line 5: no code",
        "FILE, line 6: more cells than columns",
        "FILE, line 8: credit_limit: 'y' is not a number",
    ]


def test_a_customer_that_stands_in_a_file_twice_is_a_mistake(tmp_path: Path) -> None:
    assert file_mistakes(tmp_path, "code,fax\n0001,1\n 0001,2\n") == [
        "FILE, line 3: customer 0001 stands in the file twice"
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "the heading has no column 'code'"),
        ("customer;name\n0001;A\n", "has no column 'code' (columns are separated by commas, semicolons or"),
        ("code,fax\n", "there is no row under the heading"),
        ("code,fax,fax\n1,2,3\n", "column 'fax' stands in the heading twice"),
        ('code,fax\n0001,"open\n', "unexpected end of data"),
        (b"code,name\n0001,fa\xe7ade\n", "is not text in utf-8. In Excel, save it as 'CSV UTF-8', or say"),
    ],
)
def test_a_file_that_is_none_of_edits_is_told(tmp_path: Path, content: str | bytes, told: str) -> None:
    (problem,) = file_mistakes(tmp_path, content)
    assert problem.startswith("FILE")
    assert told in problem


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_heading_tells_what_separates_the_columns(tmp_path: Path, mark: str) -> None:
    file = csv(tmp_path, f"code{mark}name{mark}credit_limit\r\n0001{mark}A{mark}1.5\r\n")
    assert read_file(file) == [Edit("0001", {"name": "A", "credit_limit": "1.5"})]


@pytest.mark.parametrize("encoding", ["windows-1252", "windows-1250", "utf-16", "UTF-8"])
def test_a_file_is_read_in_the_encoding_that_is_named(tmp_path: Path, encoding: str) -> None:
    file = csv(tmp_path, "code;name\n0001;Größe\n".encode(encoding))
    assert read_file(file, encoding) == [Edit("0001", {"name": "Größe"})]


def test_an_encoding_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no encoding 'nonsense'; the usual ones are utf-8, windows-1252"):
        read_file(csv(tmp_path, "code,name\n0001,A\n"), "nonsense")


def test_names_that_are_like_no_field_are_told_with_all_that_there_are_once(tmp_path: Path) -> None:
    first, fields, second = file_mistakes(tmp_path, "code,qwxz\n0001,A\n0002,B\n")
    assert first == "FILE, line 2: there is no field 'qwxz'"
    assert second == "FILE, line 3: there is no field 'qwxz'"
    assert fields.startswith("the fields are: name, short_name, ")
    assert fields.endswith(", classes")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        read_file(tmp_path / "nowhere.csv")


# Carried out


def test_an_edit_changes_those_fields_and_is_in_the_history_by_hand(desk: Desk) -> None:
    ended = carry_out(desk, read_edit("0001", ["name=Mine", "fax=", "on_hold=yes", "warehouse=W1"]))
    assert (ended.run.operation, ended.run.source, ended.run.target) == ("edit", "hand", "hub")
    assert (ended.run.state, ended.run.exit_code, ended.counts) == (State.SUCCEEDED, 0, {"updated": 1})
    assert history(desk, ended.run.id) == [
        ("0001", "fax", None, "", "hand", "by hand", "updated"),
        ("0001", "name", "Name of 0001", "Mine", "hand", "by hand", "updated"),
        ("0001", "on_hold", None, "1", "hand", "by hand", "updated"),
    ]
    assert desk.fields("0001") == {
        **desk.fields("0002"),
        "code": "0001",
        "name": "Mine",
        "fax": "",
        "on_hold": True,
    }
    assert desk.versions() == {"0001": 2, "0002": 1, "A3": 1}


def test_an_edit_that_changes_nothing_is_unchanged_and_writes_no_customer(desk: Desk) -> None:
    before = desk.hub()
    ended = carry_out(desk, read_edit("0001", ["name=Name of 0001", "credit_limit=1000.0", "classes="]))
    assert (ended.run.exit_code, ended.counts) == (0, {"unchanged": 1})
    assert desk.hub() == before


def test_many_edits_are_one_run_with_an_outcome_for_each(desk: Desk) -> None:
    ended = carry_out(
        desk,
        Edit("0001", {"fax": "1"}),
        Edit("0002", {}),
        Edit("nobody", {"fax": "1"}),
        Edit("A3", {"fax": "f" * 228, "name": "n" * 151}),
    )
    assert (ended.run.state, ended.run.exit_code) == (State.SUCCEEDED, 1)
    assert ended.counts == {"updated": 1, "unchanged": 1, "rejected": 2}
    assert ended.cycle("nobody").messages[0].text == "business unit PK1 has no customer nobody"
    assert [note.field for note in ended.cycle("A3").messages] == ["fax", "name"]
    assert ended.cycle("A3").outcome is Outcome.REJECTED
    assert "fax" not in desk.fields("A3")
    assert (ended.run.known, ended.run.enumerated) == (3, 4)


def test_a_code_whose_zeros_excel_took_away_is_told_with_the_one_that_was_meant(desk: Desk) -> None:
    ended = carry_out(desk, Edit("1", {"fax": "1"}), Edit("00003", {"fax": "1"}))
    assert ended.counts == {"rejected": 2}
    (note,) = ended.cycle("1").messages
    assert note.text == "business unit PK1 has no customer 1; did you mean 0001? A code's zeros count"
    assert ended.cycle("00003").messages[0].text == "business unit PK1 has no customer 00003"


def test_classes_are_replaced_and_are_in_the_history(desk: Desk) -> None:
    carry_out(desk, read_edit("0001", ["classes=Wholesaler,Dealer"]), read_edit("0002", ["classes=Dealer"]))
    assert classes(desk) == {"0001": ("Dealer", "Wholesaler"), "0002": ("Dealer",)}
    ended = carry_out(desk, read_edit("0001", ["classes=Special", "fax=1"]), read_edit("0002", ["classes="]))
    assert classes(desk) == {"0001": ("Special",)}
    rows = [row[:4] for row in history(desk, ended.run.id) if row[1] == "classes"]
    assert rows == [
        ("0001", "classes", "Dealer, Wholesaler", "Special"),
        ("0002", "classes", "Dealer", ""),
    ]
    assert carry_out(desk, read_edit("0001", ["classes=Special"])).counts == {"unchanged": 1}


def test_an_edit_of_classes_alone_leaves_the_customer_as_it_was_for_the_next_run(desk: Desk) -> None:
    carry_out(desk, read_edit("0001", ["classes=Dealer"]))
    assert desk.versions()["0001"] == 1
    assert desk.run().counts == {"unchanged": 3}


def test_an_edit_is_in_one_business_unit_only(desk: Desk) -> None:
    run_id = edit(desk.store, [Edit("0001", {"fax": "1"})], "PK2", Limits())
    assert desk.look(run_id).cycle("0001").messages[0].text == "business unit PK2 has no customer 0001"
    assert "fax" not in desk.fields("0001")


def test_edits_past_the_limit_are_refused_as_a_whole_and_the_refusal_is_kept(store: Store) -> None:
    keys = [f"{number:04}" for number in range(1, 13)]
    desk = Desk(store, natives(*keys))
    desk.run(INITIAL)
    before = desk.hub()
    wanted = [Edit(key, {"fax": "1"}) for key in keys]
    with pytest.raises(PlanRefused, match="12 customers would be updated"):
        edit(store, wanted, UNIT, Limits())
    with store.read() as connection:
        (run,) = stored_runs.recent(connection, 1)
    refused = desk.look(run.id)
    assert (run.state, run.exit_code) == (State.REFUSED, 3)
    assert "12 customers would be updated" in refused.messages[0].text
    assert desk.hub() == before
    assert carry_out(desk, *wanted[:10]).counts == {"updated": 10}
    assert carry_out(desk, *wanted, limits=Limits(update=Limit(count=12))).counts == {
        "updated": 2,
        "unchanged": 10,
    }


def test_an_edit_may_follow_an_edit_at_once(desk: Desk) -> None:
    first, second = (carry_out(desk, Edit("0001", {"fax": fax})) for fax in ("1", "2"))
    assert second.run.id == first.run.id + 1
    assert desk.fields("0001")["fax"] == "2"
