from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from customary.connectors.contract import Fit, Sending
from customary.connectors.memory import Answer, Manner, MemorySource, MemoryTarget
from customary.engine.carry_out import Stopping, carry_out
from customary.errors import NotPermitted, Superseded, Unreachable
from customary.model.change import Action
from customary.model.limits import Limits
from customary.model.outcome import Level, Message
from customary.model.run import Request, ScopeName, State, Upload
from customary.model.source import Named, Native, Page, Record, Scope
from customary.store import runs
from customary.store.database import Store
from customary.store.tables import customer
from tests.support.far_desk import HOLDS, Desk, Killed, carried_out, held, killed, moving, native


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


ALL_LINKS = {(system, key) for system in ("shop", "sage") for key in ("0001", "0002", "0003")}


def test_customers_are_created_in_the_targets_words_and_linked(desk: Desk) -> None:
    ended = desk.run()
    assert ended.counts == {"created": 3}
    assert desk.there == {key: held(key) for key in ("0001", "0002", "0003")}
    assert desk.links() == ALL_LINKS
    with desk.store.read() as connection:
        assert connection.execute(select(customer)).first() is None  # the hub's master is not filled


def test_what_the_target_has_no_place_for_is_told_once_for_the_run(desk: Desk) -> None:
    for number, key in enumerate(("0001", "0002", "0003")):
        desk.here[key] = native(key, Warehouse="W1" if number else "")
    ended = desk.run(page=1)
    assert ended.texts() == ["warehouse has no place in sage"]
    assert ended.messages[0].level is Level.INFORMATION
    assert ended.counts == {"created": 3}


def test_a_second_run_sends_nothing(desk: Desk) -> None:
    desk.run()
    assert desk.run().counts == {"unchanged": 3}
    assert desk.target.sent == []


@pytest.mark.parametrize("answer", [Answer.TELLS, Answer.WRITES])
def test_only_what_moved_is_sent(desk: Desk, answer: Answer) -> None:
    desk.run(lambda _: answer)
    desk.here["0002"] = native("0002", Limit="250.50", Hold="Y")
    ended = desk.run(lambda _: answer)
    assert ended.counts == {"unchanged": 2, "updated": 1}
    (sent,) = desk.target.sent
    assert (sent.action, sent.key, dict(sent.native)) == (
        Action.UPDATE,
        "0002",
        {"limit": "250.5", "stopped": "true"},
    )
    assert {change["field"] for change in ended.cycle("0002").changes} == {"credit_limit", "on_hold"}
    assert desk.run().counts == {"unchanged": 3}


def test_a_customer_that_is_there_under_its_code_is_linked_and_brought_up_to_date(desk: Desk) -> None:
    desk.there["0001"] = held("0001", title="Other", motto="keep")
    desk.there["0002"] = held("0002")
    ended = desk.run()
    assert ended.counts == {"created": 1, "updated": 2}
    assert desk.there["0001"] == held("0001", motto="keep")
    assert [sent.key for sent in desk.target.sent] == ["0001", "0003"]
    assert "linked to 0002 of shop" in ended.cycle("0002").messages[0].text
    assert desk.links() == ALL_LINKS
    assert desk.run().counts == {"unchanged": 3}


def test_a_value_changed_in_the_target_is_set_back_and_told(desk: Desk) -> None:
    desk.run()
    desk.there["0001"] = held("0001", title="Hand made")
    ended = desk.run()
    assert ended.counts == {"updated": 1, "unchanged": 2}
    assert desk.there["0001"]["title"] == "Name of 0001"
    assert "was changed here from" in ended.cycle("0001").messages[0].text


def test_a_dry_run_sends_nothing_and_keeps_nothing(desk: Desk) -> None:
    desk.there["0001"] = held("0001")
    ended = desk.run(request=Request(scope=ScopeName.ALL, dry_run=True))
    assert (ended.run.state, ended.counts) == (State.PLANNED, {"created": 2, "updated": 1})
    assert desk.target.sent == []
    assert desk.links() == set()


