"""The right to be logged on as one operator of one system, kept in the hub; and the seal of its token."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from filelock import FileLock

from customary.connectors.contract import HeldLease
from customary.engine.holder import Holder, beating, decode_holder, this_process
from customary.errors import NotPermitted, StoreError
from customary.store import leases
from customary.store.clock import present
from customary.store.database import Store
from customary.store.leases import LeaseRow

_log = logging.getLogger(__name__)

POLL = 0.5
"""The most seconds between two looks at a lease that somebody else holds."""


class Seal:
    """Makes tokens unreadable for whoever has the hub's database but not the data directory."""

    def __init__(self, data: Path) -> None:
        """Use the key ``secret.key`` in the data directory, made when it is first needed."""
        self._file = data / "secret.key"

    def close(self, token: str) -> bytes:
        """Seal a token. Raises ``StoreError`` when the key cannot be read or made."""
        return self._fernet().encrypt(token.encode())

    def open(self, sealed: bytes) -> str | None:
        """Give a sealed token back, or ``None`` when it was sealed with another key.

        Raises ``StoreError`` when the key cannot be read or made.
        """
        try:
            return self._fernet().decrypt(sealed).decode()
        except InvalidToken:
            return None

    def _fernet(self) -> Fernet:
        try:
            if not self._file.exists():
                self._make()
            return Fernet(self._file.read_bytes())
        except (OSError, ValueError) as error:
            raise StoreError(
                f"the key {self._file} cannot be used ({error}); where it is damaged, remove it:"
                " a new one is made"
            ) from None

    def _make(self) -> None:
        """Make the key once, whoever else is about to; nobody ever sees half of it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._file.with_name("secret.key.lock")):
            if self._file.exists():
                return
            draft = self._file.with_name("secret.key.new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(Fernet.generate_key())
            draft.replace(self._file)


class HubLease:
    """A lease that a row of the hub keeps; it excludes threads, processes and machines alike."""

    def __init__(self, store: Store, place: tuple[str, str], purpose: str, seal: Seal, wait: float) -> None:
        """Stand for the lease of ``place``: the system's configured name and the operator's account.

        ``purpose`` tells others what the lease is held for; ``wait`` is how many seconds ``hold`` waits.
        """
        self._store = store
        self._place = place
        self._purpose = purpose
        self._seal = seal
        self._wait = wait

    @contextmanager
    def hold(self) -> Iterator[HeldLease]:
        """Wait for the lease and hold it.

        Raises ``NotPermitted`` naming the holder when it does not come free in time, and ``StoreError``
        when the key of its seal cannot be used.
        """
        holder = this_process()
        was = self._take(holder)
        held = _HeldHubLease(self._store, self._place, self._seal, holder.encode())
        with beating(held.see, f"lease of {self._place[0]}"):
            try:
                held.abandoned = self._abandoned(was)
                yield held
            finally:
                held.release()

    def _take(self, holder: Holder) -> LeaseRow | None:
        """Wait until the lease is free and take it; gives what it was before."""
        deadline = time.monotonic() + self._wait
        while True:
            with self._store.read() as connection:
                was = leases.read(connection, self._place)
                other = decode_holder(was.holder) if was else None
                free = was is None or other is None or other.gone(was.seen, present(connection))
            if free and self._took(was, holder):
                if other is not None:
                    _log.warning("%s: the lease of %s was taken over from %s", *self._place, other)
                return was
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotPermitted(self._place[0], self._refusal(was, other))
            time.sleep(min(left, POLL * random.uniform(0.5, 1)))  # noqa: S311  # jitter, not a secret

    def _took(self, was: LeaseRow | None, holder: Holder) -> bool:
        with self._store.write() as connection:
            return leases.take(connection, self._place, was, holder.encode(), self._purpose)

    def _refusal(self, was: LeaseRow | None, other: Holder | None) -> str:
        whose = f"'{was.purpose}', {other}" if was and other else "another process"
        return (
            f"operator {self._place[1]} is in use by {whose}, and did not come free within {self._wait:g} s;"
            " only one session of an operator is possible. Wait for it to end, or stop it"
        )

    def _abandoned(self, was: LeaseRow | None) -> str:
        if was is None or was.sealed is None:
            return ""
        token = self._seal.open(was.sealed)
        if token is None:
            _log.warning(
                "%s: the session that an earlier process left behind was sealed with another key, and cannot"
                " be read; it ends by itself when the system's time-out has passed",
                self._place[0],
            )
        return token or ""


def left_behind(store: Store, place: leases.Place) -> bool:
    """Tell whether a session is on record whose process is gone, so that somebody should end it."""
    with store.read() as connection:
        was = leases.read(connection, place)
        if was is None or was.sealed is None:
            return False
        other = decode_holder(was.holder)
        return other is None or other.gone(was.seen, present(connection))


class _HeldHubLease:
    """A lease while this process holds it."""

    def __init__(self, store: Store, place: tuple[str, str], seal: Seal, holder: str) -> None:
        self._store = store
        self._place = place
        self._seal = seal
        self._holder = holder
        self.abandoned = ""

    def remember(self, token: str) -> None:
        """Keep the session's token (``""``: no session any more).

        Raises ``NotPermitted`` when another process has taken the lease over meanwhile.
        """
        sealed = self._seal.close(token) if token else None
        with self._store.write() as connection:
            kept = leases.keep(connection, self._place, self._holder, sealed)
        if not kept:
            raise NotPermitted(
                self._place[0],
                f"another process took over operator {self._place[1]}, because this one was not heard of for"
                " a minute; the session may have been ended",
            )

    def see(self) -> bool:
        """Give a sign of life; tells whether the lease is still held."""
        with self._store.write() as connection:
            return leases.see(connection, self._place, self._holder)

    def release(self) -> None:
        """Give the lease back; where the database refuses, others may take it when a minute has passed."""
        try:
            with self._store.write() as connection:
                leases.release(connection, self._place, self._holder)
        except StoreError as error:
            _log.warning("%s: the lease could not be given back: %s", self._place[0], error)
