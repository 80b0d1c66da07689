from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.mapping.load import load_rows
from customary.mapping.outgoing import Outgoing, version
from customary.mapping.spec import FieldMapping, carried
from customary.model.change import FieldChange
from customary.model.fields import Field, Fields, Kind, table, text
from customary.stages.normalize import normalize
from tests.support.mappings import OUTGOING

HOLDS = table(
    text("reference", 8, "the reference"),
    text("title", 10, "the name"),
    Field(name="limit", kind=Kind.DECIMAL, length=5, decimals=2, meaning="the credit limit"),
    Field(name="stopped", kind=Kind.FLAG, meaning="on hold"),
    text("currency", 3, "the currency"),
    text("motto", 0, "of any length"),
)
ROWS = load_rows(
    f"""{OUTGOING}
[[field]]
field = "warehouse"
native = "read_only"
""",
    "test",
)
MAPPING = FieldMapping(
    rows=(*ROWS, *carried("sage", HOLDS, ROWS)),
    lookups={"currencies": {"GBP": "GBP", "USD": "USD", "STG": "GBP", "": "USD"}},
    words="sage",
)
THEIRS = Outgoing(MAPPING, HOLDS, "shop")
OWN = Outgoing(MAPPING, HOLDS, "sage")


def test_values_become_native_texts() -> None:
    fields: Fields = {"code": "A1", "name": "Bayside", "credit_limit": "1.5", "on_hold": True}
    assert THEIRS.native(fields) == {"reference": "A1", "title": "Bayside", "limit": "1.5", "stopped": "true"}
    assert THEIRS.native({"name": "", "on_hold": False}) == {"title": "", "stopped": "false"}


def test_what_the_target_has_no_place_for_does_not_go_over() -> None:
    assert THEIRS.takes({"name": "x", "warehouse": "W", "telephone": "1", "sage.motto": "m"}) == {
        "name": "x",
        "sage.motto": "m",
    }


@pytest.mark.parametrize(
    ("fields", "own", "theirs"),
    [
        ({"currency": "$", "currency_iso": "USD"}, "$", "USD"),
        (
            {"currency": "STG", "currency_iso": "GBP"},
            "STG",
            "STG",
        ),  # the user's own
        ({"currency": "EUR", "currency_iso": ""}, "EUR", "EUR"),
        ({"currency": "X", "currency_iso": "XXX"}, "X", "X"),
        ({"currency_iso": "USD"}, "USD", "USD"),
    ],
)
def test_codes_that_both_sides_understand_come_first_unless_the_words_are_the_same(
    fields: dict[str, str], own: str, theirs: str
) -> None:
    assert OWN.native(OWN.takes(fields)) == {"currency": own}
    assert THEIRS.native(THEIRS.takes(fields)) == {"currency": theirs}


def test_what_does_not_fit_is_told_under_the_customers_field() -> None:
    told = THEIRS.problems(
        {"title": "x" * 11, "limit": "123456", "stopped": "maybe", "motto": "y" * 999, "currency": ""}
    )
    assert [(note.field, note.text.partition(";")[0].partition(",")[0]) for note in told] == [
        ("name", "title has 11 characters"),
        ("credit_limit", "limit is 123456"),
        ("on_hold", "stopped is 'maybe'"),
    ]
    (note,) = THEIRS.problems({"limit": "many"})
    assert "'many' is not a number" in note.text


def test_only_what_says_something_else_is_a_change() -> None:
    held = {"limit": "1.50", "stopped": "false", "title": "a", "motto": "m"}
    desired = {"limit": "1.5", "stopped": "true", "title": "a", "currency": "USD", "motto": ""}
    changes = THEIRS.changes(desired, held, {"on_hold": "because"})
    assert changes == (
        FieldChange("on_hold", False, True, "because"),
        FieldChange("currency_iso", after="USD"),
        FieldChange("sage.motto", "m", ""),
    )
    assert THEIRS.texts(changes) == {"stopped": "true", "currency": "USD", "motto": ""}


_plain = st.text(st.characters(codec="utf-8"), max_size=10)


@given(
    st.fixed_dictionaries(
        {"reference": st.text("AB12", min_size=1, max_size=8)},
        optional={
            "title": _plain,
            "limit": st.decimals(-99999, 99999, places=2).map(str),
            "stopped": st.sampled_from(["true", "false"]),
            "currency": st.sampled_from(["STG", "GBP", "USD", "EUR"]),
            "motto": _plain,
        },
    )
)
def test_what_is_read_and_written_in_the_same_words_comes_back_as_it_was(native: dict[str, str]) -> None:
    fields = normalize(native, MAPPING).fields
    back = OWN.native(OWN.takes(fields))
    assert back.keys() == native.keys()
    assert OWN.changes(back, native, {}) == ()


@given(st.dictionaries(_plain, _plain), st.dictionaries(_plain, _plain))
def test_records_have_the_same_version_only_when_they_are_the_same(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert 0 < version(one) < 2**63
    assert version(one) == version(dict(reversed(one.items())))
    assert (version(one) == version(other)) == (one == other)
