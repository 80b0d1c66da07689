from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from customary.mapping.spec import Blank, Compare, FieldMapping, Owner, Row, Transform, When
from tests.support.values import mappings

ROW = Row(field="name", native="Name", lookup="names")
MAPPING = FieldMapping(rows=(ROW,), lookups={"names": {"a": "b"}})

CHANGES: dict[str, Any] = {
    "field": "telephone",
    "native": "Other",
    "when": When.CREATE,
    "owner": Owner.TARGET,
    "blank": Blank.KEEP,
    "transform": Transform.DECIMAL,
    "compare": Compare.KEY,
    "required": True,
    "length": 5,
    "domain": ("x",),
    "least": 0,
    "lookup": "others",
}
EXPLAIN = {"evidence": "a page", "examples": (("a", "b"),)}


def test_every_setting_of_a_row_is_tried_below() -> None:
    assert set(CHANGES) | set(EXPLAIN) == set(Row.__struct_fields__)


@pytest.mark.parametrize("setting", CHANGES)
def test_changing_any_setting_of_a_row_changes_the_fingerprint(setting: str) -> None:
    changed = replace(ROW, **{setting: CHANGES[setting]})
    assert FieldMapping(rows=(changed,), lookups=MAPPING.lookups).fingerprint != MAPPING.fingerprint


@pytest.mark.parametrize("setting", EXPLAIN)
def test_what_only_explains_a_row_does_not_change_the_fingerprint(setting: str) -> None:
    explained = replace(ROW, **{setting: EXPLAIN[setting]})
    assert FieldMapping(rows=(explained,), lookups=MAPPING.lookups).fingerprint == MAPPING.fingerprint


@pytest.mark.parametrize(
    "lookups",
    [{"names": {"a": "c"}}, {"names": {"x": "b"}}, {"names": {}}, {}, {"names": {"a": "b", "": "b"}}],
)
def test_changing_any_look_up_changes_the_fingerprint(lookups: dict[str, dict[str, str]]) -> None:
    assert FieldMapping(rows=(ROW,), lookups=lookups).fingerprint != MAPPING.fingerprint


@given(mappings, mappings)
def test_the_fingerprint_is_equal_exactly_where_the_rows_are(one: FieldMapping, other: FieldMapping) -> None:
    assert (one.fingerprint == other.fingerprint) == (one.rows == other.rows)


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3), min_size=2))
def test_the_order_in_which_a_table_is_written_does_not_matter(table: dict[str, str]) -> None:
    backwards = dict(reversed(table.items()))
    one, other = (FieldMapping(rows=(ROW,), lookups={"names": each}) for each in (table, backwards))
    assert one.fingerprint == other.fingerprint


def test_native_fields_are_named_once_in_the_order_of_the_rows() -> None:
    rows = (
        Row(field="currency", native="Currency"),
        Row(field="name", native="Name"),
        Row(field="currency_iso", native="Currency", lookup="currencies"),
    )
    mapping = FieldMapping(rows=rows)
    assert mapping.natives == ("Currency", "Name")
    assert mapping.looked_up == rows[2:]


def test_a_text_is_only_taken_as_it_is_where_nothing_has_to_be_checked() -> None:
    assert Row(field="name", native="N").plain_length == 150
    assert Row(field="name", native="N", length=30).plain_length == 30
    for checked in (
        Row(field="name", native="N", required=True),
        Row(field="name", native="N", domain=("A",)),
        Row(field="name", native="N", lookup="names"),
        Row(field="name", native="N", transform=Transform.DECIMAL),
    ):
        assert checked.plain_length == -1
