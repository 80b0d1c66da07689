"""Mailboxes: the addresses that mail comes from and goes to."""

from __future__ import annotations

import re
from email.headerregistry import Address

from customary.errors import ConfigError

_PART = r"""[^\s@<>()\[\],;:\\"]+"""
_ADDRESS = rf"{_PART}@{_PART}"
_MAILBOX = re.compile(rf"\s*(?:(?P<name>[^<>@]*)<(?P<address>{_ADDRESS})>|(?P<bare>{_ADDRESS}))\s*")


def read_mailbox(text: str) -> Address:
    """Read ``erp@example.com`` or ``ERP <erp@example.com>``.

    What comes back can stand in a header: it holds no line break. Raises ``ConfigError`` for anything else.
    """
    found = _MAILBOX.fullmatch(text)
    if found is None or not text.isprintable():
        raise ConfigError(f'{text!r} is not an e-mail address; write it as "erp@example.com"')
    user, _, domain = (found["address"] or found["bare"]).rpartition("@")
    return Address(display_name=(found["name"] or "").strip().strip('"'), username=user, domain=domain)
