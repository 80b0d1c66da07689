from __future__ import annotations

import pytest

from customary.config.settings import ComponentsConfig
from customary.connectors.contract import Sending
from customary.connectors.sunsystems.steps import steps_of
from customary.connectors.sunsystems.writing import Calls, Means, Work
from customary.errors import NotPermitted, Unreachable
from customary.model.change import Action
from customary.model.limits import LIFTED
from customary.model.outcome import Level
from tests.connectors.sunsystems.rig import config, create, fill, native, outcomes, source, texts, update
from tests.support.sun import Sun

MANY = tuple(f"C{number:02}" for number in range(16))


def creates(*keys: str) -> list[Sending]:
    return [create(key) for key in keys]


@pytest.mark.parametrize(
    ("write", "methods"),
    [
        ("upsert", ["CreateOrAmend"]),
        ("bulk", ["BulkCreateOrAmend"]),
        ("exact", ["Create", "Amend"]),
    ],
)
def test_creates_and_updates_go_by_the_configured_methods(sun: Sun, write: str, methods: list[str]) -> None:
    fill(sun, "OLD")
    with source(sun, write=write) as made:
        held = native(made, "OLD")
        sun.calls.clear()
        sendings = [*creates("A", "B"), update("OLD", {"Name": "Renamed"}, held)]
        assert outcomes(list(made.write(sendings))) == ["created", "created", "updated"]
    assert [method for method, _ in sun.calls] == methods
    assert sun.office.stored("OLD")["Name"] == "Renamed"
    assert sun.keys() == ["A", "B", "OLD"]


def test_each_status_has_its_method_and_a_delete_its_own(sun: Sun) -> None:
    fill(sun, "A", "B", "C", "D")
    status = {"A": "3", "B": "hidden", "C": "2"}
    sendings = [
        Sending(action=Action.STATUS, key=key, native={"Status": text}) for key, text in status.items()
    ]
    sendings.append(Sending(action=Action.DELETE, key="D"))
    with source(sun) as made:
        assert outcomes(list(made.write(sendings))) == [*["status_changed"] * 3, "deleted"]
        again = [Sending(action=Action.STATUS, key="A", native={"Status": "0"})]
        assert outcomes(list(made.write(again))) == ["status_changed"]
    assert [sun.office.stored(key).get("Status") for key in "ABCD"] == ["0", "1", "2", None]


def test_a_change_of_status_carries_the_other_changes_before_it(sun: Sun) -> None:
    fill(sun, "A")
    with source(sun) as made:
        held = native(made, "A")
        sun.calls.clear()
        change = {"Name": "Renamed", "Status": "3"}
        (one,) = made.write([Sending(action=Action.STATUS, key="A", native=change, held=held)])
    assert (str(one.outcome), [method for method, _ in sun.calls]) == (
        "status_changed",
        ["CreateOrAmend", "Closed"],
    )
    assert (sun.office.stored("A")["Name"], sun.office.stored("A")["Status"]) == ("Renamed", "3")


def test_a_customer_is_created_with_its_status(sun: Sun) -> None:
    with source(sun) as made:
        sendings = [create("A", Status="4"), create("B", Status="2"), create("C", Status="0"), create("D")]
        assert outcomes(list(made.write(sendings))) == ["created"] * 4
    assert [sun.office.stored(key)["Status"] for key in "ABCD"] == ["4", "2", "0", "0"]
    assert sun.count("Open") == 0


def test_an_existing_customer_cannot_be_made_a_draft(sun: Sun) -> None:
    fill(sun, "A")
    with source(sun) as made:
        (one,) = made.write([Sending(action=Action.STATUS, key="A", native={"Status": "draft"})])
    assert (str(one.outcome), "draft" in texts(one)) == ("failed", True)


def test_standard_texts_go_by_the_driver_that_attaches_them(sun: Sun) -> None:
    text = '[{"LanguageCode":"1","StandardTextClassCode":"STD","StandardTextCode":"DELIV"}]'
    with source(sun, write="bulk") as made:
        written = list(made.write([create("A"), create("B", StandardText=text), create("C")]))
        assert outcomes(written) == ["created"] * 3
        assert native(made, "B")["StandardText"] == text
    assert (sun.count("BulkCreateOrAmend"), sun.count("CreateOrAmend")) == (2, 1)


