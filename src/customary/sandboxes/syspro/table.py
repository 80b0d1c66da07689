"""ArCustomer: the sandbox's customers, made when they are read, kept only when they were changed."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from types import MappingProxyType

from customary.protocols.enet import CUSTOMER_COLUMNS
from customary.sandboxes.syspro.seed import customer, number_key

Record = Mapping[str, str]
"""Column -> text. A column that is not in it is left out of the answers, as security does."""


class CustomerTable(MutableMapping[str, Record]):
    """The customers by key, in the order of their keys. Safe for threads.

    A key may be given in any padding (``0000002``, ``2``); it is written with ``width`` digits. What reading
    gives cannot be changed in place: assign a whole record, or use ``change`` and ``hide``.
    """

    def __init__(self, customers: int, seed: int, width: int = 7) -> None:
        self._seed = seed
        self._width = width
        self._guard = threading.RLock()
        self._numbers: dict[str, int] = {}
        self._changed: dict[str, Record] = {}
        self._keys: list[str] = []
        self._next = 1
        self._add(customers)

    def fold(self, key: str) -> str:
        """Bring a key into the form in which this table writes it (section 8 of the facts)."""
        key = key.strip()
        return key.lstrip("0").zfill(self._width) if key.isascii() and key.isdigit() else key

    def __getitem__(self, key: str) -> Record:
        key = self.fold(key)
        changed = self._changed.get(key)
        if changed is not None:
            return changed
        return MappingProxyType(customer(self._seed, self._numbers[key], key))

    def __setitem__(self, key: str, record: Record) -> None:
        key = self.fold(key)
        if not key:
            raise ValueError("a customer needs a key")
        if unknown := record.keys() - CUSTOMER_COLUMNS.keys():
            raise ValueError(f"ArCustomer has no column {min(unknown)}")
        with self._guard:
            if key not in self:
                insort(self._keys, key)
            self._changed[key] = MappingProxyType({**record, "Customer": key})

    def __delitem__(self, key: str) -> None:
        key = self.fold(key)
        with self._guard:
            if key not in self:
                raise KeyError(key)
            self._changed.pop(key, None)
            self._numbers.pop(key, None)
            del self._keys[bisect_left(self._keys, key)]

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._keys))

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        key = self.fold(key)
        return key in self._changed or key in self._numbers

    def change(self, key: str, values: Mapping[str, str]) -> Record:
        """Set some columns of a customer and give the whole record. Raises ``KeyError``."""
        with self._guard:
            self[key] = {**self[key], **values}
            return self[key]

    def hide(self, key: str, columns: Iterable[str]) -> Record:
        """Leave columns of one customer out of all answers. Raises ``KeyError``."""
        hidden = frozenset(columns)
        with self._guard:
            self[key] = {name: value for name, value in self[key].items() if name not in hidden}
            return self[key]

    def new(self, count: int) -> list[str]:
        """Add this many more seeded customers, the next of the series, and give their keys."""
        with self._guard:
            return self._add(count)

    def between(self, low: str = "", high: str | None = None) -> list[str]:
        """Give the keys from ``low`` to ``high``, both included, in order; as text, without folding."""
        with self._guard:
            start = bisect_left(self._keys, low)
            return self._keys[start : None if high is None else bisect_right(self._keys, high)]

    def _add(self, count: int) -> list[str]:
        numbers = range(self._next, self._next + count)
        self._next += count
        added = {self.fold(number_key(number)): number for number in numbers}
        added = {key: number for key, number in added.items() if key not in self}
        self._numbers |= added
        # Two runs in order, one behind the other: sorting them costs one pass.
        self._keys = sorted([*self._keys, *added])
        return list(added)
