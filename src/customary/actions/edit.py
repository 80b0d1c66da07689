"""Changing customers by hand: a run like any other, so that it is limited, in the history and undoable."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from customary.actions.show import meant
from customary.errors import ConfigError, PlanRefused
from customary.model.change import Action, Change, Cycle, FieldChange, Held
from customary.model.fields import CUSTOMER, Fields, Kind, Value, read_decimal
from customary.model.limits import Limits
from customary.model.outcome import Level, Message, Outcome
from customary.model.run import EXIT_DONE, EXIT_ISSUES, EXIT_REFUSED, Request, State
from customary.stages.diff import diff
from customary.stages.plan import Refusal, page_digest, plan
from customary.stages.project import project
from customary.store import customers, edits, journal, runs, show
from customary.store.database import Store

HAND = "hand"
"""The source's name of a change by hand, in the history."""
BY_HAND = "by hand"
"""The rule of a change by hand."""
CODE = "code"
CLASSES = "classes"
"""Not a field of the customer but its customer classes; edited alike."""

_SEPARATORS = ",;\t"
_COLUMNS = "columns are separated by commas, semicolons or tabs"
_ENCODINGS = (
    "utf-8, windows-1252 (Excel in Western Europe and America), windows-1250 (Central Europe), utf-16"
)

CLASS_LENGTH = 120
"""Most characters of a customer class's name."""

_FIELDS = f"the fields are: {', '.join(name for name in (*CUSTOMER, CLASSES) if name != CODE)}"

