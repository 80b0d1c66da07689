"""Operators: kept, changed and removed, and let in by password or voucher."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Sequence
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from customary.errors import ConfigError
from customary.model.operator import Operator, Rights
from customary.store import business_units, operators, tokens
from customary.store.clock import present
from customary.store.database import Store
from customary.store.operators import Account

LONGEST = 60
"""The most characters of an operator's name."""
SHORTEST = 8
"""The fewest characters of a password."""
LONGEST_PASSWORD = 1024
"""The most characters of a password; a longer one is never right."""
ATTEMPTS = 10
"""How many wrong passwords in a row are taken."""
PAUSE = timedelta(minutes=15)
"""For how long none is taken after that."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # argon2id, as OWASP advises
_AT_ONCE = threading.BoundedSemaphore(2)  # each hash takes 19 MiB, and strangers ask for them


def add(store: Store, name: str, password: str, rights: Rights, units: Sequence[str]) -> Operator:
    """Add an operator. Raises ``ConfigError`` with everything that is wrong with it."""
    known, unknown = _units(store, units)
    problems = [*_wrong_name(name), *_wrong_password(password), *unknown]
    if _found(store, name) is not None:
        problems.append(f"there is an operator '{name}' already; change it by: customary operator change")
    if problems:
        raise ConfigError(problems)
    new = Operator(name=name, rights=rights, business_units=known)
    hashed = _HASHER.hash(password)
    with store.write() as connection:
        operators.add(connection, new, hashed)
    return new


def change(
    store: Store,
    name: str,
    *,
    password: str | None = None,
    rights: Rights | None = None,
    units: Sequence[str] | None = None,
) -> Operator:
    """Change what is given of an operator; a new password revokes its vouchers.

    Raises ``ConfigError`` with everything that is wrong.
    """
    account = _found(store, name)
    if account is None:
        raise ConfigError(_nobody(name))
    was = account.operator
    known, problems = (was.business_units, []) if units is None else _units(store, units)
    if password is not None:
        problems = [*_wrong_password(password), *problems]
    if problems:
        raise ConfigError(problems)
    changed = Operator(name=was.name, rights=rights or was.rights, business_units=known)
    hashed = account.password_hash if password is None else _HASHER.hash(password)
    with store.write() as connection:
        operators.change(connection, changed, hashed)
        if password is not None:
            tokens.revoke(connection, was.name)
    return changed


def remove(store: Store, name: str) -> str:
    """Remove an operator, whose vouchers are good for nothing from then on; gives its name as it was.

    Raises ``ConfigError`` when there is none.
    """
    account = _found(store, name)
    if account is None:
        raise ConfigError(_nobody(name))
    with store.write() as connection:
        operators.remove(connection, account.operator.name)
    return account.operator.name


def every(store: Store) -> list[tuple[Operator, bool]]:
    """Give all operators, each with whether its password is refused at present, being wrong too often."""
    with store.read() as connection:
        at = present(connection)
        found = operators.every(connection)
    return [(item.operator, bool(item.paused_until and item.paused_until > at)) for item in found]


class Logins:
    """Lets operators in. ``lifetime`` is how long a voucher is good, from when it is given."""

    def __init__(
        self, store: Store, lifetime: timedelta, attempts: int = ATTEMPTS, pause: timedelta = PAUSE
    ) -> None:
        self._store = store
        self._lifetime = lifetime
        self._limit = attempts, pause
        self._nobody = _HASHER.hash(secrets.token_urlsafe())

    def by_password(self, name: str, password: str) -> Operator | None:
        """Give the operator if the password is right and was not wrong too often before, else ``None``.

        It takes as long for an operator that does not exist.
        """
        with self._store.read() as connection:
            account = operators.find(connection, name[: LONGEST + 1])
            paused = bool(account and account.paused_until and account.paused_until > present(connection))
        right = _right(password, account.password_hash if account else self._nobody)
        if account is None or paused:
            return None
        self._note(account, right)
        return account.operator if right else None

    def voucher(self, operator: Operator) -> str:
        """Give a new voucher; only its hash is kept."""
        voucher = secrets.token_urlsafe(32)
        with self._store.write() as connection:
            tokens.issue(connection, _hashed(voucher), operator.name, self._lifetime)
        return voucher

    def by_voucher(self, voucher: str) -> Operator | None:
        """Give the operator whose voucher this is, ``None`` when it is not known or has expired."""
        with self._store.read() as connection:
            name = tokens.holder(connection, _hashed(voucher))
            account = operators.find(connection, name) if name is not None else None
        return account.operator if account else None

    def _note(self, account: Account, right: bool) -> None:
        if right and not account.failures:
            return
        with self._store.write() as connection:
            if right:
                operators.note_success(connection, account.operator.name)
            else:
                operators.note_failure(connection, account.operator.name, *self._limit)


def _found(store: Store, name: str) -> Account | None:
    with store.read() as connection:
        return operators.find(connection, name)


def _hashed(voucher: str) -> str:
    """Hash a voucher: it is random and long, so that a plain hash tells nothing of it."""
    return hashlib.sha256(voucher.encode("utf-8", "surrogatepass")).hexdigest()


def _right(password: str, hashed: str) -> bool:
    with _AT_ONCE:
        try:
            return _HASHER.verify(hashed, password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False


def _units(store: Store, codes: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Give the business units as they are written in the configuration, and what is wrong."""
    known: list[str] = []
    problems: list[str] = []
    with store.read() as connection:
        for code in codes:
            found = business_units.find(connection, code)
            if found is None:
                problems.append(f"there is no business unit '{code}'")
            else:
                known.append(found[0])
    if not codes:
        problems.append("an operator needs a business unit: --business-unit CODE, once for each")
    return tuple(sorted(set(known))), problems


def _wrong_name(name: str) -> list[str]:
    if not name or len(name) > LONGEST or not name.isprintable() or name != name.strip() or ":" in name:
        return [f"an operator's name has 1 to {LONGEST} visible characters, and no colon"]
    return []


def _wrong_password(password: str) -> list[str]:
    if not SHORTEST <= len(password) <= LONGEST_PASSWORD:
        return [f"a password has {SHORTEST} to {LONGEST_PASSWORD} characters"]
    return []


def _nobody(name: str) -> str:
    return f"there is no operator '{name}'; see them by: customary operator list"
