"""Random sequences of methods do what a simple model of the rules does, whatever came before."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from customary.config.settings import ComponentsConfig
from customary.model.limits import LIFTED
from customary.protocols.ssc_record import Record
from customary.store import business_units
from customary.store.database import Store, open_store
from tests.support.components import Office, fields
from tests.support.ssc_model import CHILDREN, STATUSES, Model, Values

codes = st.sampled_from("ABab")
maybe = st.sampled_from
texts = st.fixed_dictionaries({"text": maybe(["T1", "T2"]), "paragraph": maybe(["one", "two"])})
customers = st.builds(
    lambda body, text: {**body, **text},
    st.fixed_dictionaries(
        {"code": codes},
        optional={
            "name": maybe(["", "x", "y"]),
            "account": maybe(["", "1", "2", "1", "2"]),
            "invoicing": maybe(["", "a", "B"]),
            "lookup": maybe(["", "L"]),
            "tax": st.dictionaries(maybe("12"), maybe([None, "", "t"]), max_size=2),
            "delivery": st.dictionaries(maybe("DE"), maybe([None, "", "d"]), max_size=2),
        },
    ),
    st.one_of(st.just({}), texts),
)
items = st.builds(
    lambda body, text: {**body, **text},
    st.fixed_dictionaries({"item": maybe("IJi"), "code": codes}, optional={"price": maybe(["", "1.5"])}),
    st.one_of(st.just({}), texts),
)
WRITING = ("Create", "CreateAsDraft", "Amend", "CreateOrAmend", "BulkCreateOrAmend", "CreateReplaceOrDelete")
NAMES = {
    "code": "CustomerCode",
    "item": "ItemCode",
    "name": "Name",
    "account": "ActualAccount",
    "invoicing": "InvoicingCustomerCode",
    "price": "SellingPrice",
}
OWN = ("code", "name", "status", "account", "invoicing")
NODES = {
    "tax": ("Tax", "SequenceNumber", "TaxIdentificationCode"),
    "delivery": ("DeliveryToAddress", "DeliveryAddressCode", "LookupCode"),
}
RULES = ComponentsConfig(delete=LIFTED, account="always")
_numbers = itertools.count()


def body_of(values: Values) -> str:
    """Write what is sent of a record."""
    parts = [fields(**{NAMES[name]: value}) for name, value in values.items() if name in NAMES]
    for kind in CHILDREN:
        node, key, value = NODES[kind]
        for code, text in values.get(kind, {}).items():
            child = {key: code} if text is None else {key: code, value: text}
            parts.append(f"<{node}>{fields(**child)}</{node}>")
    if "lookup" in values:
        parts.append(f"<Accounts>{fields(LookupCode=values['lookup'])}</Accounts>")
    if "text" in values:
        own = text_fields(values["text"], values["paragraph"])
        parts.append(f"<StandardText><StandardTextLang>{own}</StandardTextLang></StandardText>")
    return "".join(parts)


def text_fields(code: str, paragraph: str) -> str:
    return fields(LanguageCode="1", StandardTextClassCode="S", StandardTextCode=code, Paragraph1=paragraph)


class Methods(RuleBasedStateMachine):
    """A business unit of its own on a hub that is there, and the model beside it."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        number = next(_numbers)
        self.unit = f"{number:03}"
        self.office = Office(self.store, RULES)
        business_units.ensure(self.store, {self.unit: False})
        self.model = Model()

    def ask(self, method: str, *bodies: Values, component: str = "Customer") -> list[str]:
        told = self.office.ask(method, *map(body_of, bodies), component=component, unit=self.unit)
        return told.statuses

    @rule(method=maybe(WRITING), bodies=st.lists(customers, min_size=1, max_size=3))
    def write(self, method: str, bodies: list[Values]) -> None:
        assert self.ask(method, *bodies) == self.model.customer(method, bodies)

    @rule(code=codes, account=maybe(["1", "2", "3", "4"]))
    def create(self, code: str, account: str) -> None:
        body = {"code": code, "account": account, "invoicing": ""}
        assert self.ask("CreateOrAmend", body) == self.model.customer("CreateOrAmend", [body])

    @rule(method=maybe([*STATUSES, "Delete"]), bodies=st.lists(customers, min_size=1, max_size=2))
    def set_status_or_delete(self, method: str, bodies: list[Values]) -> None:
        assert self.ask(method, *bodies) == self.model.customer(method, bodies)

    @rule(code=codes, keys=st.sets(maybe("DE"), max_size=2))
    def delete_child_data(self, code: str, keys: set[str]) -> None:
        body: Values = {"code": code, "delivery": dict.fromkeys(sorted(keys))}
        assert self.ask("DeleteChildData", body) == self.model.customer("DeleteChildData", [body])

    @rule(
        method=maybe(["CreateOrAmend", "CreateReplaceOrDelete", "Delete"]),
        bodies=st.lists(items, min_size=1, max_size=3),
    )
    def write_items(self, method: str, bodies: list[Values]) -> None:
        expected = self.model.item(method, bodies)
        assert self.ask(method, *bodies, component="ItemCustomer") == expected

    @rule(method=maybe(["Create", "Amend", "CreateOrAmend", "Delete"]), text=texts)
    def write_text(self, method: str, text: dict[str, str]) -> None:
        told = self.office.ask(
            method,
            text_fields(text["text"], text["paragraph"]),
            component="StandardTextLanguageVariants",
            unit=self.unit,
        )
        assert told.statuses == self.model.text(method, text["text"], text["paragraph"])

    @invariant()
    def a_query_tells_what_the_model_holds(self) -> None:
        told = self.office.query(unit=self.unit).records
        found = {str(record.value("CustomerCode")).lower(): customer_of(record) for record in told}
        assert found == {code: self.expected(one) for code, one in self.model.customers.items()}
        items = self.office.query(component="ItemCustomer", unit=self.unit).records
        assert {
            (str(one.value("ItemCode")).lower(), str(one.value("CustomerCode")).lower()): (
                one.value("ItemCode"),
                text_of(one, "SellingPrice"),
                attached(one),
            )
            for one in items
        } == {
            key: (one["item"], one.get("price", ""), self.attached(one))
            for key, one in self.model.items.items()
        }
        texts = self.office.query(component="StandardTextLanguageVariants", unit=self.unit).records
        assert dict(map(paragraph, texts)) == self.model.texts

    def attached(self, one: Values) -> dict[str, str]:
        return {code: self.model.texts[code] for code in one["texts"]}

    def expected(self, one: Values) -> Values:
        account = one.get("account", "")
        return {
            **{name: one.get(name, "") for name in OWN},
            **{kind: one[kind] for kind in CHILDREN},
            "lookup": self.model.accounts.get(account, {}).get("lookup", ""),
            "texts": self.attached(one),
        }


