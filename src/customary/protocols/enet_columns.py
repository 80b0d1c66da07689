"""The columns of SYSPRO's ArCustomer: SQL types, lengths, domains, and what each of these is known from.

Source: section 2 of the fact sheet on SYSPRO customers (``facts/syspro.md``). Every column is NOT NULL, so
that blank is ``''`` or blanks. Lengths grew between SYSPRO 6.1 and 7/8; these are the larger, of 7/8.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Evidence(StrEnum):
    """How sure a column's type and length are."""

    TABLE = "client code"
    """Taken by client code from a real SYSPRO 7/8 table."""
    SCHEMA = "documented"
    """SYSPRO 6.1's own schema of customers; later versions may hold more."""
    GUESS = "guess"
    """Like its neighbours."""


class SqlType(StrEnum):
    """The SQL types that ArCustomer uses."""

    VARCHAR = "varchar"
    CHAR = "char"
    DECIMAL = "decimal"
    DATE = "date"


class Column(Struct, frozen=True, kw_only=True):
    """One column of ArCustomer."""

    name: str
    """The case-sensitive SQL name, which is also the XML node's."""
    type: SqlType = SqlType.VARCHAR
    length: int
    """Most characters of a text; all digits of a decimal."""
    decimals: int = 0
    """Digits behind the point of a decimal."""
    domain: tuple[str, ...] = ()
    """The values it can have; none listed: any. ``""`` is blank."""
    evidence: Evidence = Evidence.TABLE
    synchronized: bool = False
    """Whether it is one of the 20 nodes that CyberStore's operation reads (the seed's table)."""

    @property
    def sql(self) -> str:
        """The type as SQL writes it, such as ``varchar(50)`` or ``decimal(12,0)``."""
        match self.type:
            case SqlType.DATE:
                return "date"
            case SqlType.DECIMAL:
                return f"decimal({self.length},{self.decimals})"
            case _:
                return f"{self.type}({self.length})"


def _read(name: str, length: int, type: SqlType = SqlType.VARCHAR, domain: tuple[str, ...] = ()) -> Column:
    return Column(name=name, length=length, type=type, domain=domain, synchronized=True)


def _guess(name: str, length: int, type: SqlType = SqlType.VARCHAR, domain: tuple[str, ...] = ()) -> Column:
    return Column(name=name, length=length, type=type, domain=domain, evidence=Evidence.GUESS)


def _schema(name: str, length: int) -> Column:
    return Column(name=name, length=length, evidence=Evidence.SCHEMA)


_YES_NO = ("Y", "N", "")

_SYNCHRONIZED = (
    _read("Customer", 15),
    _read("Name", 50),
    _read("Telephone", 20),
    _read("Contact", 50),
    _read("Email", 255),
    _read("UserField1", 10),
    _read("CreditLimit", 12, SqlType.DECIMAL),
    _read("TaxStatus", 1, SqlType.CHAR, ("E", "N", "O")),
    _read("TaxExemptNumber", 30),
    _read("Currency", 3, SqlType.CHAR),
    _read("SalesWarehouse", 10),
    _read("TpmPricingFlag", 1, SqlType.CHAR, _YES_NO),
    _read("StateCode", 3, SqlType.CHAR),
    _read("TermsCode", 2, SqlType.CHAR),
    _read("Salesperson", 20),
    _read("Salesperson3", 20),
    _read("BuyingGroup5", 10),
    _read("InvDiscCode", 10),
    _read("Branch", 10),
    _read("LineDiscCode", 10),
)

_OTHERS = (
    _guess("ShortName", 20),
    _guess("Salesperson1", 20),
    _guess("Salesperson2", 20),
    *(_guess(f"BuyingGroup{number}", 10) for number in range(1, 5)),
    Column(name="CustomerClass", length=10),
    _guess("CustomerOnHold", 1, SqlType.CHAR, ("Y", "N")),
    _guess("CreditStatus", 1, SqlType.CHAR, ("0", "1", "2", "3", "4", "5", "6", "9")),
    _guess("CreditCheckFlag", 1, SqlType.CHAR, ("T", "L", "B", "N", "")),
    _guess("BalanceType", 1, SqlType.CHAR, ("I", "B")),
    _guess("TpmCustomerFlag", 1, SqlType.CHAR, _YES_NO),
    Column(name="UserField2", type=SqlType.DECIMAL, length=14, decimals=2),
    _guess("DateCustAdded", 10, SqlType.DATE),
    Column(name="PriceCode", length=10),
    Column(name="Area", length=10),
    Column(name="MasterAccount", length=15),
    _guess("CustomerType", 1, SqlType.CHAR),
    Column(name="Fax", length=20),
    Column(name="AddTelephone", length=20),
    *(_schema(f"SoldToAddr{line}", 40) for line in range(1, 6)),
    _schema("SoldPostalCode", 9),
    *(_schema(f"ShipToAddr{line}", 40) for line in range(1, 6)),
    _schema("ShipPostalCode", 9),
    Column(name="SpecialInstrs", length=30),
    _guess("Nationality", 3, SqlType.CHAR),
)

CUSTOMER_COLUMNS: Final[dict[str, Column]] = {column.name: column for column in _SYNCHRONIZED + _OTHERS}
"""ArCustomer's columns by name: the 20 that the operation reads, in the seed's order, then others."""
