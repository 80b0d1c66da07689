from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from customary.actions import operators
from customary.actions.operators import Logins
from customary.errors import ConfigError
from customary.model.operator import Operator, Rights
from customary.store import business_units
from customary.store.database import Store, open_store
from customary.store.tables import operator, token

PASSWORD = "a good password"
HOUR = timedelta(hours=1)


@pytest.fixture
def store(hub_url: str) -> Iterator[Store]:
    store = open_store(hub_url)
    business_units.ensure(store, {"PK1": False, "FIN": True})
    operators.add(store, "Anna", PASSWORD, Rights.WRITE, ["pk1", "FIN", "PK1"])
    yield store
    store.close()


def rows(store: Store) -> str:
    """All that the hub keeps about operators, as text."""
    with store.read() as connection:
        return str([tuple(row) for table in (operator, token) for row in connection.execute(select(table))])


def mistakes(store: Store, name: str, password: str, *units: str) -> str:
    with pytest.raises(ConfigError) as raised:
        operators.add(store, name, password, Rights.READ, units)
    return str(raised.value)


def test_an_operator_is_kept_with_its_rights_and_business_units_and_no_password(store: Store) -> None:
    assert operators.every(store) == [
        (Operator(name="Anna", rights=Rights.WRITE, business_units=("FIN", "PK1")), False)
    ]
    assert PASSWORD not in rows(store)
    assert "$argon2id$" in rows(store)


def test_every_mistake_is_told_at_once(store: Store) -> None:
    told = mistakes(store, "a:b", "short", "PK1", "NOWHERE")
    assert told.splitlines() == [
        "an operator's name has 1 to 60 visible characters, and no colon",
        "a password has 8 to 1024 characters",
        "there is no business unit 'NOWHERE'",
    ]
    assert "needs a business unit" in mistakes(store, "b", PASSWORD)
    assert "there is an operator 'ANNA' already" in mistakes(store, "ANNA", PASSWORD, "PK1")


def test_a_voucher_lets_its_operator_in_until_it_expires(store: Store) -> None:
    logins = Logins(store, HOUR)
    anna = logins.by_password("anna", PASSWORD)
    assert anna
    voucher = logins.voucher(anna)
    assert logins.by_voucher(voucher) == anna
    assert voucher not in rows(store)
    assert logins.by_voucher(voucher + "x") is None
    assert logins.by_voucher("") is None
    expired = Logins(store, timedelta(0)).voucher(anna)
    assert logins.by_voucher(expired) is None
    assert logins.by_voucher(voucher) == anna


def test_vouchers_that_have_expired_are_forgotten(store: Store) -> None:
    logins = Logins(store, timedelta(0))
    anna = logins.by_password("Anna", PASSWORD)
    assert anna
    for _ in range(5):
        logins.voucher(anna)
    with store.read() as connection:
        assert len(connection.execute(select(token)).all()) == 1


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Anna", "another password"),
        ("Anna", ""),
        ("Anna", PASSWORD * 100),
        ("Bert", PASSWORD),
        ("", ""),
        ("x" * 5000, PASSWORD),
        ("Anna'--", PASSWORD),
    ],
)
def test_a_wrong_name_or_password_lets_nobody_in(store: Store, name: str, password: str) -> None:
    assert Logins(store, HOUR).by_password(name, password) is None


def test_after_too_many_wrong_passwords_the_right_one_is_not_taken_for_a_while(store: Store) -> None:
    logins = Logins(store, HOUR, attempts=3, pause=HOUR)
    for _ in range(2):
        logins.by_password("Anna", "a wrong one")
    assert logins.by_password("Anna", PASSWORD)  # which forgets the wrong ones
    for _ in range(3):
        logins.by_password("Anna", "a wrong one")
    assert logins.by_password("Anna", PASSWORD) is None
    assert [paused for _, paused in operators.every(store)] == [True]
    operators.change(store, "anna", rights=Rights.READ)
    assert logins.by_password("Anna", PASSWORD)


def test_the_pause_ends_by_itself(store: Store) -> None:
    logins = Logins(store, HOUR, attempts=1, pause=timedelta(0))
    logins.by_password("Anna", "a wrong one")
    assert logins.by_password("Anna", PASSWORD)


def test_wrong_passwords_are_counted_however_many_come_at_once(store: Store) -> None:
    logins = Logins(store, HOUR, attempts=6, pause=HOUR)
    threads = [threading.Thread(target=logins.by_password, args=("Anna", f"wrong {n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logins.by_password("Anna", PASSWORD) is None


def test_a_change_leaves_what_is_not_said(store: Store) -> None:
    operators.change(store, "ANNA", units=["FIN"])
    changed = operators.change(store, "Anna", rights=Rights.READ)
    assert changed == Operator(name="Anna", rights=Rights.READ, business_units=("FIN",))
    assert Logins(store, HOUR).by_password("Anna", PASSWORD) == changed


def test_a_new_password_revokes_the_vouchers(store: Store) -> None:
    logins = Logins(store, HOUR)
    voucher = logins.voucher(operators.every(store)[0][0])
    operators.change(store, "Anna", rights=Rights.READ)
    assert logins.by_voucher(voucher)
    operators.change(store, "Anna", password="another password")
    assert logins.by_voucher(voucher) is None
    assert logins.by_password("Anna", PASSWORD) is None
    assert logins.by_password("Anna", "another password")


def test_removing_an_operator_revokes_its_vouchers_even_if_another_takes_its_name(store: Store) -> None:
    logins = Logins(store, HOUR)
    voucher = logins.voucher(operators.every(store)[0][0])
    assert operators.remove(store, "anna") == "Anna"
    assert logins.by_voucher(voucher) is None
    operators.add(store, "Anna", PASSWORD, Rights.WRITE, ["PK1"])
    assert logins.by_voucher(voucher) is None


def test_what_does_not_exist_is_neither_changed_nor_removed(store: Store) -> None:
    with pytest.raises(ConfigError, match="there is no operator 'Bert'"):
        operators.change(store, "Bert", rights=Rights.READ)
    with pytest.raises(ConfigError, match="there is no operator 'Bert'"):
        operators.remove(store, "Bert")
    with pytest.raises(ConfigError, match="there is no business unit 'X'"):
        operators.change(store, "Anna", units=["X"])
