"""The cross-reference by hand: rows of the truth table listed, linked and unlinked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import uuid_utils
from msgspec import Struct
from sqlalchemy import Connection

from customary.actions.uploading import BEGINNING, FORMAT
from customary.actions.workspace import Workspace
from customary.config.settings import Config
from customary.connectors.zynk.codec import is_external
from customary.errors import ConfigError, StoreError
from customary.model.run import HUB
from customary.protocols.zynk_truth import CUSTOMER_TYPE, TruthRecord
from customary.store import remote, runs, truth
from customary.store.database import Conflict, Store, writing_again
from customary.store.truth import Between, Link, Linked, Truth

PAGE = 500
"""Rows of one transaction of an import, and of one look at the hub."""


External = Callable[[str, str], bool]
"""Whether a key of a scope is an external id, and not one that an upload made up for want of one."""


class Table(Struct, frozen=True, kw_only=True):
    """Whose truth table is meant: the external ids of ``scope``, and the keys of ``system``."""

    scope: str
    system: str
    fold_external: Callable[[str], str]
    fold: Callable[[str], str]
    external: External
    unit: str = ""
    """Business unit of the hub that the system's customers belong to."""

    @property
    def between(self) -> Between:
        """The two systems that its rows are between."""
        return self.scope, self.system


def uploaded_to(system: str) -> str:
    """Name the system by whose external ids customers are known that are uploaded to ``system`` in files."""
    return f"{BEGINNING}{system}"


def external_in(config: Config) -> External:
    """Tell external ids from the keys that files without them are given."""
    files = {name for name, system in config.systems.items() if system.connector == FORMAT}
    return lambda scope, key: not (scope.startswith(BEGINNING) or scope in files) or is_external(key)


def table(workspace: Workspace, system: str | None, scope: str | None) -> Table:
    """Give the truth table of a system, or of the only one, in a scope, or in that of its uploads.

    Raises ``ConfigError`` when there is no such system, or when it must be chosen.
    """
    names = list(workspace.config.systems)
    if system is None and len(names) != 1:
        known = ", ".join(names) or "none"
        raise ConfigError(f"say whose keys are meant: --system NAME; configured: {known}")
    name = system or names[0]
    fold = _fold(workspace, name)
    chosen = scope or uploaded_to(name)
    if chosen == name:
        raise ConfigError(f"--scope {chosen} is the system itself; name the one that has the external ids")
    fold_external = _fold(workspace, chosen) if chosen in names else truth.fold_external
    return Table(
        scope=chosen,
        system=name,
        fold_external=fold_external,
        fold=fold,
        external=external_in(workspace.config),
        unit=workspace.system(name).business_unit,
    )


def rows(store: Store, of: Table, scope: str | None) -> Iterator[Truth]:
    """Give the rows of a system's truth table, in one scope or in all, by scope and external id."""
    after = ("", "")
    while True:
        with store.read() as connection:
            found = truth.page(connection, of.system, scope, after, PAGE)
        if not found:
            return
        yield from (row for _, row in found if of.external(row.scope, row.external_id))
        after = found[-1][0]


def link(store: Store, of: Table, external_id: str, internal_id: str) -> None:
    """Link an external id to a system's key. Raises ``ConfigError`` when either is linked already."""
    record = TruthRecord(type=CUSTOMER_TYPE, internal_id=internal_id, external_id=external_id)
    empty = [name for name, text in (("external id", external_id), ("key", internal_id)) if not text.strip()]
    if empty:
        raise ConfigError(f"the {' and the '.join(empty)} must not be empty")
    (result,) = enter(store, of, [record])
    if isinstance(result, str):
        raise ConfigError(result)
    if not result:
        raise ConfigError(f"{external_id} of {of.scope} is linked to {of.system} {internal_id} already")


