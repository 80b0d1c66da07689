"""What the components' payloads may hold: each element's type, length and codes, as tables.

Lengths, types and codes are those of the SunSystems schema (``facts/sunsystems.md``, 9, 11 and 12). ``field``
names the customer field where it means the same; everything else is kept under the vendor's own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from customary.model.customer import AddressUse, Status


class Kind(StrEnum):
    """What sort of value an element holds."""

    TEXT = "text"
    CODE = "code"
    """A text that names something: compared without case, blanks at its end dropped."""
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    CODED = "coded"
    """One of a closed list of numbers, which have names."""


class Element(Struct, frozen=True, kw_only=True):
    """One element of a record."""

    name: str
    kind: Kind = Kind.TEXT
    length: int = 0
    """Most characters; digits before the point of a decimal."""
    decimals: int = 0
    codes: Mapping[str, str] = {}
    """Code -> name, where the value is one of a closed list."""
    field: str = ""
    """The customer field that means the same, where there is one."""
    reference: str = ""
    """The reference list that the code must be in, where the business unit closes that list."""


Elements = Mapping[str, Element]

YN = {"0": "No", "1": "Yes"}
YNO = {**YN, "2": "Optional"}
CREDIT_CHECK = {
    "0": "Warn Only",
    "1": "Warn And Block",
    "2": "No Credit Checking",
    "3": "Block Only",
    "99": "Not Set",
}
STATUS = {
    "0": "Open",
    "1": "Hidden",
    "2": "Suspended/Held",
    "3": "Closed/Completed",
    "4": "Draft",
}
STATUSES = {
    "0": Status.OPEN,
    "1": Status.HIDDEN,
    "2": Status.SUSPENDED,
    "3": Status.CLOSED,
    "4": Status.DRAFT,
}
STATUS_CODES = {status: code for code, status in STATUSES.items()}
ROLE = {"0": "Buyer", "1": "Salesperson", "2": "Inspector", "3": "Operator", "4": "Planner", "5": "Other"}
PAYMENT = {"0": "Cheque Payment", "1": "Bank Payment", "2": "Single Payment", "99": "Not Specified"}
LEAD_TIME = {"2": "Days", "3": "Weeks", "4": "Months", "5": "Years", "99": "Not Applicable"}
RESTRICTION = {"0": "No", "1": "Warn", "2": "Prevent", "3": "Lift Restriction"}
ACCOUNT_TYPE = {"0": "Debtor", "1": "Creditor", "2": "Client", "3": "P&L", "4": "Balance Sheet", "5": "Memo"}
SIDE = {"0": "Credit", "1": "Debit"}
CONTROL = {"0": "Prohibited", "1": "Mandatory", "2": "Ledger Default"}
ENTER = {"1": "Mandatory", "2": "Optional", "3": "Prohibited"}


def text(name: str, length: int, field: str = "") -> Element:
    """A text of at most ``length`` characters; a blank is a value."""
    return Element(name=name, length=length, field=field)


def code(name: str, length: int, reference: str = "", field: str = "") -> Element:
    """A code of at most ``length`` characters that may be held against a reference list."""
    return Element(name=name, kind=Kind.CODE, length=length, reference=reference, field=field)


def decimal(name: str, length: int = 13, decimals: int = 5) -> Element:
    """A number; 20.5 in the schema is numeric(18,5) in the database, so 13 digits before the point."""
    return Element(name=name, kind=Kind.DECIMAL, length=length, decimals=decimals)


def integer(name: str, length: int) -> Element:
    """A whole number of at most ``length`` digits."""
    return Element(name=name, kind=Kind.INTEGER, length=length)


def date(name: str) -> Element:
    """A date, ``ddmmyyyy``."""
    return Element(name=name, kind=Kind.DATE, length=10)


def coded(name: str, codes: Mapping[str, str]) -> Element:
    """One of a closed list of codes."""
    return Element(name=name, kind=Kind.CODED, codes=codes)


def table(*elements: Element) -> dict[str, Element]:
    """Make a table of elements, in their order."""
    return {element.name: element for element in elements}


IGNORED = frozenset(
    {"UpdateCount", "DateTimeLastUpdated", "UserIdLastUpdated", "CreditBlockDate", "CreditBlockUserId"}
)
"""What only SunSystems itself writes; a Query's output may be sent back with it (6, guess)."""

SPELLINGS = {"EmailAddress": "EMailAddress", "CharacteristicCode": "CharacteristicsCode"}
"""Other spellings that real clients send (9 and 11)."""

