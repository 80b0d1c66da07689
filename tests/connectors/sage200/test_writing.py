from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from customary.connectors.conformance import WRITING_PROMISES, WritingSubject, name_of
from customary.connectors.contract import Fits, KnowsIds, ListsKeys, Sending, Target, Written
from customary.connectors.sage200.connector import BATCH, Sage200Source
from customary.errors import NotPermitted, Unreachable
from customary.model.change import Action
from customary.model.outcome import Outcome
from customary.model.source import Native
from customary.sandboxes.sage200 import Sage200Sandbox, Settings
from customary.sandboxes.server import LoopbackServer, Reply, Request
from tests.connectors.sage200.rig import EVERYTHING_WRITABLE, calls, config, fault, logged_in, source
from tests.support.pages import listed, records

ADDRESS = {"main_address.city": "Newcastle", "main_address.postcode": "NE1 4XF"}
CONTACT = {"contact.first_name": "Ann", "contact.last_name": "Example", "contact.salutation.code": "Mr."}


def create(key: str, **native: str) -> Sending:
    return Sending(action=Action.CREATE, key=key, native={"reference": key, "name": f"{key} Ltd"} | native)


def target(sandbox: Sage200Sandbox, **changes: Any) -> Any:
    return source(sandbox, fields=EVERYTHING_WRITABLE, **changes)


def held(made: Sage200Source, key: str) -> Native:
    return records(listed(made, key))[0].native


def update(made: Sage200Source, key: str, **native: str) -> Sending:
    return Sending(action=Action.UPDATE, key=key, native=native, held=held(made, key))


def first(sandbox: Sage200Sandbox) -> dict[str, Any]:
    return next(iter(sandbox.state.customers))


def collect(writing: Iterator[Written], results: list[Written]) -> None:
    for result in writing:
        results.append(result)


def written(made: Sage200Source, *sendings: Sending) -> list[Written]:
    return list(made.write(sendings))


@pytest.fixture(params=["extra", "standard", "created is 201"])
def subject(request: pytest.FixtureRequest) -> Iterator[WritingSubject]:
    settings = {
        "standard": Settings(edition="standard"),
        "created is 201": Settings(created_status=201, wrapped=True),
    }.get(request.param, Settings())
    with Sage200Sandbox(customers=3, settings=settings) as sandbox:
        lease = logged_in(sandbox)
        edition = settings.edition

        def opened() -> Target:
            return Sage200Source("sage", config(sandbox, edition=edition), EVERYTHING_WRITABLE, lease)

        yield WritingSubject(
            open=opened,
            sendings=[create(f"NEW{n:03d}", **ADDRESS, **CONTACT) for n in range(BATCH + 7)],
            keys=lambda: [record["reference"] for record in sandbox.state.customers],
        )


@pytest.mark.parametrize("promise", WRITING_PROMISES, ids=name_of)
def test_keeps_the_promises_of_a_target(promise: Any, subject: WritingSubject) -> None:
    promise(subject)


def test_can_do_what_an_upload_asks_for(sandbox: Sage200Sandbox) -> None:
    with target(sandbox) as made:
        assert isinstance(made, Fits)
        assert isinstance(made, KnowsIds)
        assert isinstance(made, ListsKeys)


def test_a_create_sends_ids_for_codes_and_gives_the_customer_as_sage_has_it(sandbox: Sage200Sandbox) -> None:
    native = {
        "currency.code": "EUR",
        "default_tax_code.code": "1",
        "main_address.address_country_code.code": "GB",
        "credit_limit": "10000.00",
        "on_hold": "false",
        "payment_terms_days": "14",
        "website": "",
    }
    with target(sandbox) as made:
        (result,) = written(made, create("ZYNK001", **native, **ADDRESS, **CONTACT))
        read = records(listed(made, "ZYNK001"))[0]
    kept = sandbox.state.customers.by_reference("ZYNK001")
    assert kept is not None
    assert result == Written(Outcome.CREATED, read)
    assert read.id == str(kept["id"])
    assert (kept["currency_id"], kept["default_tax_code_id"], kept["payment_terms_days"]) == (2, 2, 14)
    assert (kept["main_address"]["city"], kept["main_address"]["address_country_code_id"]) == (
        "Newcastle",
        13,
    )
    assert [(one["last_name"], one["salutation_id"]) for one in kept["contacts"]] == [("Example", 1)]


