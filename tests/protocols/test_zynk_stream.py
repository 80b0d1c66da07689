from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.zynk_stream import RECORD_BYTES, ZynkFormatError, read_elements

ROWS = b"<Rows>" + b"".join(b"<Row>%d</Row>\n " % number for number in range(50)) + b"</Rows>"


def chunks(document: bytes, size: int) -> Iterator[bytes]:
    return (document[start : start + size] for start in range(0, len(document), size))


def texts(document: bytes, size: int = 1 << 16) -> list[str]:
    return [element.text or "" for element in read_elements(chunks(document, size), "Rows", "Row")]


def read(document: bytes, size: int) -> tuple[list[str], str]:
    """What came, and the error behind it."""
    found: list[str] = []
    try:
        for element in read_elements(chunks(document, size), "Rows", "Row"):
            found.append(element.text or "")
    except ZynkFormatError as error:
        return found, str(error)
    return found, ""


BROKEN = [
    ROWS,
    ROWS[:-1],
    ROWS[:400],
    ROWS.replace(b"<Row>30<", b"<Row>Tyne & Wear<"),
    ROWS.replace(b"<Row>30</Row>", b"<Row>30<Row/>"),
    ROWS.replace(b"<Row>30</Row>", b"<Other/>"),
    ROWS.replace(b"<Row>30</Row>", b"<Row>\xe9</Row>"),
    ROWS.replace(b"<Row>30</Row>", b"<Row>&unknown;</Row>"),
    b'<?xml version="1.0"?>\n<!-- <Rows> -->\n' + ROWS,
    b'<!DOCTYPE Rows [<!ENTITY a "b">]>' + ROWS,
    b"<html>" + ROWS,
]


