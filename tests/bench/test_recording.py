from __future__ import annotations

from pathlib import Path

import pytest

from bench.record import SEED, record
from bench.recording import Recording, bodies, read_recording
from bench.replay import ReplaySource
from bench.task import Scenario
from customary.connectors.syspro.codec import decode_page
from customary.model.source import Everything
from customary.sandboxes.syspro import changes, table

CUSTOMERS = 2500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recorded")
    record(made, CUSTOMERS)
    return made


@pytest.fixture
def recording(folder: Path) -> Recording:
    return read_recording(folder)


def test_the_connector_reads_the_sandboxs_customers_from_a_recording(
    folder: Path, recording: Recording
) -> None:
    source = ReplaySource(folder, recording, recording.before)
    pages = list(source.read(Everything()))
    source.close()
    customers = table.CustomerTable(CUSTOMERS, SEED)
    wanted = [{name: customers[key][name].strip() for name in recording.columns} for key in customers]
    assert [dict(record.native) for page in pages for record in page.records] == wanted
    assert [len(page.records) for page in pages] == [1000, 1000, 500, 0]
    assert pages[-1].complete


def test_a_recording_goes_on_behind_a_cursor(folder: Path, recording: Recording) -> None:
    source = ReplaySource(folder, recording, recording.before)
    first, second, *_ = source.read(Everything())
    assert next(iter(source.read(Everything(), first.cursor))).records == second.records
    source.close()


def test_what_is_expected_of_a_run_is_what_was_changed(folder: Path, recording: Recording) -> None:
    def listed(scenario: Scenario) -> dict[str, object]:
        found = bodies(folder, recording.listed(scenario))
        pages = [decode_page(body, recording.columns) for body in found]
        return {each.key: {**each.native, "TermsCode": ""} for page in pages for each in page.records}

    before, after = listed(Scenario.FIRST), listed(Scenario.CHANGED)
    updated = sum(1 for key in before if before[key] != after[key])
    expected = recording.expected(Scenario.CHANGED)
    assert expected["updated"] == updated
    assert updated == CUSTOMERS // 10 - CUSTOMERS // 10 // changes.TERMS_EVERY
    assert expected["created"] == len(after) - len(before) == CUSTOMERS // 20
    assert sum(expected.values()) == len(after) == recording.after.customers
    assert recording.expected(Scenario.FIRST) == {"created": CUSTOMERS}