def test_children_are_added_changed_and_deleted(sun: Sun) -> None:
    with source(sun) as made:
        first = {
            "DeliveryToAddress": '[{"DefaultLeadTime":"4","DeliveryAddressCode":"D1"},'
            '{"DeliveryAddressCode":"D2"}]',
            "ContactAddress": '[{"AddressCode":"ADR1","ContactIdentifier":"ANNA"},'
            '{"AddressCode":"ADR2","ContactIdentifier":"B"}]',
            "Tax": '[{"LimitDate":"31122030","SequenceNumber":"1","TaxIdentificationCode":"GB1"}]',
        }
        list(made.write([create("A", **first)]))
        held = native(made, "A")
        assert {name: held[name] for name in first} == first
        second = {
            "DeliveryToAddress": '[{"DeliveryAddressCode":"D2"},{"DeliveryAddressCode":"D3"}]',
            "ContactAddress": "",
            "Tax": '[{"SequenceNumber":"1","TaxIdentificationCode":"GB2"}]',
        }
        assert outcomes(list(made.write([update("A", second, held)]))) == ["updated"]
        now = native(made, "A")
    assert {name: now.get(name, "") for name in second} == second


def test_an_account_is_made_with_the_customer_that_posts_to_it(sun: Sun) -> None:
    with source(sun) as made:
        values = {"ActualAccount": "11000", "Accounts.CreditLimit": "5000", "Accounts.LookupCode": "ELEVEN"}
        list(made.write([create("A", **values)]))
        held = native(made, "A")
        assert held.items() >= values.items()
        changed = update("A", {"Accounts.CreditLimit": "6000"}, held)
        assert outcomes(list(made.write([changed]))) == ["updated"]
        assert native(made, "A")["Accounts.CreditLimit"] == "6000"


def test_an_account_that_goes_before_and_is_refused_keeps_its_customer_back(sun: Sun) -> None:
    values = {"ActualAccount": "11000", "Accounts.CreditLimit": "5000"}
    with source(sun, accounts="before") as made:
        first, second = made.write([create("A", **values), create("B")])
    assert (str(first.outcome), str(second.outcome)) == ("failed", "created")
    assert "no component 'Accounts'" in texts(first)
    assert sun.keys() == ["B"]


def test_one_record_that_fails_leaves_the_others_alone_and_says_why(sun: Sun) -> None:
    bad = create("B", CreditBlock="9")
    with source(sun) as made:
        written = list(made.write([create("A"), bad, create("C")]))
    assert outcomes(written) == ["created", "failed", "created"]
    (message,) = written[1].messages
    assert (message.level, message.field) == (Level.ERROR, "CreditBlock")
    assert "must be one of the codes" in message.text
    assert (sun.keys(), len(sun.calls)) == (["A", "C"], 1)


def test_a_partial_failure_in_the_old_format_is_understood_likewise(sun: Sun) -> None:
    sun.office = sun.office.with_rules(ComponentsConfig(delete=LIFTED, account="never", messages="old"))
    with source(sun, latest_format=False) as made:
        written = list(made.write([create("A"), create("B", CreditBlock="9"), create("C")]))
    assert outcomes(written) == ["created", "failed", "created"]
    assert "must be one of the codes" in texts(written[1])
    assert written[1].messages[0].field == "CreditBlock"


def test_a_warning_is_told_and_is_no_failure(sun: Sun) -> None:
    with source(sun, unit="FIN") as made:
        (one,) = made.write([create("A", DefaultCarrier="DHL")])
    assert str(one.outcome) == "created"
    (message,) = one.messages
    assert (message.level, message.field) == (Level.WARNING, "DefaultCarrier")


@pytest.mark.parametrize("kind", ["fault", "text", "http"])
@pytest.mark.parametrize("bad", [("C05",), ("C00", "C01", "C15"), MANY])
def test_what_is_refused_as_a_whole_is_halved_until_the_bad_stand_alone(
    sun: Sun, kind: str, bad: tuple[str, ...]
) -> None:
    text = "com.systemsunion.SSTS.exec.MethodExecutionException  The following error occurred - 'x'"
    for key in bad:
        sun.trouble(kind, method="CreateOrAmend", holding=f">{key}<", times=0, text=text, status=413)
    with source(sun) as made:
        written = list(made.write(creates(*MANY)))
    good = [key for key in MANY if key not in bad]
    assert outcomes(written) == ["failed" if key in bad else "created" for key in MANY]
    assert all(texts(one) for one in written if str(one.outcome) == "failed")
    assert sun.keys() == good
    stored = [count for method, count in sun.calls if method == "CreateOrAmend"]
    assert len(stored) <= 2 * len(MANY)


