"""The one place that decides how often a system that cannot be reached is tried, and how long is waited."""

from __future__ import annotations

import random
from collections.abc import Callable

from customary.errors import Unreachable

TRIES = 4
"""How often in a row a source that cannot be reached is tried."""


def wait_again(error: Unreachable, failures: int, pause: float, sleep: Callable[[float], object]) -> None:
    """Wait longer after each failure, with jitter; raises the error again after ``TRIES``.

    ``pause`` is about how many seconds the first wait takes; ``sleep`` waits.
    """
    if failures >= TRIES:
        raise error
    sleep(pause * 2 ** (failures - 1) * random.uniform(0.5, 1.5))  # noqa: S311  # jitter, not a secret
