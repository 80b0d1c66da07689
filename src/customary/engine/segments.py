"""A run's scope as segments: each either a listing of everything, or lists of keys, cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from customary.connectors.contract import Source, TellsMoved
from customary.errors import ConfigError
from customary.model.run import Request, ScopeName, Together
from customary.store import links, watermarks

Keys = list[tuple[str, str]]
"""(folded form, key) of customers, in the order of the folded form."""

Give = Callable[[Connection, str, int], Keys]
"""Connection, the folded key to go on behind, how many: the next keys of a segment."""


Members = Callable[[Connection, str, int, Sequence[str] | None], Keys]
"""Connection, the folded key to go on behind, how many, classes: the next customers that source and target
both know; of these classes, of any class where there are none, of all where they are ``None``."""


class Listing(Struct, frozen=True):
    """Everything the source has."""

    only_known: bool
    """Whether customers that the hub does not know are out of scope."""


class Listed(Struct, frozen=True):
    """Customers named by key."""

    give: Give


class Moved(Struct, frozen=True):
    """What the source says that moved; the others are not looked at."""

    since: datetime
    only_known: bool
    """As for a listing."""
    known: Listed
    """The known customers, among whom those are that moved, where only these are in scope."""


Segment = Listing | Listed | Moved


class Sides(Struct, frozen=True):
    """What cutting a scope needs to know of a run's source and target."""

    fold: Callable[[str], str]
    """How the source compares its keys."""
    members: Members
    bulk: bool = True
    """Whether reading everything is cheaper for the source than reading known customers by key."""
    partial: bool = False
    """Whether the source has only what is to be done, so that nobody is missing in it."""
    since: datetime | None = None
    """Only what moved after that moment is read (see ``moved_since``); ``None``: everything in scope."""
    gone: Give | None = None
    """The customers that the target has of the source and that the source itself cannot name any more."""


def moved_since(connection: Connection, request: Request, operation: str, source: Source) -> datetime | None:
    """Tell from when on a run has to read what moved; ``None``: it has to read everything in its scope.

    Raises ``ConfigError`` when the operation wants it and the source cannot tell what moved.
    """
    if not request.modified:
        return None
    if not isinstance(source, TellsMoved):
        raise ConfigError(
            f"operation '{operation}' has modified = true, and {source.name} cannot tell what changed;"
            " leave it out"
        )
    last = watermarks.read(connection, source.name, purpose(operation))
    return None if last is None or request.initial_load else last - source.overlap


def purpose(operation: str) -> str:
    """Name the purpose by which the hub keeps how far an operation's runs are."""
    return f"operation {operation}"


def segments(request: Request, sides: Sides) -> tuple[Segment, ...]:
    """Cut a request's scope into segments, carried out in order; a customer met before is not met again.

    Behind a listing, the known customers that it lacked are asked for by key before they are called missing.
    """
    if request.listed:
        return _named(request, sides)
    known = Listed(_members(sides.members, None))
    if sides.since is not None:
        return (Moved(sides.since, request.scope is ScopeName.KNOWN, known),)
    if sides.partial:
        return (Listing(only_known=request.scope is ScopeName.KNOWN),)
    if request.scope is ScopeName.ALL:
        gone = (Listed(sides.gone),) if request.deletes and sides.gone else ()
        return Listing(only_known=False), known, *gone
    return (Listing(only_known=True), known) if sides.bulk else (known,)


def _named(request: Request, sides: Sides) -> tuple[Segment, ...]:
    wanted = sorted({sides.fold(key): key for key in request.customers}.items())
    by_class: Give | None = None
    if request.all_classes:
        by_class = _members(sides.members, ())
    elif request.classes:
        by_class = _members(sides.members, request.classes)
    if by_class is None:
        return (Listed(_given(wanted)),)
    if not wanted:
        return (Listed(by_class),)
    if request.together is Together.BOTH:
        return (Listed(_within(by_class, {folded for folded, _ in wanted})),)
    return (Listed(_given(wanted)), Listed(by_class))


def _given(wanted: Sequence[tuple[str, str]]) -> Give:
    def give(_: Connection, after: str, limit: int) -> Keys:
        return [pair for pair in wanted if pair[0] > after][:limit]

    return give


def _members(members: Members, classes: Sequence[str] | None) -> Give:
    wanted = None if classes is None else {name.casefold() for name in classes}

    def give(connection: Connection, after: str, limit: int) -> Keys:
        names = None
        if wanted:
            names = [name for name in links.class_names(connection) if name.casefold() in wanted]
            if not names:
                return []
        elif wanted is not None:
            names = []
        return members(connection, after, limit, names)

    return give


def _within(give: Give, folded: set[str]) -> Give:
    def narrowed(connection: Connection, after: str, limit: int) -> Keys:
        while True:
            keys = give(connection, after, limit)
            found = [pair for pair in keys if pair[0] in folded]
            if found or not keys:
                return found
            after = keys[-1][0]

    return narrowed


def count(connection: Connection, segment: Listed, enough: int = 1) -> int:
    """Count a segment's customers, up to ``enough``."""
    return len(segment.give(connection, "", enough))


def unknown_classes(connection: Connection, request: Request) -> Iterator[str]:
    """Give the classes of a request that no customer is in."""
    names = {name.casefold() for name in links.class_names(connection)}
    yield from (name for name in request.classes if name.casefold() not in names)


def refuse_empty(connection: Connection, parts: tuple[Segment, ...], request: Request, source: str) -> None:
    """Refuse a scope with nobody in it. Raises ``ConfigError`` naming what would help."""
    if any(isinstance(part, Listing | Moved) and not part.only_known for part in parts):
        return
    listed = [part.known if isinstance(part, Moved) else part for part in parts]
    if any(count(connection, part) for part in listed if isinstance(part, Listed)):
        return
    if request.listed:
        classes = (
            ", ".join(links.class_names(connection)) or "none; set them with 'customary edit CODE classes=..'"
        )
        nobody = "no customer of the hub is"
        if request.together is Together.BOTH and request.customers:
            nobody = "none of the customers named is"
        raise ConfigError(
            f"the scope is empty: {nobody} in the classes asked for. Classes that have customers: {classes}"
        )
    raise ConfigError(
        f"the scope is empty: the hub knows no customer of {source} yet. Load them with --initial-load,"
        ' set scope = "all", or name customers with --customers'
    )
