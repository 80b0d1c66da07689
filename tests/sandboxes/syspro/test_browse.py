from __future__ import annotations

import pytest

from customary.protocols.enet import EnetFormatError, parse_xml
from customary.sandboxes.syspro.browse import BrowseRequest, browse, parse_browse
from customary.sandboxes.syspro.settings import Settings
from customary.sandboxes.syspro.table import CustomerTable
from customary.sandboxes.syspro.writer import Writer

TABLE = CustomerTable(10, seed=1)


def browsed(request: BrowseRequest) -> tuple[list[str | None], str | None, str | None]:
    root = parse_xml(browse(request, TABLE, ("Customer", "CreditLimit"), Writer(Settings())).encode())
    keys = [row.findtext("Customer/Value") for row in root.findall("Row")]
    return keys, root.findtext("NextPrevKey/Back"), root.findtext("NextPrevKey/Fwd")


def test_rows_begin_where_the_condition_says() -> None:
    assert browsed(BrowseRequest("b", "3", "GE", 2)) == (["0000003", "0000004"], "True", "True")
    assert browsed(BrowseRequest("b", "8", "GR", 5)) == (["0000009", "0000010"], "True", "False")
    assert browsed(BrowseRequest("b", "2", "LE", 5)) == (["0000001", "0000002"], "False", "True")
    assert browsed(BrowseRequest("b", "3", "EF", 5)) == (["0000003"], "True", "True")


def test_rows_can_be_filtered() -> None:
    limit = TABLE["3"]["CreditLimit"]
    keys, *_ = browsed(BrowseRequest("b", filters=(("CreditLimit", limit),)))
    assert keys == [key for key in TABLE if TABLE[key]["CreditLimit"] == limit]


def test_twenty_rows_from_the_start_are_the_default() -> None:
    assert parse_browse(b"<Browse><BrowseName>b</BrowseName></Browse>") == BrowseRequest("b", "", "GE", 20)


@pytest.mark.parametrize(
    "xml",
    [
        b"<Query/>",
        b"<Browse><ReturnRows>many</ReturnRows></Browse>",
        b"<Browse><StartCondition>XX</StartCondition></Browse>",
        b"<Browse><Filter><ColumnFilterName>Nothing</ColumnFilterName></Filter></Browse>",
    ],
)
def test_a_browse_that_is_none_is_refused(xml: bytes) -> None:
    with pytest.raises(EnetFormatError):
        parse_browse(xml)
