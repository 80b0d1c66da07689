from __future__ import annotations

import contextlib
import io
import re
import threading
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import customary
from customary.actions.show import summaries, summary
from customary.actions.tell import scope_in_words
from customary.components import Request, Wiring, execute
from customary.config.settings import ComponentsConfig
from customary.errors import RequestRefused
from customary.model.run import EXIT_SYSTEM, State
from customary.protocols.ssc_record import Record
from customary.protocols.ssc_tree import parts
from customary.store import business_units, journal, runs
from customary.store.database import open_store
from tests.support.components import OPEN, UNIT, Office, fields, payload

GOOD = "<Customer><CustomerCode>A</CustomerCode></Customer>"


def test_a_request_is_a_run_named_after_its_method(office: Office) -> None:
    told = office.ask("Create", fields(CustomerCode="A"))
    with office.store.read() as connection:
        run = runs.read(connection, told.result.run)
        assert run is not None
        assert (run.operation, run.source, run.target) == ("ssc Customer/Create", "ssc", "hub")
        assert (run.state, run.exit_code, run.enumerated) == (State.SUCCEEDED, 0, 1)
        assert runs.all_unfinished(connection) == []


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"nonsense",
        b"<SSC><Payload>",
        payload([GOOD, "<Customer><Name>x</Customer>"]),
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + payload([GOOD]),
        b'<?xml version="1.0" encoding="nonsense"?>' + payload([GOOD]),
        payload([GOOD, "<Supplier/>"]),
        payload([GOOD, "loose text"]),
        payload([GOOD, "<Customer>" + "<a>" * 500 + "</a>" * 500 + "</Customer>"]),
        payload([GOOD, "<Customer><Comment>" + "x" * 5_000_000 + "</Comment></Customer>"]),
        payload([GOOD, "<Customer " + " ".join(f'a{n}="1"' for n in range(500)) + "/>"]),
        payload([GOOD, "<Customer><Name>\x01</Name></Customer>"]),
        payload([GOOD], unit="NO"),
        payload([GOOD], unit=""),
        payload([GOOD]).replace(b"SSC>", b"Other>"),
        payload([GOOD]).replace(b"</SSC>", b"<Payload/></SSC>"),
    ],
    ids=range(16),
)
def test_a_payload_that_cannot_be_carried_out_changes_nothing(office: Office, hostile: bytes) -> None:
    with pytest.raises(RequestRefused):
        office.send("CreateOrAmend", hostile)
    assert office.everything() == []
    with office.store.read() as connection:
        failed = runs.recent(connection, 9, "ssc Customer/CreateOrAmend")
    assert [run.state for run in failed] == [State.FAILED]


@pytest.mark.parametrize(("component", "method"), [("Supplier", "Create"), ("Customer", "Destroy")])
def test_an_unknown_component_or_method_changes_nothing(office: Office, component: str, method: str) -> None:
    with pytest.raises(RequestRefused, match=r"Customer|CreateOrAmend"):
        office.send(method, payload([GOOD]), component)
    assert office.everything() == []


def test_namespaces_and_processing_instructions_are_no_hindrance(office: Office) -> None:
    text = payload(["<Customer xmlns='urn:x'><?go on?><CustomerCode>A</CustomerCode></Customer>"])
    assert office.send("Create", text).statuses == ["success"]


def test_a_record_that_breaks_a_rule_leaves_the_others_alone_and_changes_nothing_itself(
    office: Office,
) -> None:
    tax = "<Tax><SequenceNumber>1</SequenceNumber></Tax>"
    bodies = [fields(CustomerCode=f"C{number}") + tax for number in range(450)]
    bodies[210] = fields(CustomerCode="BAD", WarningLimit="x") + tax
    told = office.ask("CreateOrAmend", *bodies)
    assert [number for number, status in enumerate(told.statuses) if status == "fail"] == [210]
    assert len(office.everything()) == 449


def test_an_answer_does_not_repeat_a_text_that_is_far_too_long(office: Office) -> None:
    told = office.ask("Create", fields(CustomerCode="A", Name="x" * 3_000_000), fields(CustomerCode="B"))
    assert told.statuses == ["fail", "success"]
    assert told.messages == ["Name holds 3000000 characters, and 50 are the most"]
    assert len(told.text) < 10_000
    assert '<Name Reference="1">xxx' in told.text