def test_limits_of_an_operation_are_shares_of_its_own_customers(desk: Desk) -> None:
    desk.here.update({f"N{n:03}": native(f"N{n:03}") for n in range(30)})
    desk.there.update({f"T{n:03}": held(f"T{n:03}") for n in range(1000)})
    ended = desk.run(limits=Limits())
    assert ended.run.state is State.REFUSED
    assert "33 customers would be created, and the limit 'create' (10%) allows 10" in ended.messages[0].text
    assert desk.target.sent == []
    assert desk.run(request=Request(scope=ScopeName.ALL, initial_load=True), limits=Limits()).counts == {
        "created": 33
    }
    for key in desk.here:
        desk.here[key] = native(key, Name="All the same")
    ended = desk.run(limits=Limits())
    assert "33 customers would be updated, and the limit 'update' (30%) allows 10" in ended.messages[0].text


def test_limits_of_an_uploaded_file_are_shares_of_all_that_the_target_has(desk: Desk) -> None:
    desk.here.update({f"N{n:03}": native(f"N{n:03}") for n in range(30)})
    desk.there.update({f"T{n:03}": held(f"T{n:03}") for n in range(200)})
    file = Request(scope=ScopeName.ALL, upload=Upload(file="customers.xml", digest=""))
    ended = desk.run(request=file, limits=Limits())
    assert "33 customers would be created, and the limit 'create' (10%) allows 20" in ended.messages[0].text
    assert desk.target.sent == []
    desk.there.update({f"U{n:03}": held(f"U{n:03}") for n in range(200)})
    assert desk.run(request=file, limits=Limits()).counts == {"created": 33}


def test_where_nobody_is_known_yet_a_limit_on_updates_wants_a_number(desk: Desk) -> None:
    desk.here.update({f"N{n:03}": native(f"N{n:03}") for n in range(30)})
    desk.there.update({key: held(key, title="Other") for key in desk.here})
    ended = desk.run(limits=Limits())
    assert ended.run.state is State.REFUSED
    assert "Nobody is known yet. If this is right, set the operation's limit 'update' to a number" in (
        ended.messages[0].text
    )


def test_what_does_not_fit_rejects_that_customer_with_every_reason(desk: Desk) -> None:
    desk.here["0002"] = native("0002", Name="x" * 21, Limit="1.234")
    ended = desk.run()
    assert ended.counts == {"created": 2, "rejected": 1}
    assert [(note.field, note.text) for note in ended.cycle("0002").messages] == [
        ("name", "title has 21 characters; the target holds at most 20, and nothing is cut off"),
        (
            "credit_limit",
            "limit is 1.234; the target holds at most 8 digits and 2 decimals, and nothing is cut off",
        ),
    ]


def test_the_rules_of_the_target_are_asked_before_anything_is_sent(desk: Desk) -> None:
    class Strict(MemoryTarget):
        def fit(self, action: Action, native: Native, held: Native) -> Fit:
            assert held == {} or action is Action.UPDATE
            if native.get("title") == "Name of 0002":
                return Fit(native, (Message(level=Level.ERROR, text="no twos"),))
            warned = (Message(level=Level.WARNING, text="no limits"),)
            return Fit({name: text for name, text in native.items() if name != "limit"}, warned)

    ended = desk.run(target=Strict("sage", desk.there, HOLDS))
    assert ended.counts == {"created": 2, "rejected": 1}
    assert [note.text for note in ended.cycle("0002").messages] == ["no twos"]
    assert "limit" not in desk.there["0001"]
    again = desk.run(target=Strict("sage", desk.there, HOLDS))
    assert again.counts == {"unchanged": 2, "rejected": 1}


def test_a_refusal_fails_that_customer_and_the_others_go_on(desk: Desk) -> None:
    ended = desk.run(lambda sending: Answer.REFUSES if sending.key == "0001" else Answer.TELLS)
    assert ended.counts == {"created": 2, "failed": 1}
    assert ended.cycle("0001").messages[0].text == "not today"
    assert ("shop", "0001") not in desk.links()
    assert desk.run().counts == {"created": 1, "unchanged": 2}


# No answer


def test_a_create_that_was_written_without_an_answer_is_found_and_not_repeated(desk: Desk) -> None:
    ended = desk.run(lambda _: Answer.WRITES_SILENTLY)
    assert ended.counts == {"created": 3}
    assert "no answer came from sage; it was found to be written" in ended.cycle("0001").messages[0].text
    assert len(desk.target.sent) == 3
    assert desk.links() == ALL_LINKS
    assert desk.run().counts == {"unchanged": 3}


