from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sage200.tokens import LeasedTokens, Tokens
from customary.errors import NotPermitted

NOW = datetime.now(UTC)
TOKENS = Tokens(
    access="acc",
    refresh="ref",
    expires=NOW + timedelta(hours=1),
    renew=NOW + timedelta(minutes=58),
    login=NOW,
)


def test_tokens_are_kept_as_they_are() -> None:
    store = LeasedTokens(MemoryLease("sage", 0))
    with store.hold() as held:
        assert held.tokens is None
        held.keep(TOKENS)
    with store.hold() as held:
        assert held.tokens == TOKENS


def test_what_is_kept_and_is_no_tokens_is_none() -> None:
    lease = MemoryLease("sage", 0)
    with lease.hold() as held:
        held.remember("the session of something else")
    with LeasedTokens(lease).hold() as tokens:
        assert tokens.tokens is None


def test_only_one_holds_the_tokens() -> None:
    store = LeasedTokens(MemoryLease("sage", 0))
    with store.hold(), pytest.raises(NotPermitted), store.hold():
        pass


def test_days_are_counted_from_the_login() -> None:
    old = Tokens(access="a", refresh="r", expires=NOW, renew=NOW, login=NOW - timedelta(days=80))
    assert 9.9 < old.days_left(90) < 10.1
    assert old.days_left(30) < -49
    assert (TOKENS.good, old.good) == (True, False)


def test_tokens_show_nothing_of_themselves() -> None:
    assert not {"acc", "ref"} & set(repr(TOKENS).replace("(", " ").replace("=", " ").split())
