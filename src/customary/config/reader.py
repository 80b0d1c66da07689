"""Reading the tables of a TOML file into frozen values, field by field, to tell every mistake at once."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, Meta, Struct
from msgspec.structs import FieldInfo

from customary.config.parameters import Parameters, parse
from customary.config.places import Place, find_lines, line_of, written
from customary.config.references import HOW, secret
from customary.errors import ConfigError
from customary.model.limits import Limit, parse_limit
from customary.model.secret import Secret

S = TypeVar("S", bound=Struct)

_WORDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}


class Reader:
    """One file being read, and the mistakes found in it so far."""

    def __init__(self, path: Path, text: str, environ: Mapping[str, str]) -> None:
        self.path = path
        self.environ = environ
        self._lines = find_lines(text)
        self._mistakes: list[tuple[int, str]] = []

    def where(self, place: Place) -> str:
        """Write where a setting stands: file, line and path in the file."""
        line = line_of(self._lines, place)
        file = f"{self.path.name}:{line}" if line else self.path.name
        return f"{file}: {written(place)}" if place else file

    def mistake(self, place: Place, text: str) -> None:
        """Keep a mistake; the same one at the same place is told once."""
        found = (line_of(self._lines, place), f"{self.where(place)}: {text}")
        if found not in self._mistakes:
            self._mistakes.append(found)

    def finish(self) -> None:
        """Raise ``ConfigError`` with every mistake, in the order of their lines, if there is any."""
        if self._mistakes:
            raise ConfigError([text for _, text in sorted(self._mistakes, key=lambda found: found[0])])

    def struct(self, kind: type[S], table: Any, place: Place, known: Collection[str] = ()) -> S | None:
        """Read a table into a struct; ``None``, and mistakes kept, when it cannot be.

        ``known`` are further keys that the table may have and that somebody else reads.
        """
        if not isinstance(table, Mapping):
            self.mistake(place, f"must be a table of settings, not {_named(table)}")
            return None
        fields = msgspec.structs.fields(kind)
        names = [*(field.encode_name for field in fields), *known]
        for key in table:
            if key not in names:
                self.mistake((*place, key), f"unknown setting; {nearest(key, names)}")
        values = {field.name: self._field(field, table, place) for field in fields}
        if any(value is UNSET for value in values.values()):
            return None
        try:
            return kind(**values)
        except (TypeError, ValueError) as error:  # what the struct's own __post_init__ refuses
            self.mistake(place, str(error))
            return None

    def value(self, kind: Any, raw: Any, place: Place) -> Any:
        """Read one value; ``UNSET``, and a mistake kept, when it is not of its kind."""
        bare = _bare(kind)
        try:
            if bare is Secret:
                return self._secret(raw, place)
            if bare is Path and isinstance(raw, str):
                return self._file(raw)
            if bare is Limit:
                return parse_limit(raw)
            if bare is Parameters and isinstance(raw, str):
                return parse(raw)
        except ConfigError as error:
            for problem in error.problems:
                self.mistake(place, problem)
            return UNSET
        if isinstance(bare, type) and issubclass(bare, Struct) and bare is not Parameters:
            read = self.struct(bare, raw, place)
            return UNSET if read is None else read
        return self._plain(kind, raw, place)

    def _field(self, field: FieldInfo, table: Mapping[str, Any], place: Place) -> Any:
        at = (*place, field.encode_name)
        if field.encode_name in table:
            return self.value(field.type, table[field.encode_name], at)
        if field.default is not NODEFAULT:
            return field.default
        if field.default_factory is not NODEFAULT:
            return field.default_factory()
        meaning = description(field.type)
        self.mistake(at, "is missing" + (f": {meaning}" if meaning else ""))
        return UNSET

    def _secret(self, raw: Any, place: Place) -> Secret:
        if not isinstance(raw, str):
            raise ConfigError(f"a secret is never written into this file; {HOW}")
        return secret(raw, self.where(place), self.path.parent, self.environ)

    def _file(self, name: str) -> Path:
        path = self.path.parent / Path(name).expanduser()
        if not path.is_file():
            raise ConfigError(f"there is no file {path}")
        return path

    def _plain(self, kind: Any, raw: Any, place: Place) -> Any:
        choices = _choices(_bare(kind))
        if choices and (isinstance(raw, bool) or raw not in choices):
            known = [str(choice) for choice in choices]
            self.mistake(place, f"{_shown(raw)} is not possible; {nearest(str(raw), known)}")
            return UNSET
        try:
            return msgspec.convert(raw, str if _bare(kind) is Parameters else kind)
        except msgspec.ValidationError as error:
            self.mistake(place, _plainly(str(error), kind))
            return UNSET


def nearest(word: str, known: Collection[str]) -> str:
    """Say which of the known words was probably meant, and which there are."""
    if not known:
        return "there are none"
    near = get_close_matches(word, known, 1)
    meant = f'did you mean "{near[0]}"? ' if near else ""
    return f"{meant}known: {', '.join(sorted(known))}"


def description(kind: Any) -> str:
    """Give what a field's annotation says about it, ``""`` if nothing."""
    return next((meta.description for meta in _metas(kind) if meta.description), "")


def _metas(kind: Any) -> list[Meta]:
    parts = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return [part for part in parts if isinstance(part, Meta)]


def _bare(kind: Any) -> Any:
    """Take ``Annotated`` and ``| None`` off a type: TOML has no null, so a value that is there is a value."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        others = [part for part in get_args(kind) if part is not type(None)]
        return _bare(others[0]) if len(others) == 1 else kind
    return kind


def _choices(kind: Any) -> tuple[str | int, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return ()


def _shown(raw: Any) -> str:
    return f'"{raw}"' if isinstance(raw, str | int | float) else _named(raw)


def _named(raw: Any) -> str:
    names = {str: "str", bool: "bool", int: "int", float: "float", list: "array", dict: "object"}
    return _WORDS.get(names.get(type(raw), ""), "a date or time")


def _plainly(text: str, kind: Any) -> str:
    """Put what msgspec says into the words of somebody who writes a configuration file."""
    examples = [example for meta in _metas(kind) for example in meta.examples or ()]
    if " matching regex " in text and examples:
        return f'is not of the right form; write it as "{examples[0]}"'
    said, _, path = text.partition(" - at ")
    item = re.search(r"\[(\d+)\]", path)
    said = re.sub(r"`(\w+)`", lambda name: _WORDS.get(name[1], name[1]), said)
    said = said.replace("Expected ", "must be ").replace(", got ", ", not ")
    return f"item {int(item[1]) + 1} {said}" if item else said
