from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.sage200 import (
    ADDRESS,
    CONTACT,
    CONTACT_PARTS,
    CUSTOMER,
    EXCHANGE_RATES,
    Kind,
    columns,
    quoted,
)


@given(st.text())
def test_a_quoted_text_ends_where_it_should(value: str) -> None:
    written = quoted(value)
    assert (written[0], written[-1]) == ("'", "'")
    assert written[1:-1].replace("''", "'") == value
    assert "'" not in written[1:-1].replace("''", "")


def test_every_text_has_a_length_and_no_other_kind_has() -> None:
    for table in (CUSTOMER, ADDRESS, CONTACT, *CONTACT_PARTS.values()):
        wrong = [c.name for c in table.values() if bool(c.length) != (c.kind is Kind.TEXT)]
        assert wrong == []


def test_choices_are_known() -> None:
    assert CUSTOMER["exchange_rate_type"].domain == EXCHANGE_RATES


def test_standard_lacks_what_only_extra_has() -> None:
    lacking = CUSTOMER.keys() - columns(CUSTOMER, "standard").keys()
    assert {"telephone_area_code", "analysis_code_6", "analysis_code_20"} <= lacking
    assert not lacking & {"fax_area_code", "analysis_code_5", "name"}
    assert columns(CUSTOMER, "extra") == CUSTOMER
