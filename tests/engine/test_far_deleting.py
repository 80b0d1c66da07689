from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from customary.connectors.contract import Sending
from customary.connectors.memory import Answer, Manner, MemorySource, MemoryTarget
from customary.model.change import Action
from customary.model.limits import LIFTED, Limits
from customary.model.run import Request, ScopeName, State
from customary.store.database import Store
from tests.support.desk import Ended
from tests.support.far_desk import HOLDS, Desk, Killed, carried_out, held, killed, moving, native

FREE = Limits(create=LIFTED, update=LIFTED, delete=LIFTED)
DELETES = Request(scope=ScopeName.ALL, deletes=True)


@pytest.fixture
def desk(store: Store) -> Desk:
    """A desk whose three customers are on both sides, and one more in the target only."""
    made = Desk(store)
    made.there["THEIRS"] = held("THEIRS")
    made.run()
    return made


def writes(_: Sending) -> Answer:
    return Answer.WRITES


def run(desk: Desk, answer: Callable[[Sending], Answer] = writes, **settings: Any) -> Ended:
    return desk.run(answer, request=DELETES, **{"limits": FREE, **settings})


def test_a_customer_that_the_source_has_no_more_is_deleted_and_forgotten(desk: Desk) -> None:
    del desk.here["0002"]
    ended = run(desk)
    assert ended.counts == {"deleted": 1, "unchanged": 2}
    assert [(sent.action, sent.key) for sent in desk.target.sent] == [(Action.DELETE, "0002")]
    assert set(desk.there) == {"0001", "0003", "THEIRS"}, "what was never ours stays"
    assert ("sage", "0002") not in desk.links()
    assert {change["field"]: change["before"] for change in ended.cycle("0002").changes} == {
        "code": "0002",
        "name": "Name of 0002",
        "credit_limit": "100",
        "on_hold": False,
        "currency": "USD",
        "currency_iso": "USD",
    }
    assert run(desk).counts == {"unchanged": 2}


def test_without_being_asked_for_it_stays_and_is_told(desk: Desk) -> None:
    del desk.here["0002"]
    assert desk.run(limits=FREE).counts == {"rejected": 1, "unchanged": 2}
    assert "0002" in desk.there


def test_deletes_have_a_limit_that_no_small_number_passes(desk: Desk) -> None:
    del desk.here["0002"]
    ended = run(desk, limits=Limits())
    assert ended.run.state is State.REFUSED
    assert "1 customers would be deleted, and the limit 'delete' (1%) allows 0" in ended.texts()[0]
    assert desk.target.sent == []


def test_nobody_is_deleted_behind_an_enumeration_that_is_not_complete(desk: Desk) -> None:
    del desk.here["0002"]
    ended = run(desk, source=MemorySource("shop", desk.here, Manner(complete=False)))
    assert ended.counts == {"rejected": 1, "unchanged": 2}
    assert any("nobody is deleted from sage" in text for text in ended.texts())
    assert "0002" in desk.there


def test_nobody_is_deleted_because_a_source_gives_nobody(desk: Desk) -> None:
    desk.here.clear()
    ended = run(desk)
    assert ended.counts == {"rejected": 3}
    assert set(desk.there) == {"0001", "0002", "0003", "THEIRS"}


def test_deletes_come_last(desk: Desk) -> None:
    del desk.here["0001"]
    desk.here["0009"] = native("0009")
    desk.here["0002"] = native("0002", Name="New")
    assert run(desk).counts == {"created": 1, "updated": 1, "deleted": 1, "unchanged": 1}
    assert [sent.action for sent in desk.target.sent] == [Action.UPDATE, Action.CREATE, Action.DELETE]


@pytest.mark.parametrize(
    ("answer", "outcome"), [(Answer.REFUSES, "failed"), (Answer.LOSES, "failed"), (Answer.WRITES, "rejected")]
)
def test_nobody_is_deleted_when_anything_before_went_wrong(desk: Desk, answer: Answer, outcome: str) -> None:
    del desk.here["0001"]
    desk.here["0002"] = native("0002", Name="x" * 99 if outcome == "rejected" else "New")
    ended = run(desk, lambda _: answer)
    assert ended.counts == {outcome: 1, "skipped": 1, "unchanged": 1}
    assert "customers that shop has no more were not deleted from sage (1)" in ended.texts()[0]
    assert "0001" in desk.there
    desk.here["0002"] = native("0002")
    assert run(desk).counts == {"deleted": 1, "unchanged": 2}