def test_an_update_changes_what_it_names_and_nothing_else(sandbox: Sage200Sandbox) -> None:
    before = first(sandbox)
    with target(sandbox, on_hold_locked=False) as made:
        key = before["reference"]
        (result,) = written(made, update(made, key, website="", **{"main_address.city": "York"}))
    after = first(sandbox)
    moved = {name for name in before if before[name] != after[name]}
    assert result.outcome is Outcome.UPDATED
    assert moved <= {"website", "main_address", "date_time_updated"}
    assert (after["website"], after["main_address"]["city"]) == ("", "York")
    assert after["main_address"]["address_1"] == before["main_address"]["address_1"]


@pytest.mark.parametrize("known", [True, False], ids=["id known", "id asked for"])
def test_a_contact_is_changed_and_not_doubled(sandbox: Sage200Sandbox, known: bool) -> None:
    key = first(sandbox)["reference"]
    with target(sandbox) as made:
        sending = update(made, key, **{"contact.last_name": "Changed"})
        if not known:
            less = {name: text for name, text in sending.held.items() if name != "contact.id"}
            sending = Sending(action=Action.UPDATE, key=key, native=sending.native, held=less)
        (result,) = written(made, sending)
    assert result.outcome is Outcome.UPDATED
    assert [contact["last_name"] for contact in first(sandbox)["contacts"]] == ["Changed"]


def test_a_customer_without_a_contact_gets_one(sandbox: Sage200Sandbox) -> None:
    sandbox.state.customers.change(27006, {"contacts": []})
    with target(sandbox) as made:
        written(made, update(made, first(sandbox)["reference"], **CONTACT))
    assert [contact["last_name"] for contact in first(sandbox)["contacts"]] == ["Example"]


@pytest.mark.parametrize("kind", ["commit_then_time_out", "drop_after", "drop_half", "gateway_timeout"])
@pytest.mark.parametrize("call", ["POST customers", "PUT customers/id"])
def test_what_was_sent_without_an_answer_is_unknown_and_sent_once(
    sandbox: Sage200Sandbox, kind: str, call: str
) -> None:
    fault(sandbox, kind, call=call, times=0)
    with target(sandbox) as made:
        new = create("NEW1")
        sendings = [new] if call.startswith("POST") else [update(made, first(sandbox)["reference"], name="N")]
        (result,) = written(made, *sendings)
    assert result.outcome is Outcome.UNKNOWN
    assert calls(sandbox, call) == 1


def test_a_body_that_is_cut_or_is_no_json_is_unknown(sandbox: Sage200Sandbox) -> None:
    with target(sandbox) as made:
        for number, kind in enumerate(("truncated", "garbage", "html")):
            fault(sandbox, kind, call="POST customers", times=1)
            (result,) = written(made, create(f"NEW{number}"))
            assert result.outcome is Outcome.UNKNOWN
    assert calls(sandbox, "POST customers") == 3


def test_an_unknown_one_does_not_stop_the_others(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "commit_then_time_out", call="POST customers", customer="new3", times=0)
    with target(sandbox) as made:
        outcomes = [each.outcome for each in made.write([create(f"NEW{n}") for n in range(6)])]
    assert outcomes == [Outcome.CREATED] * 3 + [Outcome.UNKNOWN] + [Outcome.CREATED] * 2


def test_what_sage_refuses_fails_alone_in_its_words(sandbox: Sage200Sandbox) -> None:
    with target(sandbox) as made:
        first_, second = written(
            made,
            create("NEW1", exchange_rate_type="ExchangeRatePeriod", **{"currency.code": "SEK"}),
            create("B"),
        )
    assert first_.outcome is Outcome.FAILED
    assert "exchange rate type" in first_.messages[0].text
    assert second.outcome is Outcome.CREATED


@pytest.mark.parametrize("shape", ["message", "array", "gateway", "text"])
def test_the_field_is_told_whatever_the_shape_of_the_refusal(shape: Any) -> None:
    with Sage200Sandbox(1, settings=Settings(error_shape=shape)) as sandbox, target(sandbox) as made:
        (result,) = written(made, create("NEW1", duns_code="12"))
    assert (result.outcome, result.messages[0].field) == (Outcome.FAILED, "duns_code")
    assert "9 digits" in result.messages[0].text


def test_a_refusal_without_a_word_names_the_ids_as_the_likely_cause() -> None:
    with Sage200Sandbox(1, settings=Settings(error_shape="empty")) as sandbox, target(sandbox) as made:
        (result,) = written(made, create("NEW1", currency_id="999"))
    assert result.outcome is Outcome.FAILED
    assert "does not have: currency_id" in result.messages[0].text


