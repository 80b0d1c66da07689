"""Hypothesis strategies for what the stages work on: texts, fields, rows and mappings."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from customary.mapping.spec import Blank, FieldMapping, Owner, Row, Transform, When
from customary.model.change import Baseline
from customary.model.fields import CUSTOMER, Fields, Kind, Value, canonical_decimal

xml_texts = st.text(
    st.one_of(
        st.sampled_from("\t\n\r"),
        st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=["Cs"]),
        st.characters(min_codepoint=0x10000, max_codepoint=0x10FFFF),
    ),
    max_size=12,
)
"""Texts that XML 1.0 can carry."""

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=3)
"""Numbers that every system can hold."""

NAMES = ("name", "telephone", "salesperson", "warehouse", "credit_limit", "on_hold")
"""Fields to try the stages with: few, so that they meet, and of every kind."""


def value_of(name: str) -> st.SearchStrategy[Value]:
    """A value of the customer field, blank included, that the hub can hold."""
    match CUSTOMER[name].kind:
        case Kind.TEXT:
            return st.sampled_from(["", "a", "b", "ß&<", "0002"])
        case Kind.DECIMAL:
            return st.sampled_from(["", "0", "1.5", "50000"])
        case Kind.FLAG:
            return st.sampled_from(["", True, False])


def fields_of(*names: str) -> st.SearchStrategy[Fields]:
    """Fields of these names, each of them absent, blank or a value."""
    return st.fixed_dictionaries({}, optional={name: value_of(name) for name in names})


fields = fields_of(*NAMES)


def row_of(name: str) -> st.SearchStrategy[Row]:
    """A row for the customer field, with any owner and any way of dealing with blanks."""
    transforms = {Kind.TEXT: Transform.TEXT, Kind.DECIMAL: Transform.DECIMAL, Kind.FLAG: Transform.FLAG}
    return st.builds(
        Row,
        field=st.just(name),
        native=st.just(f"Native_{name}"),
        when=st.sampled_from(When),
        owner=st.sampled_from(Owner),
        blank=st.sampled_from(Blank),
        transform=st.just(transforms[CUSTOMER[name].kind]),
    )


mappings = st.tuples(*(row_of(name) for name in NAMES)).map(lambda rows: FieldMapping(rows=rows))


def baseline_of(source: Fields, target: Fields) -> Baseline:
    """A baseline of both sides; as always, the target's value stands only where it differs."""
    differing = {name: value for name, value in target.items() if source.get(name, value) != value}
    return Baseline("hash", "print", source, differing, 1)


baselines = st.none() | st.builds(baseline_of, fields, fields)

native_decimals = decimals.map(lambda number: (str(number), canonical_decimal(Decimal(number))))
"""A number as a system writes it, and as it is kept."""
