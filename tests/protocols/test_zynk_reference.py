from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from customary.protocols.zynk_reference import (
    LONGEST,
    Convention,
    Counting,
    Names,
    NoReference,
    ReferenceGenerator,
    ReferenceSettings,
)

ZYNK = Names(company="Zynk Software Ltd.", forename="Ann", middle_name="B", surname="Example")


def nothing(reference: str) -> bool:
    return False


def generate(names: Names, settings: ReferenceSettings, *taken: str) -> str | NoReference:
    return ReferenceGenerator(settings).generate(names, lambda reference: reference.upper() in taken)


any_settings = st.builds(
    ReferenceSettings,
    convention=st.sampled_from(Convention),
    letters=st.integers(0, 7),
    digits=st.integers(1, 4),
    mask=st.just("") | st.text("A-?9", max_size=LONGEST),
    strip=st.sampled_from(["", r"\s*", "[aeiou]"]),
    counting=st.sampled_from(Counting),
).filter(lambda settings: not settings.problems())
any_names = st.builds(Names, company=st.text(), forename=st.text(), middle_name=st.text(), surname=st.text())


@given(any_settings, any_names, st.sets(st.integers(1, 40)))
def test_a_reference_fits_mask_and_length_and_is_never_taken(
    settings: ReferenceSettings, names: Names, numbers: set[int]
) -> None:
    generator = ReferenceGenerator(settings)

    def taken(reference: str) -> bool:
        return sum(map(ord, reference)) % 40 in numbers

    given: list[str] = []
    for _ in range(5):
        reference = generator.generate(names, taken)
        if isinstance(reference, NoReference):
            break
        assert not taken(reference)
        given.append(reference)
    assert len({reference.upper() for reference in given}) == len(given)
    mask = re.escape(settings.mask).replace(r"\?", "[A-Z0-9]")
    fewest, most = settings.digits, settings.letters + settings.digits
    whole = re.compile(mask if "?" in settings.mask else f"{mask}[A-Z0-9]{{{fewest},{most}}}")
    assert all(whole.fullmatch(reference) and len(reference) <= LONGEST for reference in given)


@given(any_settings, any_names)
def test_the_same_customers_get_the_same_references(settings: ReferenceSettings, names: Names) -> None:
    first, second = ReferenceGenerator(settings), ReferenceGenerator(settings)
    assert [first.generate(names, nothing) for _ in range(3)] == [
        second.generate(names, nothing) for _ in range(3)
    ]


@given(any_settings, st.text(), st.text())
def test_two_names_never_get_one_reference(settings: ReferenceSettings, first: str, second: str) -> None:
    generator = ReferenceGenerator(settings)
    given = [
        generator.generate(Names(company=name, surname=name), nothing) for name in (first, second, first)
    ]
    assume(not any(isinstance(reference, NoReference) for reference in given))
    assert len(set(given)) == 3


@pytest.mark.parametrize(
    ("settings", "reference"),
    [
        # SOURCE: facts/sage200.md, section 5: ZYNK001 = 4 + 3, ZYNK0001 = 4 + 4
        (ReferenceSettings(letters=4, digits=3), "ZYNK001"),
        (ReferenceSettings(letters=4, digits=4), "ZYNK0001"),
        # SOURCE: the same: A?????? always starts with A; Z- is a prefix; ???-??? gives INT-001
        (ReferenceSettings(letters=3, digits=3, mask="A??????"), "AZYN001"),
        (ReferenceSettings(letters=3, digits=3, mask="Z-"), "Z-ZYN001"),
        (ReferenceSettings(letters=3, digits=3, mask="???-???"), "ZYN-001"),
        # SOURCE: the same: one site wants 5 letters and 3 digits, descending from 999
        (ReferenceSettings(letters=5, digits=3, counting=Counting.DESCENDING), "ZYNKS999"),
        (ReferenceSettings(letters=7, digits=1), "ZYNKSOF1"),
        (ReferenceSettings(letters=0, digits=5, mask="C"), "C00001"),
        (ReferenceSettings(letters=3, digits=2, mask="X???????"), "XZYN0001"),
        (ReferenceSettings(letters=4, digits=3, strip="[nk]"), "ZYSO001"),
        (ReferenceSettings(convention=Convention.FORENAME_SURNAME), "ANNE001"),
        (ReferenceSettings(convention=Convention.SURNAME_FORENAME), "EXAM001"),
    ],
)
def test_settings_make_the_reference(settings: ReferenceSettings, reference: str) -> None:
    assert generate(ZYNK, settings) == reference


