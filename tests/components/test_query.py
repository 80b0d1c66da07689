from __future__ import annotations

import pytest

from customary.config.settings import ComponentsConfig
from customary.errors import RequestRefused
from tests.support.components import Office, fields

ITEM = '<Item name="/Customer/{}" operator="{}" value="{}"/>'


@pytest.fixture
def full(office: Office) -> Office:
    tax = "<Tax><SequenceNumber>{}</SequenceNumber></Tax>"
    office.ask(
        "Create",
        fields(CustomerCode="A", Name="Anna", WarningLimit="9", CustomerMiscDate1="01022024")
        + tax.format(1)
        + tax.format(2),
        fields(CustomerCode="b", Name="Bert", WarningLimit="10", CustomerMiscDate1="31012024"),
        fields(CustomerCode="C", Name="anton", WarningLimit="100.50") + tax.format(3),
        fields(CustomerCode="D"),
    )
    return office


def found(office: Office, *items: tuple[str, str, str]) -> str:
    body = "".join(ITEM.format(name, operator.replace("<", "&lt;"), value) for name, operator, value in items)
    told = office.query(f"<Filter>{body}</Filter>")
    return "".join(str(record.value("CustomerCode")) for record in told.records)


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("CustomerCode", "EQU", "B", "b"),
        ("CustomerCode", "=", "a", "A"),
        ("CustomerCode", "NEQ", "a", "CDb"),
        ("CustomerCode", "!=", "a", "CDb"),
        ("WarningLimit", "GT", "9", "Cb"),
        ("WarningLimit", ">=", "9.0", "ACb"),
        ("WarningLimit", "LT", "10", "A"),
        ("WarningLimit", "<=", "10", "Ab"),
        ("WarningLimit", "BET", "9,10", "Ab"),
        ("WarningLimit", "<>", "10,200", "Cb"),
        ("CustomerMiscDate1", "LT", "01022024", "b"),
        ("CustomerMiscDate1", "GTE", "01/02/2024", "A"),
        ("CustomerMiscDate1", "RELDAYS", "-99999 and 0", "Ab"),
        ("Name", "LIKE", "an%", "AC"),
        ("Name", "~=", "_nna", "A"),
        ("Name", "NOT LIKE", "an%", "Db"),
        ("Name", "NUL", "", "D"),
        ("Name", "~#", "", "D"),
        ("Name", "NNUL", "", "ACb"),
        ("Name", "!#", "", "ACb"),
        ("Name", "EQU", "", "D"),
        ("Tax/SequenceNumber", "EQU", "2", "A"),
        ("Tax/SequenceNumber", "GT", "2", "C"),
        ("Status", "EQU", "0", "ACDb"),
    ],
)
def test_each_operator_in_each_spelling(
    full: Office, name: str, operator: str, value: str, expected: str
) -> None:
    assert sorted(found(full, (name, operator, value))) == sorted(expected)


def test_expressions_join_pairs_and_several_items_mean_all_of_them(full: Office) -> None:
    pair = '<Expr operator="{}">{}{}</Expr>'
    name, limit = ITEM.format("Name", "LIKE", "an%"), ITEM.format("WarningLimit", "GT", "9")
    both, either = pair.format("AND", name, limit), pair.format("OR", name, limit)
    nested = pair.format("OR", both, ITEM.format("CustomerCode", "EQU", "D"))
    told = [full.query(f"<Filter>{body}</Filter>").records for body in (both, either, nested)]
    assert [sorted(str(one.value("CustomerCode")) for one in records) for records in told] == [
        ["C"],
        ["A", "C", "b"],
        ["C", "D"],
    ]
    assert found(full, ("Name", "LIKE", "an%"), ("WarningLimit", "GT", "9")) == "C"


def test_a_child_that_is_selected_in_part_has_its_keys_so_that_amend_takes_it_back(full: Office) -> None:
    fax = "<SalesStage>1</SalesStage><SalesDefinitionCode>S</SalesDefinitionCode>"
    text = fields(LanguageCode="1", StandardTextClassCode="S", StandardTextCode="T", Paragraph1="p")
    full.ask(
        "Amend",
        f"<CustomerCode>A</CustomerCode><DocumentFormat>{fax}<DocumentFormatCode>F</DocumentFormatCode>"
        "</DocumentFormat><Analysis1><VCustCatAnalysis_AnlCode>X</VCustCatAnalysis_AnlCode></Analysis1>"
        f"<StandardText><StandardTextLang>{text}</StandardTextLang></StandardText>",
    )
    told = full.query(
        "<Select><Customer><Tax><LimitDate/></Tax><DocumentFormat><SalesStage/></DocumentFormat>"
        "<Analysis1><VCustCatAnalysis_SHead/></Analysis1><StandardText><StandardTextLang><Paragraph1/>"
        "</StandardTextLang></StandardText></Customer></Select>"
    )
    assert "<Tax><SequenceNumber>1</SequenceNumber></Tax>" in told.text
    assert fax in told.text
    back = full.send("Amend", told.text.encode())
    assert set(back.statuses) == {"success"}
    assert full.cycles(back.result.run) == []


