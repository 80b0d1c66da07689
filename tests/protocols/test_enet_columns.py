from __future__ import annotations

from customary.protocols.enet_columns import CUSTOMER_COLUMNS, Evidence


def test_the_operation_reads_twenty_columns_whose_types_are_known_from_a_real_table() -> None:
    read = [column for column in CUSTOMER_COLUMNS.values() if column.synchronized]
    assert len(read) == 20
    assert [read[0].name, read[-1].name] == ["Customer", "LineDiscCode"]
    assert {column.evidence for column in read} == {Evidence.TABLE}


def test_a_type_is_written_as_sql_writes_it() -> None:
    types = {name: CUSTOMER_COLUMNS[name].sql for name in ("Name", "CreditLimit", "Currency", "UserField2")}
    assert types == {
        "Name": "varchar(50)",
        "CreditLimit": "decimal(12,0)",
        "Currency": "char(3)",
        "UserField2": "decimal(14,2)",
    }
    assert CUSTOMER_COLUMNS["DateCustAdded"].sql == "date"


def test_every_value_of_a_domain_fits_its_column() -> None:
    long = {
        column.name: value
        for column in CUSTOMER_COLUMNS.values()
        for value in column.domain
        if len(value) > column.length
    }
    assert long == {}
