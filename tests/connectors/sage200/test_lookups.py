from __future__ import annotations

import pytest

from customary.connectors.memory_lease import MemoryLease
from customary.connectors.sage200.api import Sage200Api
from customary.connectors.sage200.client import Sage200Client
from customary.connectors.sage200.identity import Identity
from customary.connectors.sage200.lookups import TABLES, Codes, UnknownCode
from customary.connectors.sage200.tokens import LeasedTokens
from customary.errors import NotPermitted
from customary.sandboxes.sage200 import Sage200Sandbox
from tests.connectors.sage200.rig import calls, config, fault, logged_in


def codes_of(sandbox: Sage200Sandbox, **changes: object) -> Codes:
    settings = config(sandbox, **changes)
    client = Sage200Client("sage", settings)
    return Codes(Sage200Api(client, Identity(client, settings, LeasedTokens(logged_in(sandbox)))))


@pytest.mark.parametrize(
    ("table", "code", "id_"),
    [
        ("currencies", "GBP", "1"),
        ("country_codes", "gb", "13"),
        ("tax_codes", "1", "2"),
        ("salutations", "Mr.", "1"),
    ],
)
def test_a_code_and_its_id_belong_together(sandbox: Sage200Sandbox, table: str, code: str, id_: str) -> None:
    codes = codes_of(sandbox)
    assert codes.id_of(table, f" {code} ") == id_
    assert (codes.code(table, id_) or "").casefold() == code.casefold()
    assert codes.code(table, "") == ""
    assert codes.code(table, "999") is None


def test_another_company_has_other_ids(sandbox: Sage200Sandbox) -> None:
    assert codes_of(sandbox, company=2).id_of("country_codes", "GB") == "213"


def test_an_unknown_code_names_the_nearest(sandbox: Sage200Sandbox) -> None:
    codes = codes_of(sandbox)
    with pytest.raises(UnknownCode, match=r"no 'GPB' in currencies; nearest: GBP"):
        codes.id_of("currencies", "GPB")
    with pytest.raises(UnknownCode, match=r"no 'Mister' in salutations; nearest: Mi"):
        codes.id_of("salutations", "Mister")
    with pytest.raises(UnknownCode, match="it has"):
        codes.id_of("tax_codes", "Q")


def test_a_table_is_read_once(sandbox: Sage200Sandbox) -> None:
    codes = codes_of(sandbox)
    for _ in range(3):
        for table in TABLES:
            assert codes.codes(table)
    assert {calls(sandbox, f"GET {table}") for table in (*TABLES, "currency_iso_codes")} == {1}


def test_a_table_that_was_not_read_is_read_again(sandbox: Sage200Sandbox) -> None:
    codes = codes_of(sandbox)
    fault(sandbox, "forbidden", object="tax_codes")
    with pytest.raises(NotPermitted):
        codes.codes("tax_codes")
    assert codes.codes("tax_codes")
    with pytest.raises(NotPermitted, match="`edition`"):
        codes.codes("no_such_table")


def test_the_lease_is_free_while_nothing_is_refreshed(sandbox: Sage200Sandbox) -> None:
    lease = logged_in(sandbox, lease=MemoryLease("sage", 0))
    settings = config(sandbox)
    client = Sage200Client("sage", settings)
    codes = Codes(Sage200Api(client, Identity(client, settings, LeasedTokens(lease))))
    assert codes.codes("tax_codes")
    with lease.hold():
        assert codes.codes("country_codes")
