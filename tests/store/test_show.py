from __future__ import annotations

from sqlalchemy import insert

from customary.model.customer import Address, AddressUse, Child, Customer, Status
from customary.store import business_units
from customary.store.database import Store
from customary.store.show import find
from customary.store.tables import CHILDREN, address, business_unit, cross_reference, customer, customer_class


def fill(store: Store) -> None:
    business_units.ensure(store, {"PK2": True})
    with store.write() as connection:
        connection.execute(
            insert(customer).values(
                identity="a",
                business_unit="PK1",
                code="0002",
                status="suspended",
                version=4,
                name="Bayside",
                fax="",
                on_hold="0",
                vendor='{"erp":{"CreditLimitBlockEntry":2}}',
            )
        )
        connection.execute(insert(customer).values(identity="b", business_unit="PK2", code="0002"))
        connection.execute(insert(customer_class), [{"identity": "a", "name": name} for name in ("Z", "B")])
        for system, key in (("erp", "0002"), ("shop", "77")):
            row = {"system": system, "folded": key, "key": key, "identity": "a"}
            connection.execute(insert(cross_reference).values(row))
        for name, table in CHILDREN.items():
            use = {"use": "invoice"} if name == "addresses" else {}
            for key in ("2", "1"):
                row = {"identity": "a", "key": key, "fields": f'{{"{name}":"ü"}}', "vendor": '{"x":{"y":1}}'}
                connection.execute(insert(table).values(row | use))
        connection.execute(insert(address).values(identity="a", use="delivery", key="9", fields="{}"))


def test_a_customer_is_read_whole(store: Store) -> None:
    fill(store)

    def children(name: str) -> tuple[Child, ...]:
        return tuple(Child(key=key, fields={name: "ü"}, vendor={"x": {"y": 1}}) for key in ("1", "2"))

    addresses = tuple(
        Address(key=key, use=AddressUse.INVOICE, fields={"addresses": "ü"}, vendor={"x": {"y": 1}})
        for key in ("1", "2")
    )
    with store.read() as connection:
        (found,) = find(connection, "0002", "PK1")
    assert found == Customer(
        identity="a",
        business_unit="PK1",
        status=Status.SUSPENDED,
        version=4,
        fields={"code": "0002", "name": "Bayside", "fax": "", "on_hold": False},
        vendor={"erp": {"CreditLimitBlockEntry": 2}},
        keys={"erp": "0002", "shop": "77"},
        classes=("B", "Z"),
        addresses=(Address(key="9", use=AddressUse.DELIVERY), *addresses),
        **{name: children(name) for name in CHILDREN if name != "addresses"},
    )
    assert found.code == "0002"


def test_a_code_is_found_in_every_business_unit_that_has_it(store: Store) -> None:
    fill(store)
    with store.read() as connection:
        assert [one.business_unit for one in find(connection, "0002")] == ["PK1", "PK2"]
        assert find(connection, "2") == []
        assert find(connection, "0002", "PK3") == []


def test_business_units_are_made_once_and_follow_the_configuration(store: Store) -> None:
    for units in ({"PK1": False, "PK2": True}, {"PK1": True, "PK2": True}, {"PK2": True}):
        business_units.ensure(store, units)
    with store.read() as connection:
        rows = connection.execute(business_unit.select().order_by("code"))
        assert [tuple(row) for row in rows] == [("PK1", 1), ("PK2", 1)]