@pytest.mark.parametrize(
    ("convention", "stem"),
    [
        (Convention.COMPANY_OTHERWISE_FULL_NAME, "ANNBEXA"),
        (Convention.COMPANY_OTHERWISE_FORENAME_SURNAME, "ANNEXAM"),
        (Convention.COMPANY_OTHERWISE_SURNAME_FORENAME, "EXAMPLE"),
    ],
)
@pytest.mark.parametrize("company", ["", "  ", "東京", "&"])
def test_without_a_usable_company_the_contact_s_name_is_taken(
    convention: Convention, stem: str, company: str
) -> None:
    names = Names(company=company, forename="Ann", middle_name="B", surname="Example")
    assert (
        ReferenceGenerator(ReferenceSettings(convention=convention, letters=7, digits=1)).stem(names) == stem
    )


@pytest.mark.parametrize(
    ("company", "stem"),
    [
        ("Ærø & Söhne", "AEROSOHN"),
        ("Straße", "STRASSE"),
        ("łódź", "LODZ"),
        ("3M UK", "3MUK"),
        ("O'Brien", "OBRIEN"),
        ("①②", "12"),
    ],
)
def test_letters_and_digits_of_a_name_are_taken_plain_and_in_upper_case(company: str, stem: str) -> None:
    settings = ReferenceSettings(letters=7, digits=1)
    assert ReferenceGenerator(settings).stem(Names(company=company)) == stem[:7]


def test_a_short_name_makes_a_short_reference_or_fills_the_mask() -> None:
    short = Names(company="AB")
    assert generate(short, ReferenceSettings(letters=4, digits=3)) == "AB001"
    assert generate(short, ReferenceSettings(letters=4, digits=3, mask="X???????")) == "XAB00001"


def test_the_lowest_free_number_is_taken() -> None:
    assert generate(ZYNK, ReferenceSettings(), "ZYNK001", "ZYNK002", "ZYNK004") == "ZYNK003"


def test_a_number_that_is_given_in_this_run_is_not_given_again_even_if_nobody_says_so() -> None:
    generator = ReferenceGenerator(ReferenceSettings(mask="????????", letters=4, digits=4))
    names = [Names(company="AB00"), Names(company="AB"), Names(company="AB0"), Names(company="AB00")]
    given = [generator.generate(name, nothing) for name in names]
    assert given == ["AB000001", "AB000002", "AB000003", "AB000004"]


def test_numbers_that_were_tried_are_not_tried_again() -> None:
    asked: list[str] = []

    def taken(reference: str) -> bool:
        asked.append(reference)
        return reference < "ZYNK500"

    generator = ReferenceGenerator(ReferenceSettings())
    assert [generator.generate(ZYNK, taken) for _ in range(2)] == ["ZYNK500", "ZYNK501"]
    assert len(asked) == 501


def test_when_all_numbers_are_taken_it_says_so_and_goes_on_with_other_names() -> None:
    generator = ReferenceGenerator(ReferenceSettings(letters=4, digits=1))
    for number in range(1, 10):
        assert generator.generate(ZYNK, nothing) == f"ZYNK{number}"
    refused = generator.generate(ZYNK, nothing)
    assert isinstance(refused, NoReference)
    assert "ZYNK1 to ZYNK9 are taken" in refused.reason
    assert generator.generate(Names(company="Other"), nothing) == "OTHE1"


def test_a_name_without_a_plain_letter_has_no_reference() -> None:
    refused = generate(Names(company="東京", surname="山田"), ReferenceSettings())
    assert isinstance(refused, NoReference)
    assert "give the record a reference" in refused.reason
    assert generate(Names(company="東京"), ReferenceSettings(letters=0)) == "001"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (ReferenceSettings(letters=5, digits=4), "would have 9 characters"),
        (ReferenceSettings(letters=4, digits=3, mask="Z-"), "would have 9 characters"),
        (ReferenceSettings(letters=4, digits=3, mask="A????????"), "would have 9 characters"),
        (ReferenceSettings(letters=4, digits=3, mask="A??????"), "6 places .* 7 generated"),
        (ReferenceSettings(letters=-1), "alphabetic length"),
        (ReferenceSettings(digits=0), "numeric length"),
        (ReferenceSettings(strip="("), "regular expression"),
        (ReferenceSettings(letters=3, mask="Ü"), "no reference may have"),
        (ReferenceSettings(letters=3, mask=" "), "no reference may have"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: ReferenceSettings, problem: str) -> None:
    assert [bool(re.search(problem, told)) for told in settings.problems()] == [True]
    with pytest.raises(ValueError, match=problem):
        ReferenceGenerator(settings)


def test_all_problems_of_the_settings_are_told_at_once() -> None:
    assert len(ReferenceSettings(letters=-1, digits=0, strip="(", mask="ü???????????").problems()) == 5
