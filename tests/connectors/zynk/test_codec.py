from __future__ import annotations

import pytest

from customary.connectors.sage200.codec import NATIVES as SAGES
from customary.connectors.zynk.codec import NATIVES, Understood, names_of, native_name, understand
from customary.protocols.zynk_fields import FIELDS
from customary.protocols.zynk_read import read_customers
from customary.protocols.zynk_types import Travel
from customary.protocols.zynk_upload import UploadRules
from tests.protocols.zynk_examples import customers

LENGTHS = {
    path: field.length
    for path, field in FIELDS.items()
    if field.length and field.travel is Travel.BOTH and "." not in path and not field.domain
}


def understood(record: str) -> Understood:
    (read,) = read_customers([customers(record)])
    return understand(read, names_of(read).key(read.number), UploadRules())


def reason(told: Understood) -> str:
    assert told.trouble is not None
    return told.trouble.reason


def test_every_native_field_is_one_of_sage_200s() -> None:
    assert set(NATIVES) <= set(SAGES)
    assert native_name("contacts.salutation.code") == "contact.salutation.code"
    assert native_name("currency.currency_iso_code.code") == "currency.code"


@pytest.mark.parametrize("path", LENGTHS)
def test_every_text_is_taken_at_its_length_and_refused_past_it(path: str) -> None:
    at, past = (f"<id>1</id><{path}>{'x' * (LENGTHS[path] + more)}</{path}>" for more in (0, 1))
    assert understood(at).trouble is None
    assert f"{path}: has {LENGTHS[path] + 1} characters" in reason(understood(past))


def test_an_external_id_that_is_too_long_is_refused_under_the_records_number() -> None:
    told = understood(f"<external_id>{'x' * 256}</external_id>")
    assert told.key == "record 1"
    assert "Sage takes at most 255" in reason(told)