def test_a_create_that_got_lost_is_unknown_and_looked_for_by_the_next_run(desk: Desk) -> None:
    ended = desk.run(lambda sending: Answer.LOSES if sending.key == "0002" else Answer.TELLS)
    assert (ended.counts, ended.run.exit_code) == ({"created": 2, "unknown": 1}, 1)
    (note,) = ended.cycle("0002").messages
    assert "does not show the customer" in note.text
    assert len(desk.target.sent) == 3
    desk.there["0002"] = held("0002")  # it arrived late
    assert desk.run().counts == {"unchanged": 2, "updated": 1}
    assert desk.target.sent == []


def test_an_update_that_got_lost_failed_and_is_tried_by_the_next_run(desk: Desk) -> None:
    desk.run()
    desk.here["0001"] = native("0001", Name="New")
    ended = desk.run(lambda _: Answer.LOSES)
    assert ended.counts == {"failed": 1, "unchanged": 2}
    assert "the customer is there as it was" in ended.cycle("0001").messages[0].text
    assert desk.run().counts == {"updated": 1, "unchanged": 2}


def test_an_update_without_an_answer_that_left_something_else_is_unknown(desk: Desk) -> None:
    desk.run()
    desk.here["0001"] = native("0001", Name="New")

    def garbled(_: Sending) -> Answer:
        desk.there["0001"] = held("0001", title="Garbled")
        return Answer.LOSES

    ended = desk.run(garbled)
    assert ended.counts == {"unknown": 1, "unchanged": 2}
    assert "is there otherwise than it was sent" in ended.cycle("0001").messages[0].text


def test_a_process_killed_after_sending_leaves_it_in_doubt_and_the_next_settles_it(desk: Desk) -> None:
    def die(sending: Sending) -> Answer:
        if sending.key == "0002":
            desk.there["0002"] = held("0002")
            raise Killed
        return Answer.TELLS

    ended = killed(desk, die)
    assert ended.counts == {"created": 3}
    assert [sent.key for sent in desk.target.sent] == ["0003"]
    assert desk.links() == ALL_LINKS


def test_what_stays_in_doubt_after_a_kill_is_told_once(desk: Desk) -> None:
    def die(sending: Sending) -> Answer:
        if sending.key == "0002":
            raise Killed
        return Answer.TELLS

    ended = killed(desk, die)
    assert ended.counts == {"created": 2, "unknown": 1}
    assert len(ended.cycle("0002").messages) == 1


def test_a_process_that_was_superseded_sends_nothing_more(desk: Desk) -> None:
    run_id = desk.begin()

    def overtaken(_: Sending) -> Answer:
        with desk.store.write() as connection:
            runs.take(connection, run_id, "two")
        return Answer.TELLS

    job = desk.job(overtaken, batch=1)
    with pytest.raises(Superseded):
        carry_out(desk.store, run_id, job, "one", threading.Event())
    assert len(desk.target.sent) == 1


def test_a_target_that_ends_its_answers_early_is_not_sent_the_rest_again(desk: Desk) -> None:
    class Short(MemoryTarget):
        def write(self, sendings):  # type: ignore[no-untyped-def]
            yield from list(super().write(sendings))[:1]

    target = Short("sage", desk.there, HOLDS)
    assert desk.run(target=target).counts == {"created": 3}
    assert len(target.sent) == 3


# Trouble with the target as a whole


def test_an_unreachable_target_is_tried_again_with_what_was_not_sent(desk: Desk) -> None:
    failures = iter([True, False, True, False, False])

    def flaky(_: Sending) -> Answer:
        if next(failures):
            raise Unreachable("sage", "gone")
        return Answer.TELLS

    ended = desk.run(flaky)
    assert ended.counts == {"created": 3}
    assert [sent.key for sent in desk.target.sent] == ["0001", "0002", "0003"]


@pytest.mark.parametrize("error", [NotPermitted("sage", "logged out"), Unreachable("sage", "gone")])
def test_a_target_that_stays_away_stops_the_run_and_nothing_counts_as_sent(
    desk: Desk, error: Exception
) -> None:
    def away(sending: Sending) -> Answer:
        if sending.key == "0002":
            raise error
        return Answer.TELLS

    ended = desk.run(away)
    assert (ended.run.state, ended.counts) == (State.FAILED, {"created": 1, "skipped": 2})
    assert desk.run().counts == {"created": 2, "unchanged": 1}


