"""What ``customary check`` finds out about a SunSystems system: each step with what to do when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from customary.connectors.checking import in_clear_text, report
from customary.connectors.contract import Probe, Report, Verdict
from customary.connectors.sunsystems.api import SunsystemsApi
from customary.connectors.sunsystems.codec import selection, these
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import ACCOUNTS, COMPONENT, HOLDS, lacks
from customary.connectors.sunsystems.session import SunsystemsSession
from customary.connectors.sunsystems.steps import STATUS_METHODS
from customary.errors import Rejected, Unreadable

_NOBODY: Final = "CUSTOMARY-CHECK"
"""A key that no customer is likely to have; if one does, it is read and nothing more."""
_METHODS: Final = {
    "upsert": ("CreateOrAmend",),
    "bulk": ("BulkCreateOrAmend", "CreateOrAmend"),
    "exact": ("Create", "Amend"),
}


class Parts(Struct, frozen=True):
    """What a check looks at."""

    config: SunsystemsConfig
    session: SunsystemsSession
    api: SunsystemsApi
    fields: Sequence[str]


def look(parts: Parts) -> Report:
    """Look, step by step, and stop where the next step cannot succeed. Raises nothing that it can report.

    Reads no customer, unless one has a very unlikely code, and writes nothing.
    """
    return report(parts.api.system, _probes(parts))


def _probes(parts: Parts) -> Iterator[Probe]:
    config = parts.config
    if in_clear_text(config.url):
        yield Probe("encryption", Verdict.WARNING, "none, so passwords and vouchers travel in clear text")
    parts.session.log_on()
    yield Probe("login", Verdict.OK, f"operator {config.operator}")
    if not config.remote_unit:
        yield Probe("business unit", Verdict.FAILED, "set `unit` to the code of SunSystems' business unit")
        return
    yield from _query(parts)
    yield from _rights(parts)


def _query(parts: Parts) -> Iterator[Probe]:
    """Look whether the mapped elements are understood, and then all that runs may write."""
    unit, without = parts.config.remote_unit, parts.config.without
    try:
        list(parts.api.query(selection(parts.fields, without), these([_NOBODY])))
    except (Rejected, Unreadable) as fault:
        yield Probe("query", Verdict.FAILED, f"business unit {unit}: {fault.reason}")
        return
    yield Probe("query", Verdict.OK, f"business unit {unit}, the mapped elements are understood")
    rest = [native for native in HOLDS if not lacks(native, without)]
    try:
        list(parts.api.query(selection(rest, without), these([_NOBODY])))
    except (Rejected, Unreadable) as fault:
        text = f"not all are understood, which writing needs; name those in `without`: {fault.reason}"
        yield Probe("elements", Verdict.WARNING, text)
        return
    yield Probe("elements", Verdict.OK, f"all {len(rest)} that can be written are understood")


def _rights(parts: Parts) -> Iterator[Probe]:
    """Look which methods there are. What a business rule allows is only known once something is written."""
    config = parts.config
    wanted = (*_METHODS[config.write], *STATUS_METHODS.values(), "DeleteChildData", "Delete")
    try:
        there = set(parts.api.names("Methods", COMPONENT))
        lacking = [method for method in wanted if method not in there]
        text = f"not there: {', '.join(lacking)}" if lacking else f"{len(wanted)} to write with are there"
        yield Probe("methods", Verdict.WARNING if lacking else Verdict.OK, text)
        if config.accounts == "before" and ACCOUNTS not in parts.api.names("Components"):
            text = f"there is no component {ACCOUNTS}; set accounts = 'inside'"
            yield Probe("accounts", Verdict.WARNING, text)
    except (Rejected, Unreadable) as fault:
        yield Probe("methods", Verdict.WARNING, f"{fault.reason}; whether they may be used is not known")
