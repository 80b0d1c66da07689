"""The order in which the records of a payload are carried out: each behind the records that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from customary.components.work import Component
from customary.protocols.ssc_record import Record

ROUNDS = 6
"""How often a payload is read for records that wait; who is invoiced to whom makes no longer chains."""

Sent = Callable[[], Iterable[Record]]
"""Gives the records of a payload from its beginning, as often as it is asked."""


def in_order(component: Component, awaited: frozenset[str], sent: Sent) -> Iterator[Record]:
    """Give each record once, as sent, but those that wait behind the others.

    A record waits while one of the ``awaited`` keys that it refers to is still to come, and while an earlier
    record of its own key waits. Records that wait for each other come as sent, in the end. Only the numbers
    of those that wait are kept: each round reads the payload again.
    """
    if not awaited:
        yield from sent()
        return
    to_come = set(awaited)
    left: set[int] | None = None
    for last in [False] * (ROUNDS - 1) + [True]:
        waiting: set[int] = set()
        keys: set[str] = set()
        carried = False
        for number, record in enumerate(sent()):
            if left is not None and number not in left:
                continue
            key = component.key(record)
            if not last and (key in keys or not to_come.isdisjoint(component.refers(record) - {key})):
                waiting.add(number)
                keys.add(key)
                continue
            yield record
            carried = True
            to_come.discard(key)
        if not waiting:
            return
        if not carried:
            to_come.clear()
        left = waiting
