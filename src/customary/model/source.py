"""What a source is asked for, and what it gives: scopes and pages of native records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from customary.model.outcome import Message

Native = Mapping[str, str]
"""A record in a vendor's own field names; without the wire's padding; a name not in it was not sent."""


class Everything(Struct, frozen=True):
    """The scope of all customers that the source has."""


class Keys(Struct, frozen=True):
    """The scope of these customers."""

    keys: tuple[str, ...]


Scope = Everything | Keys


class Named(Struct, frozen=True, gc=False):
    """By what names a source says that the target knows a customer; ``""`` where it does not say."""

    id: str = ""
    """The id that the target gave it (Sage 200's number)."""
    key: str = ""
    """The key in the target (Sage 200's reference)."""


class Record(Struct, frozen=True, gc=False):
    """One customer as the source sent it."""

    key: str
    """The key as the source writes it, unpadded; zeros kept."""
    native: Native
    id: str = ""
    """The id that the system gave it beside its key, where it has such a thing (Sage 200's number)."""
    identity: str = ""
    """Its identity, where the source is the hub."""
    target: Named | None = None
    """What the source says of the customer's names in the target, where it says anything."""
    lasting: bool = True
    """Whether the key is the system's own for this customer; one that was made up to tell it apart from the
    others is not entered in the cross-reference."""


class Trouble(Struct, frozen=True):
    """A customer that the source has and that could not be read."""

    key: str
    reason: str


class Page(Struct, frozen=True, kw_only=True):
    """A part of what was asked for, in the source's order."""

    records: Sequence[Record]
    missing: tuple[str, ...] = ()
    """Keys asked for that the source does not have, found out by asking for each of them singly."""
    unreadable: tuple[Trouble, ...] = ()
    notices: tuple[Message, ...] = ()
    """What the person who runs it should know about how this was read."""
    cursor: str | None = None
    """Where the next page begins: the raw, unstripped key of the last row. ``None`` on the last page."""
    complete: bool = False
    """On the last page: whether everything was given: an empty page came, keys moved, none repeated."""