def unlink(store: Store, of: Table, external_id: str) -> str:
    """Take the link of an external id away; gives the key that it was linked to.

    The scope ``hub`` has the codes of the hub's own customers that were written to the system.

    Raises ``ConfigError`` when it is linked to none.
    """
    with store.write() as connection:
        if of.scope == HUB:
            internal_id = remote.unlink_from_hub(connection, of.unit, external_id, of.system)
        else:
            internal_id = truth.unlink(connection, of.between, of.fold_external(external_id))
    if internal_id is None:
        raise ConfigError(f"{external_id} of {of.scope} is linked to no customer of {of.system}")
    return internal_id


def enter(store: Store, of: Table, records: Sequence[TruthRecord]) -> list[str | bool]:
    """Enter records as one; for each, whether it is new, or why it cannot be entered.

    Raises ``StoreError`` when others got in between each time.
    """
    results: list[str | bool] = []
    with store.connection() as connection:
        try:
            for attempt in writing_again(connection):
                with attempt:
                    results = _decide(connection, of, records)
        except Conflict as error:
            raise StoreError(f"{error}; try again") from None
    return results


def _decide(connection: Connection, of: Table, records: Sequence[TruthRecord]) -> list[str | bool]:
    folded = [(of.fold_external(each.external_id), of.fold(each.internal_id)) for each in records]
    known = truth.linked(connection, of.between, [pair[0] for pair in folded], [pair[1] for pair in folded])
    now = runs.now()
    links: list[Link] = []
    renamed: list[Link] = []
    results: list[str | bool] = []
    for record, (external, internal) in zip(records, folded, strict=True):
        problem = _problem(of, known, record, (external, internal))
        before = known.external.get(external) or known.internal.get(internal)
        identity = before or str(uuid_utils.uuid7())
        new = _new_links(of, known, record, (external, internal))
        if problem is None:
            for made in (_link(record, *each, identity, now) for each in new):
                takes = made.system == of.scope and identity in known.external_of
                (renamed if takes else links).append(made)
            known.external[external] = known.internal[internal] = identity
            known.external_of[identity], known.internal_of[identity] = record.external_id, record.internal_id
        results.append(problem if problem is not None else bool(new))
    for made in renamed:
        truth.rename(connection, made)
    truth.enter(connection, links)
    return results


def _new_links(
    of: Table, known: Linked, record: TruthRecord, folded: tuple[str, str]
) -> list[tuple[str, str, str]]:
    new = []
    if folded[0] not in known.external:
        new.append((of.scope, folded[0], record.external_id))
    if folded[1] not in known.internal:
        new.append((of.system, folded[1], record.internal_id))
    return new


def _link(record: TruthRecord, system: str, folded: str, key: str, identity: str, now: datetime) -> Link:
    return Link(
        system=system,
        folded=folded,
        key=key,
        identity=identity,
        type=record.type,
        hash=record.hash,
        created=record.created or now,
        modified=record.modified or record.created or now,
    )


def _problem(of: Table, known: Linked, record: TruthRecord, folded: tuple[str, str]) -> str | None:
    """Say why a record cannot be entered; ``None``: it can, or stands there already."""
    by_external, by_internal = known.external.get(folded[0]), known.internal.get(folded[1])
    if by_external is not None and by_external == by_internal:
        return None
    first = f"customary crossref unlink --system {of.system} --scope {of.scope}"
    if by_external is not None and (other := known.internal_of.get(by_external)):
        return (
            f"{record.external_id} of {of.scope} is linked to {of.system} {other} already;"
            f" take that away first: {first} {record.external_id}"
        )
    other = known.external_of.get(by_internal, "") if by_internal is not None else ""
    if other and of.external(of.scope, other):
        return (
            f"{of.system} {record.internal_id} is linked to {other} of {of.scope} already;"
            f" take that away first: {first} {other}"
        )
    if by_external is not None and by_internal is not None:
        return (
            f"{record.external_id} of {of.scope} and {of.system} {record.internal_id} are two customers here;"
            " see them by: customary crossref list"
        )
    return None


def _fold(workspace: Workspace, system: str) -> Callable[[str], str]:
    source = workspace.open_source(workspace.system(system), "customary crossref")
    source.close()  # comparing keys needs no connection
    return source.fold
