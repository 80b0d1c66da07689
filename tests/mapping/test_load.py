from __future__ import annotations

from pathlib import Path

import pytest

from customary.actions.mapping import examples
from customary.connectors.registry import CONNECTORS, Connector
from customary.errors import MappingError
from customary.mapping.load import load_rows, override
from customary.mapping.spec import Blank, Compare, Owner, Row, Transform, When

CODE = """
[[field]]
field = "code"
native = "Customer"
when = "create"
compare = "key"
required = true
"""

EVERYTHING = (
    CODE
    + """
[[field]]
field = "credit_limit"
native = "CreditLimit"
when = "always"
owner = "target"
blank = "keep"
transform = "decimal"
length = 12
least = 0
evidence = "the product's page"
examples = [["50000.00", "50000"]]

[[field]]
field = "tax_status"
native = "TaxStatus"
domain = ["E", "N"]

[[field]]
field = "currency_iso"
native = "Currency"
lookup = "currencies"
"""
)


def mistakes(text: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        load_rows(text, "m.toml")
    return list(caught.value.problems)


def row(*settings: str, field: str = "name") -> str:
    return "\n".join(["", "[[field]]", f'field = "{field}"', 'native = "N"', *settings])


def test_rows_are_read_with_everything_that_they_say() -> None:
    assert load_rows(EVERYTHING, "m.toml") == (
        Row(field="code", native="Customer", when=When.CREATE, compare=Compare.KEY, required=True),
        Row(
            field="credit_limit",
            native="CreditLimit",
            owner=Owner.TARGET,
            blank=Blank.KEEP,
            transform=Transform.DECIMAL,
            length=12,
            least=0,
            evidence="the product's page",
            examples=(("50000.00", "50000"),),
        ),
        Row(field="tax_status", native="TaxStatus", domain=("E", "N")),
        Row(field="currency_iso", native="Currency", lookup="currencies"),
    )


def test_what_a_row_leaves_out_means_that_the_source_owns_the_field() -> None:
    (only,) = load_rows(row(), "m.toml")
    assert (only.when, only.owner, only.blank, only.required) == (
        When.ALWAYS,
        Owner.SOURCE,
        Blank.CLEAR,
        False,
    )


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    text = "\n".join(
        [
            "[other]",
            row("owner = 'nobdy'"),
            row("lenght = 5", field="nmae"),
            "[[field]]\nfield = 'fax'",
            row(field="telephone"),
            row(field="telephone"),
        ]
    )
    assert mistakes(text) == [
        "m.toml: unknown table 'other'; rows are [[field]]",
        "m.toml: field[1]: Invalid enum value 'nobdy' - at `$.owner`",
        "m.toml: field[2]: there is no customer field 'nmae'; did you mean 'name'?",
        "m.toml: field[2]: unknown setting 'lenght'; did you mean 'length'?",
        "m.toml: field[3]: 'native' is missing",
        "m.toml: field 'telephone' has more than one row",
    ]


@pytest.mark.parametrize("text", ["field = 'name'", "[field]\nfield = 'name'", "field = [1]"])
def test_rows_that_are_no_list_of_tables_are_a_mistake(text: str) -> None:
    assert mistakes(text) == ["m.toml: 'field' is not a list of tables; a row begins with [[field]]"]


def test_a_field_that_is_no_text_is_a_mistake() -> None:
    assert mistakes("[[field]]\nfield = ['name']\nnative = 'N'") == [
        "m.toml: field[1]: there is no customer field '['name']'; did you mean 'name'?"
    ]


def test_what_is_no_toml_is_a_mistake_that_says_where() -> None:
    assert mistakes("[[field]\n")[0].startswith("m.toml: ")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (row(field="on_hold"), "'on_hold' is a flag field: its transform must be 'flag'"),
        (row(field="credit_limit"), "'credit_limit' is a decimal field: its transform must be 'decimal'"),
        (row("transform = 'flag'"), "'name' is a text field: its transform must be 'text' or 'decimal'"),
        (
            row("transform = 'flag'", "lookup = 'x'", field="on_hold"),
            "'on_hold' is a flag field: a look-up table gives texts",
        ),
        (
            row("lookup = 'x'", "domain = ['A']"),
            "'domain' is not looked at where a look-up table or a decimal gives the value",
        ),
        (row("least = 0"), "'least' is only looked at where the transform is 'decimal'"),
    ],
)
def test_a_row_that_its_field_cannot_take_is_a_mistake(text: str, mistake: str) -> None:
    assert mistakes(text) == [f"m.toml: field[1]: {mistake}"]


@pytest.mark.parametrize("dropped", ["required = true", 'when = "create"'])
def test_a_code_that_could_be_missing_or_change_is_a_mistake(dropped: str) -> None:
    (mistake,) = mistakes(CODE.replace(dropped, ""))
    assert 'a customer\'s code needs required = true and when = "create"' in mistake


def test_a_users_file_takes_the_place_of_rows_and_adds_others_behind(tmp_path: Path) -> None:
    own = load_rows(EVERYTHING, "m.toml")
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + (row("length = 3", field="tax_status") + row(field="fax")).encode())
    changed = override(own, file)
    assert [item.field for item in changed] == ["code", "credit_limit", "tax_status", "currency_iso", "fax"]
    assert changed[2] == Row(field="tax_status", native="N", length=3)
    assert changed[:2] == own[:2]


def test_without_a_file_the_rows_stay_as_they_are() -> None:
    own = load_rows(EVERYTHING, "m.toml")
    assert override(own, None) == own


def test_a_file_that_cannot_be_read_is_a_mistake_that_names_it(tmp_path: Path) -> None:
    own = load_rows(EVERYTHING, "m.toml")
    with pytest.raises(MappingError, match=r"nowhere\.toml cannot be read"):
        override(own, tmp_path / "nowhere.toml")
    old = tmp_path / "old.toml"
    old.write_bytes("# façade".encode("latin-1"))
    with pytest.raises(MappingError, match=r"old\.toml cannot be read"):
        override(own, old)


@pytest.mark.parametrize("connector", CONNECTORS.values(), ids=list(CONNECTORS))
def test_every_shipped_mapping_is_right_and_its_examples_hold(connector: Connector) -> None:
    rows = load_rows(*connector.mapping())
    assert list(examples(rows)) == []
    assert all(item.evidence for item in rows)
    assert any(item.examples for item in rows)
