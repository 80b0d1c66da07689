from __future__ import annotations

import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.connectors.syspro.codec import (
    BLANKS,
    decode_customer,
    decode_keys,
    decode_page,
    decode_profile,
    decode_text,
    error_text,
    unwrap,
)
from customary.protocols.enet import CUSTOMER_COLUMNS, EnetFormatError

ATTRIBUTES = (
    "Language='05' Language2='EN' CssStyle='' DecFormat='1' DateFormat='01' Role='01' Version='7.0.035' "
    "OperatorPrimaryRole='   '"
)
DECLARATION = '<?xml version="1.0" encoding="Windows-1252"?>\n'

# SOURCE: facts/syspro.md 7.2 (guess for ArCustomer, assembled from a recorded InvMaster answer and the
# column list); root attributes and the newline and blank at the end: section 4 (observed).
FLAT = (
    f"{DECLARATION}<ArCustomer {ATTRIBUTES}>\n<Customer>0000002</Customer>\n<Name>Bayside Bikes</Name>\n"
    "<CreditLimit>       50000</CreditLimit>\n<Email/>\n<Currency>$  </Currency>\n</ArCustomer>\n "
).encode("cp1252")

# SOURCE: facts/syspro.md 7.1, the seed's path //ArCustomer/Customer/... taken literally (guess).
NESTED = (
    f"{DECLARATION}<ArCustomer {ATTRIBUTES}><Customer><Customer>0000002</Customer><Name>Bayside Bikes</Name>"
    "<CreditLimit>       50000</CreditLimit><Email/><Currency>$  </Currency></Customer></ArCustomer>\n "
).encode("cp1252")

# SOURCE: facts/syspro.md 7.3, HeaderDetails, Row and a padded RowsReturned (observed on other tables).
ROWS = (
    f"{DECLARATION}<ArCustomer {ATTRIBUTES}>\n<HeaderDetails><TableName>ArCustomer</TableName><Columns>"
    "<Column>Customer</Column><Column>Name</Column></Columns></HeaderDetails>\n"
    "<Row><Customer>0000002</Customer><Name>Bayside Bikes</Name></Row>\n"
    "<Row><Customer>S123456  </Customer><Name/></Row>\n"
    "<RowsReturned>       2</RowsReturned>\n</ArCustomer>\n "
).encode("cp1252")

# SOURCE: facts/syspro.md 7.3, zero rows: RowsReturned 0 and no Row (guess).
NO_ROWS = (
    f"{DECLARATION}<ArCustomer><HeaderDetails/><RowsReturned>       0</RowsReturned></ArCustomer>".encode()
)

BIKES = {
    "Customer": "0000002",
    "Name": "Bayside Bikes",
    "CreditLimit": "50000",
    "Email": "",
    "Currency": "$",
}
FIELDS = (*BIKES, "Telephone")


def listing(*rows: dict[str, str], row: str = "Row", case: str = "mixed") -> bytes:
    """A COMFND answer as the facts have it (7.3)."""

    def cased(name: str) -> str:
        return {"lower": name.lower(), "upper": name.upper()}.get(case, name)

    def node(name: str, text: str) -> str:
        return f"<{cased(name)}>{escape(text)}</{cased(name)}>"

    body = "".join(
        f"<{cased(row)}>{''.join(node(name, text) for name, text in each.items())}</{cased(row)}>"
        for each in rows
    )
    count = node("RowsReturned", f"{len(rows):8}")
    return f"{DECLARATION}<{cased('ArCustomer')}>{body}{count}</{cased('ArCustomer')}>\n ".encode()


@pytest.mark.parametrize("body", [FLAT, NESTED], ids=["flat", "nested"])
def test_a_customer_is_found_in_either_container(body: bytes) -> None:
    record = decode_customer(body, FIELDS)

    assert record.key == "0000002"
    assert record.native == BIKES


def test_a_single_customer_may_come_as_a_row() -> None:
    assert decode_customer(listing(BIKES), FIELDS).native == BIKES


def test_a_listing_may_come_nested() -> None:
    rows = [BIKES, {"Customer": "0000003", "Name": "Other"}]

    assert [record.native for record in decode_page(listing(*rows, row="Customer"), FIELDS).records] == rows