def test_a_delete_that_is_refused_does_not_stop_the_others(desk: Desk) -> None:
    del desk.here["0001"], desk.here["0002"]
    ended = run(desk, lambda sending: Answer.REFUSES if sending.key == "0001" else Answer.WRITES)
    assert ended.counts == {"failed": 1, "deleted": 1, "unchanged": 1}
    assert run(desk).counts == {"deleted": 1, "unchanged": 1}


def test_a_delete_without_an_answer_is_settled_by_reading_back(desk: Desk) -> None:
    del desk.here["0001"], desk.here["0002"]
    silent = {"0001": Answer.WRITES_SILENTLY, "0002": Answer.LOSES}
    ended = run(desk, lambda sending: silent[sending.key])
    assert ended.counts == {"deleted": 1, "failed": 1, "unchanged": 1}
    assert "found to be deleted" in ended.cycle("0001").messages[0].text
    assert "it is still there" in ended.cycle("0002").messages[0].text
    assert ("sage", "0001") not in desk.links()
    assert run(desk).counts == {"deleted": 1, "unchanged": 1}


def test_a_delete_that_was_told_and_not_done_failed(desk: Desk) -> None:
    class Lazy(MemoryTarget):
        def write(self, sendings):  # type: ignore[no-untyped-def]
            before = dict(self._written)
            yield from super().write(sendings)
            self._written.update(before)

    del desk.here["0001"]
    ended = run(desk, target=Lazy("sage", desk.there, HOLDS))
    assert ended.counts == {"failed": 1, "unchanged": 2}
    assert "still shows it" in ended.cycle("0001").messages[0].text
    assert ("sage", "0001") in desk.links()


def test_a_customer_that_neither_has_any_more_is_forgotten(desk: Desk) -> None:
    del desk.here["0001"], desk.there["0001"]
    assert run(desk).counts == {"unchanged": 3}
    assert ("sage", "0001") not in desk.links()
    assert run(desk).counts == {"unchanged": 2}


def test_a_dry_run_shows_deletes_and_forgets_nobody(desk: Desk) -> None:
    del desk.here["0001"], desk.here["0002"], desk.there["0001"]
    dry = Request(scope=ScopeName.ALL, deletes=True, dry_run=True)
    assert desk.run(request=dry, limits=FREE).counts == {"deleted": 1, "unchanged": 2}
    assert {("sage", "0001"), ("sage", "0002")} <= desk.links()


@pytest.mark.parametrize(
    ("now", "outcome"), [({"0001": held("0001", title="Edited")}, "rejected"), ({}, "skipped")]
)
def test_a_customer_that_moved_after_the_plan_is_not_deleted(
    desk: Desk, now: dict[str, dict[str, str]], outcome: str
) -> None:
    def move() -> None:
        del desk.there["0001"]
        desk.there.update(now)

    del desk.here["0001"]
    ended = carried_out(desk, moving(desk, move, calls=3, limits=FREE), DELETES)
    assert ended.counts == {outcome: 1, "unchanged": 2}
    assert ("0001" in desk.there) is (outcome == "rejected")


def test_a_process_killed_while_it_deletes_is_carried_on(desk: Desk) -> None:
    del desk.here["0001"], desk.here["0002"], desk.here["0003"]
    desk.here["0009"] = native("0009")
    lost = {"0001": Answer.REFUSES}

    def die(sending: Sending) -> Answer:
        if sending.key == "0002":
            raise Killed
        return lost.get(sending.key, Answer.WRITES)

    ended = killed(desk, die, DELETES, limits=FREE, batch=1)
    assert ended.counts == {"created": 1, "failed": 2, "deleted": 1}
    assert set(desk.there) == {"0001", "0002", "0009", "THEIRS"}
