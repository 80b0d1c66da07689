"""A target's mapping read backwards: the customer's fields in the words of the system they go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from msgspec import UNSET

from customary.mapping.spec import FieldMapping, Row, carried_name
from customary.model.change import SOURCE_OWNS, FieldChange
from customary.model.fields import CUSTOMER, Field, Fields, FieldTable, Kind, Maybe, Value, read_decimal
from customary.model.outcome import Level, Message
from customary.model.source import Native


class Outgoing:
    """How customer fields become the native fields of one target, and changes of those are told."""

    def __init__(self, mapping: FieldMapping, holds: FieldTable, words: str) -> None:
        """Read ``mapping`` backwards, as far as the target ``holds`` its native fields.

        ``words`` says whose words the source uses: where they are the target's own, codes go over as they
        are; elsewhere the codes of the look-up tables come first, being those that both sides understand.
        """
        self.holds = holds
        self._words = mapping.words
        self._own = words == mapping.words
        self._rows: dict[str, list[Row]] = {}
        for row in mapping.rows:
            if row.native in holds:
                self._rows.setdefault(row.native, []).append(row)
        for rows in self._rows.values():
            rows.sort(key=lambda row: bool(row.lookup) == self._own)
        self._codes = {
            name: {value: code for code, value in table.items() if code}  # a user's entries come last
            for name, table in mapping.lookups.items()
        }
        self._natives = {row.field: native for native, rows in self._rows.items() for row in rows}

    def takes(self, fields: Fields) -> Fields:
        """Keep the fields that go over: one for each native field, none that the target has no place for."""
        kept: dict[str, Value] = {}
        for rows in self._rows.values():
            row = next(
                (row for row in rows if self._text(row, fields.get(row.field, UNSET)) is not None), None
            )
            if row is not None:
                kept[row.field] = fields[row.field]
        return {name: value for name, value in fields.items() if name in kept}

    def lacks(self, fields: Fields) -> list[str]:
        """Name the customer fields that say something and that the target has no place for.

        What only the source's own words have is no customer field, and goes to others like it only.
        """
        here = (name for name, value in fields.items() if value and name in CUSTOMER)
        return [name for name in here if name not in self._natives]

    def native(self, fields: Fields) -> dict[str, str]:
        """Write fields that go over (``takes``) as the target's native texts."""
        texts: dict[str, str] = {}
        for native, rows in self._rows.items():
            for row in rows:
                text = self._text(row, fields.get(row.field, UNSET))
                if text is not None:
                    texts[native] = text
                    break
        return texts

    def problems(self, native: Native) -> list[Message]:
        """Give every reason why the target cannot hold these texts. Nothing is cut off."""
        return [
            Message(
                level=Level.ERROR, field=self.name(name), text=f"{name} {problem}, and nothing is cut off"
            )
            for name, text in native.items()
            if name in self.holds and (problem := _problem(self.holds[name], text))
        ]

    def changes(self, desired: Native, held: Native, rules: Mapping[str, str]) -> tuple[FieldChange, ...]:
        """Give what must change so that a record which is ``held`` has the ``desired`` texts.

        ``rules`` names a customer field's rule where it is not that the source owns it.
        """
        changes = []
        for native, text in desired.items():
            before = held.get(native)
            if before is not None and self.same(native, before, text):
                continue
            name = self.name(native)
            old = UNSET if before is None else self._value(native, before)
            changes.append(FieldChange(name, old, self._value(native, text), rules.get(name, SOURCE_OWNS)))
        return tuple(changes)

    def texts(self, changes: Iterable[FieldChange]) -> dict[str, str]:
        """Give the native texts that changes made by ``changes`` ask for."""
        return {self._native_of(item.field): _written(item.after) for item in changes}

    def same(self, native: str, one: str, other: str) -> bool:
        """Whether two texts of a native field say the same."""
        return one == other or self._value(native, one) == self._value(native, other)

    def name(self, native: str) -> str:
        """Name the customer field of a native field."""
        rows = self._rows.get(native)
        return rows[0].field if rows else carried_name(self._words, native)

    def _native_of(self, name: str) -> str:
        return self._natives.get(name) or name.removeprefix(f"{self._words}.")

    def _text(self, row: Row, value: Maybe) -> str | None:
        """Write a value as the row's native text; ``None`` where there is nothing to write."""
        if value is UNSET:
            return None
        if row.lookup and value:
            return self._codes.get(row.lookup, {}).get(str(value))
        if row.lookup and not self._own:  # blank: its table did not know the code, which says nothing here
            return None
        return _written(value)

    def _value(self, native: str, text: str) -> Value:
        kind = self.holds[native].kind if native in self.holds else Kind.TEXT
        if kind is Kind.FLAG and text in _FLAGS:
            return _FLAGS[text]
        if kind is Kind.DECIMAL and text:
            try:
                return read_decimal(text)
            except ValueError:
                return text
        return text


_FLAGS = {"true": True, "false": False}


def _written(value: Maybe) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is UNSET else str(value)


def _problem(field: Field, text: str) -> str:
    if not text:
        return ""
    if field.kind is Kind.FLAG:
        return "" if text in _FLAGS else f"is '{text}', and the target takes true or false"
    if field.kind is Kind.TEXT:
        long = field.length and len(text) > field.length
        return f"has {len(text)} characters; the target holds at most {field.length}" if long else ""
    try:
        whole, _, fraction = read_decimal(text).lstrip("-").partition(".")
    except ValueError as error:
        return str(error)
    if (field.length and len(whole) > field.length) or len(fraction) > field.decimals:
        return f"is {text}; the target holds at most {field.length} digits and {field.decimals} decimals"
    return ""


def version(native: Native) -> int:
    """Give the version of a record that has none of its own: a digest of 63 bits, never 0."""
    told = "\x1f".join(f"{name}\x1e{native[name]}" for name in sorted(native))
    digest = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1 or 1