_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""What no XML, and not every database, can hold; half a surrogate pair stands for a byte that is no UTF-8."""


class Edit(Struct, frozen=True):
    """What a person wants of one customer."""

    code: str
    fields: Fields
    classes: tuple[str, ...] | None = None
    """The classes it shall be in; ``None``: those that it is in."""


def read_edit(code: str, settings: Sequence[str]) -> Edit:
    """Read ``FIELD=VALUE`` settings; ``FIELD=`` clears a field. Raises ``ConfigError`` with every mistake."""
    pairs = [setting.partition("=") for setting in settings]
    wrong = [f"'{name}' is not FIELD=VALUE" for name, equals, _ in pairs if not equals]
    names = [name.strip() for name, _, _ in pairs]
    wrong += [f"'{name}' is given twice" for name in _repeated(names)]
    if wrong:
        raise ConfigError(wrong)
    return _edit(code, {name.strip(): value for name, _, value in pairs}, code)


def read_file(path: Path, encoding: str = "utf-8") -> list[Edit]:
    """Read edits from a CSV file with a column ``code`` and a column for each field (or ``classes``).

    Its heading tells what separates its columns: commas, semicolons or tabs. An empty cell leaves its field
    alone; ``""`` is written as ``-``, which clears it. Raises ``ConfigError`` with each mistake and its line.
    """
    heading, rows = _table(path, "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    problems = [f"{path}: column '{name}' stands in the heading twice" for name in _repeated(heading) if name]
    if CODE not in heading:
        problems.append(f"{path}: the heading has no column '{CODE}' ({_COLUMNS})")
    if problems or not rows:
        raise ConfigError(problems or f"{path}: there is no row under the heading")
    found: dict[str, Edit] = {}
    for line, row in rows:
        try:
            edit = _read_row(
                dict(zip(heading, row, strict=False)), row[len(heading) :], f"{path}, line {line}"
            )
        except ConfigError as error:
            problems += error.problems
            continue
        if edit.code in found:
            problems.append(f"{path}, line {line}: customer {edit.code} stands in the file twice")
        found[edit.code] = edit
    if problems:
        raise ConfigError(list(dict.fromkeys(problems)))
    return list(found.values())


def _table(path: Path, encoding: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Give a file's heading, and its rows with their lines. Raises ``ConfigError``."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            file.seek(0)
            separators = [mark for mark in _SEPARATORS if mark in first]
            reader = csv.reader(file, strict=True, delimiter=separators[0] if separators else ",")
            heading = [name.strip() for name in next(reader, [])]
            return heading, [(reader.line_num, row) for row in reader if row]
    except LookupError:
        raise ConfigError(f"there is no encoding '{encoding}'; the usual ones are {_ENCODINGS}") from None
    except UnicodeError:
        raise ConfigError(
            f"{path} is not text in {encoding.removesuffix('-sig')}. In Excel, save it as 'CSV UTF-8', or say"
            f" what it is in by --encoding; the usual ones are {_ENCODINGS}"
        ) from None
    except (OSError, csv.Error) as error:
        raise ConfigError(f"{path}: {error}") from None


def _read_row(cells: dict[str, str], more: Sequence[str], place: str) -> Edit:
    code = cells.pop(CODE, "").strip()
    if not code:
        raise ConfigError(f"{place}: no code")
    if any(more) or cells.pop("", ""):
        raise ConfigError(f"{place}: more cells than columns")
    return _edit(code, {name: "" if cell == "-" else cell for name, cell in cells.items() if cell}, place)


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _edit(code: str, settings: Mapping[str, str], place: str) -> Edit:
    fields: dict[str, Value] = {}
    classes: tuple[str, ...] | None = None
    problems: list[str] = []
    for name, text in settings.items():
        if name == CLASSES:
            classes = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
            if any(part.casefold() == "all" for part in classes):
                problems.append(f"{place}: 'all' cannot name a class: it means every class")
            if _CONTROLS.search(text):
                problems.append(f"{place}: {name}: it holds a character that is no text")
            long = [part for part in classes if len(part) > CLASS_LENGTH]
            problems += [f"{place}: a class has at most {CLASS_LENGTH} characters: '{part}'" for part in long]
        elif name not in CUSTOMER or name == CODE:
            near = get_close_matches(name, [*CUSTOMER, CLASSES], 1)
            hint = f"; did you mean '{near[0]}'?" if near and near[0] != CODE else ""
            what = "a customer's code cannot be changed" if name == CODE else f"there is no field '{name}'"
            problems.append(f"{place}: {what}{hint}")
            if not hint and name != CODE and _FIELDS not in problems:
                problems.append(_FIELDS)
        else:
            try:
                fields[name] = _value(name, text)
            except ValueError as error:
                problems.append(f"{place}: {name}: {error}")
    if problems:
        raise ConfigError(problems)
    return Edit(code, fields, classes)


def _value(name: str, text: str) -> Value:
    kind = CUSTOMER[name].kind
    if kind is Kind.TEXT or not text:
        if _CONTROLS.search(text):
            raise ValueError("it holds a character that is no text")
        return text
    if kind is Kind.FLAG:
        if text.casefold() not in _FLAGS:
            raise ValueError(f"'{text}' is neither yes nor no")
        return _FLAGS[text.casefold()]
    return read_decimal(text)


def edit(store: Store, wanted: Sequence[Edit], unit: str, limits: Limits) -> int:
    """Carry edits out as one run and give its id. A customer that the unit lacks is a rejected cycle.

    Raises ``PlanRefused`` when a limit would be passed, and ``runs.Busy`` while another edit is going on;
    nothing is written then but the refused run.
    """
    with store.write() as connection:
        run_id = runs.begin(connection, "edit", (HAND, "hub"), Request())
        epoch = runs.take(connection, run_id, HAND)
        cycles, held = _plan(connection, wanted, unit)
        changed = [cycle.change for cycle in cycles if cycle.change]
        known = customers.count(connection, unit)
        runs.set_values(connection, run_id, known=known, enumerated=len(wanted))
        decided = plan([], {Action.UPDATE: len(changed)}, known, limits)
        if isinstance(decided, Refusal):
            note = Message(level=Level.ERROR, text=decided.text)
            journal.write_messages(connection, run_id, [note])
            runs.finish(connection, run_id, State.REFUSED, EXIT_REFUSED)
        else:
            _apply(connection, run_id, changed, held)
            journal.write_cycles(connection, run_id, epoch, cycles, planned=False)
            runs.write_page(connection, run_id, _page(wanted, len(wanted) - len(cycles)))
            issues = any(cycle.outcome is Outcome.REJECTED for cycle in cycles)
            runs.finish(connection, run_id, State.SUCCEEDED, EXIT_ISSUES if issues else EXIT_DONE)
    if isinstance(decided, Refusal):
        raise PlanRefused(decided.text)
    return run_id


def _plan(connection: Connection, wanted: Sequence[Edit], unit: str) -> tuple[list[Cycle], dict[str, Held]]:
    identities = edits.identities(connection, unit, [edit.code for edit in wanted])
    names = tuple(dict.fromkeys(name for edit in wanted for name in edit.fields))
    between = (HAND, "hub")
    held = customers.read_held(connection, list(identities.values()), between, names, lock=True)
    classes = edits.classes_of(connection, list(identities.values()))
    missing = [edit.code for edit in wanted if identities.get(edit.code, "") not in held]
    alike = show.alike(connection, missing, unit) if missing else {}
    cycles: list[Cycle] = []
    for item in wanted:
        identity = identities.get(item.code, "")
        if identity not in held:
            text = f"business unit {unit} has no customer {item.code}{meant(alike.get(item.code, ()))}"
            cycles.append(_rejected(item.code, [Message(level=Level.ERROR, text=text)]))
            continue
        cycle = _changed(item, held[identity], classes.get(identity, ()))
        if cycle is not None:
            cycles.append(cycle)
    return [replace(cycle, number=number) for number, cycle in enumerate(cycles)], held


def _changed(item: Edit, held: Held, classes: tuple[str, ...]) -> Cycle | None:
    projected = project(item.fields, CUSTOMER)
    if projected.reasons:
        return _rejected(item.code, projected.reasons)
    changes = diff(projected.fields, held.fields, dict.fromkeys(item.fields, BY_HAND))
    if item.classes is not None and sorted(item.classes) != sorted(classes):
        before, after = ", ".join(classes), ", ".join(sorted(item.classes))
        changes = (*changes, FieldChange(CLASSES, before, after, BY_HAND))
    if not changes:
        return None
    change = Change(
        identity=held.identity,
        key=item.code,
        code=item.code,
        action=Action.UPDATE,
        fields=changes,
        target_version=held.version,
    )
    return Cycle(number=0, customer=item.code, outcome=Outcome.UPDATED, change=change)


def _apply(connection: Connection, run_id: int, changed: Sequence[Change], held: Mapping[str, Held]) -> None:
    fields: list[tuple[Change, Held]] = []
    classes: dict[str, list[str]] = {}
    for change in changed:
        own = tuple(item for item in change.fields if item.field != CLASSES)
        if own:
            fields.append((replace(change, fields=own), held[change.identity]))
        for item in change.fields:
            if item.field == CLASSES:
                classes[change.identity] = [name for name in str(item.after).split(", ") if name]
    customers.amend(connection, run_id, fields)
    edits.set_classes(connection, classes)


def _page(wanted: Sequence[Edit], unchanged: int) -> runs.PageRow:
    return runs.PageRow(
        number=0,
        segment=0,
        cursor=None,
        last=True,
        complete=False,
        keys=tuple(item.code for item in wanted),
        records=len(wanted),
        unchanged=unchanged,
        digest=page_digest(b""),
        applied=True,
    )


def _rejected(code: str, notes: Sequence[Message]) -> Cycle:
    return Cycle(number=0, customer=code, outcome=Outcome.REJECTED, messages=tuple(notes))
