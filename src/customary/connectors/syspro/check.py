"""What ``customary check`` finds out about a SYSPRO system: each step with what to do when it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from customary.connectors.checking import in_clear_text, report
from customary.connectors.contract import Probe, Report, Verdict
from customary.connectors.syspro.client import SysproClient
from customary.connectors.syspro.codec import decode_profile
from customary.connectors.syspro.config import SysproConfig
from customary.connectors.syspro.faults import Fault
from customary.connectors.syspro.session import SysproSession
from customary.connectors.syspro.table import CustomerTable
from customary.errors import (
    ConnectorError,
    ListingRefused,
    NotPermitted,
    Rejected,
    Unreadable,
)
from customary.model.source import Record
from customary.protocols.enet import EnetFormatError

NOBODY: Final = "!NONE!"
"""A key that no customer has, asked for to see whether SYSPRO's words for that are understood."""


class Parts(Struct, frozen=True):
    """What a check looks at."""

    config: SysproConfig
    client: SysproClient
    session: SysproSession
    table: CustomerTable


def look(parts: Parts) -> Report:
    """Look, step by step, and stop where the next step cannot succeed. Raises nothing that it can report.

    Reads at most one customer, writes nothing, and leaves the session to the source's ``close``.
    """
    return report(parts.client.system, _probes(parts))


def _probes(parts: Parts) -> Iterator[Probe]:
    yield from _encryption(parts.config)
    for step in (_server, _lease, _logon):
        probe = step(parts)
        yield probe
        if probe.verdict is Verdict.FAILED:
            return
    yield _profile(parts)
    listed, first = _listing(parts)
    yield listed
    if first is not None:
        yield _fields(parts, first)
        yield _key_form(first)
    yield from _singles(parts, first)


def _encryption(config: SysproConfig) -> Iterator[Probe]:
    if in_clear_text(config.url):
        yield Probe(
            "encryption",
            Verdict.WARNING,
            "none: the operator's password travels in clear text; use https if the server offers it",
        )


def _server(parts: Parts) -> Probe:
    try:
        return Probe("server", Verdict.OK, f"SYSPRO e.net version {parts.client.version()}")
    except ConnectorError as fault:
        return _failed("server", fault, "are host, port and path of `url` right, and is the service running?")


def _lease(parts: Parts) -> Probe:
    operator = parts.config.operator
    try:
        abandoned = parts.session.hold().abandoned
    except NotPermitted as fault:
        return _failed("session", fault, "wait until it has ended, or stop it")
    if abandoned:
        return Probe("session", Verdict.OK, f"operator {operator}: one that a stopped process left was ended")
    return Probe("session", Verdict.OK, f"operator {operator}: no other of Customary's is logged on")


def _logon(parts: Parts) -> Probe:
    try:
        parts.session.log_on()
    except ConnectorError as fault:
        advice = "check company, operator and both passwords, and that a licence is free"
        return _failed("logon", fault, advice)
    return Probe("logon", Verdict.OK, f"operator {parts.config.operator} in company {parts.config.company}")


def _profile(parts: Parts) -> Probe:
    try:
        answer = parts.session.ask(parts.client.profile)
        profile = decode_profile(answer.body, answer.encoding) if answer.fault is Fault.NONE else {}
    except (NotPermitted, Unreadable, EnetFormatError):
        profile = {}
    operator = profile.get("operatorcode", "")
    if not operator:
        return Probe("profile", Verdict.WARNING, "SYSPRO does not tell who is logged on (GetLogonProfile)")
    text = f"{operator} in {profile.get('companyname', '')}, SYSPRO {profile.get('sysproversion', '')}"
    if operator.casefold() != parts.config.operator.strip().casefold():
        return Probe("profile", Verdict.WARNING, f"logged on as another operator: {text}")
    return Probe("profile", Verdict.OK, text)


def _listing(parts: Parts) -> tuple[Probe, Record | None]:
    name = "lists (COMFND)"
    alone = "customers are read one at a time"
    try:
        listing = parts.table.find((), 1)
    except ListingRefused as fault:
        text = f"{fault.reason}; {alone}, and new ones are not found; give the operator the right to it"
        return Probe(name, Verdict.WARNING, text), None
    except (Rejected, Unreadable) as fault:
        return Probe(name, Verdict.WARNING, f"{fault.reason}; {alone}"), None
    if not listing.records:
        return Probe(name, Verdict.WARNING, "allowed, and there is no customer"), None
    return Probe(name, Verdict.OK, "allowed"), listing.records[0]


def _fields(parts: Parts, first: Record) -> Probe:
    hidden = [field for field in parts.table.fields if field not in first.native]
    if hidden:
        text = f"not shown to this operator, so left alone: {', '.join(hidden)}"
        return Probe("fields", Verdict.WARNING, text)
    return Probe("fields", Verdict.OK, f"all {len(parts.table.fields)} fields of the mapping are shown")


def _key_form(first: Record) -> Probe:
    kind = "digits" if first.key.isdigit() else "characters"
    return Probe("customer numbers", Verdict.OK, f"the first is {first.key}: {len(first.key)} {kind}")


def _singles(parts: Parts, first: Record | None) -> Iterator[Probe]:
    name = "single customers (COMFCH)"
    try:
        if first is not None and parts.table.fetch(first.key) is None:
            text = f"{first.key} is listed, and not found by its number; see `key_length`"
            yield Probe(name, Verdict.WARNING, text)
            return
        unknown = _unknown(parts.table.fetch)
    except NotPermitted as fault:
        yield _failed(name, fault, "give the operator the right to it")
    except (Rejected, Unreadable) as fault:
        yield Probe(name, Verdict.WARNING, fault.reason)
    else:
        yield Probe(name, Verdict.OK, "allowed")
        yield unknown


def _unknown(fetch: Callable[[str], Record | None]) -> Probe:
    try:
        fetch(NOBODY)
    except (Rejected, Unreadable) as fault:
        text = f"{fault.reason}; if this means that there is no such customer, add it to `missing_texts`"
        return Probe("unknown customers", Verdict.WARNING, text)
    return Probe("unknown customers", Verdict.OK, "SYSPRO's words for them are understood")


def _failed(name: str, fault: ConnectorError, advice: str) -> Probe:
    text = fault.reason
    return Probe(name, Verdict.FAILED, text if text.endswith("?") else f"{text}; {advice}")
