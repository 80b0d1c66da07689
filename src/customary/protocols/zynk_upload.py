"""What a record of Zynk's customer XML asks for: typed values, codes to look up, or all reasons why not.

Section numbers name the fact sheet on Sage 200 customers (``facts/sage200.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from customary.protocols.zynk_fields import FIELDS
from customary.protocols.zynk_objects import LOOKUPS
from customary.protocols.zynk_read import CustomerRecord, Remark, default_contact
from customary.protocols.zynk_types import Edition, Field, Texts, Travel, Type
from customary.protocols.zynk_values import Value, read_value

EXTERNAL_ID: Final = "external_id"
ID: Final = "id"
REFERENCE: Final = "reference"

_CONTACTS = "contacts"
_CODES = {lookup.code_field: lookup.id_field for lookup in LOOKUPS}
_READ = {
    path: field
    for path, field in FIELDS.items()
    if field.travel is Travel.BOTH and field.type not in (Type.OBJECT, Type.ARRAY)
}


class UploadRules(Struct, frozen=True, kw_only=True):
    """How records are understood; a setting of the operation."""

    edition: Edition = Edition.EXTRA
    ignore_empty: bool = False
    """Take every empty element for a missing one: Zynk's own sample is full of them (section 8, guess)."""


class CustomerUpload(Struct, frozen=True, kw_only=True):
    """What one record says, as far as it can be told without asking Sage. Not to be sent with ``reasons``."""

    id: int | None = None
    """``None``: not given."""
    external_id: str = ""
    """``""``: not given; so too ``reference``."""
    reference: str = ""
    fields: Mapping[str, Value]
    """Path -> value, ``""`` to clear a text; those of the default contact begin with ``contacts.``. What is
    not in it stays as it is. The three identifiers are not in it."""
    codes: Mapping[str, str]
    """Path of an id -> the code given for it, such as ``currency_id`` -> ``GBP``; see ``LOOKUPS``. The id may
    stand in ``fields`` besides: whether they agree only Sage's lists can tell."""
    warnings: tuple[Remark, ...] = ()
    reasons: tuple[Remark, ...] = ()
    """Everything that is wrong with the record; empty for one that can be sent."""


def read_upload(record: CustomerRecord, rules: UploadRules) -> CustomerUpload:
    """Tell what a record asks for, and all that is wrong with it.

    A missing element leaves Sage's value alone. An empty one clears a text; for numbers, booleans, ids, codes
    and fields with a list of values it says nothing (section 8, guess). Read-only fields are ignored; those
    that the edition does not have are left out with a warning. Whether a new customer has a name is not
    looked at here, since an update needs none.
    """
    reading = _Reading(record, rules)
    reading.take(record.fields, "")
    reading.take_contact()
    reading.miss_codes()
    return CustomerUpload(
        id=reading.id,
        external_id=reading.identifiers.get(EXTERNAL_ID, ""),
        reference=reading.identifiers.get(REFERENCE, ""),
        fields=reading.fields,
        codes=reading.codes,
        warnings=tuple(reading.warnings),
        reasons=tuple(reading.reasons),
    )


class _Reading:
    """What is found out about one record."""

    def __init__(self, record: CustomerRecord, rules: UploadRules) -> None:
        self.record = record
        self.rules = rules
        self.contact: Texts = {}
        self.id: int | None = None
        self.identifiers: dict[str, str] = {}
        self.fields: dict[str, Value] = {}
        self.codes: dict[str, str] = {}
        self.reasons = list(record.reasons)
        self.warnings = [Remark(path, "is no element of this format; left out") for path in record.unknown]

    def take(self, texts: Texts, before: str) -> None:
        for name, text in texts.items():
            path = before + name
            field = _READ.get(path)
            if field is None:
                continue
            blank = not text or text.isspace()
            if field.extra_only and self.rules.edition is Edition.STANDARD:
                if not blank:
                    self.warnings.append(Remark(path, "only Sage 200 Extra has it; left out"))
            elif blank:
                self._clear(path, field)
            else:
                self._set(path, field, text)

    def take_contact(self) -> None:
        contacts = self.record.contacts
        if not contacts:
            return
        default = default_contact(self.record)
        if len(contacts) > 1:
            held = f"{len(contacts)} contacts are given"
            if self.rules.edition is Edition.STANDARD:
                self.reasons.append(Remark(_CONTACTS, f"{held}; Sage 200 Standard has one"))
                return
            self.warnings.append(
                Remark(_CONTACTS, f"{held}; only the default one, number {default + 1}, is uploaded")
            )
        self.contact = contacts[default]
        self.take(self.contact, f"{_CONTACTS}.")

    def miss_codes(self) -> None:
        # The id inside of an object is not read, so that saying nothing would lose what was meant.
        for lookup in LOOKUPS:
            if lookup.id_field in self.fields or lookup.id_field in self.codes:
                continue
            path = f"{lookup.thing}.{ID}"
            texts = self.contact if path.startswith(f"{_CONTACTS}.") else self.record.fields
            if texts.get(path.removeprefix(f"{_CONTACTS}."), "").strip():
                self.warnings.append(Remark(lookup.thing, f"has no code and there is no {lookup.id_field}"))

    def _set(self, path: str, field: Field, text: str) -> None:
        code_of = _CODES.get(path)
        plain = text.strip() if code_of or path in (EXTERNAL_ID, REFERENCE) else text
        try:
            value = read_value(field, plain)
        except ValueError as error:
            self.reasons.append(Remark(path, str(error)))
            return
        if code_of:
            self.codes[code_of] = str(value)
        elif path in (EXTERNAL_ID, REFERENCE):
            self.identifiers[path] = str(value)
        elif path == ID and isinstance(value, int):
            self.id = value
        else:
            self.fields[path] = value

    def _clear(self, path: str, field: Field) -> None:
        says_nothing = field.type is not Type.STRING or field.domain or path in _CODES
        if self.rules.ignore_empty or says_nothing or path in (EXTERNAL_ID, REFERENCE):
            return
        if field.required:
            self.reasons.append(Remark(path, "is required and empty"))
        else:
            self.fields[path] = ""
