"""What ``customary check`` finds out about a Sage 200 system: each step with what to do when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from customary.connectors.checking import in_clear_text, report
from customary.connectors.contract import Probe, Report, Verdict
from customary.connectors.sage200.api import Sage200Api
from customary.connectors.sage200.codec import JOINED, MADE, expansion, flat
from customary.connectors.sage200.config import Sage200Config
from customary.connectors.sage200.identity import Identity
from customary.connectors.sage200.lookups import TABLES, Codes
from customary.errors import Rejected, Unreadable

_SHOWN: Final = 20


class Parts(Struct, frozen=True):
    """What a check looks at."""

    config: Sage200Config
    identity: Identity
    api: Sage200Api
    codes: Codes
    fields: Sequence[str]


def look(parts: Parts) -> Report:
    """Look, step by step, and stop where the next step cannot succeed. Raises nothing that it can report.

    Reads at most one customer, and writes nothing.
    """
    return report(parts.api.system, _probes(parts))


def _probes(parts: Parts) -> Iterator[Probe]:
    for name, address in (("api", parts.config.resources), ("identity service", parts.config.identity)):
        if in_clear_text(address):
            yield Probe("encryption", Verdict.WARNING, f"{name}: none, so tokens travel in clear text")
    for step in (_login, _company):
        probe = step(parts)
        yield probe
        if probe.verdict is Verdict.FAILED:
            return
    yield _user(parts)
    yield from _customers(parts)
    yield _tables(parts)


def _login(parts: Parts) -> Probe:
    again = f"customary login {parts.api.system}"
    tokens = parts.identity.tokens()
    if tokens is None:
        return Probe("login", Verdict.FAILED, f"nobody has logged in; run: {again}")
    left = tokens.days_left(parts.config.refresh_days)
    since = f"logged in on {tokens.login:%Y-%m-%d}"
    if left <= 0:
        return Probe("login", Verdict.FAILED, f"{since}, and the login has ended; run: {again}")
    told = f"{since}, {left:.0f} days left"
    if left <= parts.config.warn_days:
        return Probe("login", Verdict.WARNING, f"{told}; log in again before: {again}")
    return Probe("login", Verdict.OK, told)


def _company(parts: Parts) -> Probe:
    """Find the configured company among those that the user may use."""
    rows = parts.api.sites()
    if not rows:
        text = "Sage lists no company: the user has none, or the tunnel to the premises is lost"
        return Probe("company", Verdict.FAILED, text)
    listed = "; ".join(_named(row) for row in rows[:_SHOWN])
    if not parts.config.site or not parts.config.company:
        return Probe("company", Verdict.FAILED, f"set `site` and `company` to one of: {listed}")
    for row in rows:
        here = str(row.get("site_id", "")).casefold() == parts.config.site.casefold()
        if here and row.get("company_id") == parts.config.company:
            return Probe("company", Verdict.OK, _named(row))
    return Probe("company", Verdict.FAILED, f"this user may not use it, only: {listed}")


def _named(row: dict[str, Any]) -> str:
    return (
        f'site = "{row.get("site_id")}", company = {row.get("company_id")}'
        f" ({row.get('company_name')}, {row.get('site_name')})"
    )


def _user(parts: Parts) -> Probe:
    try:
        user = parts.api.user()
    except (Rejected, Unreadable) as fault:
        return Probe("user", Verdict.WARNING, fault.reason)
    name = user.get("name") or user.get("user_name") or user.get("email") or "without a name"
    return Probe("user", Verdict.OK, str(name))


def _customers(parts: Parts) -> Iterator[Probe]:
    try:
        rows = parts.api.customers_behind(0, 1, expansion(parts.fields))
    except (Rejected, Unreadable) as fault:
        yield Probe("customers", Verdict.FAILED, fault.reason)
        return
    if not rows:
        yield Probe("customers", Verdict.WARNING, "allowed, and there is no customer")
        return
    yield Probe("customers", Verdict.OK, "allowed")
    sent = flat(rows[0])
    plain = [name for name in parts.fields if name not in JOINED and name not in MADE]
    lacking = [name for name in plain if name not in sent]
    if lacking:
        text = f"not sent by this site, so left alone: {', '.join(lacking)}"
        yield Probe("fields", Verdict.WARNING, text)
        return
    yield Probe("fields", Verdict.OK, f"all {len(plain)} fields of the mapping are sent")


def _tables(parts: Parts) -> Probe:
    try:
        told = [f"{len(parts.codes.codes(table))} {table.replace('_', ' ')}" for table in TABLES]
    except (Rejected, Unreadable) as fault:
        return Probe("codes", Verdict.FAILED, fault.reason)
    return Probe("codes", Verdict.OK, ", ".join(told))
