"""A customer's native fields as SunSystems can take them: what is known to be refused is found beforehand.

Section numbers name the fact sheet on SunSystems Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from customary.connectors.contract import Fit
from customary.connectors.sunsystems import children
from customary.connectors.sunsystems.config import SunsystemsConfig
from customary.connectors.sunsystems.fields import (
    ACCOUNT,
    ACCOUNTS,
    ANALYSES,
    CHILDREN,
    FLAT,
    INVOICING,
    KEY,
    REMOVABLE,
    STATUS,
)
from customary.connectors.sunsystems.values import Unwritable, canonical
from customary.model.change import Action
from customary.model.outcome import Level, Message
from customary.model.source import Native
from customary.protocols.ssc_elements import NOT_FINANCIAL

DRAFT: Final = "4"
STATUSES: Final = FLAT[STATUS][1].codes


def fit(action: Action, native: Native, held: Native, config: SunsystemsConfig) -> Fit:
    """Shape the desired fields: codes for names, dates without slashes, and what cannot be written left out.

    Errors reject the customer before anything is sent: wrong values, mandatory elements, the account (10).
    """
    messages: list[Message] = []
    wanted = {name: _checked(name, text, messages) for name, text in native.items()}
    readable = [name for name in wanted if name in CHILDREN] if not messages else []
    for name in readable:
        wanted[name] = children.leave_out(name, wanted[name], config.without)
    for shape in (_analyses, _children, _financials):
        messages += shape(wanted, held, config)
    messages += _status(action, wanted, held)
    messages += _account(action, wanted, held, config)
    if action is Action.CREATE and not wanted.get(KEY):
        messages.append(_error(KEY, f"{KEY} must have a value"))
    return Fit(wanted, tuple(messages))


def _checked(name: str, text: str, messages: list[Message]) -> str:
    if name in CHILDREN:
        made, wrong = children.checked(name, text)
        messages += [_error(name, problem) for problem in wrong]
        return made
    try:
        return canonical(FLAT[name][1], text)
    except Unwritable as unfit:
        messages.append(_error(name, f"{name} {unfit}"))
        return text


def _analyses(wanted: dict[str, str], held: Native, _: SunsystemsConfig) -> Iterator[Message]:
    """Leave out analysis codes that would go: the code is mandatory, and no method deletes one (8)."""
    for node, code in ANALYSES.items():
        names = [name for name in wanted if name.rpartition(".")[0] == node]
        if wanted.get(code, held.get(code, "")):
            continue
        for name in names:
            text = wanted.pop(name)
            if text or held.get(name):
                yield _warning(name, f"{name} cannot be cleared or set without {code}, and is left alone")


def _children(wanted: dict[str, str], held: Native, _: SunsystemsConfig) -> Iterator[Message]:
    """Keep the children that no method deletes (8, documented)."""
    for name in [name for name in wanted if name in CHILDREN and name not in REMOVABLE]:
        try:
            gone = list(children.to_delete(name, wanted[name], held.get(name, "")))
        except ValueError:
            continue  # what is no JSON has been told
        if gone:
            kept = {children.key_of(name, child): child for child in children.read(held[name])}
            kept |= {children.key_of(name, child): child for child in children.read(wanted[name])}
            wanted[name] = children.written(name, kept.values())
            yield _warning(name, f"SunSystems Connect cannot delete {name}: {len(gone)} of them stay")


def _financials(wanted: dict[str, str], held: Native, config: SunsystemsConfig) -> Iterator[Message]:
    """Leave out the six elements that are not applied in such a business unit (8, documented)."""
    if not config.financials_only:
        return
    for name in sorted(NOT_FINANCIAL & wanted.keys()):
        if wanted.pop(name) != held.get(name, ""):
            yield _warning(name, f"{name} is not applied in a business unit that is financials only")


def _status(action: Action, wanted: dict[str, str], held: Native) -> Iterator[Message]:
    """Leave alone a status that no method clears, or sets on a customer that there is (8, documented)."""
    drafted = wanted.get(STATUS) == DRAFT and action is not Action.CREATE
    if not wanted.get(STATUS, DRAFT) or drafted:
        del wanted[STATUS]
    if drafted and held.get(STATUS) != DRAFT:
        now = STATUSES.get(held.get(STATUS, ""), "")
        yield _warning(STATUS, f"no method makes an existing customer a draft: {STATUS} stays {now}")


def _account(
    action: Action, wanted: dict[str, str], held: Native, config: SunsystemsConfig
) -> Iterator[Message]:
    """Hold the rule of ActualAccount and InvoicingCustomerCode: one of them, not both (10, documented)."""
    account, invoicing = (wanted.get(name, held.get(name, "")) for name in (ACCOUNT, INVOICING))
    if account and invoicing and (wanted.get(ACCOUNT) or wanted.get(INVOICING)):
        yield _error(ACCOUNT, f"a customer has either {ACCOUNT} or {INVOICING}, not both")
    if not account and not invoicing and config.require_account:
        cleared = held.get(ACCOUNT) or held.get(INVOICING)
        if action is Action.CREATE or cleared:
            yield _error(ACCOUNT, f"a customer needs {ACCOUNT} or {INVOICING} (`require_account`)")
    if not account:
        for name in [name for name in wanted if name.startswith(f"{ACCOUNTS}.")]:
            if wanted.pop(name) != held.get(name, ""):
                yield _warning(name, f"{name} belongs to the account, and the customer has none: left out")


def _error(name: str, text: str) -> Message:
    return Message(level=Level.ERROR, field=name, text=text)


def _warning(name: str, text: str) -> Message:
    return Message(level=Level.WARNING, field=name, text=text)
