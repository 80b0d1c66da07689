from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from customary.components.customer import CustomerComponent
from customary.components.order import ROUNDS, in_order
from customary.protocols.ssc_record import Record, section

COMPONENT = CustomerComponent()
codes = st.sampled_from("abcdefgh")
pairs = st.lists(st.tuples(codes, st.sampled_from(["", *"abcdefgh"])), max_size=12)


def customer(code: str, invoicing: str, number: int) -> Record:
    return section(
        "Customer", {"CustomerCode": code, "InvoicingCustomerCode": invoicing, "Name": str(number)}
    )


def ordered(sent: list[Record], awaited: frozenset[str]) -> list[Record]:
    return list(in_order(COMPONENT, awaited, lambda: sent))


@given(pairs, st.sets(codes))
def test_every_record_comes_once_and_those_of_one_customer_as_they_were_sent(
    drawn: list[tuple[str, str]], awaited: set[str]
) -> None:
    sent = [customer(*pair, number) for number, pair in enumerate(drawn)]
    found = ordered(sent, frozenset(awaited))
    assert sorted(found, key=sent.index) == sent
    for code, _ in drawn:
        assert [one for one in found if one.value("CustomerCode") == code] == [
            one for one in sent if one.value("CustomerCode") == code
        ]


@given(st.permutations(list(range(ROUNDS))))
def test_a_chain_comes_from_its_end_however_it_was_sent(places: list[int]) -> None:
    names = "abcdefgh"[:ROUNDS]
    chain = [customer(names[n], names[n + 1] if n + 1 < ROUNDS else "", n) for n in range(ROUNDS)]
    found = ordered([chain[place] for place in places], frozenset(names))
    assert found == chain[::-1]


def test_what_is_there_already_is_not_waited_for() -> None:
    sent = [customer("a", "b", 1), customer("b", "", 2)]
    assert ordered(sent, frozenset()) == sent
    assert ordered(sent, frozenset("b")) == sent[::-1]
