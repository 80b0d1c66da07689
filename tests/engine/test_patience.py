from __future__ import annotations

import pytest

from customary.engine.patience import TRIES, wait_again
from customary.errors import Unreachable

ERROR = Unreachable("sage", "too busy (HTTP 504)")


def test_it_waits_longer_each_time_with_jitter() -> None:
    waited: list[float] = []
    for failures in range(1, TRIES):
        wait_again(ERROR, failures, 2.0, waited.append)
    for number, seconds in enumerate(waited):
        assert 0.5 * 2.0 * 2**number <= seconds <= 1.5 * 2.0 * 2**number


def test_it_gives_up_with_the_error_itself() -> None:
    waited: list[float] = []
    with pytest.raises(Unreachable) as raised:
        wait_again(ERROR, TRIES, 2.0, waited.append)
    assert raised.value is ERROR
    assert waited == []