@pytest.mark.parametrize("case", ["lower", "upper"])
def test_names_in_another_case_come_in_the_spelling_that_was_asked_for(case: str) -> None:
    # SOURCE: facts/syspro.md 5b, lower-cased answers of setup objects (observed).
    page = decode_page(listing(BIKES, case=case), FIELDS)

    assert [record.native for record in page.records] == [BIKES]
    assert page.cursor == "0000002"
    assert decode_customer(listing(BIKES, case=case), FIELDS).native == BIKES


def test_padding_is_taken_away_and_zeros_are_kept() -> None:
    page = decode_page(ROWS, FIELDS)

    assert [record.key for record in page.records] == ["0000002", "S123456"]
    assert page.records[1].native == {"Customer": "S123456", "Name": ""}


def test_the_cursor_is_the_raw_key_of_the_last_row() -> None:
    assert decode_page(ROWS, FIELDS).cursor == "S123456  "
    assert decode_keys(ROWS).keys == ["0000002", "S123456  "]
    assert decode_keys(ROWS).cursor == "S123456  "


def test_a_no_break_space_is_no_padding() -> None:
    page = decode_page(listing({"Customer": "1", "Name": "\u00a0ACME\u00a0"}), FIELDS)

    assert page.records[0].native["Name"] == "\u00a0ACME\u00a0"


def test_absent_and_blank_are_kept_apart() -> None:
    # SOURCE: facts/syspro.md 6, operator security removes fields from the XML (documented).
    native = decode_customer(FLAT, FIELDS).native

    assert native["Email"] == ""
    assert "Telephone" not in native


def test_columns_that_were_not_asked_for_are_left_out() -> None:
    assert decode_customer(FLAT, ("Customer", "Name")).native.keys() == {"Customer", "Name"}
    assert decode_page(ROWS, ("Customer",)).records[0].native == {"Customer": "0000002"}


def test_an_answer_that_says_so_is_empty() -> None:
    page = decode_page(NO_ROWS, FIELDS)

    assert (page.records, page.cursor, page.says_empty) == ([], None, True)
    assert decode_keys(NO_ROWS).says_empty


def test_an_answer_without_rows_and_without_a_count_does_not_say_that_it_is_empty() -> None:
    assert not decode_page(b"<ArCustomer/>", FIELDS).says_empty
    assert not decode_keys(b"<ArCustomer/>").says_empty


@pytest.mark.parametrize("count", ["       3", "1", "many"])
def test_a_listing_with_another_number_of_rows_than_it_says_is_refused(count: str) -> None:
    body = ROWS.replace(b"       2", count.encode())

    with pytest.raises(EnetFormatError, match="another number of rows"):
        decode_page(body, FIELDS)
    with pytest.raises(EnetFormatError, match="another number of rows"):
        decode_keys(body)


def test_rows_without_a_number_are_counted_and_left_out() -> None:
    body = listing({"Customer": "   ", "Name": "Nobody"}, {"Name": "No one"}, BIKES)

    page = decode_page(body, FIELDS)
    assert [record.key for record in page.records] == ["0000002"]
    assert page.nameless == 2
    assert (list(decode_keys(body).keys), decode_keys(body).nameless) == (["0000002"], 2)


def test_a_customer_whose_number_is_hidden_has_no_key() -> None:
    assert decode_customer(b"<ArCustomer><Name>Bayside</Name></ArCustomer>", FIELDS).key == ""


@pytest.mark.parametrize(
    "body",
    [
        b"<ArCustomer/>",
        b"<ArCustomer><Ghost>x</Ghost></ArCustomer>",
        b"<InvMaster><Name>x</Name></InvMaster>",
    ],
)
def test_an_answer_without_a_customer_is_refused(body: bytes) -> None:
    with pytest.raises(EnetFormatError):
        decode_customer(body, FIELDS)


@pytest.mark.parametrize(
    "body",
    [
        FLAT[:150],
        b"The service is being restarted.",
        b"",
        b"<!DOCTYPE html><html/>",
        FLAT.replace(b"Bikes", b"Bi\x01kes"),
    ],
    ids=["cut off", "no XML", "nothing", "a web page", "control character"],
)
def test_what_cannot_be_read_is_refused_without_quoting_it(body: bytes) -> None:
    for decode in (lambda: decode_customer(body, FIELDS), lambda: decode_page(body, FIELDS)):
        with pytest.raises(EnetFormatError) as refused:
            decode()
        assert "Bayside" not in str(refused.value)


