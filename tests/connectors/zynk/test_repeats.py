from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customary.connectors.zynk.codec import Names
from customary.connectors.zynk.repeats import repeats

SOME = st.sampled_from(["", "a", "b", "A", "1"])


@given(st.lists(st.builds(Names, SOME, SOME, SOME, SOME), max_size=12))
def test_every_record_with_a_name_that_came_before_is_found_and_no_other(names: list[Names]) -> None:
    met: dict[tuple[str, str], int] = {}
    expected: dict[int, set[tuple[str, int]]] = {}
    for number, each in enumerate(names, 1):
        for told in each.told():
            if (earlier := met.setdefault(told, number)) != number:
                expected.setdefault(number, set()).add((told[0], earlier))
    found = repeats(names)
    assert found.keys() == expected.keys()
    assert all(told in expected[number] for number, told in found.items())


def test_many_records_are_told_apart() -> None:
    names = [Names(external_id=str(number), reference=f"R{number}") for number in range(20_000)]
    assert repeats([*names, Names(external_id="777")]) == {20_001: ("external id", 778)}