def test_a_refusal_that_concerns_every_record_is_not_tried_without_end(sun: Sun) -> None:
    sun.trouble("fault", method="CreateOrAmend", times=0)
    keys = [f"K{number:03}" for number in range(64)]
    with source(sun, page=100) as made:
        written = list(made.write(creates(*keys)))
    assert set(outcomes(written)) == {"failed"}
    assert 32 <= sun.count("CreateOrAmend") <= 64 + 2


@pytest.mark.parametrize("kind", ["lost", "cut", "truncated", "empty"])
def test_a_write_without_an_answer_is_in_doubt_and_is_not_sent_again(sun: Sun, kind: str) -> None:
    sun.trouble(kind, method="CreateOrAmend")
    with source(sun) as made:
        written = list(made.write(creates("A", "B")))
    assert outcomes(written) == ["unknown", "unknown"]
    assert sun.keys() == ["A", "B"]
    assert sun.calls.count(("CreateOrAmend", 2)) == 1


def test_a_server_error_without_words_is_in_doubt(sun: Sun) -> None:
    sun.trouble("http", status=503)
    with source(sun) as made:
        assert outcomes(list(made.write(creates("A")))) == ["unknown"]


def test_a_fault_behind_records_that_were_stored_all_the_same_sends_none_of_them_twice(sun: Sun) -> None:
    fill(sun, "OLD")
    sun.trouble("fault_after", method="CreateOrAmend")
    with source(sun) as made:
        held = native(made, "OLD")
        written = list(made.write([*creates("A"), update("OLD", {"Name": "New"}, held)]))
    assert outcomes(written) == ["unknown", "unknown"]
    assert sun.count("CreateOrAmend") == 1


def test_what_cannot_be_read_back_after_a_refusal_is_in_doubt(sun: Sun) -> None:
    sun.trouble("fault", method="CreateOrAmend")
    sun.trouble("http", method="Query", times=0)
    with source(sun) as made:
        written = list(made.write(creates("A", "B")))
    assert outcomes(written) == ["unknown", "unknown"]
    assert sun.count("CreateOrAmend") == 1


def test_a_refused_voucher_is_renewed_once_and_the_write_is_carried_out_once(sun: Sun) -> None:
    with source(sun) as made:
        list(made.write(creates("A")))
        sun.trouble("expired", method="CreateOrAmend")
        assert outcomes(list(made.write(creates("B", "C")))) == ["created", "created"]
    assert (sun.logons, sun.keys()) == (2, ["A", "B", "C"])


def test_when_nothing_of_it_was_sent_the_error_is_raised_behind_what_was_done(sun: Sun) -> None:
    fill(sun, "D")
    with source(sun) as made:
        written = made.write([*creates("A"), Sending(action=Action.DELETE, key="D")])
        assert str(next(written).outcome) == "created"
        sun.vouchers.clear()
        sun.refuse_logon = True
        with pytest.raises(NotPermitted, match="operator PK1"):
            next(written)
    assert sun.keys() == ["A", "D"]


def test_a_system_that_is_not_there_takes_nothing(sun: Sun) -> None:
    with source(sun, url="http://127.0.0.1:9") as made, pytest.raises(Unreachable):
        list(made.write(creates("A")))


def test_a_second_step_that_fails_says_what_was_carried_out_before(sun: Sun) -> None:
    sun.trouble("fault", method="Closed", times=0, text="Status may not be changed")
    with source(sun) as made:
        one, other = made.write([create("A", Status="3"), create("B")])
    assert (str(one.outcome), str(other.outcome)) == ("failed", "created")
    assert "Status may not be changed" in texts(one)
    assert "CreateOrAmend was carried out" in texts(one)


def test_a_status_of_which_no_answer_comes_is_in_doubt(sun: Sun) -> None:
    sun.trouble("lost", method="Closed")
    with source(sun) as made:
        assert outcomes(list(made.write([create("A", Status="3"), create("B")]))) == ["unknown", "created"]


def test_a_character_that_xml_cannot_hold_fails_its_own_customer_only(sun: Sun) -> None:
    with source(sun) as made:
        written = list(made.write([create("A"), create("B", Comment="\x07"), create("C")]))
    assert outcomes(written) == ["created", "failed", "created"]
    assert "U+0007" in texts(written[1])


def test_no_call_begins_once_the_batch_took_too_long(sun: Sun) -> None:
    with source(sun) as made:
        settings = config(sun.url)
        works = [Work(sending, steps_of(sending, settings)) for sending in creates("A", "B")]
        calls = Calls(Means(made.api, lambda _keys, _names: {}, until=0.0), works, 0)
        calls.make(range(2))
        assert made.longest == 5 + 3 * 20
    assert calls.ends == {}
    assert "took so long" in str(calls.error)
    assert sun.calls == []