@pytest.mark.parametrize(
    ("encoding", "setting"),
    [("windows-1252", "auto"), ("windows-1252", "windows-1252"), ("utf-8", "auto"), ("utf-8", "utf-8")],
)
def test_letters_beyond_ascii_are_read_in_either_encoding(encoding: str, setting: str) -> None:
    # SOURCE: facts/syspro.md 4: Windows-1252 is declared; what is really sent is unsettled (guess).
    body = FLAT.decode("ascii").replace("Bayside", "Ängsö €").encode(encoding)

    assert decode_customer(body, FIELDS, setting).native["Name"] == "Ängsö € Bikes"


def test_an_answer_is_taken_out_of_a_json_string_or_a_string_element() -> None:
    # SOURCE: facts/syspro.md 4, transport of answers (client code).
    text = FLAT.decode("ascii").replace("Bayside", "Ängsö")
    as_json = json.dumps(text).encode()
    as_string = f'<string xmlns="http://schemas.example/">{escape(text)}</string>'.encode()

    for body in (as_json, as_string):
        inner, encoding = unwrap(body, "auto")
        assert decode_customer(inner, FIELDS, encoding).native["Name"] == "Ängsö Bikes"


def test_a_session_id_keeps_its_blanks_through_the_wrapping() -> None:
    # SOURCE: facts/syspro.md 4, 34 hex characters and two trailing blanks (observed).
    session = "0123456789ABCDEF0123456789ABCDEF00  "
    for body in (session, json.dumps(session), f"<string>{session}</string>"):
        assert decode_text(*unwrap(body.encode(), "auto")) == session


def test_a_wrapping_that_is_cut_off_is_refused() -> None:
    for body in (b'"<ArCustomer>', b"<string>&lt;ArCust", b'"\\ud800"'):
        with pytest.raises(EnetFormatError):
            unwrap(body, "auto")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        # SOURCE: facts/syspro.md 5a (observed).
        (b"ERROR: Invalid operator password", "Invalid operator password"),
        (b"\n error:  two\n lines ", "two lines"),
        (b"ERROR", "no reason given"),
        ("ERROR: Schlüssel fehlt".encode("cp1252"), "Schlüssel fehlt"),
        (FLAT, ""),
        (b"0", ""),
        (b"", ""),
    ],
)
def test_an_error_is_plain_text_that_says_so(body: bytes, text: str) -> None:
    assert error_text(body, "auto") == text


def test_a_customer_whose_name_begins_with_error_is_no_error() -> None:
    assert error_text(listing({"Customer": "1", "Name": "ERROR: Ltd"}), "auto") == ""


def test_a_profile_is_read_by_names_in_lower_case() -> None:
    # SOURCE: facts/syspro.md 4, GetLogonProfile (client code).
    body = b"<UserProfile><CompanyName>Sandbox  </CompanyName><OperatorCode>WEB</OperatorCode></UserProfile>"

    assert decode_profile(body) == {"companyname": "Sandbox", "operatorcode": "WEB"}


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).filter(
    lambda text: "\ufffe" not in text and "\uffff" not in text
)
stripped = texts.map(lambda text: text.strip(BLANKS))
rows = st.lists(
    st.dictionaries(st.sampled_from(list(CUSTOMER_COLUMNS)[1:]), stripped, max_size=6), max_size=5
).map(lambda found: [{"Customer": f"{number:07}", **row} for number, row in enumerate(found)])


@given(rows, st.sampled_from(["mixed", "lower", "upper"]), st.sampled_from(["Row", "Customer"]))
def test_what_was_written_is_read_whatever_the_case_and_the_container(
    written: list[dict[str, str]], case: str, row: str
) -> None:
    body = listing(*written, row=row, case=case)

    page = decode_page(body, CUSTOMER_COLUMNS)
    assert [record.native for record in page.records] == written
    assert list(decode_keys(body).keys) == [each["Customer"] for each in written]
