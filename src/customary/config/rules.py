"""What must hold between the settings of a configuration: names that others refer to, times, addresses.

The rules look at the file's raw tables, so that a mistake elsewhere in a table hides nothing. A value of the
wrong type is left to the reader, which tells it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from customary.config.mailbox import read_mailbox
from customary.config.places import Place
from customary.config.reader import Reader, nearest
from customary.config.settings import Command
from customary.errors import ConfigError
from customary.model import reference_list
from customary.model.run import HUB

Table = Mapping[str, Any]

_LAST_PORT = 65_535
_RANDOM = re.compile(r"\br\b", re.IGNORECASE)


def check(document: Table, commands: Mapping[str, Command], reader: Reader) -> None:
    """Tell ``reader`` every mistake between the settings of ``document``.

    ``commands`` are the commands that exist, each with what its source and target must be.
    """
    _business_units(document, reader)
    _mail(table(document, "mail"), reader)
    _web(table(document, "web"), reader)
    operations = tables(document, "operation")
    _unique("operation", "name", operations, reader)
    for number, operation in enumerate(operations, 1):
        place: Place = ("operation", number)
        _name(operation, place, reader)
        _systems(operation, document, place, reader)
        _command(operation, document, commands, place, reader)
        if operation.get("modified") is True and operation.get("parameters"):
            text = "whoever names customers means these, changed or not; leave out this or the parameters"
            reader.mistake((*place, "modified"), text)
        if operation.get("missing") == "delete":
            _missing(operation, document, commands, (*place, "missing"), reader)
        _schedule(table(operation, "schedule"), (*place, "schedule"), reader)
        if "notify" in operation:
            _notify(table(operation, "notify"), "mail" in document, (*place, "notify"), reader)


def table(parent: Table, name: str) -> Table:
    """Give a table's own table of this name, empty where there is none."""
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}


def tables(parent: Table, name: str) -> list[Table]:
    """Give a table's list of tables of this name, empty where there is none."""
    found = parent.get(name)
    return [item if isinstance(item, Mapping) else {} for item in found] if isinstance(found, list) else []


def business_unit_of(document: Table, system: Table) -> Any:
    """Give the business unit that a system belongs to: the one it names, or the only one that there is."""
    units = tables(document, "business_unit")
    return system.get("business_unit", units[0].get("code") if len(units) == 1 else None)


def _business_units(document: Table, reader: Reader) -> None:
    units = tables(document, "business_unit")
    _unique("business_unit", "code", units, reader)
    for number, unit in enumerate(units, 1):
        closed = unit.get("closed_lists")
        for name in closed if isinstance(closed, list) else []:
            if isinstance(name, str) and (problem := reference_list.unknown(name)):
                reader.mistake(("business_unit", number, "closed_lists"), problem)
    codes = {str(unit.get("code")) for unit in units}
    for name, system in table(document, "systems").items():
        if not isinstance(system, Mapping):
            continue
        place: Place = ("systems", name, "business_unit")
        unit = business_unit_of(document, system)
        if unit is None:
            reader.mistake(place, f"is missing; {nearest('', codes)}; a business unit is a [[business_unit]]")
        elif isinstance(unit, str) and unit not in codes:
            reader.mistake(place, f'no [[business_unit]] has the code "{unit}"; {nearest(unit, codes)}')
        for native, iso in table(system, "currencies").items():
            if isinstance(iso, str) and not (
                len(iso) == 3 and iso.isascii() and iso.isalpha() and iso.isupper()
            ):
                at = ("systems", name, "currencies", native)
                reader.mistake(at, f'"{iso}" is not an ISO 4217 code; write three capital letters, as USD')


def _unique(list_name: str, key: str, items: list[Table], reader: Reader) -> None:
    first: dict[str, int] = {}
    for number, item in enumerate(items, 1):
        name = item.get(key)
        if isinstance(name, str) and first.setdefault(name, number) != number:
            other = f"{list_name}[{first[name]}]"
            reader.mistake(
                (list_name, number, key), f'"{name}" is already the {key} of {other}; choose another'
            )


def _name(operation: Table, place: Place, reader: Reader) -> None:
    name = operation.get("name")
    if isinstance(name, str) and (not name.isprintable() or name != name.strip()):
        reader.mistake((*place, "name"), "must be one line of visible characters, without blanks around it")


def _systems(operation: Table, document: Table, place: Place, reader: Reader) -> None:
    known = [*table(document, "systems"), HUB]
    for end in ("source", "target"):
        name = operation.get(end)
        if isinstance(name, str) and name not in known:
            reader.mistake((*place, end), f'there is no system "{name}"; {nearest(name, known)}')
    source, target = operation.get("source"), operation.get("target")
    if isinstance(source, str) and source == target:
        reader.mistake((*place, "target"), f'"{source}" is the source as well; they must be two systems')


