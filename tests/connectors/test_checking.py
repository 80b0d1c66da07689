from __future__ import annotations

from collections.abc import Iterator

import pytest

from customary.connectors.checking import in_clear_text, report
from customary.connectors.contract import Probe, Verdict
from customary.errors import Unreachable

REACHED = Probe("server", Verdict.OK, "it answers")


def test_an_error_is_the_last_probe_and_what_was_found_before_is_kept() -> None:
    def steps() -> Iterator[Probe]:
        yield REACHED
        raise Unreachable("erp", "no connection")

    failed = Probe("connection", Verdict.FAILED, "no connection; the check stopped here")
    assert report("erp", steps()).probes == (REACHED, failed)


def test_a_mistake_of_ours_is_not_told_as_the_systems() -> None:
    def steps() -> Iterator[Probe]:
        yield REACHED
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        report("erp", steps())


@pytest.mark.parametrize(
    ("address", "readable"),
    [
        ("http://erp.example/x", True),
        ("HTTP://10.0.0.1:8080/x", True),
        ("https://erp.example/x", False),
        ("http://localhost:31002/x", False),
        ("http://127.0.0.1:31002/x", False),
        ("http://[::1]/x", False),
    ],
)
def test_what_leaves_this_computer_without_tls_is_in_clear_text(address: str, readable: bool) -> None:
    assert in_clear_text(address) is readable
