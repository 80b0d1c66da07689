from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc import SscFormatError
from customary.protocols.ssc_bytes import Utf8
from customary.protocols.ssc_tree import parts
from tests.support import ssc

DOCUMENT = "<SSC><Payload><Name>{}</Name></Payload></SSC>"


def name(document: bytes, encoding: str = "") -> str:
    (_, record), *_ = parts(io.BytesIO(document), encoding)
    return record.text


def refused(document: bytes, encoding: str = "") -> SscFormatError:
    with pytest.raises(SscFormatError) as caught:
        name(document, encoding)
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("UTF-8", "Müller € 客户"),
        ("ISO-8859-1", "Müller"),
        ("iso-8859-15", "Müller €"),
        ("Windows-1252", "Müller €"),
        ("windows-1251", "Иванов"),
        ("us-ascii", "Mueller"),
        ("Shift_JIS", "顧客"),
        ("GB18030", "客户"),
        ("Big5", "客戶"),
    ],
)
def test_the_declared_encoding_counts(encoding: str, text: str) -> None:
    declared = f"<?xml version='1.0'  encoding='{encoding}' standalone='yes'?>{DOCUMENT.format(text)}"
    assert name(declared.encode(encoding)) == text


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="utf-16"?>'])
def test_utf_16_is_known_by_its_first_bytes(declaration: str, order: str, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + declaration + DOCUMENT.format("客户")
    assert name(text.encode(f"utf-16-{order}")) == "客户"


def test_a_missing_declaration_means_utf_8() -> None:
    """SOURCE: facts, section 2: a declaration is documented as a must, and real clients omit it."""
    assert name(DOCUMENT.format("Müller").encode()) == "Müller"


def test_a_byte_order_mark_wins_over_the_declaration() -> None:
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?>' + DOCUMENT.format("Müller")
    assert name(declared.encode("utf-8-sig")) == "Müller"


def test_what_soap_carried_is_utf_8_whatever_it_declares() -> None:
    """SOURCE: facts, section 13: escaping and encodings are a pain of real clients."""
    for declared in ("utf-16", "ISO-8859-1", "no-such-encoding"):
        document = f'<?xml version="1.0" encoding="{declared}"?>' + DOCUMENT.format("Müller")
        assert name(document.encode(), "utf-8") == "Müller"


def test_bytes_that_only_declare_utf_16_are_read_as_utf_8() -> None:
    document = '<?xml version="1.0" encoding="utf-16"?>' + DOCUMENT.format("Müller")
    assert name(document.encode()) == "Müller"


def test_blanks_before_the_declaration_do_no_harm_and_count_as_lines() -> None:
    document = '\r\n \n<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    assert name((document + DOCUMENT.format("Müller")).encode("latin-1")) == "Müller"
    assert refused((document + "<SSC>\n<Name></SSC>").encode()).line == 5
    assert name(b" \n" * 5000 + DOCUMENT.format("x").encode()) == "x"


@pytest.mark.parametrize("encoding", ["klingon", "UTF-7", "zlib", "base64", "rot13", "utf-32", "cp037", ""])
def test_another_encoding_is_refused_by_name(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>' + DOCUMENT.format("x")
    assert "send UTF-8" in str(refused(document.encode()))


def test_bytes_that_are_not_in_their_encoding_are_refused_with_their_line() -> None:
    latin = DOCUMENT.format("\n\nMüller").encode("latin-1")
    assert refused(latin).line == 3
    assert "declare the encoding" in str(refused(latin))
    assert "M" not in str(refused(latin)).removeprefix("The bytes are not utf-8")
    assert "utf-16-le" in str(refused(DOCUMENT.format("x").encode("utf-16") + b"\0"))
    far = b"\n" * 100_000 + b"<SSC><Payload>" + b"<A/>\n" * 100_000 + b"\xff"
    assert refused(far).line == 200_001


@ssc.law
@given(
    st.text(st.characters(exclude_characters="\0"), max_size=30),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.integers(1, 7),
)
def test_the_size_of_the_chunks_does_not_matter(text: str, encoding: str, step: int) -> None:
    given_bytes = ("<" + text).encode(encoding, "replace")
    at_once = Utf8().feed(given_bytes, last=True)
    reader = Utf8()
    pieces = [reader.feed(given_bytes[n : n + step]) for n in range(0, len(given_bytes), step)]
    assert b"".join(pieces) + reader.feed(b"", last=True) == at_once
    assert at_once.decode() == given_bytes.decode(encoding)
