"""The component StandardTextLanguageVariants: where existing standard texts are changed (12, documented)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from customary.components.elements import STANDARD_TEXT, TEXT_KEYS
from customary.components.item_customer import detach
from customary.components.reading import Values, error, key_of, missing, read_values, unknown
from customary.components.records import TEXT_KINDS, text_record
from customary.components.references import References
from customary.components.work import Done, Unrelated, Work
from customary.model.change import Action, FieldChange
from customary.protocols.ssc_record import Record, field
from customary.store import standard_texts

NAME = "StandardTextLanguageVariants"


class StandardTextComponent(Unrelated):
    """The component StandardTextLanguageVariants."""

    name = NAME
    keys = frozenset(TEXT_KEYS)
    kinds = TEXT_KINDS

    def key(self, record: Record) -> str:
        """Give a text's class, code and language, folded."""
        return _key(record)

    def page(self, work: Work, records: Sequence[Record]) -> StandardTextPage:
        """Read the texts of a page."""
        return StandardTextPage(work, records)

    def rows(self, work: Work, customers: Collection[str] | None) -> Iterator[Record]:
        """Give the business unit's standard texts; they belong to no customer."""
        if customers is None:
            yield from map(text_record, standard_texts.all_texts(work.connection, work.unit))

    def doomed(self, work: Work) -> Iterable[Record]:  # noqa: ARG002  # as every component
        """Give nothing: no method of this component synchronises."""
        return ()

    def count(self, work: Work) -> int:  # noqa: ARG002  # as every component
        """Count nothing, for the same reason."""
        return 0


class StandardTextPage:
    """The texts of one page, as they are and as the records before have left them."""

    def __init__(self, work: Work, records: Sequence[Record]) -> None:
        self._work = work
        keys = sorted({_key(record) for record in records} - {""})
        self._held = standard_texts.find(work.connection, work.unit, keys)
        self._references = References(work)

    def decide(self, record: Record) -> Done:
        """Settle what becomes of a record."""
        method, key = self._work.method, _key(record)
        held = self._held.get(key) if key else None
        sent = [field(name, str(record.value(name) or "")) for name in TEXT_KEYS]
        notes = missing(record, TEXT_KEYS, NAME, "every standard text")
        shown = " ".join(text.text for text in sent)
        if key and held is None and not method.creates:
            notes.append(error(f"standard text {shown} does not exist", NAME))
        if held is not None and not (method.amends or method.deletes):
            notes.append(error(f"standard text {shown} already exists", NAME))
        after: Values = {}
        if not method.deletes:
            values, wrong = read_values(record, STANDARD_TEXT, held or {}, self._work.way, NAME)
            notes += [*wrong, *unknown(record, STANDARD_TEXT, (), self._work.way, NAME)]
            notes += self._references.check(values, held or {}, STANDARD_TEXT, NAME)
            kept = {name: held[name] for name in TEXT_KEYS} if held else {}
            after = {name: value for name, value in {**(held or {}), **values, **kept}.items() if value != ""}
        done = Done(
            record=record,
            answer=Record(NAME, "", (), tuple(sent)),
            customer=f"standard text {shown}" if key else "",
            messages=tuple(notes),
        )
        if done.failed or after == (held or {}):
            return done
        return self._settled(done, key, after)

    def write(self, done: Sequence[Done]) -> None:
        """Write what was settled."""
        writes: list[tuple[str, Values]] = [item.write for item in done if item.action]
        put = {key: text for key, text in writes if text}
        standard_texts.put(self._work.connection, self._work.unit, put)
        gone = [key for key, text in writes if not text]
        if gone:
            standard_texts.delete(self._work.connection, self._work.unit, gone)
            detach(self._work, gone)

    def _settled(self, done: Done, key: str, after: Values) -> Done:
        held = self._held.get(key, {})
        rule = f"{NAME}/{self._work.method.name}"
        changes = tuple(
            FieldChange(f"sunsystems.{NAME}.{name}", held.get(name, UNSET), after.get(name, UNSET), rule)
            for name in STANDARD_TEXT
            if held.get(name) != after.get(name)
        )
        action = Action.DELETE if not after else Action.UPDATE if held else Action.CREATE
        if after:
            self._held[key] = after
        else:
            del self._held[key]
        return replace(done, action=action, changes=changes, write=(key, after))


def _key(record: Record) -> str:
    values = {name: str(record.value(name) or "").strip() for name in TEXT_KEYS}
    return key_of(values, TEXT_KEYS) if all(values.values()) else ""