def test_both_message_formats_are_answered(office: Office) -> None:
    old = office.with_rules(type(OPEN)(account="never", messages="old"))
    told = old.ask("Amend", fields(CustomerCode="A"))
    assert told.text.endswith("</ErrorMessages></SSC>")
    latest = payload([GOOD]).replace(
        b"<ErrorContext>", b"<ErrorContext><CompatibilityMode>1</CompatibilityMode>"
    )
    assert "<Messages><Message" in old.send("Amend", latest).text


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("0", "UserText"),
        ("limited", "UserText"),
        ("1", "UserText Application"),
        ("", "UserText Application"),
        ("2", "UserText Application Exception"),
        ("3", "UserText Application Exception"),
        ("Debug", "UserText Application Exception"),
    ],
)
@pytest.mark.parametrize("messages", ["nested", "old"])
def test_error_output_says_how_much_a_message_tells(
    office: Office, output: str, told: str, messages: Literal["nested", "old"]
) -> None:
    office = office.with_rules(ComponentsConfig(account="never", messages=messages))
    asked = f"<ErrorContext><ErrorOutput>{output}</ErrorOutput></ErrorContext>".encode()
    body = "<Customer><CustomerCode>A</CustomerCode><CreditBlock>9</CreditBlock></Customer>"
    sent = re.sub(rb"<ErrorContext>.*</ErrorContext>", asked, payload([GOOD, body]))
    answer = office.send("CreateOrAmend", sent)
    (message,) = Record("", children=_all(answer.text)).all("Message")
    names = [child.name for child in message.children]
    if messages == "old":
        assert names == ["PayloadRef", "UserText", *told.split()[2:]]
    else:
        assert names == told.split()
    trace = str(message.value("Exception") or "")
    if "Exception" in told:
        assert "at Customer.CreditBlock\n\tat record 2\n\tat Customer/CreateOrAmend" in trace
        assert f"run {answer.result.run}, business unit {UNIT}" in trace
    assert ("Python" in trace) is (output in ("3", "Debug"))


def test_an_application_names_component_method_and_version(office: Office) -> None:
    text = office.ask("Amend", fields(CustomerCode="A")).text
    version = f"<Version>{customary.__version__}</Version>"
    assert f"<Application><Component>Customer</Component><Method>Amend</Method>{version}" in text


def _all(text: str) -> tuple[Record, ...]:
    return tuple(
        element
        for _, part in parts(io.BytesIO(text.encode()))
        for element in (part, *part.children, *(inner for child in part.children for inner in child.children))
    )


def test_an_answer_keeps_the_sections_but_the_error_context(office: Office) -> None:
    told = office.ask("Create", fields(CustomerCode="A", Name="Anna"))
    assert told.text.startswith("<SSC><User><Name>ABC</Name></User><SunSystemsContext>")
    assert '<Customer status="success"><CustomerCode>A</CustomerCode></Customer>' in told.text
    assert "<Name>Anna</Name>" in office.ask("Create", fields(CustomerCode="A", Name="Anna")).text


def test_two_requests_on_the_same_customer_at_once_are_carried_out_one_behind_the_other(hub_url: str) -> None:
    store = open_store(hub_url)
    business_units.ensure(store, {UNIT: False, "FIN": True})
    statuses: list[list[str]] = []

    def create(spelling: str) -> None:
        told = Office(store).ask("Create", *(fields(CustomerCode=f"{spelling}{n}") for n in range(30)))
        statuses.append(told.statuses)

    threads = [threading.Thread(target=create, args=(spelling,)) for spelling in ("a", "A", "a")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Office(store).everything()) == 30
    assert sum(found.count("success") for found in statuses) == 30
    store.close()


def test_a_round_trip_into_an_empty_unit_is_equal(office: Office) -> None:
    office.ask(
        "Create",
        fields(
            CustomerCode="Z", ActualAccount="1", Name="Ä & <b>", CreditBlock="1", WarningLimit="1.5"
        ).replace("& <b>", "&amp; &lt;b&gt;")
        + "<Accounts><CreditLimit>5</CreditLimit><Analysis2><VAcntCatAnalysis_AnlCode>Q"
        "</VAcntCatAnalysis_AnlCode></Analysis2></Accounts>"
        + "<ContactAddress><ContactIdentifier>C</ContactIdentifier><AddressCode>A</AddressCode>"
        "</ContactAddress>" + "<Analysis9><VCustCatAnalysis_AnlCode>N</VCustCatAnalysis_AnlCode></Analysis9>",
        fields(CustomerCode="B"),
    )
    office.ask("Amend", fields(CustomerCode="B", InvoicingCustomerCode="Z"))
    office.ask("Hidden", fields(CustomerCode="Z"))
    first = office.everything()
    told = office.send("CreateReplaceOrDelete", payload(first, "FIN"))
    assert told.statuses == ["success", "success"]
    assert office.everything(unit="FIN") == first


METHODS = st.sampled_from(
    [
        "Create",
        "CreateAsDraft",
        "Amend",
        "CreateOrAmend",
        "BulkCreateOrAmend",
        "CreateReplaceOrDelete",
        "Delete",
        "Hidden",
        "Open",
    ]
)
BODY = st.tuples(
    st.sampled_from("ABab"), st.sampled_from(["", "x", "y", None]), st.sampled_from(["", "1", None])
)


