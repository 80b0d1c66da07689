from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from msgspec import UNSET
from sqlalchemy import select

from customary.model.change import Action, Baseline, Change, FieldChange
from customary.model.fields import CUSTOMER, Fields, Kind, Maybe, Value
from customary.stages.match import Candidate
from customary.store import customers, links
from customary.store.customers import Known, from_row, to_column
from customary.store.database import Store
from customary.store.tables import customer
from tests.support.values import NAMES, fields

BETWEEN = ("erp", "hub")


def change(code: str, fields: Mapping[str, Maybe], identity: str = "", **more: object) -> Change:
    changes = (FieldChange(name, after=value) for name, value in fields.items())
    wanted = {"action": Action.CREATE, **more}
    return Change(
        identity=identity or f"id-{code}",
        key=code,
        code=code,
        fields=tuple(changes),
        **wanted,  # type: ignore[arg-type]
    )


def create(store: Store, **coded: Fields) -> None:
    """Make customers of these codes."""
    with store.write() as connection:
        changes = [change(code, {"code": code, **fields}) for code, fields in coded.items()]
        customers.create(connection, "PK1", 7, changes)


def held(store: Store, code: str, *names: str) -> Fields:
    with store.read() as connection:
        found = customers.read_held(connection, [f"id-{code}"], BETWEEN, names)
    return found[f"id-{code}"].fields


def test_every_state_of_every_field_comes_back_as_it_was(store: Store) -> None:
    states: dict[Kind, list[Value]] = {
        Kind.TEXT: ["", "0", "1", "0002", " a ", "O'B & <ü> 字", "None", "null"],
        Kind.DECIMAL: ["", "0", "-0.5", "123456789012345.12345"],
        Kind.FLAG: ["", True, False],
    }
    kept: dict[str, Fields] = {"absent": {}}
    for name, field in CUSTOMER.items():
        if name != "code":
            kept |= {f"{name} {n}": {name: value} for n, value in enumerate(states[field.kind])}
    create(store, **kept)
    with store.read() as connection:
        identities = [f"id-{code}" for code in kept]
        found = customers.read_held(connection, identities, BETWEEN, list(CUSTOMER))
    assert {one.code: one.fields for one in found.values()} == {
        code: {"code": code, **expected} for code, expected in kept.items()
    }


@given(fields)
def test_what_is_written_into_columns_is_read_from_them(kept: Fields) -> None:
    row = {name: to_column(kept.get(name, UNSET)) for name in NAMES}
    assert from_row(row, NAMES) == kept


def test_amending_changes_those_fields_and_the_version_and_nothing_else(store: Store) -> None:
    create(store, a={"name": "A", "fax": "1", "on_hold": True}, b={"name": "B"}, c={"name": "C"})
    with store.write() as connection:
        found = customers.read_held(connection, ["id-a", "id-b"], BETWEEN, ["name", "fax", "on_hold"])
        amended = [
            (change("a", {"name": "AA"}, action=Action.UPDATE), found["id-a"]),
            (change("b", {"fax": "", "on_hold": False}, action=Action.UPDATE), found["id-b"]),
        ]
        customers.amend(connection, 8, amended)
    assert held(store, "a", "name", "fax", "on_hold") == {
        "code": "a",
        "name": "AA",
        "fax": "1",
        "on_hold": True,
    }
    assert held(store, "b", "name", "fax", "on_hold") == {
        "code": "b",
        "name": "B",
        "fax": "",
        "on_hold": False,
    }
    with store.read() as connection:
        rows = connection.execute(select(customer.c.code, customer.c.version, customer.c.changed_by_run))
        assert sorted(map(tuple, rows)) == [("a", 2, 8), ("b", 2, 8), ("c", 1, 7)]
        assert customers.versions(connection, ["id-a", "id-c", "no"]) == {"id-a": 2, "id-c": 1}


def test_codes_are_found_whatever_zeros_stand_before_them(store: Store) -> None:
    create(store, **{"0002": {}, "2": {}, "20": {}, "A2": {}, "000": {}})
    with store.write() as connection:
        links.link(connection, "erp", [("2", change("0002", {}))])
        links.link(connection, "other", [("2", change("2", {}))])
    with store.read() as connection:
        found = customers.find_codes(connection, "PK1", "erp", ["00002", "A2"])
        assert sorted(found, key=lambda one: one.code) == [
            Candidate("id-0002", "0002", "0002"),
            Candidate("id-2", "2", ""),
            Candidate("id-A2", "A2", ""),
        ]
        assert [one.code for one in customers.find_codes(connection, "PK1", "erp", ["0"])] == ["000"]
        assert customers.find_codes(connection, "ANOTHER", "erp", ["2"]) == []


def test_what_the_hub_knows_of_keys_is_told_with_the_baseline_of_this_direction_only(store: Store) -> None:
    create(store, a={}, b={}, c={})
    based = change("a", {}, baseline=Baseline("hash", "print", {"name": "A"}, {}, 1))
    other = change("b", {}, baseline=Baseline("h2", "p2", {}, {}, 9))
    with store.write() as connection:
        gone = change("gone", {}, identity="id-gone")
        links.link(connection, "erp", [("a", based), ("b", other), ("gone", gone)])
        links.write_baselines(connection, *BETWEEN, [based])
        links.write_baselines(connection, "shop", "hub", [other])
    with store.read() as connection:
        assert customers.find_known(connection, *BETWEEN, ["a", "b", "c", "gone", "never"]) == {
            "a": Known("id-a", 1, "hash", "print", 1),
            "b": Known("id-b", 1, "", "", 0),
            "gone": Known("id-gone", 0, "", "", 0),
        }
        assert customers.find_known(connection, *BETWEEN, []) == {}
        assert customers.count_known(connection, "erp") == 2
        assert customers.count(connection, "PK1") == 3
        assert not customers.is_empty(connection, "PK1")
        assert customers.is_empty(connection, "PK2")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(source=fields, target=fields)
def test_a_baseline_comes_back_as_it_was(store: Store, source: Fields, target: Fields) -> None:
    based = change("x", {}, baseline=Baseline("hash", "print", source, target, 3))
    with store.write() as connection:
        if customers.is_empty(connection, "PK1"):
            customers.create(connection, "PK1", 1, [change("x", {"code": "x"})])
        links.write_baselines(connection, *BETWEEN, [based])
    with store.read() as connection:
        assert customers.read_held(connection, ["id-x"], BETWEEN, [])["id-x"].baseline == based.baseline
        assert customers.read_held(connection, ["id-x"], ("erp", "shop"), [])["id-x"].baseline is None
