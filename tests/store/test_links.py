from __future__ import annotations

import pytest
from sqlalchemy import select

from customary.errors import ConfigError
from customary.mapping.spec import exactly
from customary.model.change import Action, Change
from customary.store import edits, links
from customary.store.database import Conflict, Store
from customary.store.show import find
from customary.store.tables import cross_reference, customer
from tests.support.desk import fold


def change(code: str, **more: object) -> Change:
    return Change(
        identity=f"id-{code}",
        key=code,
        code=code,
        action=Action.CREATE,
        fields=(),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def known(store: Store) -> Store:
    """A hub with 1 to 6 known to erp, 7 known to nobody; 2 and 4 are Dealers, 4 and 6 Wholesalers."""
    with store.write() as connection:
        for code in "1234567":
            row = {"identity": f"id-{code}", "business_unit": "PK1", "code": code}
            connection.execute(customer.insert().values(row))
        links.link(connection, "erp", [(code, change(f"{code}")) for code in "123456"])
        links.link(connection, "erp", [("8", change("gone"))])
        links.link(connection, "shop", [("x", change("7"))])
        edits.set_classes(
            connection, {"id-2": ["Dealer"], "id-4": ["Dealer", "Wholesaler"], "id-6": ["Wholesaler"]}
        )
    return store


def keys(store: Store, after: str = "", limit: int = 99, classes: tuple[str, ...] | None = None) -> str:
    with store.read() as connection:
        return "".join(key for _, key in links.known_keys(connection, "erp", after, limit, classes))


def test_the_known_keys_are_those_of_customers_that_the_hub_holds(known: Store) -> None:
    assert keys(known) == "123456"


def test_known_keys_are_given_in_parts(known: Store) -> None:
    assert [keys(known, after, 2) for after in ("", "2", "4", "6")] == ["12", "34", "56", ""]


def test_classes_narrow_the_known_keys_to_members_of_any_of_them(known: Store) -> None:
    assert keys(known, classes=("Dealer",)) == "24"
    assert keys(known, classes=("Dealer", "Wholesaler")) == "246"
    assert keys(known, classes=("Nobody",)) == ""
    assert keys(known, classes=()) == "246"


def test_classes_that_have_members_are_named_in_order(known: Store) -> None:
    with known.read() as connection:
        assert links.class_names(connection) == ["Dealer", "Wholesaler"]
        assert edits.classes_of(connection, ["id-4", "id-2", "id-1"]) == {
            "id-2": ("Dealer",),
            "id-4": ("Dealer", "Wholesaler"),
        }


def test_setting_classes_replaces_those_of_these_customers_only(known: Store) -> None:
    with known.write() as connection:
        edits.set_classes(connection, {"id-4": ["Special"], "id-2": []})
    assert keys(known, classes=()) == "46"
    assert keys(known, classes=("Special",)) == "4"


@pytest.mark.parametrize(
    ("folded", "code"), [("1", "7"), ("9", "1")], ids=["a key of another customer", "a customer's other key"]
)
def test_a_cross_reference_is_unique_both_ways(known: Store, folded: str, code: str) -> None:
    with pytest.raises(Conflict), known.write() as connection:
        links.link(connection, "erp", [(folded, change(code))])
    with known.read() as connection:
        assert links.keys_of(connection, f"id-{code}") == ({"shop": "7"} if code == "7" else {"erp": "1"})


def test_a_deleted_customer_takes_its_classes_along_and_leaves_its_cross_reference(known: Store) -> None:
    with known.write() as connection:
        connection.execute(customer.delete().where(customer.c.code == "4"))
    with known.read() as connection:
        assert find(connection, "4") == []
        assert links.keys_of(connection, "id-4") == {"erp": "4"}
    assert keys(known, classes=()) == "26"


def test_keys_are_brought_into_the_form_that_is_compared_now_also_behind_many_others(store: Store) -> None:
    keys = [f"{number:05}" for number in range(1, 2_501)] + [f"A{number}" for number in range(1_500)]
    with store.write() as connection:
        links.link(connection, "erp", [(key, change(key)) for key in keys])
        links.link(connection, "shop", [("00001", change("00001"))])

    def found() -> dict[str, str]:
        query = select(cross_reference.c.key, cross_reference.c.folded)
        with store.read() as connection:
            rows = connection.execute(query.where(cross_reference.c.system == "erp"))
            return {row.key: row.folded for row in rows}

    for compare in (fold, exactly, fold):
        with store.write() as connection:
            links.refold(connection, "erp", compare)
        assert found() == {key: compare(key) for key in keys}
    with store.read() as connection:
        assert links.keys_of(connection, "id-00001") == {"erp": "00001", "shop": "00001"}


def test_two_customers_never_get_the_same_key(store: Store) -> None:
    with store.write() as connection:
        links.link(connection, "erp", [(key, change(key)) for key in ("01", "1", "2")])
    with store.write() as connection, pytest.raises(ConfigError, match="01 and 1 are two customers here"):
        links.refold(connection, "erp", fold)