CUSTOMER = table(
    code("CustomerCode", 15, field="code"),
    text("Name", 50, "name"),
    code("ActualAccount", 15, "account", "account_code"),
    text("Comment", 255, "comment"),
    code("CompanyAddressCode", 15, "address"),
    coded("CreditBlock", YN),
    *(coded(f"CreditLimitBlock{at}", CREDIT_CHECK) for at in ("Entry", "Release", "Picking", "Dispatch")),
    *(date(f"CustomerMiscDate{n}") for n in (1, 2)),
    *(text(f"CustomerMiscDescription{n}", 255) for n in (1, 2)),
    *(decimal(f"CustomerMiscNumber{n}") for n in (1, 2)),
    *(text(f"CustomerMiscReference{n}", 30) for n in (1, 2)),
    code("DataAccessGroupCode", 5, "data_access_group"),
    coded("DaysToleranceOverride", YN),
    code("DefaultBankSubcode", 5, "bank_subcode"),
    code("DefaultCarrier", 15, "carrier", "carrier"),
    code("DefaultCurrencyCode", 5, "currency", "currency"),
    code("DefaultDispatchWarehouse", 15, "warehouse", "warehouse"),
    code("DefaultReturnLocation", 15, "warehouse"),
    code("DefaultSalesDefinitionCode", 15, "sales_definition"),
    code("DefaultSalesperson", 15, "salesperson", "salesperson"),
    coded("DefaultSalespersonRole", ROLE),
    text("Description", 50, "description"),
    coded("DirectDebitPayments", YN),
    text("EMailAddress", 124, "email"),
    code("ExpectedRevenueAccount", 15, "account"),
    coded("ImmediateSettlement", YN),
    code("InvoicingCustomerCode", 15, field="invoicing_customer"),
    code("LinkAddressCode", 15, "address"),
    text("LookupCode", 15, "lookup_code"),
    decimal("MaximumSalesOrderValue"),
    decimal("MinimumSalesOrderValue"),
    coded("OverdueInvoiceCheckDisabled", YN),
    coded("PaymentMethod", PAYMENT),
    code("PaymentTermsGroupCode", 15, "payment_terms", "payment_terms"),
    code("PrimaryDeliveryAddress", 15, "address"),
    text("PriorityRating", 1),
    text("ShortHeading", 15, "short_name"),
    coded("Status", STATUS),
    integer("ToleranceDaysToApply", 5),
    decimal("WarningLimit"),
    text("WebPageAddress", 124, "website"),
    coded("WholeOrdersOnly", YNO),
    coded("WholeSalesKitOnly", YNO),
    coded("WholeSalesOrderLineOnly", YNO),
)

FINANCIALS_ONLY = (
    "DefaultCarrier",
    "DefaultDispatchWarehouse",
    "DefaultReturnLocation",
    "DefaultSalesDefinitionCode",
    "DefaultSalesperson",
    "PrimaryDeliveryAddress",
)
"""Not applied in a business unit that is financials only (seed on Customer, documented)."""

_HEADINGS = (
    text("Description", 50, "description"),
    text("ShortHeading", 15, "short_name"),
    text("LookupCode", 15, "lookup_code"),
)


class Section(Struct, frozen=True, kw_only=True):
    """A kind of child record: its elements, those that must have a value, and where the hub keeps it."""

    node: str
    elements: Elements
    mandatory: tuple[str, ...]
    keys: tuple[str, ...]
    """What identifies it within its parent; ``()``: there is at most one."""
    kept: str = ""
    """The customer's children that it is kept among; ``""``: on the customer itself."""
    use: AddressUse | None = None
    deletable: bool = False
    """Whether DeleteChildData may name it."""
    extensible: bool = False
    """Whether elements that are not in the table are kept too, because their names are unknown."""


def _address(node: str, keys: tuple[str, ...], use: AddressUse, *more: Element) -> Section:
    codes = (code(name, 15, "address" if name.endswith("AddressCode") else "") for name in keys)
    return Section(
        node=node,
        elements=table(*codes, *_HEADINGS, *more),
        mandatory=keys,
        keys=keys,
        kept="addresses",
        use=use,
        deletable=True,
    )


def _analysis(number: int, prefix: str, kind: str) -> Section:
    value = code(f"{prefix}_AnlCode", 15, f"{kind}_{number}")
    more = (text(f"{prefix}_{name}", 15) for name in ("AnlCatId", "SHead", "CustCode"))
    return Section(node=f"Analysis{number}", elements=table(value, *more), mandatory=(value.name,), keys=())


ANALYSIS_CODE = "VCustCatAnalysis_AnlCode"
ANALYSES = tuple(_analysis(number, "VCustCatAnalysis", "analysis") for number in range(1, 11))
ACCOUNT_ANALYSES = tuple(_analysis(n, "VAcntCatAnalysis", "account_analysis") for n in range(1, 11))