@given(st.sampled_from(BROKEN), st.integers(1, 900))
def test_the_size_of_the_chunks_never_matters(document: bytes, size: int) -> None:
    assert read(document, size) == read(document, len(document))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (ROWS.replace(b"<Row>30<", b"<Row>Tyne & Wear<"), r"line 31: .*&amp;"),
        (ROWS.replace(b"<Row>30<", b"<Row>Tyne &Wear<"), r"line 31: .*&amp;"),
        (ROWS.replace(b"<Row>30</Row>", b"<Row>30<Row/>"), r"line 51: .*</name>, not <name/>"),
        (ROWS.replace(b"<Row>30</Row>", b"<Row>30</row>"), r"line 31: .*</name>, not <name/>"),
        (ROWS.replace(b"<Row>30</Row>", b"<Row>\xe9</Row>"), r"line 31: .*UTF-8"),
        (ROWS.replace(b"<Row>30</Row>", b"<Row>&unknown;</Row>"), r"line 31: .*&quot;"),
        (ROWS.replace(b"<Row>30</Row>", b"<Row>\x01</Row>"), r"line 31: .*forbids"),
        (ROWS.replace(b"<Row>30</Row>", b"<row>30</row>"), r"line 31: row where only Row may stand"),
        (ROWS[:-8], r"line 51: .*too early"),
        (ROWS + b"<Rows/>", r"line 51: .*behind its end"),
        (b" " + b'<?xml version="1.0"?>' + ROWS, r"line 1: .*before <\?xml"),
        (b"<Rows>" + b"<Row>" * 300, r"line 1: .*256 deep"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_a_document_that_is_not_well_formed_is_told_with_line_and_remedy(document: bytes, told: str) -> None:
    with pytest.raises(ZynkFormatError, match=told) as refused:
        texts(document)
    assert "Tyne" not in str(refused.value)


def test_the_records_before_the_error_are_given() -> None:
    found, error = read(ROWS.replace(b"<Row>30<", b"<Row>Tyne & Wear<"), 1 << 16)
    assert found == [str(number) for number in range(30)]
    assert error.startswith("line 31")


ATTACKS = [
    b'<!DOCTYPE Rows [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Rows><Row>&b;</Row></Rows>',
    b'<!DOCTYPE Rows [<!ENTITY a SYSTEM "file:///etc/passwd">]><Rows><Row>&a;</Row></Rows>',
    b'<?xml version="1.0"?>\n<!-- a > b --><?go on?>\n<!DOCTYPE Rows SYSTEM "http://192.0.2.1/x.dtd"><Rows/>',
    b"\xef\xbb\xbf<!DOCTYPE Rows><Rows/>",
    "<!DOCTYPE Rows><Rows/>".encode("utf-16"),
    "<!DOCTYPE Rows><Rows/>".encode("utf-16-be"),
    b"<!doctype html><html></html>",
]


@pytest.mark.parametrize("document", ATTACKS)
@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_a_doctype_is_refused_before_anything_is_parsed(document: bytes, size: int) -> None:
    with pytest.raises(ZynkFormatError, match="DOCTYPE"):
        list(read_elements(chunks(document, size), "Rows", "Row"))


def test_the_word_doctype_in_a_value_is_a_value() -> None:
    assert texts(b"<!-- <!DOCTYPE x> --><Rows><Row><![CDATA[<!DOCTYPE x>]]></Row></Rows>") == ["<!DOCTYPE x>"]


@pytest.mark.parametrize(
    "document", [b"", b"   ", b"Name;Street", b"{}", b"<Row/>", b"<html/>", b"<!-- nothing -->", b"<", b"<Ro"]
)
def test_another_file_is_refused_and_not_quoted(document: bytes) -> None:
    with pytest.raises(ZynkFormatError, match="right file") as refused:
        texts(document)
    assert "Street" not in str(refused.value)


def test_a_prologue_without_end_is_refused() -> None:
    with pytest.raises(ZynkFormatError, match="right file"):
        list(read_elements(iter([b"<!--"] + [b"x" * 1000] * 10**6), "Rows", "Row"))


def test_a_record_without_end_is_refused_while_it_is_read() -> None:
    sent: list[int] = []

    def endless() -> Iterator[bytes]:
        yield b"<Rows><Row>"
        while True:
            yield b"<a>" + b"x" * 8000 + b"</a>"
            sent.append(8000)

    with pytest.raises(ZynkFormatError, match=f"more than {RECORD_BYTES} bytes"):
        list(read_elements(endless(), "Rows", "Row"))
    assert sum(sent) < 3 * RECORD_BYTES


@pytest.mark.parametrize(
    "document",
    [
        "<Rows><Row>Müller €</Row></Rows>".encode(),
        "\ufeff<Rows><Row>Müller €</Row></Rows>".encode(),
        '<?xml version="1.0" encoding="UTF-8"?><Rows><Row>Müller €</Row></Rows>'.encode(),
        '<?xml version="1.0" encoding="windows-1252"?><Rows><Row>Müller €</Row></Rows>'.encode("cp1252"),
        '<?xml version="1.0" encoding="utf-16"?><Rows><Row>Müller €</Row></Rows>'.encode("utf-16"),
        '<?xml version="1.0" encoding="utf-16"?><Rows><Row>Müller €</Row></Rows>'.encode(),
        "<Rows><Row>Müller €</Row></Rows>".encode("utf-16-le"),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1 << 16])
def test_a_document_is_read_in_the_encoding_that_it_has(document: bytes, size: int) -> None:
    assert texts(document, size) == ["Müller €"]


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0" encoding="klingon"?><Rows/>',
        b'<?xml version="1.0" encoding="iso-8859-99"?><Rows/>',
        b'<?xml version="1.0" encoding="rot13"?><Rows/>',
        '<?xml version="1.0" encoding="us-ascii"?><Rows><Row>ü</Row></Rows>'.encode(),
        b"\xff\xfe<\0R\0\xd8",
    ],
)
def test_an_encoding_that_is_not_read_or_not_true_is_refused(document: bytes) -> None:
    with pytest.raises(ZynkFormatError, match="save it as UTF-8"):
        texts(document)


def test_namespaces_do_not_matter_and_comments_are_no_records() -> None:
    document = b'<a:Rows xmlns:a="urn:a"><!-- x --><a:Row>1</a:Row><?x y?><Row xmlns="urn:b">2</Row></a:Rows>'
    assert texts(document) == ["1", "2"]


def test_a_record_inside_a_record_is_a_part_of_it() -> None:
    elements = read_elements([b"<Rows><Row><Row>inner</Row></Row><Row/></Rows>"], "Rows", "Row")
    assert [len(element) for element in elements] == [1, 0]


def test_what_is_done_with_is_forgotten() -> None:
    for element in read_elements(chunks(ROWS, 1), "Rows", "Row"):
        assert element.getprevious() is None
