from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from customary.connectors.conformance import SOURCE_PROMISES, Promise, Subject, name_of
from customary.connectors.contract import Source, Verdict
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.registry import CONNECTORS
from customary.connectors.zynk.codec import NATIVES
from customary.connectors.zynk.config import ZynkConfig
from customary.connectors.zynk.connector import ZynkSource
from customary.errors import NotPermitted, Unreachable, Unreadable
from customary.mapping.load import load_rows
from customary.model.source import Everything, Keys, Named, Page, Record
from tests.protocols.zynk_examples import FULL, MINIMAL

NAMES = ("12345", "reference:ZYNK002", "id:27009", "name:Only A Name Ltd", "0012345", "reference:zynk003")
"""The keys of ``RECORDS``."""
RECORDS = (
    "<external_id>12345</external_id><reference>ZYNK001</reference><name>A</name>",
    "<reference>ZYNK002</reference><name>B</name>",
    "<id>27009</id><name>C</name>",
    "<name>Only A Name Ltd</name>",
    "<external_id>0012345</external_id><name>E</name>",
    "<reference>zynk003</reference>",
)


def document(*records: str) -> str:
    inside = "".join(f"<Customer>{record}</Customer>\n" for record in records)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Customers>\n{inside}</Customers>\n'


def source(path: Path, text: str | None = None, **settings: Any) -> ZynkSource:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    config = ZynkConfig(file=str(path), **settings)
    return ZynkSource("shop", config, NATIVES, MemoryLease("shop", 5))


def everything(made: ZynkSource, after: str | None = None) -> list[Page]:
    return list(made.read(Everything(), after))


def records(pages: Sequence[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def troubles(pages: Sequence[Page]) -> dict[str, str]:
    return {trouble.key: trouble.reason for page in pages for trouble in page.unreadable}


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    path = tmp_path / "customers.xml"
    path.write_text(document(*RECORDS), encoding="utf-8")

    def opened(page: int) -> Source:
        return source(path, page=page)

    return Subject(
        open=opened,
        keys=NAMES,
        unknown=("nobody", "reference:NOBODY"),
        contents=path.read_bytes,
        sessions=lambda: 0,
        unreachable=lambda: source(tmp_path / "nothing.xml"),
    )


@pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
def test_keeps_the_promises_of_a_source(promise: Promise, subject: Subject) -> None:
    promise(subject)


def test_the_page_s_full_example_is_read_under_sage_s_native_names(tmp_path: Path) -> None:
    (record,) = records(everything(source(tmp_path / "full.xml", FULL)))
    assert (record.key, record.target) == ("shop-77", Named("31415", "BAYS001"))
    native = dict(record.native)
    assert {name: native[name] for name in ("on_hold", "credit_limit", "currency.code", "currency_id")} == {
        "on_hold": "false",
        "credit_limit": "25000.00",
        "currency.code": "EUR",
        "currency_id": "2",
    }
    assert native["main_address.address_3"] == ""
    assert native["main_address.address_country_code.code"] == "IE"
    assert (native["contact.first_name"], native["contact.salutation.code"]) == ("Ada", "Dr.")
    assert {"balance", "contact.name", "contact.default_email", "date_time_updated", "id"} & set(
        native
    ) == set()
    assert native.keys() <= set(NATIVES)


def test_the_page_s_minimal_example_has_its_name_for_a_key(tmp_path: Path) -> None:
    (record,) = records(everything(source(tmp_path / "minimal.xml", MINIMAL)))
    native = {"name": "Bayside Bikes Ltd."}
    assert record == Record("name:Bayside Bikes Ltd.", native, target=Named(), lasting=False)


def test_names_are_the_same_customer_in_any_case_and_external_ids_are_not(tmp_path: Path) -> None:
    made = source(tmp_path / "none.xml")
    assert made.fold("name:Zynk LTD ") == made.fold("name:zynk ltd")
    assert made.fold("reference:zynk001") == made.fold("reference:ZYNK001")
    assert made.fold("Ab") != made.fold("aB")


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ("<external_id>12345</external_id><name>Z</name>", "external id as record 1"),
        ("<external_id>9</external_id><reference>zynk002</reference>", "reference as record 2"),
        ("<external_id>9</external_id><id>027009</id>", "id as record 3"),
        ("<name>only a name LTD</name>", "name, and nothing else that tells them apart as record 4"),
        ("<external_id>12345</external_id><id>27009</id>", "external id as record 1"),
    ],
)
def test_a_record_that_says_it_is_an_earlier_one_is_refused_and_named(
    tmp_path: Path, second: str, what: str
) -> None:
    pages = everything(source(tmp_path / "twice.xml", document(*RECORDS, second), page=2))
    assert [record.key for record in records(pages)] == list(NAMES)
    ((key, reason),) = troubles(pages).items()
    assert key == "record 7"
    assert what in reason


