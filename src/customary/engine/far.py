"""A remote target as one run sees it: read beside the source's records, and what is to be written to it.

Nothing here is done inside a transaction: a system that answers slowly must not keep the hub's users waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Protocol

from msgspec import Struct
from sqlalchemy import Connection

from customary.connectors.contract import Fit, Fits, HasStatus, KnowsIds, ListsKeys, Target
from customary.errors import Unreachable
from customary.mapping.outgoing import Outgoing, version
from customary.mapping.spec import FieldMapping
from customary.model.change import Action, FieldChange
from customary.model.fields import Fields
from customary.model.source import Keys, Native, Record
from customary.stages.normalize import normalize
from customary.stages.read import read
from customary.store import remote


class MakesKeys(Protocol):
    """What makes keys in the target for customers that come without one."""

    def key_for(self, key: str, native: Native) -> str:
        """Give the target's key for the source's customer ``key``; the same one for ever.

        Raises ``NoKey`` when none can be made.
        """


class NoKey(Exception):
    """No key can be made for a customer; the text says why."""


class Found(Struct, frozen=True, gc=False):
    """A customer as the target has it now."""

    record: Record
    fields: Fields
    """The same in the customer's words."""
    version: int


def _none(error: Unreachable, _failures: int) -> None:
    """Have no patience."""
    raise error


class Far(Struct, frozen=True):
    """The target of a run that is not the hub, and the words between the two."""

    target: Target
    mapping: FieldMapping
    """The target's own."""
    outgoing: Outgoing
    patience: Callable[[Unreachable, int], None] = _none
    makes_keys: MakesKeys | None = None

    def find(self, keys: Iterable[str]) -> tuple[dict[str, Found], dict[str, str]]:
        """Read the customers with these keys: by folded key those there are, and why others cannot be."""
        wanted = {self.target.fold(key): key for key in keys}
        found: dict[str, Found] = {}
        unreadable: dict[str, str] = {}
        if not wanted:
            return found, unreadable
        for page in read(self.target, Keys(tuple(wanted.values())), None, self.patience):
            for record in page.records:
                found[self.target.fold(record.key)] = self.seen(record)
            unreadable |= {self.target.fold(trouble.key): trouble.reason for trouble in page.unreadable}
        return found, unreadable

    def seen(self, record: Record) -> Found:
        """Understand a record that the target gave."""
        fields = normalize(record.native, self.mapping).fields
        return Found(record, fields, version(record.native))

    def keys_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the target's keys of the customers with these ids of its own."""
        known = self.target
        return known.keys_of(ids) if ids and isinstance(known, KnowsIds) else {}

    def fit(self, action: Action, native: Native, held: Native) -> Fit:
        """Shape what is to be written to what the target takes, with every reason why it does not."""
        target = self.target
        fit = target.fit(action, native, held) if isinstance(target, Fits) else Fit(native)
        return Fit(fit.native, (*fit.messages, *self.outgoing.problems(fit.native)))

    def action(self, changes: Iterable[FieldChange]) -> Action:
        """Tell what changes of a customer that the target has do to it."""
        target = self.target
        status = self.outgoing.name(target.status) if isinstance(target, HasStatus) and target.status else ""
        return Action.STATUS if any(item.field == status for item in changes) else Action.UPDATE

    def count(self) -> int:
        """Count the target's customers; 0 where that would cost reading them all."""
        target = self.target
        return sum(1 for _ in target.all_keys()) if isinstance(target, ListsKeys) else 0

    def link(self, connection: Connection, record: Record, identity: str) -> bool:
        """Note in the cross-reference by which key and id the target knows a customer; as ``remote.link``."""
        keys = (self.target.fold(record.key), record.key, record.id)
        return remote.link(connection, self.target.name, keys, identity)


def fingerprint(source: FieldMapping, target: FieldMapping) -> str:
    """Digest of both mappings: a change of either takes effect although no customer moved."""
    return blake2b(f"{source.fingerprint} {target.fingerprint}".encode(), digest_size=16).hexdigest()