def test_what_a_select_names_and_is_not_there_is_left_out_with_a_warning(full: Office) -> None:
    """A client may select what SunSystems maintains elsewhere, or what only SunSystems writes."""
    part = "<Select><Customer><AddressLine1/><UpdateCount/><Tax><X/></Tax><Name/></Customer></Select>"
    told = full.query(part)
    assert "<Customer><CustomerCode>A</CustomerCode><Name>Anna</Name>" in told.text
    (note,) = told.result.notes
    assert (
        note.text == "the Select names AddressLine1, UpdateCount, Tax/X, which this component does not have"
    )
    strict = full.with_rules(ComponentsConfig(account="never", unknown_elements="refuse"))
    with pytest.raises(RequestRefused, match="AddressLine1"):
        strict.query(part)


@pytest.mark.parametrize(
    "part",
    [
        "<Filter><Item name='/Customer/Nonsense' operator='EQU' value='1'/></Filter>",
        "<Filter><Item name='/Customer/Name' operator='WAT' value='1'/></Filter>",
        "<Filter><Item name='/Customer/WarningLimit' operator='GT' value='much'/></Filter>",
        "<Filter><Item name='/Customer/Name' operator='RELDAYS' value='1 and 2'/></Filter>",
        "<Filter><Expr operator='AND'><Item name='/Customer/Name' operator='EQU' value='1'/></Expr></Filter>",
        "<Select><Supplier>*</Supplier></Select>",
        "<Filter><Item name='/Customer/Status' operator='EQU' value='Open'/></Filter>",
        "<OutputLimit>much</OutputLimit>",
    ],
)
def test_a_query_that_makes_no_sense_is_refused(full: Office, part: str) -> None:
    with pytest.raises(RequestRefused):
        full.query(part)


def test_select_gives_what_is_named_and_the_key_and_star_gives_everything(full: Office) -> None:
    told = full.query("<Select><Customer><Name>.</Name><Tax><SequenceNumber/></Tax></Customer></Select>")
    assert [child.name for child in told.records[0].children] == ["CustomerCode", "Name", "Tax", "Tax"]
    assert full.query("<Select><Customer>*</Customer></Select>").records == full.query().records


def test_the_output_limit_stops_behind_the_record_that_reaches_it(full: Office) -> None:
    assert len(full.query("<OutputLimit>1</OutputLimit>").records) == 1
    assert len(full.query("<OutputLimit>99999</OutputLimit>").records) == 4


def test_what_a_query_gives_can_be_sent_back_and_changes_nothing(full: Office) -> None:
    bodies = [record.to_xml()[len("<Customer>") : -len("</Customer>")] for record in full.query().records]
    for method in ("Amend", "CreateOrAmend", "BulkCreateOrAmend", "CreateReplaceOrDelete"):
        told = full.ask(method, *bodies)
        assert told.statuses == ["success"] * 4
        assert full.cycles(told.result.run) == []


def test_a_pattern_of_many_stars_takes_no_time(full: Office) -> None:
    full.ask("Amend", fields(CustomerCode="A", Comment="a" * 255))
    assert found(full, ("Comment", "LIKE", "%a" * 200 + "b")) == ""


def test_records_are_in_the_order_of_their_keys_over_many_pages(office: Office) -> None:
    office.ask("Create", *(fields(CustomerCode=f"{number:05}") for number in reversed(range(1200))))
    codes = [str(record.value("CustomerCode")) for record in office.query().records]
    assert codes == [f"{number:05}" for number in range(1200)]


def test_customers_named_by_their_codes_come_once_each_in_order_whatever_else_is_asked(full: Office) -> None:
    pair = '<Expr operator="{}">{}{}</Expr>'
    code = [ITEM.format("CustomerCode", "EQU", value) for value in ("D", "a", "B", "X")]
    either = pair.format("OR", pair.format("OR", code[0], code[1]), pair.format("OR", code[2], code[3]))
    named = full.query(f"<Filter>{either}</Filter>").records
    limited = pair.format("AND", either, ITEM.format("WarningLimit", "GTE", "9"))
    assert [str(one.value("CustomerCode")) for one in named] == ["A", "D", "b"]
    found = full.query(f"<Filter>{limited}</Filter>").records
    assert sorted(str(one.value("CustomerCode")) for one in found) == ["A", "b"]
    mixed = pair.format("OR", code[0], ITEM.format("Name", "LIKE", "an%"))
    found = full.query(f"<Filter>{mixed}</Filter>").records
    assert sorted(str(one.value("CustomerCode")) for one in found) == ["A", "C", "D"]


def test_elements_may_be_named_as_real_clients_spell_them(full: Office) -> None:
    """SOURCE: facts, section 9: one real client sends EmailAddress."""
    full.ask("CreateOrAmend", "<CustomerCode>M</CustomerCode><EmailAddress>a@b.example</EmailAddress>")
    told = full.query(
        '<Filter><Item name="/Customer/EmailAddress" operator="EQU" value="a@b.example"/></Filter>'
        "<Select><Customer><EmailAddress/></Customer></Select>"
    )
    assert [record.value("EMailAddress") for record in told.records] == ["a@b.example"]
    assert told.result.notes == ()
