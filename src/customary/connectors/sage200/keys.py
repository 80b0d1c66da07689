"""Ids and references of customers, without the customers: what matching and generating ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from customary.connectors.sage200.api import Row, Sage200Api
from customary.connectors.sage200.codec import KEY, WrongShape, identified
from customary.errors import Rejected, Unreachable, Unreadable
from customary.protocols.sage200 import MOST_TOP

GROUP: Final = 60
"""Ids that one call asks for, so that an address stays short."""
_LONGEST: Final = 18


def keys_of(api: Sage200Api, ids: Sequence[str]) -> Mapping[str, str]:
    """Give id -> reference of these customers; what is no number, or no customer's, is not in it."""
    numbers = {id_: str(int(id_)) for id_ in ids if _is_number(id_)}
    wanted = list(dict.fromkeys(numbers.values()))
    found: dict[str, str] = {}
    with _readable(api.system):
        for start in range(0, len(wanted), GROUP):
            for row in api.customers_numbered(wanted[start : start + GROUP]):
                found[str(identified(row))] = _reference(row)
    return {id_: found[number] for id_, number in numbers.items() if number in found}


def every_key(api: Sage200Api) -> Iterator[str]:
    """Give the references of all customers, in the order of their ids."""
    last = 0
    while True:
        with _readable(api.system):
            rows = api.references_behind(last, MOST_TOP)
            ids = [identified(row) for row in rows]
        if not rows:
            return
        if ids != sorted(set(ids)) or ids[0] <= last:
            raise Unreachable(api.system, "a page of references came again, or out of order")
        last = ids[-1]
        yield from map(_reference, rows)


@contextmanager
def _readable(system: str) -> Iterator[None]:
    try:
        yield
    except (Rejected, Unreadable) as fault:
        raise Unreachable(system, f"the references of the customers: {fault.reason}") from None
    except WrongShape as error:
        raise Unreachable(system, f"the references of the customers: {error}") from None


def _reference(row: Row) -> str:
    return str(row.get(KEY) or "").strip()


def _is_number(id_: str) -> bool:
    return id_.isascii() and id_.isdigit() and len(id_) <= _LONGEST
