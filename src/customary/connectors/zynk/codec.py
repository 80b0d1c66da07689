"""Records of the file as native records of Sage 200, under keys that stay the same for ever. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct

from customary.model.outcome import Level, Message
from customary.model.source import Named, Native, Record, Trouble
from customary.protocols.zynk_fields import FIELDS
from customary.protocols.zynk_objects import LOOKUPS
from customary.protocols.zynk_read import CustomerRecord
from customary.protocols.zynk_types import Travel, Type
from customary.protocols.zynk_upload import EXTERNAL_ID, ID, REFERENCE, UploadRules, read_upload
from customary.protocols.zynk_values import Value, write_moment

REFERENCED: Final = "reference:"
NUMBERED: Final = "id:"
CALLED: Final = "name:"
"""What the key of a record without an external id begins with."""
CONTACTS: Final = "contacts"
"""Native field: how many contacts a record has, where it is more than one."""

_LONGEST: Final = 255
"""The most characters of an external id (facts/sage200.md 14, documented)."""
_ID_DIGITS: Final = 18
_NUMBERED: Final = re.compile(r"record \d+")


def native_name(path: str) -> str:
    """Give the native name of an element, as Sage 200's connector calls it."""
    return path.replace("contacts.", "contact.", 1).replace("currency_iso_code.", "")


NATIVES: Final = (
    *(
        native_name(path)
        for path, field in FIELDS.items()
        if field.travel is Travel.BOTH
        and field.type not in (Type.OBJECT, Type.ARRAY)
        and path not in (EXTERNAL_ID, ID)
    ),
    CONTACTS,
)
"""All native fields that a record can have."""

_CODES: Final = {lookup.id_field: native_name(lookup.code_field) for lookup in LOOKUPS}


class Names(Struct, frozen=True):
    """By what a record is told from others; ``""`` where it does not say."""

    external_id: str = ""
    id: str = ""
    reference: str = ""
    name: str = ""

    def key(self, number: int) -> str:
        """Give the record's key: the same for the same customer, whenever and wherever it stands."""
        if 0 < len(self.external_id) <= _LONGEST:
            return self.external_id
        for begin, text in ((REFERENCED, self.reference), (NUMBERED, self.id), (CALLED, self.name)):
            if 0 < len(text) <= _LONGEST:
                return begin + text
        return numbered(number)

    def told(self) -> Iterator[tuple[str, str]]:
        """Give what no other record of the file may have: what it is, and its folded form."""
        if self.external_id:
            yield "external id", self.external_id
        if self.id:
            yield "id", self.id
        if self.reference:
            yield "reference", self.reference.casefold()
        if self.name and not (self.external_id or self.id or self.reference):
            yield "name, and nothing else that tells them apart", self.name.casefold()


def numbered(number: int) -> str:
    """Give the key of a record that has none of its own, or somebody else's."""
    return f"record {number}"


def is_external(key: str) -> bool:
    """Tell whether a record's key is an external id, and not made of what the record has instead."""
    return not key.startswith((REFERENCED, NUMBERED, CALLED)) and not _NUMBERED.fullmatch(key)


def names_of(record: CustomerRecord) -> Names:
    """Read by what a record is told from others, whether or not it can be taken."""
    external, id_, reference, name = (
        record.fields.get(path, "").strip() for path in (EXTERNAL_ID, ID, REFERENCE, "name")
    )
    whole = id_.isascii() and id_.isdigit() and len(id_) <= _ID_DIGITS
    return Names(external, str(int(id_)) if whole else id_, reference, name)


def folded(key: str) -> str:
    """Bring a key into the form that is compared: references and names without case."""
    for begin in (REFERENCED, CALLED):
        if key.startswith(begin):
            return begin + key.removeprefix(begin).strip().casefold()
    return key


class Understood(Struct, frozen=True):
    """What a record is: a customer, or the reasons why it cannot be taken."""

    key: str
    record: Record | None
    trouble: Trouble | None = None
    notices: tuple[Message, ...] = ()


def understand(record: CustomerRecord, key: str, rules: UploadRules) -> Understood:
    """Read a record under its key. Read-only fields are ignored, as the page says."""
    upload = read_upload(record, rules)
    notices = tuple(
        Message(level=Level.WARNING, text=str(remark), field=remark.field, customer=key)
        for remark in upload.warnings
        if remark.field != CONTACTS  # whether there may be several is for the target to say
    )
    if upload.reasons:
        reasons = "; ".join(str(reason) for reason in upload.reasons)
        return Understood(key, None, Trouble(key, f"{_place(record)}: {reasons}"), notices)
    native = {native_name(path): _text(value) for path, value in upload.fields.items()}
    native |= {_CODES[path]: code for path, code in upload.codes.items()}
    if upload.reference:
        native[REFERENCE] = upload.reference
    if len(record.contacts) > 1:
        native[CONTACTS] = str(len(record.contacts))
    named = Named("" if upload.id is None else str(upload.id), upload.reference)
    own = key == names_of(record).external_id
    return Understood(key, Record(key, native, target=named, lasting=own), None, notices)


def repeated(record: CustomerRecord, key: str, what: str, earlier: int) -> Understood:
    """Refuse a record that says it is an earlier one."""
    text = f"{_place(record)}: it has the same {what} as record {earlier}: take one of them out, or mend it"
    return Understood(key, None, Trouble(key, text))


def chosen(native: Native, fields: frozenset[str]) -> Native:
    """Give those native fields that are asked for."""
    return {name: text for name, text in native.items() if name in fields}


def _place(record: CustomerRecord) -> str:
    return f"record {record.number}, line {record.line}"


def _text(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime():
            return write_moment(value)
        case _:
            return str(value)