def test_a_stopped_run_is_carried_on_where_it_was(desk: Desk) -> None:
    stop = threading.Event()

    def stopping(_: Sending) -> Answer:
        stop.set()
        return Answer.TELLS

    run_id = desk.begin()
    with pytest.raises(Stopping):
        carry_out(desk.store, run_id, desk.job(stopping, batch=1), "one", stop)
    carry_out(desk.store, run_id, desk.job(), "two", threading.Event())
    assert desk.look(run_id).counts == {"created": 3}
    assert [sent.key for sent in desk.target.sent] == ["0002", "0003"]


def test_whoever_gets_the_invoices_of_another_is_created_first(desk: Desk) -> None:
    desk.here = {"0001": native("0001", Payer="0009"), "0002": native("0002"), "0009": native("0009")}
    assert desk.run().counts == {"created": 3}
    assert [sent.key for sent in desk.target.sent] == ["0002", "0009", "0001"]
    desk.here["0002"] = native("0002", Payer="0009")
    assert desk.run().counts == {"updated": 1, "unchanged": 2}


# What moved between plan and apply


def test_a_customer_that_moved_after_the_plan_is_planned_again(desk: Desk) -> None:
    desk.run()
    desk.here["0001"] = native("0001", Name="New")
    job = moving(desk, lambda: desk.there.update({"0001": held("0001", stopped="true")}))
    ended = carried_out(desk, job)
    assert ended.counts == {"updated": 1, "unchanged": 2}
    assert desk.there["0001"] == held("0001", title="New")
    assert any("planned again" in note.text for note in ended.cycle("0001").messages)


def test_a_customer_created_by_somebody_else_after_the_plan_is_not_created_again(desk: Desk) -> None:
    job = moving(desk, lambda: desk.there.update({"0002": held("0002", title="Theirs")}))
    ended = carried_out(desk, job)
    assert ended.counts == {"created": 2, "rejected": 1}
    assert "has a customer 0002 by now" in ended.cycle("0002").messages[0].text
    assert desk.there["0002"]["title"] == "Theirs"


def test_a_customer_deleted_after_the_plan_is_not_updated(desk: Desk) -> None:
    desk.run()
    desk.here["0001"] = native("0001", Name="New")
    ended = carried_out(desk, moving(desk, desk.there.clear))
    assert ended.counts == {"rejected": 1, "unchanged": 2}
    assert desk.there == {}


# Who is who


class Naming(MemorySource):
    """A source that says by what names the target knows its customers."""

    only_some = True

    def __init__(self, *records: Record) -> None:
        super().__init__("shop", {})
        self._given = records

    def read(self, scope: Scope, after: str | None = None):  # type: ignore[no-untyped-def]
        yield Page(records=self._given, complete=True)


def record(key: str, id: str = "", reference: str = "", *, lasting: bool = True) -> Record:
    fields = {name: text for name, text in native(key).items() if name != "Customer"}
    return Record(key, {"Customer": key, **fields}, target=Named(id, reference), lasting=lasting)


class Numbered(MemoryTarget):
    """A target with ids of its own."""

    def keys_of(self, ids: list[str]) -> dict[str, str]:
        return {id: key for key in self._customers if (id := f"id-{key}") in ids}


def test_the_targets_own_id_finds_the_customer(desk: Desk) -> None:
    desk.there["R1"] = held("R1")
    ended = desk.run(
        source=Naming(record("a", "id-R1"), record("b", "id-R9")), target=Numbered("sage", desk.there, HOLDS)
    )
    assert ended.counts == {"updated": 1, "rejected": 1}
    assert "sage has no customer with the id id-R9" in ended.cycle("b").messages[0].text
    assert desk.there["R1"]["title"] == "Name of a"
    assert desk.links() == {("shop", "a"), ("sage", "R1")}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (record("a", "id-R1", "R2"), "the customer with the id id-R1 is R1 in sage, and the record says R2"),
        (record("a", reference="R2"), "customer a is linked to R1 of sage, and the record says R2"),
        (record("b", reference="R1"), "customer R1 is linked to a already, so b cannot be it as well"),
    ],
)
def test_names_that_contradict_each_other_are_left_to_a_person(desk: Desk, wrong: Record, told: str) -> None:
    desk.there.update({"R1": held("R1"), "R2": held("R2")})
    desk.run(source=Naming(record("a", reference="R1")))
    ended = desk.run(source=Naming(wrong), target=Numbered("sage", desk.there, HOLDS))
    assert ended.counts == {"rejected": 1}
    assert told in ended.cycle(wrong.key).messages[0].text


