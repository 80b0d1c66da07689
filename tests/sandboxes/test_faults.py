from __future__ import annotations

from pathlib import Path

import pytest

from customary.sandboxes.faults import TRANSPORT, Fault, FaultError, Faults, Kind, read_rehearsal, spoil
from customary.sandboxes.server import Cut, Reply

KINDS = TRANSPORT | {"odd": Kind("only for Read", ("Read",))}


def struck(faults: Faults, calls: int, call: str = "Read") -> list[bool]:
    return [bool(faults.strike(call, "OBJ", ["1"])) for _ in range(calls)]


def test_a_fault_strikes_from_the_nth_matching_call_on_as_often_as_it_says() -> None:
    assert struck(Faults(KINDS, [Fault(kind="slow")]), 3) == [True, False, False]
    assert struck(Faults(KINDS, [Fault(kind="slow", nth=2, times=2)]), 5) == [False, True, True, False, False]
    assert struck(Faults(KINDS, [Fault(kind="slow", nth=3, times=0)]), 5) == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("condition", "strikes"),
    [
        ({}, True),
        ({"call": "read"}, True),
        ({"call": "Write"}, False),
        ({"object": "obj"}, True),
        ({"object": "OTHER"}, False),
        ({"customer": "1"}, True),
        ({"customer": "2"}, False),
        ({"call": "Read", "object": "OBJ", "customer": "1"}, True),
        ({"call": "Read", "object": "OBJ", "customer": "2"}, False),
    ],
)
def test_every_condition_has_to_match(condition: dict[str, str], strikes: bool) -> None:
    assert struck(Faults(KINDS, [Fault(kind="slow", **condition)]), 1) == [strikes]  # type: ignore[arg-type]


def test_a_kind_strikes_only_the_calls_that_it_is_for() -> None:
    faults = Faults(KINDS, [Fault(kind="odd")])
    assert struck(faults, 2, "Write") == [False, False]
    assert struck(faults, 2) == [True, False]


def test_customers_are_compared_as_the_sandbox_compares_keys() -> None:
    faults = Faults(KINDS, [Fault(kind="slow", customer="0001")], fold=lambda key: key.lstrip("0"))
    assert struck(faults, 1) == [True]


def test_several_faults_may_strike_one_call_and_all_are_counted() -> None:
    slow, late = Fault(kind="slow"), Fault(kind="http_500", nth=2)
    faults = Faults(KINDS, [slow, late])
    assert faults.strike("Read", "", []) == (slow,)
    assert faults.listing() == [(slow, 1), (late, 1)]
    assert faults.strike("Read", "", []) == (late,)
    faults.clear()
    assert faults.listing() == []


def test_one_wrong_fault_keeps_all_from_being_set() -> None:
    faults = Faults(KINDS)
    with pytest.raises(FaultError) as refused:
        faults.add(Fault(kind="slow"), Fault(kind="nonsense", nth=0), Fault(kind="html", status=99, times=-1))
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        "fault[1].kind",
        "fault[1].nth",
        "fault[2].times",
        "fault[2].status",
    ]
    assert faults.listing() == []


WHOLE = Reply(body=b"<customer/>")


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (Fault(kind="slow", seconds=3), Reply(body=b"<customer/>", seconds=3)),
        (Fault(kind="drop_before"), Reply(body=b"<customer/>", cut=Cut.NOTHING)),
        (Fault(kind="drop_after"), Reply(body=b"<customer/>", cut=Cut.NOTHING)),
        (Fault(kind="drop_half"), Reply(body=b"<customer/>", cut=Cut.HALF)),
        (Fault(kind="truncated"), Reply(body=b"<cust")),
        (Fault(kind="garbage", text="?!"), Reply(body=b"?!")),
        (Fault(kind="html", text="<html>"), Reply(body=b"<html>", content_type="text/html")),
        (Fault(kind="http_500"), Reply(status=500, content_type="text/html")),
        (Fault(kind="http_500", status=503), Reply(status=503, content_type="text/html")),
        (Fault(kind="odd"), WHOLE),
    ],
)
def test_a_reply_is_spoilt_as_the_fault_says(fault: Fault, reply: Reply) -> None:
    assert spoil(WHOLE, fault) == reply


def test_a_fault_file_holds_faults_and_settings(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(
        "[settings]\nlicences = 2\n"
        '[[fault]]\nkind = "slow"\ncall = "Read"\nseconds = 2\n'
        '[[fault]]\nkind = "odd"\nnth = 2\ntimes = 0\n',
        encoding="utf-8",
    )
    rehearsal = read_rehearsal(file, KINDS)
    assert rehearsal.faults == (
        Fault(kind="slow", call="Read", seconds=2.0),
        Fault(kind="odd", nth=2, times=0),
    )
    assert rehearsal.settings == {"licences": 2}


def test_all_mistakes_of_a_fault_file_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(
        'other = 1\n[[fault]]\nkind = "nonsense"\n[[fault]]\nkind = "slow"\nsecond = 1\n'
        '[[fault]]\nkind = "slow"\nseconds = -1\n',
        encoding="utf-8",
    )
    with pytest.raises(FaultError) as refused:
        read_rehearsal(file, KINDS)
    text = str(refused.value)
    assert len(refused.value.problems) == 4
    assert all(part in text for part in ("other", "fault[0].kind", "fault[1]", "second", "fault[2].seconds"))


@pytest.mark.parametrize("text", ["fault = 1", "[fault]\nkind = 'slow'", "settings = 1", "not toml"])
def test_a_file_that_is_no_fault_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "faults.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FaultError, match=r"faults\.toml"):
        read_rehearsal(file, KINDS)