def test_a_record_that_cannot_be_taken_tells_every_reason_and_the_others_go_on(tmp_path: Path) -> None:
    wrong = f"<external_id>7</external_id><name>{'x' * 61}</name><on_hold>maybe</on_hold>"
    pages = everything(source(tmp_path / "wrong.xml", document(RECORDS[0], wrong, RECORDS[1])))
    assert [record.key for record in records(pages)] == ["12345", "reference:ZYNK002"]
    (reason,) = troubles(pages).values()
    assert reason.startswith("record 2, line 4: ")
    assert "name: has 61 characters; Sage takes at most 60" in reason
    assert "on_hold: 'maybe' is neither true nor false" in reason


def test_a_record_without_anything_to_tell_it_by_has_its_number_for_a_key(tmp_path: Path) -> None:
    pages = everything(
        source(tmp_path / "bare.xml", document("<website>w</website>", "<website>w</website>"))
    )
    assert [record.key for record in records(pages)] == ["record 1", "record 2"]


def test_several_contacts_are_counted_and_the_default_one_is_taken(tmp_path: Path) -> None:
    contacts = (
        "<contacts><contact><last_name>One</last_name></contact>"
        "<contact><last_name>Two</last_name><is_default>true</is_default></contact></contacts>"
    )
    (record,) = records(everything(source(tmp_path / "two.xml", document(f"<name>A</name>{contacts}"))))
    assert (record.native["contacts"], record.native["contact.last_name"]) == ("2", "Two")


def test_unknown_elements_are_told_with_their_customer(tmp_path: Path) -> None:
    pages = everything(source(tmp_path / "odd.xml", document(f"{RECORDS[0]}<colour>red</colour>")))
    ((notice,), _) = (page.notices for page in pages)
    assert (notice.customer, notice.field) == ("12345", "colour")


def test_empty_elements_are_left_alone_on_demand(tmp_path: Path) -> None:
    text = document("<reference>A</reference><website></website><credit_limit/>")
    cleared = records(everything(source(tmp_path / "empty.xml", text)))[0].native
    kept = records(everything(source(tmp_path / "empty.xml", text, ignore_empty=True)))[0].native
    assert (cleared, kept) == ({"reference": "A", "website": ""}, {"reference": "A"})


def test_a_file_that_breaks_off_gives_nothing_at_all(tmp_path: Path) -> None:
    broken = document(*RECORDS).replace("</Customers>", "")
    made = source(tmp_path / "broken.xml", broken, page=1)
    with pytest.raises(Unreadable, match="it ends too early"):
        next(iter(made.read(Everything())))
    assert made.check().probes[0].verdict is Verdict.FAILED


def test_a_file_that_changes_while_it_is_read_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "moving.xml"
    made = source(path, document(*RECORDS), page=2)
    pages = made.read(Everything())
    next(pages)
    path.write_text(document(*RECORDS, "<name>Z</name>"), encoding="utf-8")
    with pytest.raises(Unreadable, match="changed while it was read"):
        list(pages)


def test_a_file_may_come_later_and_a_folder_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="there is no file"):
        everything(source(tmp_path / "later.xml"))
    with pytest.raises((NotPermitted, Unreachable)):
        everything(source(tmp_path))


def test_listed_records_that_cannot_be_taken_are_not_missing(tmp_path: Path) -> None:
    wrong = "<external_id>7</external_id><on_hold>maybe</on_hold>"
    pages = list(source(tmp_path / "wrong.xml", document(*RECORDS, wrong)).read(Keys(("7", "8"))))
    assert list(troubles(pages)) == ["7"]
    assert [key for page in pages for key in page.missing] == ["8"]


def test_a_check_counts_what_cannot_be_taken(tmp_path: Path) -> None:
    made = source(tmp_path / "wrong.xml", document(*RECORDS, RECORDS[0]))
    assert [(probe.verdict, probe.text) for probe in made.check().probes] == [
        (Verdict.OK, "7 customers"),
        (Verdict.WARNING, "1 cannot be taken"),
    ]


def test_what_both_map_is_mapped_to_the_same_field_and_the_rest_is_carried() -> None:
    """A native field that one of the two mappings maps and the other does not would be lost between them."""
    file, sage = (
        {row.native: row.field for row in load_rows(*CONNECTORS[name].mapping()) if not row.lookup}
        for name in ("zynk", "sage200")
    )
    assert {name: sage[name] for name in file} == file
    assert {name for name in NATIVES if name in sage} - {"reference"} == set(file)
    assert set(CONNECTORS["zynk"].carried()) == set(NATIVES)
    assert set(NATIVES) - {"reference"} <= set(CONNECTORS["sage200"].taken())
    assert CONNECTORS["zynk"].words == CONNECTORS["sage200"].words == "sage200"


def test_ids_are_not_carried_from_one_company_to_another() -> None:
    carried = CONNECTORS["sage200"].carried()
    assert "main_address.city" in carried
    assert [name for name in carried if name.endswith("_id")] == []
    assert CONNECTORS["syspro"].carried() == CONNECTORS["syspro"].taken() == {}
