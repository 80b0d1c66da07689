"""A secret setting: where it is kept, and what it is only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Secret(Struct, frozen=True, eq=False):
    """A password or token that the configuration refers to and never holds.

    Writing it, by ``str``, ``repr`` or a format, gives ``***``. Nothing is kept; ``reveal`` fetches anew.
    """

    fetch: Callable[[], str]
    """Gets the value from where it is kept."""
    reference: str = ""
    """Where it is kept, as the configuration says it (``env:NAME``); itself not a secret."""

    def reveal(self) -> str:
        """Give the value; for the moment of use only, never to be kept, logged or put into a message.

        Raises ``ConfigError`` naming the setting and its reference when there is no such value.
        """
        return self.fetch()

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__
