"""Customers that the source has no more, and that are to go from another system as well.

They are planned only behind a complete enumeration, held against a limit of their own, carried out behind
everything else, and not at all when anything of the run went wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from sqlalchemy import Connection

from customary.connectors.contract import Written
from customary.engine.far import Far, Found
from customary.engine.planning import Work
from customary.model.change import Action, Change, Cycle, FieldChange
from customary.model.outcome import Level, Message, Outcome
from customary.store import journal, runs
from customary.store.database import reading, writing

GONE = "gone from the source"
"""The rule by which the fields of a customer that is deleted change."""


def plan_gone(
    key: str,
    identity: str,
    code: str,
    seen: tuple[Mapping[str, Found], Mapping[str, str]],
    far: Far,
) -> Cycle:
    """Plan the end of a customer that the source has no more under ``key``, and the target as ``code``.

    ``seen`` is what ``Far.find`` gave. Unchanged, where the target has it no more either.
    """
    there, unreadable = seen
    folded = far.target.fold(code)
    cycle = Cycle(number=0, customer=code, outcome=Outcome.UNCHANGED, identity=identity, key=key)
    if folded in unreadable:
        return replace(cycle, outcome=Outcome.FAILED, messages=(_error(unreadable[folded]),))
    found = there.get(folded)
    if found is None:
        return cycle
    fields = tuple(FieldChange(name, value, rule=GONE) for name, value in found.fields.items() if value != "")
    change = Change(
        identity=identity,
        key=key,
        code=found.record.key,
        action=Action.DELETE,
        fields=fields,
        target_version=found.version,
    )
    return replace(cycle, outcome=Outcome.DELETED, change=change)


def not_deleted(source: str, target: str) -> Message:
    """Say that what a listing lacks is not taken for gone."""
    return Message(
        level=Level.WARNING,
        text=f"nobody is deleted from {target}: the enumeration of {source}'s customers was not complete, or"
        " gave nobody at all",
    )


def still_there(keys: Sequence[str], most: int, between: tuple[str, str]) -> Message:
    """Say that the target still has customers that the source has no more; names ``most`` of them."""
    source, target = between
    names = ", ".join(keys[:most]) + (" and more" if len(keys) > most else "")
    return Message(
        level=Level.WARNING,
        text=f'{target} still has customers that {source} has no more: {names}. missing = "delete" of the'
        f" operation deletes them there; to keep one there and hear no more of it:"
        f" customary crossref unlink --system {target} --scope {source} {keys[0]}",
    )


def look_again(cycle: Cycle, change: Change, found: Found | None, far: Far) -> Cycle | None:
    """Look just before a customer is deleted: gives how its cycle ended instead, ``None`` to go on."""
    name = far.target.name
    if found is None:
        note = Message(level=Level.INFORMATION, text=f"{name} has no customer {change.code} any more")
        return replace(cycle, change=None, outcome=Outcome.SKIPPED, messages=(note,))
    if found.version != change.target_version:
        note = _error(
            f"{change.code} changed in {name} after this was planned, so it was not deleted: run it again"
        )
        return replace(cycle, change=None, outcome=Outcome.REJECTED, messages=(note,))
    return None


def what_became(found: Found | None, name: str) -> Written:
    """Tell by what is read back how a delete ended of which no answer came."""
    text = f"no answer came from {name}"
    if found is None:
        note = Message(level=Level.INFORMATION, text=f"{text}; it was found to be deleted")
        return Written(Outcome.DELETED, messages=(note,))
    return Written(
        Outcome.FAILED, messages=(_error(f"{text}, and it is still there: the next run tries again"),)
    )


def give_up(connection: Connection, work: Work) -> bool:
    """Skip all that is to be deleted where anything before went wrong, and say so; tells whether it did."""
    with reading(connection):
        wrong = journal.has_issues(connection, work.run, before_deletes=True)
    if not wrong:
        return False
    with writing(connection):
        runs.guard(connection, work.run, work.epoch)
        skipped = journal.skip_planned(connection, work.run)
        if skipped:
            source, target = work.between
            text = (
                f"customers that {source} has no more were not deleted from {target} ({skipped}), because"
                " others of this run were rejected, failed or are unknown: mend those, then run it again"
            )
            journal.write_once(connection, work.run, [Message(level=Level.WARNING, text=text)])
    return True


def _error(text: str) -> Message:
    return Message(level=Level.ERROR, text=text)
