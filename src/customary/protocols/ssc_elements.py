"""The elements of Customer and ItemCustomer: names, types, lengths, codes, keys, and what is mandatory.

Where nothing else is said, names, types and lengths are client code's, evidently generated from the vendor's
schema, and keys and mandatory elements are documented. Section numbers name the fact sheet on SunSystems
Connect (``facts/sunsystems.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from customary.protocols.ssc_codes import (
    CREDIT_LIMIT_BLOCK,
    LEAD_TIME_UNIT,
    PAYMENT_METHOD,
    SALES_RESTRICTIONS,
    SALESPERSON_ROLE,
    STATUS,
    YES_NO_OPTIONAL,
)
from customary.protocols.ssc_node import (
    GUESS,
    LAST_CHANGE,
    Element,
    Evidence,
    Node,
    Type,
    amount,
    coded,
    day,
    integer,
    string,
    table,
)
from customary.protocols.ssc_related import (
    ACCOUNTS,
    ADDRESS,
    STANDARD_TEXT,
    STANDARD_TEXT_LANGUAGE_VARIANTS,
    TAX,
    analyses,
)

NOT_FINANCIAL: Final = frozenset(
    {
        "DefaultCarrier",
        "DefaultDispatchWarehouse",
        "DefaultReturnLocation",
        "DefaultSalesDefinitionCode",
        "DefaultSalesperson",
        "PrimaryDeliveryAddress",
    }
)
"""The elements of Customer that a Financials Only business unit does not apply (section 8, documented)."""


def _linked(name: str, *keys: str, more: tuple[Element, ...] = ()) -> Node:
    """A child that DeleteChildData can delete; how long its keys are is a guess."""
    elements = table(*(string(key, 15, Evidence.DOCUMENTED) for key in keys), *more)
    return Node(name=name, elements=elements, keys=keys, mandatory=keys, many=True, deletable=True)


_DELIVERY: Final = _linked(
    "DeliveryToAddress",
    "DeliveryAddressCode",
    more=(
        string("Description", 50, GUESS),
        string("ShortHeading", 15, GUESS),
        string("LookupCode", 15, GUESS),
        amount("MinimumOrderValue", GUESS),
        integer("DefaultLeadTime", 5, GUESS),
        coded("DefaultLeadTimeUnit", LEAD_TIME_UNIT, GUESS),
        string("DefaultDispatchWarehouse", 15, GUESS),
        coded("WholeSalesOrderLineOnly", YES_NO_OPTIONAL, GUESS),
        string("CustomerOverrideCarrier", 15, GUESS),
    ),
)
"""That these fields exist is documented; how their elements are named is a guess."""

_DOCUMENT_FORMAT: Final = replace(
    _linked(
        "DocumentFormat",
        "SalesStage",
        "SalesDefinitionCode",
        more=(string("DocumentFormatCode", 15, Evidence.DOCUMENTED),),
    ),
    mandatory=("DocumentFormatCode",),
)

_CUSTOMER_ANALYSES: Final = analyses(
    string("VCustCatAnalysis_AnlCode", 15, Evidence.DOCUMENTED),
    string("VCustCatAnalysis_CustCode", 15),
    string("VCustCatAnalysis_AnlCatId", 15, GUESS),
    string("VCustCatAnalysis_SHead", 15, GUESS),
)

ITEM_CUSTOMER: Final = Node(
    name="ItemCustomer",
    elements=table(
        string("ItemCode", 30),
        string("CustomerCode", 15),
        Element(name="ItemCustomerId", type=Type.DECIMAL, length=10, whole=10, read_only=True),
        coded("BatchUniformity"),
        string("CurrencyCode", 5),
        string("CustomerItemCode", 30),
        string("CustomerItemDescription", 50),
        string("DefaultUnitOfSale", 15),
        integer("DeliveryLeadTime", 5),
        coded("DeliveryLeadTimeUnit", LEAD_TIME_UNIT),
        string("Description", 50),
        string("LookupCode", 15),
        integer("MinimumAcceptableShelfLife", 5),
        amount("OrderIncrement"),
        Element(name="OrderQuantityTolerance", type=Type.DECIMAL, length=10, scale=5, whole=4),
        coded("OrderUnitOnly"),
        coded("SalesRestrictions", SALES_RESTRICTIONS),
        amount("SellingPrice"),
        string("ShortHeading", 15),
        *LAST_CHANGE,
    ),
    nodes={
        "Characteristics": Node(
            name="Characteristics",
            elements=table(
                Element(
                    name="CharacteristicsCode",
                    length=15,
                    aliases=("CharacteristicCode",),
                    evidence=Evidence.DOCUMENTED,
                )
            ),
            keys=("CharacteristicsCode",),
            mandatory=("CharacteristicsCode",),
            many=True,
        ),
        "StandardText": STANDARD_TEXT,
    },
    keys=("ItemCode", "CustomerCode"),
    mandatory=("ItemCode", "CustomerCode"),
)
"""Section 11. MinimumAcceptableShelfLife is in days; the tolerance is numeric(9,5) in the database. The
elements of Characteristics besides its code are not known."""

CUSTOMER: Final = Node(
    name="Customer",
    elements=table(
        string("CustomerCode", 15),
        string("Name", 50),
        string("ActualAccount", 15),
        string("Comment", 255),
        string("CompanyAddressCode", 15),
        coded("CreditBlock"),
        replace(day("CreditBlockDate"), read_only=True),
        replace(string("CreditBlockUserId", 3), read_only=True),
        coded("CreditLimitBlockEntry", CREDIT_LIMIT_BLOCK),
        coded("CreditLimitBlockRelease", CREDIT_LIMIT_BLOCK),
        coded("CreditLimitBlockPicking", CREDIT_LIMIT_BLOCK),
        coded("CreditLimitBlockDispatch", CREDIT_LIMIT_BLOCK),
        day("CustomerMiscDate1"),
        day("CustomerMiscDate2"),
        string("CustomerMiscDescription1", 255),
        string("CustomerMiscDescription2", 255),
        amount("CustomerMiscNumber1"),
        amount("CustomerMiscNumber2"),
        string("CustomerMiscReference1", 30),
        string("CustomerMiscReference2", 30),
        string("DataAccessGroupCode", 5),
        coded("DaysToleranceOverride"),
        string("DefaultBankSubcode", 5),
        string("DefaultCarrier", 15),
        string("DefaultCurrencyCode", 5),
        string("DefaultDispatchWarehouse", 15),
        string("DefaultReturnLocation", 15),
        string("DefaultSalesDefinitionCode", 15),
        string("DefaultSalesperson", 15),
        coded("DefaultSalespersonRole", SALESPERSON_ROLE),
        string("Description", 50),
        coded("DirectDebitPayments"),
        Element(name="EMailAddress", length=124, aliases=("EmailAddress",)),
        string("ExpectedRevenueAccount", 15),
        coded("ImmediateSettlement"),
        string("InvoicingCustomerCode", 15),
        string("LinkAddressCode", 15),
        string("LookupCode", 15),
        amount("MaximumSalesOrderValue"),
        amount("MinimumSalesOrderValue"),
        coded("OverdueInvoiceCheckDisabled"),
        coded("PaymentMethod", PAYMENT_METHOD),
        string("PaymentTermsGroupCode", 15),
        string("PrimaryDeliveryAddress", 15),
        string("PriorityRating", 1),
        string("ShortHeading", 15),
        coded("Status", STATUS),
        integer("ToleranceDaysToApply", 5),
        amount("WarningLimit"),
        string("WebPageAddress", 124),
        coded("WholeOrdersOnly", YES_NO_OPTIONAL),
        coded("WholeSalesKitOnly", YES_NO_OPTIONAL),
        coded("WholeSalesOrderLineOnly", YES_NO_OPTIONAL),
        *LAST_CHANGE,
    ),
    nodes={
        "DeliveryToAddress": _DELIVERY,
        "InvoiceAddress": _linked("InvoiceAddress", "InvoiceAddressCode"),
        "ContactAddress": _linked("ContactAddress", "ContactIdentifier", "AddressCode"),
        "AcknowledgedAddress": _linked("AcknowledgedAddress", "AddressCode"),
        "DocumentFormat": _DOCUMENT_FORMAT,
        "Tax": TAX,
        **_CUSTOMER_ANALYSES,
        "Accounts": ACCOUNTS,
        "StandardText": STANDARD_TEXT,
        "CustomerItems": replace(ITEM_CUSTOMER, name="CustomerItems", many=True, query_only=True),
    },
    keys=("CustomerCode",),
    mandatory=("CustomerCode",),
)
"""Section 9: root elements, then children. There is no CustomerName and no AccountCode in it. What
CustomerItems holds is a guess."""

COMPONENTS: Final[Mapping[str, Node]] = {
    node.name: node for node in (CUSTOMER, ITEM_CUSTOMER, STANDARD_TEXT_LANGUAGE_VARIANTS, ADDRESS, ACCOUNTS)
}
"""The components whose records are known, by the name of their record's element."""
