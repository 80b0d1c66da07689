from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from customary.engine.holder import beating, decode_holder, this_process
from customary.errors import StoreError

NOW = datetime.now(UTC)
PATIENCE = 60.0


def test_a_living_process_that_is_heard_of_is_not_gone() -> None:
    assert not this_process().gone(NOW, NOW)


def test_a_process_that_began_at_another_time_is_another_one() -> None:
    assert replace(this_process(), started=1.0).gone(NOW, NOW)


def test_a_process_that_does_not_exist_is_gone() -> None:
    assert replace(this_process(), pid=2**22 + 1).gone(NOW, NOW)


def test_whether_a_process_elsewhere_lives_is_known_by_its_silence_only() -> None:
    elsewhere = replace(this_process(), host="another-host", started=1.0)
    assert not elsewhere.gone(NOW - timedelta(seconds=59), NOW)
    assert elsewhere.gone(NOW - timedelta(seconds=61), NOW)


def test_a_living_process_that_was_silent_for_a_minute_is_gone_too() -> None:
    assert this_process().gone(NOW - timedelta(seconds=61), NOW)


def test_two_holders_of_one_process_differ() -> None:
    assert this_process() != this_process()


def test_what_is_written_is_read() -> None:
    holder = this_process()
    assert decode_holder(holder.encode()) == holder


@pytest.mark.parametrize("text", ["", "{}", "nonsense"])
def test_what_nobody_wrote_is_nobody(text: str) -> None:
    assert decode_holder(text) is None


def test_beating_goes_on_until_the_end() -> None:
    beats = threading.Semaphore(0)

    def beat() -> bool:
        beats.release()
        return True

    with beating(beat, "test", every=0.001) as lost:
        for _ in range(3):
            assert beats.acquire(timeout=PATIENCE)
        assert not lost.is_set()
    assert "test" not in {thread.name for thread in threading.enumerate()}


def test_who_is_not_the_holder_any_more_finds_out() -> None:
    with beating(lambda: False, "test", every=0.001) as lost:
        assert lost.wait(PATIENCE)


def test_a_database_that_fails_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    failures = [StoreError("the hub's database failed")]

    def beat() -> bool:
        if failures:
            raise failures.pop()
        return False

    with beating(beat, "test", every=0.001) as lost:
        assert lost.wait(PATIENCE)
    assert "test: no sign of life could be given: the hub's database failed" in caplog.text