def test_a_customer_that_is_gone_fails_alone(sandbox: Sage200Sandbox) -> None:
    with target(sandbox) as made:
        gone = update(made, first(sandbox)["reference"], name="N")
        sandbox.state.customers.forget(27006)
        one, other = written(made, gone, create("NEW1"))
    assert (one.outcome, other.outcome) == (Outcome.FAILED, Outcome.CREATED)
    assert "no such customer" in one.messages[0].text


def test_a_token_that_ends_meanwhile_is_renewed_and_nothing_is_lost_or_doubled(
    sandbox: Sage200Sandbox,
) -> None:
    fault(sandbox, "token_expired", call="POST customers", nth=3)
    with target(sandbox, concurrency=4) as made:
        results = list(made.write([create(f"NEW{n}") for n in range(12)]))
    assert {each.outcome for each in results} == {Outcome.CREATED}
    assert len(sandbox.state.customers) == 32
    assert sandbox.state.tokens.counts.refreshes == 1


def test_too_many_calls_are_waited_for(sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "too_many", call="POST customers", seconds=0)
    with target(sandbox) as made:
        assert written(made, create("NEW1"))[0].outcome is Outcome.CREATED


@pytest.mark.parametrize(
    ("kind", "error"),
    [("unauthorized", NotPermitted), ("forbidden", NotPermitted), ("too_many", Unreachable)],
)
def test_what_concerns_all_customers_stops_before_the_next(
    sandbox: Sage200Sandbox, kind: str, error: type[Exception]
) -> None:
    fault(sandbox, kind, call="POST customers", nth=3, times=0, seconds=60)
    results: list[Written] = []
    with target(sandbox, concurrency=1, busy_wait=0) as made:
        writing = made.write([create(f"NEW{n}") for n in range(6)])
        with pytest.raises(error):
            collect(writing, results)
    assert [each.outcome for each in results] == [Outcome.CREATED] * 2
    assert len(sandbox.state.customers) == 22


def test_nobody_there_is_raised_and_nothing_is_told_of_the_rest(sandbox: Sage200Sandbox) -> None:
    lease = logged_in(sandbox)
    nowhere = config(sandbox, url="http://127.0.0.1:9/api")
    made = Sage200Source("sage", nowhere, EVERYTHING_WRITABLE, lease)
    with pytest.raises(Unreachable):
        written(made, create("NEW1"), create("NEW2"))
    made.close()


def test_as_many_as_configured_are_under_way_at_once_and_outcomes_keep_their_order(
    sandbox: Sage200Sandbox,
) -> None:
    meeting = threading.Barrier(4)

    def answer(request: Request) -> Reply:
        meeting.wait(10)  # nobody passes before four have come
        return Reply(body=b'{"id": 1, "reference": ' + msgspec.json.encode(told(request)) + b"}")

    def told(request: Request) -> str:
        return str(msgspec.json.decode(request.body)["reference"])

    server = LoopbackServer(answer)
    server.start()
    try:
        place = f"http://127.0.0.1:{server.port}"
        with source(sandbox, fields=("name",), concurrency=4, url=place) as made:
            results = list(made.write([create(f"NEW{n}") for n in range(12)]))
    finally:
        server.stop()
    assert [each.record.key for each in results if each.record] == [f"NEW{n}" for n in range(12)]


def test_customers_are_not_deleted(sandbox: Sage200Sandbox) -> None:
    key = first(sandbox)["reference"]
    with target(sandbox) as made:
        gone = Sending(action=Action.DELETE, key=key, held=held(made, key))
        (result,) = written(made, gone)
    assert (result.outcome, len(sandbox.state.customers)) == (Outcome.FAILED, 20)


def test_two_writers_at_once_create_a_reference_once(sandbox: Sage200Sandbox) -> None:
    results: list[Outcome] = []

    def write() -> None:
        with target(sandbox, lease=lease) as made:
            results.extend(each.outcome for each in made.write([create(f"NEW{n}") for n in range(8)]))

    lease = logged_in(sandbox)
    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [Outcome.CREATED] * 8 + [Outcome.FAILED] * 8
    assert len(sandbox.state.customers) == 28


def test_writes_keep_to_the_rate_however_many_are_under_way() -> None:
    with Sage200Sandbox(3, settings=Settings(rate=40)) as sandbox:
        with target(sandbox, rate=40, concurrency=8) as made:
            outcomes = {each.outcome for each in made.write([create(f"NEW{n}") for n in range(45)])}
        assert (outcomes, sandbox.state.counts().most_in_a_second <= 40) == ({Outcome.CREATED}, True)
