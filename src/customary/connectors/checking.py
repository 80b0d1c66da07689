"""What the checks of all connectors share: going step by step, and which address wants encryption."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from customary.connectors.contract import Probe, Report, Verdict
from customary.errors import ConnectorError, CustomaryError

_NEAR: Final = ("localhost", "127.0.0.1", "::1")


def report(system: str, probes: Iterable[Probe]) -> Report:
    """Look, step by step, until the steps end or one of them raises, which becomes the last, a failed one."""
    done: list[Probe] = []
    try:
        for probe in probes:
            done.append(probe)
    except CustomaryError as fault:
        text = fault.reason if isinstance(fault, ConnectorError) else str(fault)
        done.append(Probe("connection", Verdict.FAILED, f"{text}; the check stopped here"))
    return Report(system, tuple(done))


def in_clear_text(address: str) -> bool:
    """Tell whether what is sent to a URL can be read on its way: it leaves this computer, and without TLS."""
    url = urlsplit(address)
    return url.scheme == "http" and url.hostname not in _NEAR
