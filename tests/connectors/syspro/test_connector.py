from __future__ import annotations

from collections.abc import Hashable, Iterator

import pytest

from customary.connectors.conformance import SOURCE_PROMISES, Promise, Subject, name_of
from customary.connectors.contract import Source
from customary.connectors.memory_lease import MemoryLease
from customary.connectors.syspro.connector import SysproSource
from customary.sandboxes.syspro.sandbox import SysproSandbox
from tests.connectors.syspro.rig import FIELDS, config, source
from tests.support.pages import everything, keys, listed


@pytest.fixture(params=["batch", "fetch"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with SysproSandbox(customers=12) as sandbox:
        lease = MemoryLease("erp", 0)
        customers = sandbox.state.customers

        def opened(url: str, page: int) -> Source:
            settings = config(url, read=request.param, page=page)
            return SysproSource("erp", settings, FIELDS, lease)

        def contents() -> Hashable:
            return tuple((key, tuple(record.items())) for key, record in customers.items())

        yield Subject(
            open=lambda page: opened(sandbox.url, page),
            keys=tuple(customers),
            unknown=("NOBODY", "0000099"),
            contents=contents,
            sessions=lambda: sandbox.state.counts().sessions.open,
            unreachable=lambda: opened("http://127.0.0.1:9/Rest", 2),
        )


@pytest.mark.parametrize("promise", SOURCE_PROMISES, ids=name_of)
def test_keeps_the_promises_of_a_source(promise: Promise, subject: Subject) -> None:
    promise(subject)


def test_only_batches_are_cheaper_than_reading_by_key(sandbox: SysproSandbox) -> None:
    with source(sandbox) as batch, source(sandbox, read="fetch") as fetch:
        assert batch.bulk
        assert not fetch.bulk


def test_the_number_is_read_whatever_the_mapping_asks_for(sandbox: SysproSandbox) -> None:
    with source(sandbox, fields=("Name", "Name")) as made:
        (record,) = [record for page in listed(made, "0000002") for record in page.records]

    assert record.native.keys() == {"Customer", "Name"}


def test_a_reading_of_everything_costs_a_call_a_page() -> None:
    with SysproSandbox(customers=2500) as sandbox, source(sandbox) as made:
        assert len(keys(everything(made))) == 2500
        assert sandbox.state.counts().calls == {"Logon": 1, "Query/Query COMFND": 4}