def _command(
    operation: Table, document: Table, commands: Mapping[str, Command], place: Place, reader: Reader
) -> None:
    name, source, target = (operation.get(word) for word in ("command", "source", "target"))
    if not isinstance(name, str):
        return
    if name not in commands:
        reader.mistake((*place, "command"), f'there is no command "{name}"; {nearest(name, commands)}')
        return
    command = commands[name]
    connector = HUB if source == HUB else table(table(document, "systems"), str(source)).get("connector", "")
    if command.reads and connector and connector != command.reads:
        text = f'{name} reads from a system whose connector is "{command.reads}", and "{source}" is not one'
        reader.mistake((*place, "source"), text)
    if isinstance(target, str) and (target == HUB) != (command.writes == HUB):
        goal = 'to the hub: write target = "hub"' if command.writes == HUB else "to a system, not to the hub"
        reader.mistake((*place, "target"), f"{name} writes {goal}")


def _missing(
    operation: Table, document: Table, commands: Mapping[str, Command], place: Place, reader: Reader
) -> None:
    """Hold that customers are only deleted where it can be known that they are gone, and can be done."""
    name, source, target = (str(operation.get(word, "")) for word in ("command", "source", "target"))
    if operation.get("scope") != "all" or operation.get("modified") is True or operation.get("parameters"):
        text = 'only whom a whole enumeration lacks is deleted: write scope = "all", without'
        reader.mistake(place, f"{text} modified and parameters")
    if (command := commands.get(name)) is None:
        return
    systems = table(document, "systems")
    goal, origin = (table(systems, system).get("connector") for system in (target, source))
    if target == HUB or (goal and goal not in command.deletes):
        reader.mistake(place, f'{name} deletes no customers from "{target}"; leave it out')
    if origin in command.only_some:
        text = f'"{source}" only has the customers to be dealt with, so nobody is missing in it'
        reader.mistake(place, f"{text}; leave it out")


def _schedule(schedule: Table, place: Place, reader: Reader) -> None:
    cron, zone = schedule.get("cron"), schedule.get("time_zone")
    if isinstance(cron, str) and (problem := _cron_problem(cron)):
        at = (*place, "cron")
        reader.mistake(
            at, f'"{cron}" {problem}; write five fields, as "*/15 6-20 * * 1-5": minute, hour, day, ...'
        )
    if isinstance(zone, str) and not _is_time_zone(zone):
        near = nearest(zone, available_timezones()).partition("known: ")[0]
        at = (*place, "time_zone")
        reader.mistake(at, f'there is no time zone "{zone}"; {near}write one as "Europe/London" or "UTC"')


def _cron_problem(cron: str) -> str:
    """Say what is wrong with a cron expression, ``""`` if nothing; a random time (``R``) is no schedule."""
    from croniter import CroniterBadDateError, croniter

    if len(cron.split()) != 5 or _RANDOM.search(cron) or not croniter.is_valid(cron):
        return "is not a cron expression"
    try:
        croniter(cron, datetime.now(UTC)).get_next(datetime)
    except CroniterBadDateError:
        return "never comes"
    return ""


def _is_time_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (OSError, ValueError, KeyError):  # a folder's name, a path, an unknown name
        return False


def _mail(mail: Table, reader: Reader) -> None:
    for problem in _bad_mailboxes([mail.get("from")]):
        reader.mistake(("mail", "from"), problem)
    listed = mail.get("to")
    for problem in _bad_mailboxes(listed if isinstance(listed, list) else []):
        reader.mistake(("mail", "to"), problem)
    if "password" in mail and not mail.get("username"):
        reader.mistake(("mail", "username"), "is missing: there is a password")
    if mail.get("username") and "password" not in mail:
        reader.mistake(("mail", "password"), "is missing: there is a username")
    if mail.get("security") == "none" and mail.get("username"):
        text = 'a logon would send the password readably; use "starttls" or "tls", or no username'
        reader.mistake(("mail", "security"), text)


def _web(web: Table, reader: Reader) -> None:
    for name, other in (("certificate", "key"), ("key", "certificate")):
        if name in web and other not in web:
            reader.mistake(("web", other), f"is missing: there is a {name}")
    listen = web.get("listen")
    port = listen.rpartition(":")[2] if isinstance(listen, str) else ""
    if port.isdecimal() and int(port) > _LAST_PORT:
        reader.mistake(("web", "listen"), f"there is no port {port}; they go to {_LAST_PORT}")


def _notify(notify: Table, has_mail: bool, place: Place, reader: Reader) -> None:
    for name in ("to", "cc"):
        listed = notify.get(name)
        for problem in _bad_mailboxes(listed if isinstance(listed, list) else []):
            reader.mistake((*place, name), problem)
    if notify.get("when") == "never":
        return
    if not notify.get("to"):
        reader.mistake((*place, "to"), "is missing: nobody would get the mail")
    if not has_mail:
        reader.mistake(
            place, "mail is asked for and no [mail] says how to send it; add [mail] with host and from"
        )


def _bad_mailboxes(texts: Collection[Any]) -> Iterator[str]:
    for text in texts:
        try:
            if isinstance(text, str):
                read_mailbox(text)
        except ConfigError as error:
            yield str(error)