def test_a_linked_customer_that_the_target_has_no_more_is_not_created_again(desk: Desk) -> None:
    desk.run()
    del desk.there["0002"]
    ended = desk.run()
    assert ended.counts == {"rejected": 1, "unchanged": 2}
    assert (
        "sage has no customer 0002 any more, which 0002 is linked to" in ended.cycle("0002").messages[0].text
    )


def test_a_customer_without_any_name_gets_the_key_that_is_made_for_it(desk: Desk) -> None:
    source = Naming(record("a"), record("b"))
    ended = desk.run(source=source, keys={"a": "AAA001"})
    assert ended.counts == {"created": 1, "rejected": 1}
    assert desk.there["AAA001"] == held("AAA001", title="Name of a")
    assert "no letters in b" in ended.cycle("b").messages[0].text
    assert desk.run(source=source, keys={"b": "BBB001"}).counts == {"unchanged": 1, "created": 1}


def test_without_any_name_and_no_way_to_make_one_a_customer_is_rejected(desk: Desk) -> None:
    ended = desk.run(source=Naming(record("a")))
    assert "no key is made for new ones" in ended.cycle("a").messages[0].text


def test_a_key_that_was_made_up_is_not_entered_in_the_cross_reference(desk: Desk) -> None:
    source = Naming(record("reference:R1", reference="R1", lasting=False))
    assert desk.run(source=source).counts == {"created": 1}
    assert desk.links() == {("sage", "R1")}
    assert desk.run(source=source).counts == {"unchanged": 1}


def test_two_records_of_one_run_that_are_the_same_customer_are_not_both_written(desk: Desk) -> None:
    ended = desk.run(source=Naming(record("a", reference="R1"), record("b", reference="R1")))
    assert ended.counts == {"created": 1, "rejected": 1}
    assert len(desk.target.sent) == 1


def test_nobody_is_missing_in_a_source_that_has_only_some(desk: Desk) -> None:
    desk.run()
    assert desk.run(source=Naming(record("0001"))).counts == {"unchanged": 1}


def test_a_known_customer_that_the_source_has_no_more_is_an_issue_and_stays(desk: Desk) -> None:
    desk.run()
    del desk.here["0003"]
    ended = desk.run(request=Request(scope=ScopeName.KNOWN))
    assert ended.counts == {"unchanged": 2, "rejected": 1}
    assert "0003" in desk.there


def test_where_listings_are_refused_those_that_both_know_are_read_by_key(desk: Desk) -> None:
    refused = MemorySource("shop", desk.here, Manner(refused="no right to lists"))
    ended = desk.run(source=refused)
    assert (ended.run.state, "no right to lists" in ended.texts()[0]) == (State.FAILED, True)
    desk.run()
    desk.here["0002"] = native("0002", Name="New")
    ended = desk.run(source=MemorySource("shop", desk.here, Manner(refused="no right to lists")))
    assert ended.counts == {"updated": 1, "unchanged": 2}
    assert "The known customers are read one at a time instead" in ended.texts()[0]


def test_new_customers_are_out_of_a_known_scope(desk: Desk) -> None:
    desk.run()
    desk.here["0009"] = native("0009")
    assert desk.run(request=Request(scope=ScopeName.KNOWN)).counts == {"unchanged": 3}


def test_a_code_that_the_target_changed_on_writing_is_told(desk: Desk) -> None:
    class Shouting(MemoryTarget):
        def write(self, sendings):  # type: ignore[no-untyped-def]
            for written in super().write(sendings):
                assert written.record is not None
                loud = {**written.record.native, "title": written.record.native["title"].upper()}
                self._written[written.record.key] = loud
                yield type(written)(written.outcome, Record(written.record.key, loud))

    ended = desk.run(target=Shouting("sage", desk.there, HOLDS))
    (note,) = ended.cycle("0001").messages
    assert (note.field, note.text) == ("name", "'Name of 0001' was sent, and sage holds 'NAME OF 0001'")
