from __future__ import annotations

from customary.actions.mapping import examples, mapping_table
from customary.mapping.spec import Blank, Owner, Row, Transform, When

ROWS = (
    Row(field="code", native="Customer", when=When.CREATE, required=True, length=15, evidence="a page"),
    Row(
        field="credit_limit",
        native="Limit",
        transform=Transform.DECIMAL,
        least=0,
        examples=(("50000.00", "50000"), ("1", "2"), ("-1", "-1")),
    ),
    Row(field="tax_status", native="Tax", domain=("E", "N"), owner=Owner.TARGET, blank=Blank.KEEP),
    Row(field="on_hold", native="Hold", transform=Transform.FLAG, examples=(("Y", "true"), ("", "false"))),
    Row(field="currency_iso", native="Currency", lookup="currencies"),
)


def test_a_mapping_is_shown_with_a_line_for_each_row() -> None:
    assert list(mapping_table(ROWS)) == [
        ("code", "Customer", "initial load only", "source", "clear", "required, up to 15", "a page"),
        ("credit_limit", "Limit", "always", "source", "clear", "decimal, at least 0", ""),
        ("tax_status", "Tax", "always", "target", "keep", "one of E N", ""),
        ("on_hold", "Hold", "always", "source", "clear", "flag", ""),
        ("currency_iso", "Currency", "always", "source", "clear", "looked up in currencies", ""),
    ]


def test_every_example_that_does_not_hold_is_told() -> None:
    assert list(examples(ROWS)) == [
        "credit_limit: the example '1' gives '1', not '2'",
        "credit_limit: the example '-1' is refused: -1 is less than 0",
    ]
