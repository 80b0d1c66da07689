from __future__ import annotations

import pytest

from customary.connectors.memory import Answer
from customary.model.change import Action
from customary.model.limits import LIFTED, Limit, Limits
from customary.model.run import Request, ScopeName, State
from customary.store.database import Store
from tests.support.far_desk import Desk, carried_out, held, moving, native

FREE = Limits(create=LIFTED, update=LIFTED, status=LIFTED)


@pytest.fixture
def desk(store: Store) -> Desk:
    """A desk whose three customers are open on both sides."""
    made = Desk(store)
    made.here.update({key: native(key, State="open") for key in made.here})
    made.run(limits=FREE)
    return made


def test_a_status_that_changed_in_the_source_goes_over_by_a_change_of_its_own(desk: Desk) -> None:
    desk.here["0002"] = native("0002", State="closed")
    ended = desk.run(limits=FREE)
    assert ended.counts == {"status_changed": 1, "unchanged": 2}
    (sent,) = desk.target.sent
    assert (sent.action, dict(sent.native)) == (Action.STATUS, {"state": "closed"})
    assert [change["field"] for change in ended.cycle("0002").changes] == ["sage.state"]
    assert desk.run(limits=FREE).counts == {"unchanged": 3}


def test_other_fields_go_with_it(desk: Desk) -> None:
    desk.here["0002"] = native("0002", State="closed", Name="New")
    assert desk.run(limits=FREE).counts == {"status_changed": 1, "unchanged": 2}
    (sent,) = desk.target.sent
    assert (sent.action, dict(sent.native)) == (Action.STATUS, {"state": "closed", "title": "New"})


def test_a_status_that_changed_in_the_target_stays(desk: Desk) -> None:
    desk.there["0002"] = held("0002", state="held")
    assert desk.run(limits=FREE).counts == {"unchanged": 3}
    desk.here["0002"] = native("0002", State="open", Name="New")
    assert desk.run(limits=FREE).counts == {"updated": 1, "unchanged": 2}
    assert desk.there["0002"]["state"] == "held"


def test_where_it_changed_on_both_sides_a_person_decides(desk: Desk) -> None:
    desk.there["0002"] = held("0002", state="held")
    desk.here["0002"] = native("0002", State="closed")
    ended = desk.run(limits=FREE)
    assert ended.counts == {"unchanged": 3}
    assert "is 'closed' in the source and 'held' here, and nobody owns it" in ended.texts("0002")[0]


def test_changes_of_status_have_a_limit_of_their_own(desk: Desk) -> None:
    desk.here.update({key: native(key, State="closed") for key in desk.here})
    ended = desk.run(limits=Limits(status=Limit(count=2)))
    assert ended.run.state is State.REFUSED
    assert "3 customers would be given another status, and the limit 'status' (2)" in ended.texts()[0]
    assert desk.target.sent == []
    assert desk.run(limits=Limits(status=Limit(count=3))).counts == {"status_changed": 3}


def test_a_change_of_status_that_got_lost_failed_and_is_tried_by_the_next_run(desk: Desk) -> None:
    desk.here["0002"] = native("0002", State="closed")
    ended = desk.run(lambda _: Answer.LOSES, limits=FREE)
    assert ended.counts == {"failed": 1, "unchanged": 2}
    assert desk.run(lambda _: Answer.WRITES_SILENTLY, limits=FREE).counts == {
        "status_changed": 1,
        "unchanged": 2,
    }


def test_what_moved_after_the_plan_may_become_a_change_of_status_or_cease_to_be_one(desk: Desk) -> None:
    desk.here["0002"] = native("0002", State="closed", Name="New")
    job = moving(desk, lambda: desk.there.update({"0002": held("0002", state="closed")}), limits=FREE)
    assert carried_out(desk, job).counts == {"updated": 1, "unchanged": 2}
    assert desk.there["0002"] == held("0002", state="closed", title="New")


def test_a_dry_run_tells_it(desk: Desk) -> None:
    desk.here["0002"] = native("0002", State="closed")
    ended = desk.run(request=Request(scope=ScopeName.ALL, dry_run=True), limits=FREE)
    assert (ended.counts, desk.target.sent) == ({"status_changed": 1, "unchanged": 2}, [])