def model(
    state: dict[str, dict[str, str]], method: str, bodies: list[tuple[str, str | None, str | None]]
) -> list[str]:
    """The rules in a dozen lines: code -> elements; gives the statuses."""
    statuses = []
    sent = {code.lower() for code, _, _ in bodies}
    for code, name, rating in bodies:
        key = code.lower()
        held = state.get(key)
        creates = method.startswith(("Create", "Bulk"))
        ok = creates if held is None else method not in ("Create", "CreateAsDraft")
        statuses.append("success" if ok else "fail")
        if not ok:
            continue
        if method == "Delete":
            del state[key]
        elif method in ("Hidden", "Open"):
            state[key]["Status"] = {"Hidden": "1", "Open": "0"}[method]
        else:
            start = {"CustomerCode": code, "Status": "4" if method == "CreateAsDraft" else "0"}
            values = dict(held or start)
            if method == "CreateReplaceOrDelete":
                values = {"CustomerCode": values["CustomerCode"], "Status": values["Status"]}
            values |= {k: v for k, v in (("Name", name), ("PriorityRating", rating)) if v is not None}
            state[key] = {k: v for k, v in values.items() if v}
    if method == "CreateReplaceOrDelete":
        for key in sorted(set(state) - sent):
            del state[key]
            statuses.append("success")
    return statuses


@given(st.lists(st.tuples(METHODS, st.lists(BODY, min_size=1, max_size=4)), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_methods_do_what_a_simple_model_of_the_rules_does(
    office: Office, steps: list[tuple[str, list[tuple[str, str | None, str | None]]]]
) -> None:
    for record in office.query().records:
        office.ask("Delete", fields(CustomerCode=str(record.value("CustomerCode"))))
    state: dict[str, dict[str, str]] = {}
    for method, bodies in steps:
        values = [
            {"CustomerCode": code, "Name": name, "PriorityRating": rating} for code, name, rating in bodies
        ]
        texts = [fields(**{k: v for k, v in body.items() if v is not None}) for body in values]
        assert office.ask(method, *texts).statuses == model(state, method, bodies)
        assert {code: office.stored(code) for code in "ab"} == {code: state.get(code, {}) for code in "ab"}


def test_a_run_says_which_operator_asked(office: Office) -> None:
    for method in ("Create", "Explode"):
        request = Request(
            component="Customer",
            method=method,
            payload=io.BytesIO(payload(["<Customer><CustomerCode>A</CustomerCode></Customer>"])),
            operator="SUN",
        )
        with contextlib.suppress(RequestRefused):
            execute(request, Wiring(store=office.store, rules=lambda _: office.rules), lambda _: None)
    with office.store.read() as connection:
        told = [
            [note.text for note in journal.run_messages(connection, run.id)]
            for run in runs.recent(connection, 2)
        ]
    assert [texts[0] for texts in told] == ["asked for by operator SUN"] * 2


@pytest.mark.soak
def test_100_000_records_in_one_payload_stay_at_flat_memory(hub_url: str) -> None:
    import tracemalloc

    store = open_store(hub_url)
    office = Office(store)
    tax = "<Tax><SequenceNumber>1</SequenceNumber></Tax>"
    body = f"<Customer><CustomerCode>{{0:06}}</CustomerCode><Name>Name {{0}}</Name>{tax}</Customer>"
    sent = payload(body.format(number) for number in range(100_000))
    seen: list[int] = []
    wiring = Wiring(store=store, rules=lambda _: office.rules)
    tracemalloc.start()

    def count(piece: str) -> None:
        seen.append(1) if "success" in piece else None

    request = Request(component="Customer", method="CreateOrAmend", payload=io.BytesIO(sent))
    result = execute(request, wiring, count)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (result.records, result.failed, len(seen)) == (100_000, 0, 100_000)
    assert peak < 40_000_000
    store.close()


def test_a_request_is_running_until_its_answer_is_complete(office: Office) -> None:
    states: list[State] = []

    def look(_piece: str) -> None:
        states.append(summaries(office.store, 1)[0].run.state)
        assert summaries(office.store, 1)[0].run.finished is None

    request = Request(component="Customer", method="CreateOrAmend", payload=io.BytesIO(payload([GOOD])))
    execute(request, Wiring(store=office.store, rules=lambda _: office.rules), look)

    assert set(states) == {State.RUNNING}
    told = summary(office.store, 1)
    assert (told.run.state, told.run.finished is None) == (State.SUCCEEDED, False)
    assert scope_in_words(told.run) == "the records of a request"


def test_a_request_whose_client_goes_away_has_failed_and_keeps_what_was_written(office: Office) -> None:
    def hang_up(piece: str) -> None:
        if "CustomerCode" in piece:
            raise BrokenPipeError

    request = Request(component="Customer", method="CreateOrAmend", payload=io.BytesIO(payload([GOOD])))
    with pytest.raises(BrokenPipeError):
        execute(request, Wiring(store=office.store, rules=lambda _: office.rules), hang_up)

    told = summary(office.store, 1)
    assert (told.run.state, told.run.exit_code) == (State.FAILED, EXIT_SYSTEM)
    assert ["cut off before its end" in note.text for note in told.messages] == [True]
    assert len(office.everything()) == 1
