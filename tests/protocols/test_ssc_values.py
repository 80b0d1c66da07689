from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customary.protocols.ssc_codes import ACCOUNT_TYPE, CREDIT_LIMIT_BLOCK, STATUS, YES_NO
from customary.protocols.ssc_values import (
    LARGEST_SMALLINT,
    read_code,
    read_date,
    read_decimal,
    read_integer,
    read_moment,
    write_date,
    write_decimal,
    write_moment,
)
from tests.support import ssc


@ssc.law
@given(st.dates())
def test_a_date_is_read_as_it_was_written(day: date) -> None:
    assert read_date(write_date(day), slashes=False) == day
    assert read_date(write_date(day), slashes=True) == day
    assert read_date(day.strftime("%d/%m/") + f"{day.year:04}", slashes=True) == day


def test_slashes_are_for_sasi_only() -> None:
    """SOURCE: facts, section 3, documented."""
    assert read_date(" 02/04/2001 ", slashes=True) == date(2001, 4, 2)
    with pytest.raises(ValueError, match="without slashes"):
        read_date("02/04/2001", slashes=False)


@pytest.mark.parametrize(
    "text",
    ["", "2042001", "02/042001", "2001-04-02", "0204200x", "٠٢٠٤٢٠٠١", "020420011", "30022001", "02040000"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day"):
        read_date(text, slashes=True)


@ssc.law
@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(lambda m: m.replace(microsecond=0)))
def test_a_time_is_read_as_it_was_written_and_as_others_write_it(moment: datetime) -> None:
    """SOURCE: facts, section 3: one client's comment has the first form, its code the second; ISO a guess."""
    assert read_moment(write_moment(moment)) == moment
    assert read_moment(moment.strftime("%Y%m%d%H%M%S")) == moment
    assert read_moment(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("02042001", datetime(2001, 4, 2)),
        ("20010402", datetime(2001, 4, 2)),
        ("2001-04-02", datetime(2001, 4, 2)),
        ("2001-04-02T10:30:00+02:00", datetime(2001, 4, 2, 8, 30)),
        ("2001-04-02T10:30:00Z", datetime(2001, 4, 2, 10, 30)),
    ],
)
def test_a_time_may_lack_its_hours_and_have_a_zone(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text", ["", "31022001", "02042001 1030", "soon", "02042001250000", "9" * 14, "0001-01-01T00+05"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ddmmyyyyhhmmss"):
        read_moment(text)


@ssc.law
@given(st.decimals(-(10**13) + 1, 10**13 - 1, places=5))
def test_a_number_is_read_as_it_was_written(number: Decimal) -> None:
    assert read_decimal(write_decimal(number), 13, 5) == number


@pytest.mark.parametrize(
    ("text", "whole", "scale", "number"),
    [
        (" 1234.5 ", 13, 5, "1234.5"),
        ("-.5", 13, 5, "-0.5"),
        ("+5.", 13, 5, "5"),
        ("0.123455", 13, 5, "0.12346"),  # SOURCE: facts, section 2, documented: numbers may be rounded
        ("-0.123455", 13, 5, "-0.12346"),
        ("9999999999999.99999", 13, 5, "9999999999999.99999"),
        ("12.5", 19, 0, "13"),
        ("000000000000000000001", 1, 0, "1"),
    ],
)
def test_a_number_is_rounded_to_what_its_element_holds(
    text: str, whole: int, scale: int, number: str
) -> None:
    assert read_decimal(text, whole, scale) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1,234.56", "separators"),
        ("1.234,56", "separators"),
        ("1E5", "such as"),
        ("", "such as"),
        (".", "such as"),
        ("NaN", "such as"),
        ("١", "such as"),
        ("1_000", "such as"),
        ("9" * 101, "such as"),
        ("10000000000000", "more than 13 digits"),
        ("9999999999999.999999", "more than 13 digits"),
    ],
)
def test_what_is_no_number_or_too_large_is_refused(text: str, told: str) -> None:
    """SOURCE: facts, section 9, client code: numeric(18,5) in the database."""
    with pytest.raises(ValueError, match=told):
        read_decimal(text, 13, 5)


@pytest.mark.parametrize(
    ("number", "text"), [("0", "0"), ("-0.0", "0"), ("1.50", "1.5"), ("1E+3", "1000"), ("100", "100")]
)
def test_a_number_is_written_without_exponent_and_needless_zeros(number: str, text: str) -> None:
    assert write_decimal(Decimal(number)) == text


@ssc.law
@given(st.integers(-LARGEST_SMALLINT, LARGEST_SMALLINT))
def test_a_whole_number_is_read(number: int) -> None:
    assert read_integer(f" {number} ") == number


@pytest.mark.parametrize("text", ["", "1.5", "32768", "-32768", "--1", "-", "²", "9" * 5000, "1 2"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        read_integer(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "0"),  # SOURCE: facts, section 3, documented
        ("Open", "0"),  # SOURCE: facts, section 3, client code
        (" open ", "0"),
        ("SUSPENDED/HELD", "2"),
        ("SuspendedHeld", "2"),
        ("held", "2"),
        ("Closed", "3"),
        ("Draft", "4"),
    ],
)
def test_a_status_is_read_by_code_and_for_sasi_by_name(text: str, code: str) -> None:
    assert read_code(text, STATUS, names=True) == code


def test_names_of_codes_are_for_sasi_only() -> None:
    with pytest.raises(ValueError, match="one of the codes 0=No; 1=Yes"):
        read_code("Yes", YES_NO, names=False)
    assert read_code("1", YES_NO, names=False) == "1"


@pytest.mark.parametrize("text", ["", "5", "/", "00", "Op"])
def test_what_is_no_code_is_refused_with_the_codes(text: str) -> None:
    with pytest.raises(ValueError, match="0=Open; 1=Hidden; 2=Suspended/Held; 3=Closed/Completed; 4=Draft"):
        read_code(text, STATUS, names=True)


def test_punctuation_and_blanks_do_not_matter_in_names() -> None:
    assert read_code("p & l", ACCOUNT_TYPE, names=True) == "3"
    assert read_code("WarnAndBlock", CREDIT_LIMIT_BLOCK, names=True) == "1"
