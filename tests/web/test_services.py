"""Every operation, asked by zeep from the WSDLs; who may do what."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

from customary import __version__
from customary.protocols.ssc_soap import OPERATIONS, SOAP_PATH
from tests.support.components import FINANCIAL, UNIT, fields, payload
from tests.support.soap import OPERATOR, PASSWORD, READER, Desk, answering

CUSTOMER = payload([f"<Customer>{fields(CustomerCode='Z1', Name='Ünal &amp; Co')}</Customer>"]).decode()


def client(wsdl: str) -> Any:
    return zeep.Client(wsdl)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def security(shared: Desk) -> Any:
    return client(f"{shared.url}{SOAP_PATH}SecurityProvider?wsdl").service


@pytest.fixture(scope="module")
def executor(shared: Desk) -> Any:
    return client(f"{shared.url}/sunsystems-connect/wsdl/ComponentExecutor").service


def test_the_wsdls_offer_every_operation(shared: Desk) -> None:
    for service, operations in OPERATIONS.items():
        found = client(f"{shared.url}{SOAP_PATH}{service}?wsdl")
        (port,) = found.wsdl.services[service].ports.values()
        offered = {
            name: [element for element, _ in operation.input.body.type.elements]
            for name, operation in port.binding._operations.items()
        }
        assert offered == {name: list(parameters) for name, parameters in operations.items()}


def test_zeep_authenticates_validates_and_asks_for_properties(security: Any) -> None:
    voucher = security.Authenticate(name=OPERATOR, password=PASSWORD)
    assert security.Validate(authentication=voucher) is True
    assert security.Validate(authentication="made-up") is False
    assert security.UserPropertyValue(authentication=voucher, property="Name") == OPERATOR
    assert security.UserPropertyValue(authentication=voucher, property="Shoe size") is None
    assert security.GlobalPropertyValue(authentication=voucher, property="Version") == __version__
    assert not security.Authenticate(name=OPERATOR, password="not the password")
    with pytest.raises(zeep.exceptions.Fault, match="access rights"):
        security.UserPropertyValue(authentication="made-up", property="Name")


def test_zeep_executes(executor: Any, voucher: str) -> None:
    asked = {"authentication": voucher, "licensing": "", "component": "Customer", "group": ""}
    answer = executor.Execute(**asked, method="CreateOrAmend", payload=CUSTOMER)
    assert '<Customer status="success"><CustomerCode>Z1</CustomerCode>' in answer
    answer = executor.Execute(**asked, method="Query", payload=payload([]).decode())
    assert "<Name>Ünal &amp; Co</Name>" in answer
    with pytest.raises(zeep.exceptions.Fault, match="has no method 'Explode'"):
        executor.Execute(**asked, method="Explode", payload=CUSTOMER)


def test_zeep_need_not_send_licensing_and_group(executor: Any, voucher: str) -> None:
    answer = executor.Execute(
        authentication=voucher, component="Customer", method="CreateOrAmend", payload=CUSTOMER
    )
    assert 'status="success"' in answer


def test_zeep_learns_what_there_is(executor: Any, voucher: str) -> None:
    components = executor.Components(authentication=voucher)
    assert components == ["Customer", "ItemCustomer", "StandardTextLanguageVariants"]
    methods = executor.Methods(authentication=voucher, component="Customer")
    assert len(methods) == 13
    methods = executor.Methods(authentication=voucher, component="ItemCustomer")
    assert methods == ["CreateOrAmend", "CreateReplaceOrDelete", "Delete", "Query"], "no CreateAsDraft"
    assert executor.BusinessUnitGroups(authentication=voucher) == [FINANCIAL, UNIT]
    with pytest.raises(zeep.exceptions.Fault, match="there is no component 'Nothing'"):
        executor.Methods(authentication=voucher, component="Nothing")
    for ask in (executor.Components, executor.BusinessUnitGroups):
        with pytest.raises(zeep.exceptions.Fault, match="access rights"):
            ask(authentication="made-up")


def test_the_schemas_describe_what_is_sent_and_answered(executor: Any, voucher: str) -> None:
    def schema(ask: Callable[..., str], method: str) -> etree.XMLSchema:
        text = ask(authentication=voucher, component="Customer", method=method)
        return etree.XMLSchema(etree.fromstring(text.encode()))

    asked = {"authentication": voucher, "component": "Customer"}
    schema(executor.InputSchema, "CreateOrAmend").assertValid(etree.fromstring(CUSTOMER))
    answer = executor.Execute(**asked, method="CreateOrAmend", payload=CUSTOMER)
    schema(executor.OutputSchema, "CreateOrAmend").assertValid(etree.fromstring(answer))
    query = payload(["<Filter/><Select><Customer><Name/></Customer></Select>"]).decode()
    schema(executor.InputSchema, "Query").assertValid(etree.fromstring(query))
    answer = executor.Execute(**asked, method="Query", payload=payload([]).decode())
    schema(executor.OutputSchema, "Query").assertValid(etree.fromstring(answer.encode()))
    wrong = etree.fromstring(CUSTOMER.replace("Name>Ü", "Nam>Ü").replace("Co</Name", "Co</Nam"))
    assert not schema(executor.InputSchema, "Amend").validate(wrong)


def test_an_operator_who_may_read_may_query_and_nothing_else(shared: Desk, voucher: str) -> None:
    shared.execute(voucher, "CreateOrAmend", CUSTOMER)
    reader = shared.authenticate(READER)
    assert shared.execute(reader, "Query", payload([])).records
    for method in ("CreateOrAmend", "Delete", "CreateReplaceOrDelete", "Closed", "DeleteChildData"):
        refused = shared.execute(reader, method, CUSTOMER.replace("Ünal", "Changed"))
        assert refused.fault
        assert refused.fault.text == f"operator RDR may use Query only, not {method}"
    (left,) = shared.execute(voucher, "Query", payload([])).records
    assert (left.value("Name"), left.value("Status")) == ("Ünal & Co", "0")


def test_an_operator_may_use_its_own_business_units_only(shared: Desk) -> None:
    refused = shared.execute(shared.authenticate(READER), "Query", payload([], FINANCIAL))
    assert refused.fault
    assert refused.fault.text == "operator RDR may not use the business unit FIN"


def test_names_of_operators_compare_without_case(shared: Desk) -> None:
    assert shared.authenticate(OPERATOR.lower())


def test_a_voucher_expires_and_another_is_to_be_had(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'hub.db').as_posix()}"
    with answering(url, tmp_path, voucher_minutes=0.02) as desk:
        voucher = desk.authenticate()
        assert desk.execute(voucher, "Query", payload([])).fault is None
        while desk.execute(voucher, "Query", payload([])).fault is None:
            time.sleep(0.1)
        told = desk.execute(voucher, "Query", payload([]))
        assert told.fault
        assert "access rights" in told.fault.text
        assert desk.execute(desk.authenticate(), "Query", payload([])).fault is None
