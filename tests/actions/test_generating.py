from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from customary.actions.generating import GeneratedReferences
from customary.connectors.sage200.connector import Sage200Source
from customary.engine.far import NoKey
from customary.errors import Unreachable
from customary.protocols.zynk_reference import Convention, Counting, ReferenceSettings
from customary.sandboxes.sage200 import Sage200Sandbox
from customary.store.database import Store, open_store
from tests.connectors.sage200.rig import calls, config, fault, logged_in, source

NATIVE = {"name": "Zynk Software", "contact.first_name": "Ann", "contact.last_name": "Example"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'hub.db'}")
    yield opened
    opened.close()


@pytest.fixture
def sandbox() -> Iterator[Sage200Sandbox]:
    with Sage200Sandbox(customers=3) as running:
        yield running


@pytest.fixture
def sage(sandbox: Sage200Sandbox) -> Iterator[Sage200Source]:
    with source(sandbox) as made:
        yield made


def references(store: Store, sage: Sage200Source, **settings: object) -> GeneratedReferences:
    made = ReferenceSettings(**settings)  # type: ignore[arg-type]
    return GeneratedReferences(store, ("shop", str.casefold), sage, made)


def test_a_customer_gets_the_same_reference_for_ever(store: Store, sage: Sage200Source) -> None:
    first = references(store, sage)
    assert [first.key_for(key, NATIVE) for key in ("1", "2", "1")] == ["ZYNK001", "ZYNK002", "ZYNK001"]
    again = references(store, sage, letters=3, mask="Q???????", digits=4)
    assert again.key_for("2", {"name": "Renamed"}) == "ZYNK002"
    assert again.key_for("3", NATIVE) == "QZYN0001"


def test_references_of_sage_are_not_given_again_and_its_keys_are_read_once(
    store: Store, sandbox: Sage200Sandbox, sage: Sage200Source
) -> None:
    for number, reference in enumerate(("zynk001", "ZYNK003")):
        sandbox.state.customers.change(27006 + 3 * number, {"reference": reference})
    made = references(store, sage)
    assert calls(sandbox, "GET customers") == 0
    assert [made.key_for(str(key), NATIVE) for key in range(3)] == ["ZYNK002", "ZYNK004", "ZYNK005"]
    assert calls(sandbox, "GET customers") == 2


def test_two_uploads_at_once_never_give_one_reference_to_two_customers(
    store: Store, sage: Sage200Source
) -> None:
    one, other = references(store, sage), references(store, sage)
    given = [each.key_for(key, NATIVE) for key, each in (("1", one), ("2", other), ("3", one), ("3", other))]
    assert given == ["ZYNK001", "ZYNK002", "ZYNK003", "ZYNK003"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"convention": Convention.SURNAME_FORENAME, "letters": 8, "digits": 1, "mask": ""}, "longer"),
        ({"convention": Convention.SURNAME_FORENAME}, "EXAM001"),
        ({"letters": 5, "counting": Counting.DESCENDING}, "ZYNKS999"),
        ({"strip": "(?i)y|\\s*", "digits": 4}, "ZNKS0001"),
        ({"mask": "Z-", "letters": 2}, "Z-ZY001"),
    ],
)
def test_the_settings_decide_how_it_looks(
    store: Store, sage: Sage200Source, settings: dict[str, object], expected: str
) -> None:
    if expected == "longer":
        with pytest.raises(ValueError, match="Sage takes at most 8"):
            references(store, sage, **settings)
    else:
        assert references(store, sage, **settings).key_for("1", NATIVE) == expected


def test_a_contact_with_one_name_counts_for_the_conventions_too(store: Store, sage: Sage200Source) -> None:
    made = references(store, sage, convention=Convention.SURNAME_FORENAME, letters=5)
    assert made.key_for("1", {"name": "Z", "contact.name": "Ann Example"}) == "EXAMP001"


def test_when_all_are_taken_the_reason_is_told_and_nothing_is_remembered(
    store: Store, sage: Sage200Source
) -> None:
    made = references(store, sage, digits=1)
    for number in range(9):
        made.key_for(str(number), NATIVE)
    with pytest.raises(NoKey, match="all references from ZYNK1 to ZYNK9 are taken"):
        made.key_for("9", NATIVE)
    assert references(store, sage).key_for("9", NATIVE) == "ZYNK001"


def test_a_name_without_a_plain_letter_has_no_reference(store: Store, sage: Sage200Source) -> None:
    with pytest.raises(NoKey, match="no plain letter or digit"):
        references(store, sage).key_for("1", {"name": "株式会社"})


def test_a_sage_that_does_not_answer_gives_none(store: Store, sandbox: Sage200Sandbox) -> None:
    fault(sandbox, "drop_before", call="GET customers", times=0)
    made = Sage200Source("sage", config(sandbox), ("name",), logged_in(sandbox))
    with pytest.raises(Unreachable):
        references(store, made).key_for("1", NATIVE)
    made.close()