SECTIONS = (
    _address(
        "DeliveryToAddress",
        ("DeliveryAddressCode",),
        AddressUse.DELIVERY,
        decimal("MinimumOrderValue"),
        integer("DefaultLeadTime", 5),
        coded("DefaultLeadTimeUnit", LEAD_TIME),
        code("DefaultDispatchWarehouse", 15, "warehouse"),
        coded("WholeSalesOrderLineOnly", YNO),
        code("CustomerOverrideCarrier", 15, "carrier"),
    ),
    _address("InvoiceAddress", ("InvoiceAddressCode",), AddressUse.INVOICE),
    _address("ContactAddress", ("ContactIdentifier", "AddressCode"), AddressUse.CONTACT),
    _address("AcknowledgedAddress", ("AddressCode",), AddressUse.ACKNOWLEDGEMENT),
    Section(
        node="DocumentFormat",
        elements=table(
            text("SalesStage", 15),
            code("SalesDefinitionCode", 15, "sales_definition"),
            code("DocumentFormatCode", 15, "document_format"),
        ),
        mandatory=("DocumentFormatCode",),
        keys=("SalesStage", "SalesDefinitionCode"),
        kept="document_formats",
        deletable=True,
    ),
    Section(
        node="Tax",
        elements=table(integer("SequenceNumber", 5), text("TaxIdentificationCode", 25), date("LimitDate")),
        mandatory=("SequenceNumber",),
        keys=("SequenceNumber",),
        kept="tax_registrations",
    ),
    *ANALYSES,
)
"""The child records of a customer (9; the keys and what is mandatory: seed on Customer, documented)."""

BY_NODE = {section.node: section for section in SECTIONS}

ACCOUNT = table(
    code("AccountCode", 15),
    text("Description", 50),
    text("ShortHeading", 15),
    text("LookupCode", 15),
    text("LongDescription", 255),
    code("LinkAccountCode", 15, "account"),
    text("UserArea", 30),
    code("DataAccessGroupCode", 5, "data_access_group"),
    *(code(f"{prefix}DefaultCurrencyCode", 5, "currency") for prefix in ("", "Value4", "Value5")),
    decimal("CreditLimit", 19, 0),
    decimal("OverdueInvoiceLimit", 19, 0),
    integer("AccountSubTypeId", 5),
    coded("Status", STATUS),
    coded("AccountType", ACCOUNT_TYPE),
    coded("BalanceType", {"0": "Balance Forward", "1": "Open Item"}),
    coded("DebitOrCredit", SIDE),
    coded("WithholdingTaxNormalSign", SIDE),
    coded("ConversionCodeControl", CONTROL),
    coded("Value4ConversionControl", CONTROL),
    coded("Value5ConversionControl", CONTROL),
    *(coded(f"EnterAnalysis{n}", ENTER) for n in range(1, 11)),
    *(
        coded(name, YN)
        for name in (
            "AccountingLinksAllowed",
            "BankCurrencyRequired",
            "ReportConversionControl",
            "SuppressRevaluation",
            "WithholdingTaxCalculation",
        )
    ),
    coded("AllocationInProgress", {**YN, "99": "Not Applicable"}),
    coded("PayAsPaidAccountType", {"0": "Other", "1": "Client", "2": "Carrier", "3": "Nominal"}),
    coded("WithholdingTaxAccountTaxClass", {"0": "Gross", "1": "Net", "2": "Tax"}),
)
"""The linked account, of which a customer's payload may hold these (12)."""

TEXT_KEYS = ("StandardTextClassCode", "StandardTextCode", "LanguageCode")
STANDARD_TEXT = table(
    code("StandardTextClassCode", 15, "standard_text_class"),
    code("StandardTextCode", 15),
    integer("LanguageCode", 5),
    text("Description", 50),
    text("ShortHeading", 15),
    *(text(f"Paragraph{n}", 999) for n in range(1, 6)),
)
"""A standard text in one language (9 and 12)."""

ITEM_KEYS = ("ItemCode", "CustomerCode")
ITEM_CUSTOMER = table(
    code("ItemCode", 30, "item"),
    code("CustomerCode", 15),
    coded("BatchUniformity", YN),
    code("CurrencyCode", 5, "currency"),
    text("CustomerItemCode", 30),
    text("CustomerItemDescription", 50),
    text("DefaultUnitOfSale", 15),
    integer("DeliveryLeadTime", 5),
    coded("DeliveryLeadTimeUnit", LEAD_TIME),
    text("Description", 50),
    text("LookupCode", 15),
    integer("MinimumAcceptableShelfLife", 5),
    decimal("OrderIncrement"),
    decimal("OrderQuantityTolerance", 4, 5),
    coded("OrderUnitOnly", YN),
    coded("SalesRestrictions", RESTRICTION),
    decimal("SellingPrice"),
    text("ShortHeading", 15),
)
"""What an item customer holds (11); the tolerance's column is numeric(9,5)."""

CHARACTERISTICS = Section(
    node="Characteristics",
    elements=table(code("CharacteristicsCode", 15, "characteristic")),
    mandatory=("CharacteristicsCode",),
    keys=("CharacteristicsCode",),
    extensible=True,
)
"""An item customer's characteristic; names of its other elements are unknown, so any is kept (11, open)."""
