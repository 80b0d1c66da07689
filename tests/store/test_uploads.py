from __future__ import annotations

from customary.model.change import Cycle
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import Request, ScopeName
from customary.store import generated_references, journal, remote, runs, uploads
from customary.store.database import Store

BETWEEN = ("upload:sage", "sage")
ANN, BOB = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"


def page(number: int, cursor: str | None) -> runs.PageRow:
    return runs.PageRow(
        number=number,
        segment=0,
        cursor=cursor,
        last=cursor is None,
        complete=cursor is None,
        keys=(),
        records=0,
        unchanged=0,
        digest="",
    )


def test_a_page_s_customers_are_told_by_the_source_s_key_with_what_is_wrong(store: Store) -> None:
    wrong = (
        Message(level=Level.WARNING, text="is only told"),
        Message(level=Level.ERROR, text="is missing", field="name"),
        Message(level=Level.ERROR, text="currency is unknown", field="currency"),
    )
    with store.write() as connection:
        run = runs.begin(connection, "upload:sage", BETWEEN, Request(scope=ScopeName.ALL))
        for number, cursor in enumerate(("500", "700", None)):
            runs.write_page(connection, run, page(number, cursor))
        cycle = Cycle(number=1_000_000, customer="B1", outcome=Outcome.REJECTED, key="77", messages=wrong)
        journal.write_cycles(connection, run, 1, [cycle], planned=True)
    with store.read() as connection:
        assert list(uploads.pages(connection, run)) == [(0, 500), (1, 700)]
        assert uploads.ended(connection, run, 0) == {}
        errors = ("name: is missing", "currency is unknown")
        assert uploads.ended(connection, run, 1) == {"77": uploads.Ended("B1", Outcome.REJECTED, errors)}


def test_customers_are_found_by_key_by_id_and_by_what_was_generated(store: Store) -> None:
    with store.write() as connection:
        for system, key, id_, identity in (
            ("upload:sage", "77", "", ANN),
            ("sage", "BAYS001", "27006", ANN),
            ("sage", "MINE01", "27009", BOB),
        ):
            remote.link(connection, system, (key.lower(), key, id_), identity)
        generated_references.remember(connection, BETWEEN, "name:ann", "ANN001")
        generated_references.remember(connection, BETWEEN, "77", "OLD001")
    with store.read() as connection:
        folded = {"77": "77", "name:Ann": "name:ann", "strange": "strange"}
        found = uploads.names(connection, BETWEEN, folded, ["27009", "1"])
        assert found == uploads.Names({"77": "BAYS001", "name:Ann": "ANN001"}, {"27009": "MINE01"})
        assert uploads.names(connection, BETWEEN, {}, []) == uploads.Names({}, {})
        assert uploads.ids(connection, "sage", ["bays001", "nobody"]) == {"bays001": "27006"}
        assert uploads.ids(connection, "sage", []) == {}
