"""References for customers that have none yet: generated once, remembered in the hub, never given twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from customary.connectors.contract import ListsKeys
from customary.engine.far import NoKey
from customary.model.source import Native
from customary.protocols.zynk_reference import (
    Names,
    NoReference,
    ReferenceGenerator,
    ReferenceSettings,
)
from customary.store import generated_references
from customary.store.database import Store

_PARTS: Final = ("contact.first_name", "contact.middle_name", "contact.last_name")


class Target(ListsKeys, Protocol):
    """What generating needs of the system that the references are for."""

    name: str

    def fold(self, key: str) -> str:
        """Bring a key into the form that the system compares."""


class GeneratedReferences:
    """Gives customers of one source their references in one system.

    It has transactions of its own: never ask it inside another one.
    """

    def __init__(
        self,
        store: Store,
        source: tuple[str, Callable[[str], str]],
        target: Target,
        settings: ReferenceSettings,
    ) -> None:
        """Make it; nothing is read. ``source`` is its name, and how it folds its keys.

        Raises ``ValueError`` with everything that is wrong with the settings.
        """
        self._store = store
        self._between = (source[0], target.name)
        self._fold = source[1]
        self._target = target
        self._generator = ReferenceGenerator(settings)
        self._taken: set[str] | None = None

    def key_for(self, key: str, native: Native) -> str:
        """Give the reference of the customer that the source knows by ``key``: always the same one.

        ``native`` has its name and contact, as they would be written. A new one is free in the system, whose
        keys are all read once for that, and in the hub. Raises ``NoKey`` with the reason why none can be
        made, and ``Unreachable`` and ``NotPermitted`` while the keys are read.
        """
        folded = self._fold(key)
        with self._store.read() as connection:
            kept = generated_references.remembered(connection, self._between, folded)
        while not kept:
            made = self._generator.generate(_names(native), self._is_taken)
            if isinstance(made, NoReference):
                raise NoKey(made.reason)
            with self._store.write() as connection:
                kept = generated_references.remember(connection, self._between, folded, made)
        return kept

    def _is_taken(self, reference: str) -> bool:
        if self._taken is None:
            self._taken = {self._target.fold(key) for key in self._target.all_keys()}
        return self._target.fold(reference) in self._taken


def _names(native: Native) -> Names:
    first, middle, last = (native.get(name, "") for name in _PARTS)
    if not (first or middle or last):
        first, _, last = native.get("contact.name", "").rpartition(" ")
    return Names(company=native.get("name", ""), forename=first, middle_name=middle, surname=last)
