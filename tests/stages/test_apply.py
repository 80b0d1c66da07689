from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from customary.connectors.contract import Written
from customary.model.change import Action, Change, Cycle, FieldChange, Held
from customary.model.outcome import Level, Message, Outcome
from customary.stages.apply import Existing, apply


class Shelf:
    """A target that holds customers by identity, and refuses those that it is told to."""

    def __init__(self, *held: Held, refuses: str = "", linked: Mapping[str, bool] | None = None) -> None:
        self.held = {one.identity: one for one in held}
        self.refuses = refuses
        self.linked = linked or {}

    def existing(self, changes: Sequence[Change]) -> Existing:
        codes = {one.code for one in self.held.values()}
        taken = {change.code for change in changes if change.action is Action.CREATE} & codes
        return Existing(self.held, frozenset(taken), self.linked)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        for change in changes:
            if change.identity == self.refuses:
                yield Written(Outcome.FAILED, messages=(Message(level=Level.ERROR, text="no"),))
                continue
            before = self.held.get(change.identity, held(change.identity, 0))
            fields = {**before.fields, **{item.field: item.after for item in change.fields}}
            self.held[change.identity] = replace(before, fields=fields, version=before.version + 1)
            yield Written(change.action.outcome)


def held(identity: str, version: int = 1, **fields: str) -> Held:
    return Held(identity, identity.upper(), version, fields, None)


def cycle(identity: str, name: str, action: Action = Action.UPDATE, version: int = 1) -> Cycle:
    change = Change(
        identity=identity,
        key=identity,
        code=identity.upper(),
        action=action,
        fields=(FieldChange("name", after=name),),
        target_version=version,
    )
    return Cycle(number=ord(identity), customer=change.code, outcome=action.outcome, change=change)


def changed(cycle: Cycle) -> Change:
    assert cycle.change is not None
    return cycle.change


def nothing_left(change: Change, held: Held) -> Cycle | None:
    return None


def upon_what_is_there(change: Change, held: Held) -> Cycle | None:
    again = replace(change, fields=(FieldChange("name", after="again"),), target_version=held.version)
    return Cycle(number=0, customer=change.code, outcome=Outcome.UPDATED, change=again)


def names(shelf: Shelf) -> dict[str, object]:
    return {identity: one.fields.get("name") for identity, one in shelf.held.items()}


def test_every_cycle_ends_with_its_outcome_in_the_order_of_the_plan() -> None:
    shelf = Shelf(held("b"))
    rejected = Cycle(number=0, customer="X", outcome=Outcome.REJECTED)
    planned = [cycle("b", "Bee"), rejected, cycle("a", "Ay", Action.CREATE, 0)]
    done = apply(planned, shelf, nothing_left)
    assert [item.outcome for item in done] == [Outcome.UPDATED, Outcome.REJECTED, Outcome.CREATED]
    assert all(after is before for after, before in zip(done, planned, strict=True))
    assert names(shelf) == {"a": "Ay", "b": "Bee"}


def test_one_that_the_target_refuses_fails_and_the_others_are_written() -> None:
    shelf = Shelf(held("a"), held("b"), refuses="a")
    first, second = apply([cycle("a", "Ay"), cycle("b", "Bee")], shelf, nothing_left)
    assert (first.outcome, [note.text for note in first.messages]) == (Outcome.FAILED, ["no"])
    assert second.outcome is Outcome.UPDATED
    assert names(shelf) == {"a": None, "b": "Bee"}


def test_a_customer_that_moved_since_the_plan_is_planned_again_alone() -> None:
    shelf = Shelf(held("a", 2, name="Mine"), held("b"))
    first, second = apply([cycle("a", "Ay"), cycle("b", "Bee")], shelf, upon_what_is_there)
    assert names(shelf) == {"a": "again", "b": "Bee"}
    assert (first.number, first.outcome) == (ord("a"), Outcome.UPDATED)
    assert "changed here after this was planned" in first.messages[-1].text
    assert second.messages == ()


def test_a_customer_for_whom_nothing_is_left_to_do_is_skipped() -> None:
    shelf = Shelf(held("a", 2, name="Ay"))
    (done,) = apply([cycle("a", "Ay")], shelf, nothing_left)
    assert (done.outcome, done.change) == (Outcome.SKIPPED, None)
    assert shelf.held["a"].version == 2


def test_a_code_that_was_taken_since_the_plan_is_rejected() -> None:
    shelf = Shelf(replace(held("z"), code="A"))
    (done,) = apply([cycle("a", "Ay", Action.CREATE, 0)], shelf, nothing_left)
    assert (done.outcome, done.change) == (Outcome.REJECTED, None)
    assert "another customer has the code A by now" in done.messages[0].text
    assert list(shelf.held) == ["z"]


def test_a_customer_that_was_deleted_since_the_plan_is_rejected() -> None:
    (done,) = apply([cycle("a", "Ay")], Shelf(), nothing_left)
    assert done.outcome is Outcome.REJECTED
    assert "was deleted here after this was planned" in done.messages[0].text


def test_of_two_that_want_the_same_code_the_second_is_rejected() -> None:
    shelf = Shelf()
    wanted = [cycle("a", "Ay", Action.CREATE, 0), cycle("b", "Bee", Action.CREATE, 0)]
    same = [wanted[0], replace(wanted[1], change=replace(changed(wanted[1]), code="A"))]
    assert [done.outcome for done in apply(same, shelf, nothing_left)] == [Outcome.CREATED, Outcome.REJECTED]
    assert names(shelf) == {"a": "Ay"}


def test_a_customer_that_was_linked_since_the_plan_is_planned_again_without_linking_it() -> None:
    shelf = Shelf(held("a"), linked={"a": True})
    linking = replace(cycle("a", "Ay"), change=replace(changed(cycle("a", "Ay")), links=True))
    (done,) = apply([linking], shelf, upon_what_is_there)
    assert changed(done).links is False
    assert names(shelf) == {"a": "again"}


def test_a_customer_that_was_linked_to_another_key_since_the_plan_is_rejected() -> None:
    shelf = Shelf(held("a"), linked={"a": False})
    (done,) = apply([cycle("a", "Ay")], shelf, upon_what_is_there)
    assert (done.outcome, done.change) == (Outcome.REJECTED, None)
    assert "was linked to another one by now" in done.messages[0].text