def text_of(record: Record, name: str) -> str:
    return str(record.value(name) or "")


def paragraph(text: Record) -> tuple[str, str]:
    return text_of(text, "StandardTextCode"), text_of(text, "Paragraph1")


def attached(record: Record) -> dict[str, str]:
    return dict(paragraph(text.all("StandardTextLang")[0]) for text in record.all("StandardText"))


def customer_of(record: Record) -> Values:
    names = {**NAMES, "status": "Status"}
    own: Values = {
        name: text_of(record, names[name]) for name in ("code", "name", "status", "account", "invoicing")
    }
    for kind in CHILDREN:
        node, key, value = NODES[kind]
        own[kind] = {text_of(child, key): text_of(child, value) for child in record.all(node)}
    accounts = record.all("Accounts")
    lookup = text_of(accounts[0], "LookupCode") if accounts else ""
    return {**own, "lookup": lookup, "texts": attached(record)}


@pytest.mark.parametrize("examples", [15, pytest.param(200, marks=pytest.mark.soak)])
def test_random_methods_do_what_a_simple_model_of_all_rules_does(tmp_path: Path, examples: int) -> None:
    """On SQLite only: whether the databases differ is told by the tests of each rule."""
    Methods.store = open_store(f"sqlite:///{(tmp_path / 'hub.db').as_posix()}")
    run_state_machine_as_test(
        Methods, settings=settings(max_examples=examples, stateful_step_count=12, deadline=None)
    )
    Methods.store.close()
